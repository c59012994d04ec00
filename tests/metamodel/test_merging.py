"""Merging the JSON of a document three ways."""

from __future__ import annotations

from typing import Any

from tenon.metamodel.merging import Step, finer, merge_three


def field(id: str, **more: Any) -> dict[str, Any]:
    return {"id": id, "name": id, **more}


BASE = {"id": "e", "label": {"en": "Customer", "zh": "客户"}, "search": ["name"], "fields": [field("a", label={"en": "A"}), field("b", max=5), field("c")]}


def changed(**more: Any) -> dict[str, Any]:
    return {**BASE, **more}


def test_each_side_gets_what_only_it_changed() -> None:
    yours = changed(label={"en": "Client", "zh": "客户"}, fields=[field("b", max=5), field("a", label={"en": "A"}), field("c"), field("mine")], search=["name", "code"])
    theirs = changed(label={"en": "Customer", "zh": "顾客"}, fields=[field("a", label={"en": "A"}), field("new"), field("b", max=9)], search=["phone", "name"])
    merged = merge_three(BASE, yours, theirs, {})
    assert merged.json == {
        "id": "e", "label": {"en": "Client", "zh": "顾客"}, "search": ["phone", "name", "code"],
        "fields": [field("b", max=9), field("a", label={"en": "A"}), field("new"), field("mine")],
    }  # fmt: skip
    assert not merged.conflicts
    assert [s.place for s in merged.taken] == ["/label/zh", "/search/phone", "/fields/b", "/fields/new", "/fields/c"]
    assert [s.place for s in merged.kept] == ["/label/en", "/search/code", "/fields/mine"]


def test_what_both_changed_is_a_conflict_that_keeps_yours_unless_decided() -> None:
    yours = changed(fields=[field("a", label={"en": "Mine"}), field("b", max=7), field("c")])
    theirs = changed(fields=[field("a", label={"en": "Theirs"}), field("c")])
    merged = merge_three(BASE, yours, theirs, {})
    assert [(s.place, s.theirs) for s in merged.conflicts] == [("/fields/a/label/en", "Theirs"), ("/fields/b", None)]
    assert merged.json == yours
    merged = merge_three(BASE, yours, theirs, {"/fields/a/label/en": "theirs"})
    assert merged.json is not None
    assert [f.get("label") for f in merged.json["fields"]] == [{"en": "Theirs"}, None, None]
    assert merge_three(BASE, yours, theirs, {}, "theirs").json == theirs


def test_both_the_same_is_nothing() -> None:
    same = changed(label={"en": "Account"})
    merged = merge_three(BASE, same, same, {})
    assert (merged.json, merged.taken, merged.kept, merged.conflicts) == (same, [], [], [])


def test_whole_documents() -> None:
    mine = changed(label={"en": "Mine"})
    assert merge_three(None, None, BASE, {}).json == BASE
    assert merge_three(BASE, BASE, None, {}).json is None
    assert merge_three(BASE, None, BASE, {}).json is None
    for yours, theirs in ((mine, None), (None, mine)):
        merged = merge_three(BASE, yours, theirs, {})
        assert ([s.place for s in merged.conflicts], merged.json) == ([""], yours)
        assert merge_three(BASE, yours, theirs, {"": "theirs"}).json == theirs


def test_what_one_side_did_is_told_by_its_smallest_places() -> None:
    one, two = field("a", label={"en": "A", "zh": "甲"}), field("b")
    other = [field("a", label={"en": "A", "zh": "乙"}), two, field("c")]
    assert [(s.place, s.yours, s.theirs) for s in finer(Step("/fields", [one, two], [one, two], other))] == [
        ("/fields/a/label/zh", "甲", "乙"), ("/fields/c", None, field("c")),
    ]
    order = Step("/fields", [one, two], [two, one], [one, two])
    assert finer(order) == [order]
    words = Step("/search", ["a"], ["a"], ["a", "b"])
    assert finer(words) == [words]
