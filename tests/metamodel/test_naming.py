"""Names and ids in whole documents: renames leave what uses them alone."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

from tenon.metamodel.check_documents import check_model
from tenon.metamodel.model import Model
from tenon.metamodel.naming import to_shown, to_stored
from tenon.metamodel.parse import identify, read_document
from tenon.metamodel.snapshot import build, outline
from tests.metamodel.kinds.contract import ROLE, SEGMENT, VIEW, found, options, with_world, world


def shown(model: Model, kind: str, name: str) -> dict[str, Any]:
    return to_shown(model.get(kind, name), model)


def edited(kind: str, name: str) -> dict[str, Any]:
    """A document as somebody gets it, to be changed and sent back."""
    return copy.deepcopy(shown(world(), kind, name))


def field(raw: dict[str, Any], name: str) -> dict[str, Any]:
    one: dict[str, Any] = next(f for f in raw["fields"] if f["name"] == name)
    return one


def rename(kind: str, name: str, change: Any) -> Model:
    raw = edited(kind, name)
    change(raw)
    return replaced(raw)


def replaced(raw: dict[str, Any]) -> Model:
    """The world with one document changed; the others stay as they are stored."""
    before = world().get(raw["kind"], raw["id"])
    changed = identify(read_document(raw), replace(before, json=to_shown(before, world())))
    documents = {**world().documents, before.id: changed}
    stored = to_stored(changed, outline(documents.values(), 2), world())
    return build({**documents, before.id: stored}.values(), 2, world())


def test_a_renamed_field_keeps_what_uses_it() -> None:
    def change(raw: dict[str, Any]) -> None:
        field(raw, "arr")["name"] = "revenue"

    model = rename("entity", "customer", change)
    assert found(model) == []
    assert shown(model, "view", "at_risk")["sort"] == ["-revenue"]
    assert shown(model, "page", "customer_360")["header"]["facts"] == ["revenue", "owner"]
    assert shown(model, "form", "customer_form")["sections"][0]["items"][1]["required"] == "revenue > 0"
    stage = field(shown(model, "entity", "customer"), "stage")
    assert (stage["moves"][0]["when"], stage["moves"][0]["requires"]) == ("revenue > 0", ["revenue"])
    assert shown(model, "score", "health")["variants"][1]["measures"][2]["of"] == "revenue"


def test_a_renamed_entity_keeps_what_refers_to_it() -> None:
    model = rename("entity", "customer", lambda raw: raw.update(name="client"))
    assert found(model) == []
    assert shown(model, "view", "at_risk")["entity"] == "client"
    assert shown(model, "role", "csm")["grants"][0]["entity"] == "client"
    assert field(shown(model, "entity", "sales_order"), "customer")["entity"] == "client"


def test_a_renamed_relation_keeps_what_goes_through_it() -> None:
    def change(raw: dict[str, Any]) -> None:
        field(raw, "customer")["reverse"]["name"] = "purchases"

    model = rename("entity", "sales_order", change)
    assert found(model) == []
    assert shown(model, "form", "customer_form")["sections"][0]["items"][3]["table"] == "purchases"
    assert field(shown(model, "entity", "customer"), "orders_90d")["expr"] == "sum(purchases.amount, where=ordered_at >= days_ago(90))"


def test_a_renamed_option_keeps_what_compares_with_it() -> None:
    def change(raw: dict[str, Any]) -> None:
        field(raw, "priority")["options"][1]["name"] = "burning"

    model = rename("entity", "ticket", change)
    assert found(model) == []
    health = shown(model, "score", "health")
    assert health["caps"][0]["when"] == "exists(tickets, where=priority == 'burning' and status != 'closed')"
    assert "priority == 'burning'" in health["variants"][1]["measures"][1]["value"]


def test_a_renamed_band_keeps_what_compares_with_it() -> None:
    model = rename("score", "grade", lambda raw: raw["bands"][2].update(name="AAA"))
    assert found(model) == []
    assert shown(model, "segment", "vip_at_risk")["filter"] == "grade_band in ['AAA', 'A'] and health_band == 'risk'"


def test_names_that_change_places() -> None:
    def change(raw: dict[str, Any]) -> None:
        first, second = field(raw, "priority")["options"]
        first["name"], second["name"] = second["name"], first["name"]

    model = rename("entity", "ticket", change)
    assert shown(model, "score", "health")["caps"][0]["when"].startswith("exists(tickets, where=priority == 'low'")


def test_the_same_document_may_use_the_old_name_of_an_option() -> None:
    def change(raw: dict[str, Any]) -> None:
        stage = field(raw, "stage")
        stage["options"][3]["name"] = "gone"
        stage["default"] = "'lost' if arr > 5 else 'trial'"
        raw["checks"].append({"when": "stage == 'lost' and stage in ['lost', 'trial']", "message": {"en": "x", "zh": "甲"}})

    model = rename("entity", "customer", change)
    assert found(model) == []
    customer = shown(model, "entity", "customer")
    assert field(customer, "stage")["default"] == "'gone' if arr > 5 else 'trial'"
    assert customer["checks"][1]["when"] == "stage == 'gone' and stage in ['gone', 'trial']"


def test_texts_are_no_options() -> None:
    def change(raw: dict[str, Any]) -> None:
        field(raw, "priority")["options"][1]["name"] = "burning"
        raw["fields"].append({"name": "note", "type": "text", "default": "'urgent'"})
        raw["checks"] = [{"when": "note == 'urgent'", "message": {"en": "x", "zh": "甲"}}]

    model = rename("entity", "ticket", change)
    assert shown(model, "entity", "ticket")["checks"][0]["when"] == "note == 'urgent'"
    assert field(shown(model, "entity", "ticket"), "note")["default"] == "'urgent'"


def test_an_option_that_is_gone_is_named_where_it_is_used() -> None:
    raw = edited("entity", "ticket")
    field(raw, "priority")["options"] = options("low")
    model = replaced(raw)
    assert found(model, "health") == [("/variants/1/measures/1/value", "unknown_name"), ("/caps/0/when", "unknown_name")]
    (problem, _) = [p for i, p in check_model(model, world()) if model.documents[i].name == "health"]
    assert "urgent" in (problem.message.en or "")
    assert problem.hint is not None
    assert "low" in (problem.hint.en or "")


def test_unknown_names_stay_as_typed() -> None:
    raw = {**VIEW, "columns": ["nothing"], "filter": "nothing == 1 and arr > 0", "sort": ["-nothing.at.all"], "entity": "customer"}
    model = with_world(raw)
    again = shown(model, "view", "at_risk")
    assert (again["columns"][0]["field"], again["filter"], again["sort"]) == ("nothing", "nothing == 1 and arr > 0", ["-nothing.at.all"])
    lost = shown(with_world({**SEGMENT, "entity": "nobody"}), "segment", "vip_at_risk")
    assert (lost["entity"], lost["filter"]) == ("nobody", SEGMENT["filter"])


def test_what_cannot_be_parsed_stays_as_typed() -> None:
    assert shown(with_world({**SEGMENT, "filter": "arr >"}), "segment", "vip_at_risk")["filter"] == "arr >"


def test_paths_go_over_references() -> None:
    raw = {**VIEW, "columns": ["parent.parent.name", "owner.unit.name"], "sort": ["-parent.arr"]}
    model = with_world(raw)
    assert found(model) == []
    assert "name" not in model.get("view", "at_risk").json["columns"][0]["field"]
    assert [c["field"] for c in shown(model, "view", "at_risk")["columns"]] == raw["columns"]


def test_a_star_is_no_path() -> None:
    assert shown(with_world({**ROLE, "grants": [{**ROLE["grants"][0], "read": "*", "write": "*"}]}), "role", "csm")["grants"][0]["write"] == "*"
