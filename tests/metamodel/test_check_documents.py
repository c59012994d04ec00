"""Checking documents against each other: every kind of mark, soft references, optional apps, removed fields, defaults and screens."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest

from tenon.metamodel.check_documents import check_model
from tenon.metamodel.errors import Invalid
from tenon.metamodel.naming import to_shown, to_stored
from tenon.metamodel.parse import identify, read_document
from tenon.metamodel.references import users_of
from tenon.metamodel.snapshot import build, outline
from tests.metamodel.kinds.contract import (
    APP,
    CUSTOMER,
    DASHBOARD,
    EXTENSION,
    FORM,
    GRADE,
    HEALTH,
    PAGE,
    ROLE,
    SEGMENT,
    VIEW,
    WIDGET,
    found,
    publish,
    told,
    with_world,
    world,
)  # fmt: skip


def field(**more: Any) -> dict[str, Any]:
    return {**CUSTOMER, "fields": [*CUSTOMER["fields"], {"name": "extra", **more}]}


LAST = f"/fields/{len(CUSTOMER['fields'])}"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ({**VIEW, "entity": "custmer"}, [("/entity", "unknown_name")]),
        ({**VIEW, "columns": ["nmae", {"field": "owner.salary"}, "arr.name"]}, [(f"/columns/{i}/field", "unknown_name") for i in range(3)]),
        ({**VIEW, "sort": ["-nmae", "orders", "logo"]}, [("/sort/0", "unknown_name"), ("/sort/1", "unknown_name"), ("/sort/2", "type_mismatch")]),
        ({**VIEW, "filter": "arr"}, [("/filter", "type_mismatch")]),
        ({**VIEW, "filter": "stage == 'lots'"}, [("/filter", "unknown_name")]),
        ({**VIEW, "filter": "arr +"}, [("/filter", "bad_expression")]),
        ({**VIEW, "filter": "old.arr > 1"}, [("/filter", "bad_expression")]),
        ({**VIEW, "colours": [{"when": "arr", "colour": "red"}]}, [("/colours/0/when", "type_mismatch")]),
        ({**SEGMENT, "filter": "count() > 1"}, [("/filter", "type_mismatch")]),
        ({**FORM, "sections": [{"items": [{"table": "oders", "columns": ["number"]}]}]}, [("/sections/0/items/0/table", "unknown_name")]),
        ({**FORM, "sections": [{"items": [{"table": "orders", "columns": ["nmber"]}]}]}, [("/sections/0/items/0/columns/0", "unknown_name")]),
        ({**FORM, "sections": [{"items": [{"field": "arr", "default": "'x'"}]}]}, [("/sections/0/items/0/default", "type_mismatch")]),
        ({**FORM, "steps": [{"label": {"en": "x"}, "sections": [0, 1, -1]}]}, [("/steps/0/sections/1", "out_of_range"), ("/steps/0/sections/2", "out_of_range")]),
        ({**ROLE, "grants": [{**ROLE["grants"][0], "where": "arr"}]}, [("/grants/0/where", "type_mismatch")]),
        ({**ROLE, "grants": [{**ROLE["grants"][0], "hide": ["nothing"]}]}, [("/grants/0/hide/0", "unknown_name")]),
        ({**WIDGET, "query": {**WIDGET["query"], "measures": [{"name": "x", "expr": "sum(nothing)"}], "sort": []}}, [("/query/measures/0/expr", "unknown_name")]),
        ({**WIDGET, "query": None}, [("/query", "required")]),
        ({**WIDGET, "type": "text"}, [("/text", "required")]),
        ({**VIEW, "type": "tree"}, [("/tree", "required")]),
        ({**VIEW, "type": "gantt", "calendar": None}, [("/calendar", "required")]),
        ({**PAGE, "tabs": [{"label": {"en": "x"}, "blocks": [{"type": "score"}, {"type": "related"}, {"type": "fields"}]}]},
         [("/tabs/0/blocks/0/score", "required"), ("/tabs/0/blocks/1/relation", "required")]),
        ({**PAGE, "tabs": [{"label": {"en": "x"}, "blocks": [{"type": "related", "relation": "nothing"}]}]}, [("/tabs/0/blocks/0/relation", "unknown_name")]),
        ({**DASHBOARD, "layout": [{"widget": "w", "x": 8, "y": 0, "w": 6, "h": 1}]}, [("/layout/0/w", "out_of_range")]),
        ({**APP, "menu": [{"label": {"en": "x"}, "items": [{"view": "a", "entity": "b"}, {}]}]}, [("/menu/0/items/0", "refused"), ("/menu/0/items/1", "refused")]),
        (field(type="integer", default="'x'"), [(f"{LAST}/default", "type_mismatch")]),
        (field(type="choice", options=[{"name": "a"}], default="'b'"), [(f"{LAST}/default", "unknown_name")]),
        (field(type="choice", options=[{"name": "a"}], default="'a' if arr > 1 else None"), []),
        (field(type="date", default="now()"), [(f"{LAST}/default", "type_mismatch")]),
        (field(type="user", default="user.id"), []),
        (field(type="percent", default="1 / 3"), []),
        (field(type="date", min="arr"), [(f"{LAST}/min", "type_mismatch")]),
        (field(type="reference", entity="ticket", where="nothing == 1"), [(f"{LAST}/where", "unknown_name")]),
        (field(type="reference", entity="ticket", where="priority == 'low'"), []),
        (field(type="formula", expr="user.id == owner"), [(f"{LAST}/expr", "bad_expression")]),
        (field(type="formula", expr="nothing"), [(f"{LAST}/expr", "unknown_name")]),
        ({**CUSTOMER, "checks": [{"when": "arr", "message": {"en": "x"}, "fields": ["nothing"]}]}, [("/checks/0/when", "type_mismatch"), ("/checks/0/fields/0", "unknown_name")]),
        ({**GRADE, "where": "arr"}, [("/where", "type_mismatch")]),
    ],
)  # fmt: skip
def test_every_mark_is_checked(raw: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    model = with_world(raw)
    assert found(model, raw["name"]) == expected
    assert all(p.hint is not None or p.line is not None for _, p in check_model(model))


def test_soft_references_may_be_absent() -> None:
    lonely = publish(CUSTOMER | {"fields": [{"name": "name", "type": "text"}], "search": [], "keys": [], "checks": []}, APP, DASHBOARD, {**ROLE, "grants": [{"entity": "gone", "actions": ["read"]}]})
    assert found(lonely) == []


def test_fields_of_an_optional_app_that_is_not_there_are_empty() -> None:
    raw = {**SEGMENT, "filter": "grading_level == 'gold' or arr > 1"}
    assert found(with_world(raw)) == []
    assert found(with_world(raw, {**APP, "optional": []})) == [("/filter", "unknown_name")]


def test_a_removed_field_is_no_field_of_an_optional_app() -> None:
    before = with_world({**EXTENSION, "app": "core"}, {**SEGMENT, "filter": "chm_stage == 'new' and count(orders) > 0"})
    without = [d for d in before.documents.values() if d.name != "customer_health"]
    after = build(without, 2, before)
    listed = [p for i, p in check_model(after, before) if after.documents[i].name == "vip_at_risk"]
    assert told(listed) == [("/filter", "unknown_name")]
    assert found(after, "vip_at_risk") == []  # nobody knows that it was there: it may be the optional app's


def test_a_removed_field_breaks_formulas_too() -> None:
    before = with_world(field(type="formula", expr="arr * 2"))
    customer = before.get("entity", "customer")
    raw = copy.deepcopy(to_shown(customer, before))
    raw["fields"] = [f for f in raw["fields"] if f["name"] != "arr"]
    changed = identify(read_document(raw), replace(customer, json=to_shown(customer, before)))
    documents = {**before.documents, customer.id: changed}
    stored = to_stored(changed, outline(documents.values(), 2), before)
    after = build({**documents, customer.id: stored}.values(), 2, before)
    assert ("/fields/14/expr", "unknown_name") in told([p for i, p in after.problems if i == customer.id])


def test_every_problem_names_its_document() -> None:
    listed = check_model(with_world({**VIEW, "filter": "arr"}, {**SEGMENT, "filter": "arr"}))
    model = with_world({**VIEW, "filter": "arr"}, {**SEGMENT, "filter": "arr"})
    assert len({i for i, _ in listed}) == 2
    assert sorted(model.documents[i].name for i, _ in check_model(model)) == ["at_risk", "vip_at_risk"]


def test_who_uses_what() -> None:
    model = world()
    customer = model.entities["customer"]

    def users(item_id: str) -> set[str]:
        return {model.documents[use.document_id].name for use in users_of(model, item_id)}

    assert users(customer.fields["arr"].id) == {"customer", "grade", "health", "customer_form", "at_risk", "customer_360", "health_by_band", "chuangke", "red_alert"}
    assert users(customer.relations["orders"].id) == {"customer", "customer_form", "customer_360"}
    assert users(customer.fields["health_band"].id) == {"at_risk", "vip_at_risk", "health_by_band"}
    assert users(model.get("score", "health").id) == {"customer_360", "chuangke", "red_alert"}
    assert users(model.get("role", "csm").id) == {"customer", "health_overview", "chuangke"}
    active = next(o for o in customer.fields["stage"].spec.options if o.name == "active")  # type: ignore[attr-defined]
    assert users(active.id) == {"health_by_band"}
    assert users(model.get("score", "grade").body.bands[2].id) == {"vip_at_risk"}
    assert users("nothing") == set()
    pointers = [use.pointer for use in users_of(model, customer.fields["arr"].id) if model.documents[use.document_id].kind == "page"]
    assert pointers == ["/header/facts/0"]


def circle(name: str, reads: str, purpose: str) -> dict[str, Any]:
    return {**GRADE, "name": name, "purpose": purpose, "variants": [{"name": "default", "measures": [{"name": "m", "points": 1, "when": reads}]}]}


def test_scores_in_a_circle_are_named_once() -> None:
    listed = check_model(with_world(circle("one", "two_score > 1", "a"), circle("two", "three_score > 1", "b"), circle("three", "one_band == 'A'", "c")))
    assert told([p for _, p in listed]) == [("/variants/0/measures/0/when", "bad_expression")]
    assert "→" in (listed[0][1].message.en or "")
    assert found(with_world(circle("own", "own_score > 1", "a"))) == [("/variants/0/measures/0/when", "bad_expression")]
    assert found(with_world(circle("one", "parent.one_score > 1", "a"))) == [("/variants/0/measures/0/when", "bad_expression")]
    assert found(with_world(circle("one", "health_score > 1", "a"), circle("two", "one_score > 1 and grade_score > 1", "b"))) == []


def test_a_circle_through_a_formula() -> None:
    double = field(type="formula", expr="one_score * 2")
    assert found(with_world(double, circle("one", "extra > 1", "a"))) == [("/variants/0/measures/0/when", "bad_expression")]
    assert found(with_world(double, circle("one", "arr > 1", "a"), HEALTH)) == []


BLOCK = "/tabs/0/blocks/0"


def page(**block: Any) -> dict[str, Any]:
    return {**PAGE, "tabs": [{"label": {"en": "x"}, "blocks": [block]}]}


def query(**more: Any) -> dict[str, Any]:
    return {**WIDGET, "query": {**WIDGET["query"], **more}}


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ({**VIEW, "board": {"by": "name"}}, [("/board/by", "type_mismatch")]),
        ({**VIEW, "board": {"by": "arr"}}, [("/board/by", "type_mismatch")]),
        ({**VIEW, "board": {"by": "owner"}}, []),
        ({**VIEW, "calendar": {"from": "name", "to": "arr"}}, [("/calendar/from", "type_mismatch"), ("/calendar/to", "type_mismatch")]),
        ({**VIEW, "group_by": "logo"}, [("/group_by", "type_mismatch")]),
        ({**VIEW, "type": "gallery", "gallery": {"image": "name"}}, [("/gallery/image", "type_mismatch")]),
        ({**VIEW, "type": "gallery", "gallery": {"image": "logo"}}, []),
        ({**VIEW, "type": "tree", "tree": {"parent": "owner"}}, [("/tree/parent", "type_mismatch")]),
        ({**VIEW, "type": "tree", "tree": {"parent": "parent"}}, []),
        ({**CUSTOMER, "time_field": "name"}, [("/time_field", "type_mismatch")]),
        ({**CUSTOMER, "title": "logo"}, [("/title", "type_mismatch")]),
        ({**CUSTOMER, "search": ["name", "logo", "owner"]}, [("/search/1", "type_mismatch"), ("/search/2", "type_mismatch")]),
        ({**CUSTOMER, "keys": [["name", "orders_90d"], ["logo"]]}, [("/keys/0/1", "type_mismatch"), ("/keys/1/0", "type_mismatch")]),
        (query(group_by=[{"field": "stage", "by": "month"}], sort=[]), [("/query/group_by/0/by", "type_mismatch")]),
        (query(group_by=["created_at"], sort=["-created_at"]), [("/query/group_by/0", "type_mismatch")]),
        (query(group_by=[{"field": "created_at", "by": "month"}], sort=["-created_at"]), []),
        (query(group_by=["logo"]), [("/query/group_by/0/field", "type_mismatch")]),
        (query(measures=[{"name": "arr", "expr": "arr"}]), [("/query/measures/0/expr", "type_mismatch")]),
        (query(sort=["-customers", "-nothing"]), [("/query/sort/1", "unknown_name")]),
        (page(type="related", relation="orders", view="at_risk"), [(f"{BLOCK}/view", "type_mismatch")]),
        (page(type="related", relation="subsidiaries", view="at_risk"), []),
        ({**PAGE, "entity": "ticket", "header": {"scores": ["health"]}, "tabs": [{"label": {"en": "x"}, "blocks": [{"type": "form", "form": "customer_form"}]}]},
         [("/header/scores/0", "type_mismatch"), (f"{BLOCK}/form", "type_mismatch")]),
        ({**DASHBOARD, "filters": [{"field": "industry"}, {"field": "indstry"}]}, [("/filters/1/field", "unknown_name")]),
        ({**DASHBOARD, "layout": [{"widget": "not_yet", "x": 0, "y": 0, "w": 1, "h": 1}], "filters": [{"field": "anything"}]}, []),
        (field(type="text", max_length=3, default="'long'"), [(f"{LAST}/default", "too_long")]),
        (field(type="integer", max=3, default="7"), [(f"{LAST}/default", "out_of_range")]),
        (field(type="integer", max=3, default="-7 + 8"), []),
        (field(type="integer", default="1.5"), []),
        (field(type="email", default="'nobody'"), [(f"{LAST}/default", "bad_format")]),
        (field(type="choice", options=[{"name": "a", "retired": True}], default="'a'"), [(f"{LAST}/default", "bad_choice")]),
        (field(type="boolean", default="True"), []),
    ],
)  # fmt: skip
def test_what_a_place_takes_is_checked(raw: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert found(with_world(raw), raw["name"]) == expected


def test_two_public_forms_have_two_addresses() -> None:
    model = with_world({**FORM, "name": "second_form"})
    assert [(path, code) for path, code in found(model) if path.startswith("/public")] == [("/public/slug", "not_unique")]


def _problems_of(raw: dict[str, Any]) -> list[tuple[str, str]]:
    return found(with_world(raw), raw["name"])


def test_a_public_form_that_nobody_could_send_is_refused() -> None:
    sections = [{"items": [{"field": "industry"}]}]
    public = {"slug": "open-to-all"}
    problems = [p for p in _problems_of({**FORM, "name": "open_form", "sections": sections, "public": public}) if p[0] == "/public"]
    assert problems == [("/public", "required")]
    assert not any(p[0] == "/public" for p in _problems_of({**FORM, "name": "open_form", "sections": [{"items": [{"field": "name"}]}], "public": public}))
    assert not any(p[0] == "/public" for p in _problems_of({**FORM, "name": "open_form", "sections": sections, "public": {**public, "match_on": ["industry"]}}))


@pytest.mark.parametrize("name", ["admin", "builder"])
def test_roles_that_are_there_from_the_start_are_not_declared(name: str) -> None:
    with pytest.raises(Invalid) as caught:
        read_document({"kind": "role", "name": name})
    assert told(list(caught.value.problems)) == [("/name", "bad_format")]


def test_a_number_given_by_itself_has_no_default() -> None:
    with pytest.raises(Invalid) as caught:
        read_document(field(type="autonumber", default="'A1'"))
    assert told(list(caught.value.problems)) == [(f"{LAST}/default", "refused")]


def test_a_key_names_at_least_one_field() -> None:
    with pytest.raises(Invalid) as caught:
        read_document({**CUSTOMER, "keys": [[]]})
    assert told(list(caught.value.problems)) == [("/keys/0", "required")]
