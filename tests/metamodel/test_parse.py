"""Reading documents: limits, formats, and which item is which."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tenon.metamodel.document import Document
from tenon.metamodel.intake import MAX_DEPTH
from tenon.metamodel.parse import identify, read_document
from tests.metamodel.kinds.contract import CUSTOMER, FORM, HEALTH, ROLE, VIEW, WIDGET, read, refused

ENTITY: dict[str, Any] = {"kind": "entity", "name": "thing"}
ID = "0198c0de-0000-7000-8000-00000000000{}"


def nested(depth: int, inner: Any = None) -> Any:
    value = inner
    for _ in range(depth):
        value = [value]
    return value


def saved(raw: dict[str, Any], base: Document | None = None) -> Document:
    return identify(read_document(copy.deepcopy(raw)), base)


def field(document: Document, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(f for f in document.json["fields"] if f["name"] == name)
    return found


@pytest.mark.parametrize("raw", [None, [], "entity", 1, True])
def test_a_document_is_an_object(raw: Any) -> None:
    assert refused(raw) == [("", "wrong_type")]


@pytest.mark.parametrize("kind", ["entty", "", 1, True, ["entity"], {"a": 1}, "客户", "x" * 100_000])
def test_unknown_kinds(kind: Any) -> None:
    assert refused({"kind": kind, "name": "a"}) == [("/kind", "bad_choice")]


def test_the_kind_is_needed() -> None:
    assert refused({"name": "a"}) == [("/kind", "required")]
    assert refused({"kind": None}) == [("/kind", "required")]


@pytest.mark.parametrize("number", [0, 2, -1, "1", 1.0, True, None, 10**17])
def test_formats_of_the_future_are_refused(number: Any) -> None:
    assert refused({**ENTITY, "format": number}) == [("/format", "bad_format")]


def test_the_format_is_filled_in() -> None:
    assert read(ENTITY).json["format"] == 1


@pytest.mark.parametrize("key", ["fields", "label", "name", "id", "unknown", "keys", "kind"])
def test_deep_nesting_is_refused_wherever_it_is(key: str) -> None:
    assert refused({**ENTITY, key: nested(100_000)}) == [(f"/{key}", "over_limit")]
    assert refused({**ENTITY, key: nested(MAX_DEPTH + 1)}) == [(f"/{key}", "over_limit")]


def test_deep_objects_are_refused() -> None:
    value: dict[str, Any] = {}
    for _ in range(100_000):
        value = {"a": value}
    assert refused({**WIDGET, "options": value}) == [("/options", "over_limit")]
    assert refused({**ENTITY, "fields": [{"name": "a", "type": "json", "schema": {"enum": nested(50)}}]}) == [("/fields/0/schema", "over_limit")]


@pytest.mark.parametrize("key", ["name", "format", "kind", "title"])
@pytest.mark.parametrize("number", [10**5000, -(10**5000), 10**30, float("nan"), float("inf")], ids=["huge", "negative", "large", "nan", "infinity"])
def test_huge_numbers_are_refused(key: str, number: float) -> None:
    assert refused({**ENTITY, key: number}) == [(f"/{key}", "out_of_range")]
    assert refused({**ENTITY, "fields": [{"name": "a", "type": "text", "max_length": number}]}) == [("/fields/0/max_length", "out_of_range")]


@pytest.mark.parametrize("bad", ["a\0b", "\ud800", "x\udfff", "\x1b[31m"])
def test_what_is_no_text_is_refused_everywhere(bad: str) -> None:
    assert refused({**ENTITY, "name": bad}) == [("/name", "bad_format")]
    assert refused({**ENTITY, "label": {"en": bad}}) == [("/label/en", "bad_format")]
    assert refused({**ENTITY, bad: 1}) == [("", "bad_format")]
    assert refused({**WIDGET, "options": {"a": {bad: 1}}}) == [("/options/a", "bad_format")]
    assert refused({**ENTITY, "fields": [{"name": bad, "type": "text"}]}) == [("/fields/0/name", "bad_format")]


def test_what_is_not_json_is_refused() -> None:
    assert refused({**ENTITY, 1: 2}) == [("", "wrong_type")]
    assert refused({**ENTITY, "label": {"en": b"x"}}) == [("/label/en", "wrong_type")]
    assert refused({**ENTITY, "keys": ({"a"},)}) == [("/keys", "wrong_type")]


def test_two_megabytes_are_too_much() -> None:
    assert refused({**ENTITY, "description": {"en": "x" * 2_000_000}}) == [("", "over_limit")]
    assert refused({**WIDGET, "options": {"a": ["字" * 700_000]}}) == [("", "over_limit")]
    assert refused({**ENTITY, **{f"key_{i}": 1 for i in range(200_000)}}) == [("", "over_limit")]
    assert len(read({**WIDGET, "options": {"a": "x" * 1_900_000}}).json["options"]["a"]) == 1_900_000


def test_many_fields() -> None:
    def fields(count: int) -> list[dict[str, Any]]:
        return [{"name": f"field_{i}", "type": "text"} for i in range(count)]

    assert refused({**ENTITY, "fields": fields(500)}) == [("/fields", "too_long")]
    first = saved({**ENTITY, "fields": fields(400)})
    again = saved({**ENTITY, "fields": fields(400)[::-1]}, first)
    assert {f["name"]: f["id"] for f in first.json["fields"]} == {f["name"]: f["id"] for f in again.json["fields"]}


def test_many_problems_are_cut_short() -> None:
    assert len(refused({**ENTITY, "fields": [{"name": "a"}] * 10_000})) <= 50
    assert len(refused({**ENTITY, **{f"key_{i}": 1 for i in range(10_000)}})) <= 50


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"name": "Thing"}, [("/name", "bad_format")]),
        ({"name": "user"}, [("/name", "bad_format")]),
        ({"name": "unit"}, [("/name", "bad_format")]),
        ({"name": "a\n"}, [("/name", "bad_format")]),
        ({"id": "0198C0DE-0000-7000-8000-000000000001"}, [("/id", "bad_format")]),
        ({"id": "1"}, [("/id", "bad_format")]),
        ({"label": "Thing"}, [("/label", "wrong_type")]),
        ({"label": {}}, [("/label", "required")]),
        ({"label": {"de": "Ding"}}, [("/label/de", "unknown_field")]),
        ({"fields": {}}, [("/fields", "wrong_type")]),
        ({"fields": ["a"]}, [("/fields/0", "wrong_type")]),
        ({"fields": [{"name": "a"}]}, [("/fields/0/type", "required")]),
        ({"fields": [{"name": "a", "type": "txt"}]}, [("/fields/0/type", "bad_choice")]),
        ({"fields": [{"name": "a", "type": ["text"]}]}, [("/fields/0/type", "bad_choice")]),
        ({"fields": [{"name": "客户", "type": "text"}]}, [("/fields/0/name", "bad_format")]),
        ({"fields": [{"name": "id", "type": "text"}, {"name": "class", "type": "text"}]}, [("/fields/0/name", "bad_format"), ("/fields/1/name", "bad_format")]),
        ({"fields": [{"name": "a", "type": "text"}, {"name": "a", "type": "date"}]}, [("/fields/1/name", "not_unique")]),
        ({"fields": [{"name": "a", "type": "text", "id": ID.format(1)}, {"name": "b", "type": "text", "id": ID.format(1)}]}, [("/fields/1/id", "not_unique")]),
        ({"fields": [{"name": "a", "type": "choice", "options": ["…"]}]}, [("/fields/0/options/0", "wrong_type")]),
        ({"fields": [{"name": "a", "type": "choice", "options": []}]}, [("/fields/0/options", "required")]),
        ({"fields": [{"name": "a", "type": "choice", "options": [{"name": "高"}]}]}, [("/fields/0/options/0/name", "bad_format")]),
        ({"fields": [{"name": "a", "type": "choice", "options": [{"name": "x"}, {"name": "x"}]}]}, [("/fields/0/options/1/name", "not_unique")]),
        ({"fields": [{"name": "a", "type": "reference", "entity": "b", "reverse": {"name": "owner"}}]}, [("/fields/0/reverse/name", "bad_format")]),
        ({"fields": [{"name": "a", "type": "json", "schema": {"$ref": "file:///etc/passwd"}}]}, [("/fields/0/schema/$ref", "refused")]),
        ({"features": ["timelines"]}, [("/features/0", "bad_choice")]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_where_it_is(attributes: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert refused({**ENTITY, **attributes}) == expected


def test_ids_are_given_and_kept() -> None:
    first = saved(CUSTOMER)
    again = saved(CUSTOMER, first)
    assert again.json == first.json
    assert saved(first.json).json == first.json
    assert saved(CUSTOMER).id != first.id


def test_reading_leaves_what_was_sent_alone() -> None:
    raw = copy.deepcopy(CUSTOMER)
    identify(read_document(raw), None)
    assert raw == CUSTOMER


def test_items_are_matched_by_name_in_any_order() -> None:
    first = saved(CUSTOMER)
    turned = {**CUSTOMER, "fields": CUSTOMER["fields"][::-1]}
    again = saved(turned, first)
    assert {f["name"]: f["id"] for f in again.json["fields"]} == {f["name"]: f["id"] for f in first.json["fields"]}
    assert field(again, "industry")["options"] == field(first, "industry")["options"]


def test_an_item_with_an_id_is_that_item_whatever_its_name() -> None:
    first = saved(CUSTOMER)
    raw = copy.deepcopy(first.json)
    field_of = {f["name"]: f for f in raw["fields"]}
    field_of["name"]["name"], field_of["industry"]["name"] = "title_text", "name"
    raw["title"], raw["search"] = "title_text", ["title_text"]
    for option in field_of["industry"]["options"]:
        del option["id"]
    again = saved(raw, first)
    assert field(again, "title_text")["id"] == field(first, "name")["id"]
    assert field(again, "name")["id"] == field(first, "industry")["id"]
    assert field(again, "name")["options"] == field(first, "industry")["options"]


def test_a_new_item_takes_no_id_that_somebody_names() -> None:
    first = saved({**ENTITY, "fields": [{"name": "a", "type": "text"}]})
    old = first.json["fields"][0]["id"]
    again = saved({**ENTITY, "fields": [{"name": "a", "type": "date"}, {"name": "b", "type": "text", "id": old}]}, first)
    assert field(again, "b")["id"] == old
    assert field(again, "a")["id"] != old


def test_nameless_items_are_matched_by_equal_content() -> None:
    first = saved(CUSTOMER)
    move = field(first, "stage")["moves"][0]
    raw = copy.deepcopy(CUSTOMER)
    stage = next(f for f in raw["fields"] if f["name"] == "stage")
    stage["moves"] = [{"from": "onboarding", "to": "trial"}, *stage["moves"], *stage["moves"]]
    moves = field(saved(raw, first), "stage")["moves"]
    assert moves[1]["id"] == move["id"]
    assert len({m["id"] for m in moves}) == 3


def test_what_stands_alone_keeps_its_id_when_it_changes() -> None:
    first = saved(VIEW)
    again = saved({**VIEW, "board": {"by": "industry"}, "calendar": {"from": "end_date"}}, first)
    assert again.json["board"]["id"] == first.json["board"]["id"]
    assert again.json["calendar"]["id"] == first.json["calendar"]["id"]
    whole = saved(CUSTOMER)
    raw = copy.deepcopy(CUSTOMER)
    next(f for f in raw["fields"] if f["name"] == "parent")["reverse"] = {"name": "children"}
    assert field(saved(raw, whole), "parent")["reverse"]["id"] != field(whole, "parent")["reverse"]["id"]


def test_what_stands_under_a_key_keeps_its_id() -> None:
    keep = {"fair": {"from": 40}, "healthy": {"when": "arr > 0"}}
    movement = {**HEALTH["movement"], "keep": keep}
    first = saved({**HEALTH, "movement": movement})
    again = saved({**HEALTH, "movement": {**movement, "keep": {"healthy": {"from": 1}, "fair": {"from": 40}}}}, first)
    assert {k: v["id"] for k, v in again.json["movement"]["keep"].items()} == {k: v["id"] for k, v in first.json["movement"]["keep"].items()}
    assert refused({**HEALTH, "movement": {"keep": {"a/b~c": {}}}})[0][0] == "/movement/keep/a~1b~0c"


def test_nested_items_follow_their_parents() -> None:
    first = saved(FORM)
    raw = copy.deepcopy(first.json)
    raw["sections"].append(raw["sections"].pop(0))
    raw["sections"].insert(0, {"label": {"en": "New"}, "items": [{"field": "email"}]})
    for item in raw["sections"][1]["items"]:
        del item["id"]
    again = saved(raw, first)
    assert [i["id"] for i in again.json["sections"][1]["items"]] == [i["id"] for i in first.json["sections"][0]["items"]]


def test_the_base_gives_the_id_of_the_document() -> None:
    first = saved(ROLE)
    renamed = saved({**ROLE, "id": first.id, "name": "manager"}, first)
    assert (renamed.id, renamed.name) == (first.id, "manager")
    assert saved(ROLE, first).id == first.id
