"""Texts in two languages."""

from __future__ import annotations

import pytest

from tenon.metamodel.errors import Invalid, Problem, pointer_of
from tenon.metamodel.labels import Text, fill, listed, pick_language, say, sentences


@pytest.mark.parametrize(
    ("text", "en", "zh"),
    [
        (Text("Customer", "客户"), "Customer", "客户"), (Text("Customer"), "Customer", "Customer"), (Text(None, "客户"), "客户", "客户"),
        (Text("", "客户"), "客户", "客户"), (Text(), "", ""),
    ],
)  # fmt: skip
def test_a_missing_language_falls_back(text: Text, en: str, zh: str) -> None:
    assert (text.show("en"), text.show("zh"), text.show("zh-CN"), text.show("fr")) == (en, zh, zh, en)


def test_the_language_of_a_tag() -> None:
    assert [pick_language(tag) for tag in ("zh", "zh-CN", "ZH-hant", "en", "en-GB", "fr", "", None)] == ["zh"] * 3 + ["en"] * 5


def test_reading_and_writing() -> None:
    assert Text.of({"en": "A", "zh": "乙"}) == Text("A", "乙")
    assert Text.of("A") == Text("A", "A")
    assert Text.of(None).show() == ""
    assert Text("A").to_json() == {"en": "A"}
    assert Text.of(Text("A", "乙")).to_json() == {"en": "A", "zh": "乙"}


def test_values_are_never_interpreted() -> None:
    assert fill("{a} {b}", {"a": "{b}", "b": "{0.__class__}"}) == "{b} {0.__class__}"
    assert fill("{missing} {a!r} {A}", {"a": 1}) == "{missing} {a!r} {A}"
    assert say("{who}!", "{who}！", who=Text("Li", "李")) == Text("Li!", "李！")


def test_problems_show_one_language() -> None:
    problem = Problem("/a", "required", say("x", "甲"), say("y", "乙"), line=1, column=2).at("/doc")
    assert problem.to_json("zh") == {"path": "/doc/a", "code": "required", "message": "甲", "hint": "乙", "line": 1, "column": 2}
    told = Invalid([problem]).to_json("en")
    assert (told["status"], told["detail"], told["errors"][0]["hint"]) == (422, "x", "y")
    assert pointer_of(["a/b", 0, "~"]) == "/a~1b/0/~0"


def test_chinese_and_latin_letters_do_not_touch() -> None:
    assert say("New {thing}", "新建{thing}", thing="KPI 记录") == Text("New KPI 记录", "新建 KPI 记录")
    assert fill("在{lane}中", {"lane": "SaaS"}) == "在 SaaS 中"
    assert fill("在“{title}”中", {"title": "Aurora"}) == "在“Aurora”中"
    assert fill("新建{thing}", {"thing": "客户"}) == "新建客户"
    assert fill("The {thing}s", {"thing": "lead"}) == "The leads"


def test_one_is_said_otherwise_than_many() -> None:
    told = [say("{n} {n:record was|records were} changed, {m} {m:row|rows}.", "{n} 条记录已修改。", n=n, m=2) for n in (0, 1, 2)]
    assert [text.show("en") for text in told] == ["0 records were changed, 2 rows.", "1 record was changed, 2 rows.", "2 records were changed, 2 rows."]
    assert told[1].show("zh") == "1 条记录已修改。"
    assert fill("{text}", {"text": "{n:a|b}"}) == "{n:a|b}"


def test_names_and_sentences_stand_as_a_language_writes_them() -> None:
    assert (listed(["A", "B"], "en"), listed(["甲", "乙"], "zh")) == ("A, B", "甲、乙")
    assert (sentences("en", ["One.", "Two."]), sentences("zh", ["一。", "", "二。"])) == ("One. Two.", "一。二。")
