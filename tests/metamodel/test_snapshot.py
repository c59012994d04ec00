"""The model of a release: fields from everywhere, relations, types of formulas, defaults, and what does not fit together."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tenon.metamodel.errors import NotFound
from tenon.metamodel.model import Model
from tenon.metamodel.names import SYSTEM_FIELDS
from tests.metamodel.kinds.contract import (
    CUSTOMER,
    EXTENSION,
    GRADE,
    HEALTH,
    found,
    options,
    publish,
    read,
    refused,
    told,
    with_world,
    world,
)

ID = "0198c0de-0000-7000-8000-000000000001"


def entity(name: str, *fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"kind": "entity", "name": name, "fields": list(fields), **more}


def text(name: str = "name", **more: Any) -> dict[str, Any]:
    return {"name": name, "type": "text", **more}


def formula(name: str, expr: str) -> dict[str, Any]:
    return {"name": name, "type": "formula", "expr": expr}


def to(target: str, name: str = "parent", **more: Any) -> dict[str, Any]:
    return {"name": name, "type": "reference", "entity": target, **more}


def structure(*raw: dict[str, Any]) -> list[tuple[str, str]]:
    """Path and code of what is wrong with the structure of a model."""
    return told([p for _, p in publish(*raw).problems])


def test_every_entity_has_the_system_fields() -> None:
    customer = world().entities["customer"]
    assert tuple(customer.fields)[: len(SYSTEM_FIELDS)] == SYSTEM_FIELDS
    assert customer.fields["owner"].type.entity == "user"
    assert customer.fields["id"].type.entity == customer.id
    assert not any(customer.fields[name].is_written for name in SYSTEM_FIELDS)
    assert world().entities_by_id["user"].is_system
    assert world().find_entity("nobody") is None
    with pytest.raises(NotFound):
        world().get_entity("nobody")


def test_everything_is_found_by_name_id_and_token() -> None:
    customer = world().entities["customer"]
    arr, orders = customer.fields["arr"], customer.relations["orders"]
    assert customer.find_field(arr.id) is customer.find_field(arr.column.replace("f_", "_")) is arr
    assert customer.find_relation(orders.id) is orders
    assert world().find("entity", customer.id) is world().get("entity", "customer")
    assert world().find("view", customer.id) is None
    assert [d.name for d in world().extensions_of(customer.id)] == ["customer_health"]


def test_extensions_add_fields_and_checks() -> None:
    check = {"when": "chm_stage == 'new' and arr > 0", "message": {"en": "x", "zh": "甲"}}
    customer = with_world({**EXTENSION, "checks": [check]}).entities["customer"]
    assert customer.fields["chm_stage"].origin == "extension"
    assert customer.fields["chm_stage"].app == "chm"
    assert len(customer.checks) == 2


def test_fields_of_another_app_carry_its_name() -> None:
    wrong = {**EXTENSION, "fields": [text("nickname")]}
    assert found(with_world(wrong)) == [("/fields/0/name", "bad_format")]
    assert found(with_world({**wrong, "app": "core"})) == []
    assert found(with_world({k: v for k, v in wrong.items() if k != "app"})) == []


def test_names_are_taken_once() -> None:
    assert structure(entity("a"), entity("a")) == [("/name", "not_unique")]
    assert structure(entity("a", text("x")), {"kind": "extension", "name": "e", "entity": "a", "fields": [text("x")]}) == [("/fields/0/name", "not_unique")]
    assert structure(CUSTOMER | {"fields": [text("grade_band"), text()]}, {**GRADE, "variants": [{"name": "d"}]})[0] == ("/name", "not_unique")
    twice = [entity("a", to("b", reverse={"name": "x"})), entity("b", text("x"))]
    assert structure(*twice) == [("/fields/0/reverse/name", "not_unique")]
    two = [entity("a", to("b", "p", reverse={"name": "x"}), to("b", "q", reverse={"name": "x"})), entity("b")]
    assert structure(*two) == [("/fields/1/reverse/name", "not_unique")]


def test_an_id_is_one_fields_alone() -> None:
    assert structure(entity("a", text("x", id=ID)), entity("b", text("y", id=ID))) == [("/fields/0/id", "not_unique")]
    extension = {"kind": "extension", "name": "e", "entity": "a", "fields": [text("y", id=ID)]}
    assert structure(entity("a", text("x", id=ID)), extension) == [("/fields/0/id", "not_unique")]


def test_entities_that_are_not_there() -> None:
    assert structure(entity("a", to("custmer")), entity("customer")) == [("/fields/0/entity", "unknown_name")]
    assert structure(entity("a", to("user"))) == [("/fields/0/entity", "unknown_name")]
    assert structure({**EXTENSION, "entity": "user"}) == [("/entity", "unknown_name")]
    assert structure({**EXTENSION, "entity": "nobody"}) == [("/entity", "unknown_name")]
    assert structure({**GRADE, "entity": "nobody"}) == [("/entity", "unknown_name")]


def test_relations_of_a_reference() -> None:
    orders = world().entities["customer"].relations["orders"]
    order = world().entities["sales_order"]
    assert (orders.far_id, orders.field_id, orders.is_reverse, orders.is_links, orders.is_any) == (order.id, order.fields["customer"].id, True, False, False)
    assert order.fields["customer"].type.entity == world().entities["customer"].id


def test_relations_of_references_go_both_ways() -> None:
    links = {"name": "products", "type": "references", "entity": "product", "reverse": {"name": "sold_in"}}
    model = publish(entity("order", links), entity("product", text()))
    near, far = model.entities["order"].relations["products"], model.entities["product"].relations["sold_in"]
    assert (near.is_links, near.is_reverse, far.is_links, far.is_reverse) == (True, False, True, True)
    assert near.far_id == far.entity_id == model.entities["product"].id
    assert near.field_id == far.field_id


def test_relations_of_a_reference_to_any() -> None:
    field = {"name": "about", "type": "any_reference", "entities": ["a", "b"], "reverse": {"name": "notes"}}
    model = publish(entity("note", field), entity("a", formula("n", "count(notes)")), entity("b"))
    assert model.problems == []
    assert [model.entities[n].relations["notes"].is_any for n in "ab"] == [True, True]
    assert model.entities["note"].fields["about"].storage.kind == "pair"


def test_the_fields_of_a_score() -> None:
    fields = {f.name: f for f in world().entities["customer"].fields.values() if f.score is not None and f.name.startswith("health")}
    assert [(f.name, f.part, f.is_written) for f in fields.values()] == [
        (f"health_{part}", part, False) for part in ("score", "band", "coverage", "trend", "at")
    ]  # fmt: skip
    assert fields["health_band"].type.options == ("risk", "fair", "healthy")
    assert (fields["health_score"].type.low, fields["health_trend"].type.low) == (Decimal(0), Decimal(-100))
    assert fields["health_score"].label.show("zh") == "健康度"
    assert fields["health_band"].label.show("zh") == "健康度等级"
    again = with_world({**HEALTH, "name": "fitness"}, base=None)
    assert "fitness_score" in again.entities["customer"].fields


def test_the_longest_name_of_a_score() -> None:
    assert "a" * 31 + "_coverage" in publish(CUSTOMER, {**GRADE, "name": "a" * 31}).entities["customer"].fields
    assert refused({**GRADE, "name": "a" * 32}) == [("/name", "too_long")]


def test_formulas_are_typed_after_those_they_read() -> None:
    numbers = [{"name": "amount", "type": "money", "currency": "CNY"}, {"name": "day", "type": "date"}, {"name": "when", "type": "datetime"}]
    kind = {"name": "sort", "type": "choice", "options": options("a", "b")}
    customer = entity(
        "customer", formula("third", "second * 2"), formula("second", "first + 1"), formula("first", "sum(orders.amount)"), formula("last", "max(orders.day)"),
        formula("some", "first(orders.sort)"), formula("long", "third > 5"), formula("who", "owner"), formula("nothing", "None"), formula("far", "upper(name)"), text(),
    )  # fmt: skip
    model = publish(customer, entity("order", to("customer", "buyer", reverse={"name": "orders"}), *numbers, kind))
    assert model.problems == []
    fields = model.entities["customer"].fields
    assert [fields[n].type.kind for n in ("third", "last", "some", "long", "who", "nothing", "far")] == [
        "number", "date", "choice", "boolean", "reference", "text", "text",
    ]  # fmt: skip
    assert fields["third"].type.currency == "CNY"
    assert fields["some"].type.options == ("a", "b")
    assert fields["third"].storage.scale == 2


def test_circles_of_formulas_are_named_once() -> None:
    problems = publish(entity("a", formula("x", "y + 1"), formula("y", "z"), formula("z", "x * 2"), formula("w", "x"), formula("own", "own + 1"))).problems
    assert told([p for _, p in problems]) == [("/fields/0/expr", "bad_expression"), ("/fields/4/expr", "bad_expression")]
    assert "x → y → z → x" in (problems[0][1].message.en or "")
    over = publish(entity("a", to("a", reverse={"name": "kids"}), formula("x", "sum(kids.x)"))).problems
    assert told([p for _, p in over]) == [("/fields/1/expr", "bad_expression")]


def test_a_long_chain_of_formulas() -> None:
    fields = [formula(f"f{i}", f"f{i + 1} + 1") for i in range(390)]
    model = publish(entity("a", *fields, {"name": "f390", "type": "integer"}))
    assert model.entities["a"].fields["f0"].type.kind == "number"


def _model(*fields: dict[str, Any], **more: Any) -> Model:
    return publish(entity("a", *fields, **more))


def test_what_is_left_out_has_a_default() -> None:
    plain = _model({"name": "n", "type": "integer"}).entities["a"]
    assert (plain.title, plain.search, plain.time_field, plain.keys) == (None, (), "created_at", ())
    filled = _model({"name": "n", "type": "integer"}, text("first"), text("second", required=True), {"name": "mail", "type": "email", "unique": True}, text("secret", personal=True))
    found = filled.entities["a"]
    assert (found.title, found.search, found.keys) == ("second", ("first", "second", "mail"), (("mail",),))
    assert _model({"name": "code", "type": "autonumber", "pattern": "A-{0001}"}).entities["a"].keys == (("code",),)


def test_title_search_and_keys_name_fields() -> None:
    wanted = _model(text("x"), text("y"), title="y", search=["y", "x"], keys=[["x", "y"], ["x"]], time_field="updated_at").entities["a"]
    assert (wanted.title, wanted.search, wanted.keys, wanted.time_field) == ("y", ("y", "x"), (("x", "y"), ("x",)), "updated_at")
    wrong = publish(entity("a", text("x"), title="z", search=["xx"], keys=[["x", "q"]], time_field="t"))
    assert found(wrong) == [(path, "unknown_name") for path in ("/title", "/search/0", "/time_field", "/keys/0/1")]


def test_a_document_has_its_apps_name() -> None:
    assert read(CUSTOMER).app == "core"
    assert world().entities["customer"].app == "core"
    assert world().entities["customer"].fields["arr"].app == "core"
