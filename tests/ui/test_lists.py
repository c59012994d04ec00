"""The parts of a list page over HTTP: panels, the builder, cells, many rows, totals, groups, saved views, with everybody's own rights."""

from __future__ import annotations

import html
import json
import re
from decimal import Decimal

import pytest
from starlette.testclient import TestClient

from tenon.engine.context import Context, system_context
from tenon.engine.records import writing
from tenon.engine.releases import publish_documents
from tenon.platform.boot import make_worker
from tests.ui.conftest import Site

LIST = "/records/customer"


def make(site: Site, **values: object) -> str:
    """Write a customer of Ann's and return its id."""
    with site.platform.write() as uow:
        return writing.create(uow, Context(site.ann), uow.model.get_entity("customer"), values)


def expression(text: str) -> str:
    """The expression that an answer of the builder holds."""
    found = re.search(r'data-expression-now="([^"]*)"', text)
    assert found
    return html.unescape(found[1])


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", ["filter", "sort", "columns", "group", "save"])
def test_panels_render(member: TestClient, name: str, language: str) -> None:
    member.cookies.set("tenon_language", language)
    answer = member.get(f"{LIST}/panel/{name}?filter=arr+%3E+5&sort=-arr,name&group=renewal:quarter&columns=name&columns=arr:200:frozen")
    assert answer.status_code == 200


def test_the_builder_is_rendered_from_its_form(member: TestClient) -> None:
    form = {
        "c.joins": "or", "c.0.path": "arr", "c.0.op": "between", "c.0.v": "1,000", "c.0.v2": "2000.5", "c.1.joins": "and",
        "c.1.0.path": "discount", "c.1.0.op": "at_least", "c.1.0.v": "30", "c.1.1.path": "renewal", "c.1.1.op": "less", "c.1.1.k": "start.month.0",
        "c.2.path": "orders", "c.2.how": "exists", "c.2.op": "not_yes", "c.2.w.0.path": "amount", "c.2.w.0.op": "more", "c.2.w.0.v": "x",
    }  # fmt: skip
    text = member.post("/conditions/customer", data=form).text
    assert expression(text) == "1000 <= arr <= 2000.5 or (discount >= 0.3 and renewal < start_of(today(), 'month')) or not exists(orders)"
    assert "Discount is at least 30%" in text
    assert 'data-complete=""' in text  # x is no amount yet
    assert 'aria-invalid="true"' in text
    added = member.post("/conditions/customer", data={"c.joins": "and", "do": "add c owner|"}).text
    assert 'name="c.0.path" value="owner"' in added
    assert expression(added) == ""
    mine = member.post("/conditions/customer", data={"c.0.path": "owner", "c.0.op": "is", "c.0.k": "me"}).text
    assert expression(mine) == "owner == user.id"
    assert "Owner is me" in mine
    removed = member.post("/conditions/customer", data={**form, "do": "remove c.0"}).text
    assert "arr" not in expression(removed)
    for bad in (
        {"c.0.path": "nonsense"},
        {"c" + ".0" * 30 + ".path": "arr"},
        {"do": "remove c.9"},
        {"do": "add c.7 x|"},
        {"c.0.w.0.path": "arr"},
    ):
        assert member.post("/conditions/customer", data=bad).status_code == 200
    assert member.post("/conditions/nothing", data={}).status_code == 404


def test_nobody_builds_with_what_is_hidden(seller: TestClient) -> None:
    text = seller.post("/conditions/customer", data={"expression": "discount > 0.1"}).text
    assert "Discount" not in text
    assert 'role="alert"' in text
    assert 'data-value="discount|"' not in seller.get(f"{LIST}/panel/filter").text
    assert "Discount" not in seller.get(f"{LIST}/panel/columns").text
    forged = seller.post("/conditions/customer", data={"c.0.path": "discount", "c.0.op": "more", "c.0.v": "0"}).text
    assert expression(forged) == ""


def test_cells_are_written_with_everybodys_rights(member: TestClient, seller: TestClient, site: Site) -> None:
    own, other = make(site, name="Hers", owner=site.sam.id, arr="1"), make(site, name="Not hers", arr="1")
    assert seller.get(f"{LIST}/{other}/cell/arr").status_code == 404
    assert seller.get(f"{LIST}/{own}/cell/discount").status_code == 404
    assert seller.get(f"{LIST}/{own}/cell/phone").status_code == 403
    assert member.get(f"{LIST}/{own}/cell/orders_90d").status_code == 403
    answer = seller.post(f"{LIST}/{own}/cell/arr?columns=name&columns=arr", data={"arr": "12.5", "version": "1"})
    assert (answer.status_code, "¥12.50" in answer.text, 'data-version="2"' in answer.text) == (200, True, True)
    refused = seller.post(f"{LIST}/{own}/cell/arr", data={"arr": "-1", "version": "2"})
    assert (refused.status_code, 'role="alert"' in refused.text) == (422, True)
    site.change(own, arr="99")
    clash = seller.post(f"{LIST}/{own}/cell/arr", data={"arr": "13", "version": "2"})
    assert (clash.status_code, "¥99" in clash.text) == (412, True)
    assert site.stored(own)["arr"] == Decimal("99.00")  # type: ignore[index]
    token = seller.headers.pop("X-CSRF-Token")
    assert seller.post(f"{LIST}/{own}/cell/arr", data={"arr": "14"}).status_code == 403
    seller.headers["X-CSRF-Token"] = token


def test_many_rows_are_changed_as_expected_or_not_at_all(member: TestClient, seller: TestClient, site: Site) -> None:
    ids = [make(site, name=f"Mass {n}", arr="1", tags=["a"]) for n in range(3)]
    assert member.get(f"{LIST}/count?q=mass").json() == {"count": 3}
    wrong = member.post(f"{LIST}/bulk?q=mass", data={"act": "set", "field": "arr", "arr": "5", "expect": "2"})
    assert (wrong.status_code, "3" in wrong.json()["text"]) == (409, True)
    done = member.post(f"{LIST}/bulk?q=mass", data={"act": "set", "field": "arr", "arr": "5", "expect": "3"}).json()
    assert {site.stored(i)["arr"] for i in ids} == {Decimal("5.00")}  # type: ignore[index]
    some = member.post(f"{LIST}/bulk", data={"act": "add", "field": "tags", "tags": "b", "tags.shown": "1", "ids": ids[:2]}).json()
    assert [site.stored(i)["tags"] for i in ids] == [("a", "b"), ("a", "b"), ("a",)]  # type: ignore[index]
    assert seller.post(some["undo"], data={}).status_code in (403, 404)
    assert seller.post(f"{LIST}/bulk", data={"act": "delete", "ids": ids}).status_code in (403, 404)
    for undo in (some["undo"], done["undo"]):
        assert member.post(undo, data={}).status_code == 303
    assert {(site.stored(i)["arr"], site.stored(i)["tags"]) for i in ids} == {(Decimal("1.00"), ("a",))}  # type: ignore[index]
    gone = member.post(f"{LIST}/bulk", data={"act": "delete", "ids": ids}).json()
    assert site.stored(ids[0]) is None
    member.post(gone["undo"], data={})
    assert site.stored(ids[0]) is not None
    assert member.post(f"{LIST}/bulk", data={"act": "fly", "field": "arr", "ids": ids}).status_code == 422
    assert member.post(f"{LIST}/bulk", data={"act": "delete"}).status_code == 422


def test_pasted_cells(member: TestClient, site: Site) -> None:
    one, two = make(site, name="Paste 1"), make(site, name="Paste 2")
    rows = [
        {"id": one, "values": {"arr": "¥1,200", "renewal": "2026/5/1", "stage": "Trial", "owner": "sam@example.com"}},
        {"id": two, "values": {"orders_90d": "5", "owner": "Nobody", "arr": "7"}},
    ]
    told = member.post(f"{LIST}/paste", data={"cells": json.dumps(rows)}).json()
    assert {(r["id"], r["field"]) for r in told["refused"]} == {(two, "orders_90d"), (two, "owner")}
    found = site.stored(one)
    assert found is not None
    assert (found["arr"], str(found["renewal"]), found["stage"], found["owner"]) == (Decimal("1200.00"), "2026-05-01", "trial", site.sam.id)
    assert site.stored(two)["arr"] == Decimal("7.00")  # type: ignore[index]
    for bad in ("", "{}", "[1]", '[{"id": 5, "values": {}}]', "nonsense"):
        assert member.post(f"{LIST}/paste", data={"cells": bad}).status_code == 422


def test_totals_groups_and_more_rows(member: TestClient) -> None:
    whole = member.get(f"{LIST}/sums").text
    assert "Total of 130" in whole
    part = member.get(f"{LIST}/sums?filter=arr+%3C+100000").text
    assert whole != part
    grouped = member.get(f"{LIST}?group=renewal:month&limit=25").text
    keys = re.findall(r'data-group="([^"]*)"', grouped)
    assert keys == sorted(keys)
    assert keys[0] == "2026-03-01"
    onward = re.search(r'id="more" href="([^"]+)"', grouped)
    assert onward
    path, _, query = html.unescape(onward[1]).partition("?")
    rest = member.get(f"{path}/rows?{query}").text
    begun = re.findall(r'data-group="([^"]*)"', rest)
    assert set(begun).isdisjoint(keys)
    assert not set(re.findall(r'data-id="([^"]+)"', grouped)) & set(re.findall(r'data-id="([^"]+)"', rest))
    for group in ("nonsense", "notes", "tags", "-", "renewal:century", "owner", "arr"):
        assert member.get(f"{LIST}?group={group}").status_code == 200


def test_a_view_of_ones_own_is_ones_own(member: TestClient, seller: TestClient) -> None:
    answer = seller.post(f"{LIST}/views?filter=arr+%3E+5&group=stage", data={"label": "Mine", "shared_with": "me"})
    assert answer.headers["location"] == f"{LIST}?view=mine"
    assert ">Mine</a>" in seller.get(f"{LIST}?view=mine").text
    assert ">Mine</a>" not in member.get(LIST).text
    refused = seller.post(f"{LIST}/views", data={"label": "All", "shared_with": "everyone"})
    assert (refused.status_code, "Only builders" in refused.text) == (403, True)
    assert "Only builders" in html.unescape(refused.text)


def test_a_view_of_a_unit_is_for_those_in_it(member: TestClient, seller: TestClient, site: Site) -> None:
    offer = '<option value="team">My unit</option>'
    assert offer not in seller.get(f"{LIST}/panel/save").text
    unit = member.post("/api/v1/units", json={"name": "North"}).json()["id"]
    assert member.patch(f"/api/v1/users/{site.sam.id}", json={"unit": unit}).status_code == 200
    assert offer in seller.get(f"{LIST}/panel/save").text
    answer = seller.post(f"{LIST}/views?sort=-arr", data={"label": "Of the north", "shared_with": "team"})
    assert answer.headers["location"] == f"{LIST}?view=of_the_north"
    assert ">Of the north</a>" not in member.get(LIST).text
    assert member.patch(f"/api/v1/users/{site.ann.id}", json={"unit": unit}).status_code == 200
    assert ">Of the north</a>" in member.get(LIST).text


def test_a_list_as_a_sheet(member: TestClient) -> None:
    answer = member.get(f"{LIST}/export.xlsx?view=big_ones")
    assert answer.status_code == 200
    assert answer.content[:2] == b"PK"


def test_a_filter_that_is_no_condition_has_a_name(member: TestClient, site: Site) -> None:
    page = member.get("/records/customer", params={"filter": "was(stage, date('2026-01-01')) == 'active'"}).text
    assert '<span class="cut">Own expression</span>' in page


def test_a_choice_as_title_is_shown_by_its_label(member: TestClient, site: Site) -> None:
    options = [{"name": "first_kind", "label": {"en": "The first kind"}}]
    topic = {"kind": "entity", "name": "topic", "label": {"en": "Topic"}, "title": "kind", "fields": [{"name": "kind", "type": "choice", "options": options}]}
    publish_documents(site.platform.publisher, system_context(), [topic])
    assert member.post("/api/v1/records/topic", json={"kind": "first_kind"}).status_code == 201
    page = member.get("/records/topic").text
    assert '<span class="cut">The first kind</span>' in page


def test_scores_without_enough_data_are_last_both_ways_and_have_no_number(member: TestClient, site: Site) -> None:
    make(site, name="Zed known", arr=Decimal(5), stage="active")
    make(site, name="Zed unknown")
    make_worker(site.platform).run_until_idle()
    asked = {"columns": ["name", "health_score"], "filter": "starts_with(name, 'Zed')"}
    for sort in ("health_score", "-health_score"):
        page = member.get(LIST, params={**asked, "sort": sort}).text
        rows = re.findall(r'<tr[^>]* id="row-.*?</tr>', page, re.S)
        assert ["Zed known" in row for row in rows] == [True, False]
        assert "Not enough data" in rows[1]
        assert not re.search(r'<b>|class="change"', rows[1])
    listed = member.get("/api/v1/records/customer", params={"filter": asked["filter"], "sort": "-health_score", "fields": "health_score,health_band"}).json()["records"]
    assert [r["health_band"] for r in listed] == [None, "risk"], "the interface keeps the score, and its order"
    known = f"{float(listed[1]['health_score']):.1f}"
    for total, said in (("average", f"Average</span> {known}"), ("max", f"Largest</span> {known}"), ("count", "Filled in</span> 1")):
        told = member.get(f"{LIST}/sums", params={**asked, "columns": f"health_score:::{total}"}).text
        assert said in re.sub(r"\s+", " ", told), "what has too little data for a score counts nowhere"
