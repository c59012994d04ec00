"""Dashboards for a reader: tiles they may see, filters they may use, the dashboard of their role, periods and cross filters."""

from __future__ import annotations

from typing import Any

import pytest

from tenon.engine.reports.dashboards import home_of, listed
from tenon.engine.reports.selection import Selection
from tenon.engine.reports.widgets import data
from tenon.metamodel.errors import Invalid, NotFound
from tenon.metamodel.naming import to_shown
from tests.engine.reports.asking import answer, described, holds, on_dashboard, widget
from tests.shop import SYSTEM, Shop, person

SELLER: dict[str, Any] = {"kind": "role", "name": "seller", "label": {"en": "Seller"}, "grants": [{"entity": "order", "actions": ["read"], "hide": ["amount"]}]}
OVERVIEW: dict[str, Any] = {
    "kind": "dashboard", "name": "overview", "label": {"en": "Overview", "zh": "总览"}, "roles": ["seller"],
    "layout": [{"widget": name, "x": 0, "y": i, "w": 6, "h": 2} for i, name in enumerate(("by_industry", "sold", "note", "gone"))],
    "filters": [{"field": "industry"}, {"field": "ordered_at", "period": "this_quarter"}, {"field": "amount", "label": {"en": "Size"}}, {"field": "nothing"}],
}  # fmt: skip
WIDGETS = [
    widget("by_industry", "bar", "customer", group_by=["industry"]), widget("sold", "number", compare={"to": "previous_period"}),
    {"kind": "widget", "name": "note", "type": "text", "text": {"en": "Hello"}},
]  # fmt: skip


@pytest.fixture
def overview(orders: Shop) -> Shop:
    """A dashboard over customers and orders; one of its widgets is not there."""
    orders.publish([*WIDGETS, SELLER, OVERVIEW])
    return orders


def test_what_is_described(overview: Shop) -> None:
    found = described(overview, "overview")
    assert [(t["widget"], t["type"], t["entity"]) for t in found["layout"]] == [("by_industry", "bar", "customer"), ("sold", "number", "order"), ("note", "text", None)]
    assert [(f["field"], f["type"], f["period"]) for f in found["filters"]] == [("industry", "choice", None), ("ordered_at", "date", "this_quarter"), ("amount", "number", None)]
    assert [o["name"] for o in found["filters"][0]["options"]] == ["saas", "retail", "factory"]
    assert found["filters"][2]["label"] == "Size"


def test_a_reader_is_shown_what_they_may_see(overview: Shop) -> None:
    seller = person("x", "seller")
    found = described(overview, "overview", seller)
    assert [t["widget"] for t in found["layout"]] == ["sold", "note"]
    assert [f["field"] for f in found["filters"]] == ["ordered_at"]
    with pytest.raises(NotFound):
        described(overview, "overview", person("x", "boss"))
    with pytest.raises(NotFound):
        on_dashboard(overview, "overview", "by_industry", seller)
    with overview.platform.read() as uow:
        assert (home_of(uow, seller), home_of(uow, person("x", "boss"))) == ("overview", None)
        assert [[b.name for b in listed(uow, person("x", role))] for role in ("seller", "boss", "admin")] == [["overview"], [], ["overview"]]


def test_filters_go_to_the_widgets_that_have_the_field(overview: Shop) -> None:
    sold = on_dashboard(overview, "overview", "sold", industry="saas")
    assert (sold["rows"], sold["applied"]) == ([[7]], ["ordered_at"])
    assert sold["compare"]["rows"] == [[1]]
    bars = on_dashboard(overview, "overview", "by_industry", industry="saas,")
    assert [row[0] for row in bars["rows"]] == ["saas", None]
    holds(overview, bars)
    assert on_dashboard(overview, "overview", "sold", ordered_at="all")["rows"] == [[9]]
    assert on_dashboard(overview, "overview", "sold", ordered_at="")["rows"] == [[1]]
    # A cross filter: what is clicked in one widget, with the path it has there.
    assert on_dashboard(overview, "overview", "sold", **{"customer.industry": "retail", "ordered_at": "2026-01-01..2026-01-31"})["rows"] == [[1]]
    assert on_dashboard(overview, "overview", "sold", amount="10..30")["rows"] == [[2]]
    with pytest.raises(Invalid):
        on_dashboard(overview, "overview", "sold", amount="many")


def test_without_a_dashboard_a_field_has_to_be_there(overview: Shop) -> None:
    with pytest.raises(Invalid):
        answer(overview, WIDGETS[1], industry="saas")
    # To who may not see a field it is not there, on a dashboard or not.
    with pytest.raises(Invalid):
        answer(overview, WIDGETS[1], person("x", "seller"), amount="10")
    assert on_dashboard(overview, "overview", "sold", person("x", "seller"), amount="10")["rows"] == [[7]]


def test_a_field_that_is_renamed_is_renamed_in_filters_and_orders(overview: Shop) -> None:
    ranked = widget("ranked", "bar", "customer", group_by=["industry"], measures=[{"name": "seats", "expr": "sum(seats)"}], sort=["-seats", "industry"])
    listed_ones = {"kind": "widget", "name": "ones", "type": "table", "query": {"entity": "customer", "sort": ["-industry", "name"]}}
    overview.publish([ranked, listed_ones])
    with overview.platform.read() as uow:
        customer = to_shown(uow.model.documents[uow.model.entities["customer"].id], uow.model)
    for field in customer["fields"]:
        field["name"] = {"industry": "sector", "seats": "places"}.get(field["name"], field["name"])
    for check in customer["checks"]:
        check["when"] = check["when"].replace("seats", "places")
        check["fields"] = ["places" if name == "seats" else name for name in check["fields"]]
    overview.publish([customer])
    assert [f["field"] for f in described(overview, "overview")["filters"]] == ["sector", "ordered_at", "amount"]
    assert on_dashboard(overview, "overview", "by_industry", sector="saas")["rows"][0][0] == "saas"
    with overview.platform.read() as uow:
        shown = {name: to_shown(uow.model.find("widget", name), uow.model)["query"]["sort"] for name in ("ranked", "ones")}
    assert shown == {"ranked": ["-seats", "sector"], "ones": ["-sector", "name"]}  # the measure keeps its name
    for name in shown:
        with overview.platform.read() as uow:
            assert data(uow, SYSTEM, name, Selection({}, None))["rows"]
