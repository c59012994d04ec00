"""Dashboards as pages: tiles that wait for nobody, filters, drill and cross filters, faults in words, homes of roles, weight."""

from __future__ import annotations

import gzip
import html
import json
import re
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.testclient import TestClient

from tenon.engine.context import system_context
from tenon.engine.releases import publish_documents
from tests import boards
from tests.ui.conftest import Site

KINDS = {w["name"]: w["type"] for w in boards.WIDGETS}
TYPES = {
    "number": "kpi-value", "bar": "tn-chart", "line": "tn-chart", "area": "tn-chart", "pie": "tn-chart", "stacked_bar": "tn-chart", "funnel": "tn-chart", "gauge": "tn-chart",
    "scatter": "tn-chart", "sankey": "tn-chart", "heatmap": 'class="heat"', "pivot": "pivot", "cohort": "cohort", "transition": "moved", "table": "small-grid", "text": "prose",
}  # fmt: skip


@pytest.fixture
def published(site: Site) -> Site:
    """The workspace with dashboards."""
    publish_documents(site.platform.publisher, system_context(), boards.DOCUMENTS)
    return site


def part(client: TestClient, name: str, **params: str) -> str:
    """Return what stands in a tile of the overview."""
    answer = client.get(f"/widgets/{name}", params={"dashboard": "overview", **params}, headers={"HX-Request": "true"})
    assert answer.status_code == 200, answer.text
    return answer.text


def chart_of(text: str) -> dict[str, Any]:
    """Return the picture that a tile gives to the browser."""
    found = re.search(r'data-chart="([^"]*)"', text)
    assert found is not None, text
    spec: dict[str, Any] = json.loads(html.unescape(html.unescape(found[1])) if found[1].startswith("&amp;") else html.unescape(found[1]))
    return spec


def count_of(client: TestClient, url: str) -> int:
    """Return how many records the list behind an address has."""
    parts = urlsplit(html.unescape(url))
    condition = parse_qs(parts.query).get("filter", ["True"])[0]
    found = client.get(f"/api/v1{parts.path}", params={"filter": condition, "count": "exact", "limit": "1"})
    assert found.status_code == 200, found.text
    return int(found.json()["count"])


def test_the_page_waits_for_no_widget(member: TestClient, published: Site) -> None:
    answer = member.get("/dashboards/overview")
    assert answer.status_code == 200
    assert answer.text.count('hx-trigger="load, refresh"') == len(boards.WIDGETS)
    assert "data-chart" not in answer.text
    tile = re.search(r'<article class="([^"]*)" id="w-5"', answer.text)
    assert tile is not None
    assert {"gx-4", "gy-4", "gw-4", "gh-4"} <= set(tile[1].split())
    assert re.search(r'href="/dashboards/overview"[^>]*aria-current="page"', answer.text)
    assert "style=" not in answer.text
    assert member.get("/dashboards/nothing").status_code == 404
    assert member.get("/widgets/nothing").status_code == 404


def test_the_first_load_is_light(member: TestClient, published: Site) -> None:
    page = member.get("/dashboards/overview").text
    urls = set(re.findall(r'(?:href|src)="(/static/[^"#]+)"', page))
    bodies = [page.encode()]
    seen: set[str] = set()
    while urls:
        url = urls.pop()
        if url in seen:
            continue
        seen.add(url)
        found = member.get(url)
        assert found.status_code == 200, url
        bodies.append(found.content)
        if url.endswith(".js"):
            urls |= {url.rsplit("/", 1)[0] + "/" + name for name in re.findall(r'from "\./([\w-]+\.js)"|import "\./([\w-]+\.js)"', found.text) for name in name if name}
    assert any(url.endswith("dashboard.js") for url in seen)
    assert not any("chart" in url for url in seen)
    assert sorted(u.rsplit("/", 1)[1] for u in seen if u.endswith(".css")) == ["styles-dashboard.css", "styles.css"]
    assert sum(len(gzip.compress(body, 9)) for body in bodies) <= 120 * 1024


@pytest.mark.parametrize("name", list(KINDS))
def test_every_type_shows_itself(member: TestClient, published: Site, name: str) -> None:
    if name == "empty":
        text = part(member, name)
        assert "Nothing to show" in text
        return
    text = part(member, name)
    assert TYPES[KINDS[name]] in text
    assert "style=" not in text
    assert "<script" not in text
    member.cookies.set("tenon_language", "zh")
    assert TYPES[KINDS[name]] in part(member, name)


def test_every_mark_of_a_chart_leads_to_its_records(member: TestClient, published: Site) -> None:
    bars = chart_of(part(member, "by_industry"))
    assert bars["labels"] == ["SaaS", "Energy", "Telecom"]
    marks = bars["series"][0]["marks"]
    assert [m["v"] for m in marks] == [44, 43, 43]
    assert [count_of(member, m["u"]) for m in marks] == [44, 43, 43]
    assert [urlsplit(u).path for u in bars["cross"]] == ["/dashboards/overview"] * 3
    assert parse_qs(urlsplit(bars["cross"][0]).query) == {"where[industry]": ["saas"]}
    assert '<th scope="col" class="n">Year before</th>' in part(member, "by_month_area")  # the table in its place says all that it shows
    stacked = chart_of(part(member, "stages"))
    assert [s["name"] for s in stacked["series"]] == ["Trial", "Active", "Lost"]
    assert all(count_of(member, m["u"]) == m["v"] for s in stacked["series"] for m in s["marks"] if m and m["v"])
    slices = chart_of(part(member, "bands"))
    assert all(count_of(member, s["u"]) == s["v"] for s in slices["slices"])
    assert slices["total"] == "130"
    steps = chart_of(part(member, "steps"))["steps"]
    assert [(s["name"], count_of(member, s["u"]) - s["v"]) for s in steps] == [("Trial", 0), ("Active", 0), ("Lost", 0)]


def test_a_number_is_read_with_its_name_and_its_parts_lead_on(member: TestClient, published: Site) -> None:
    text = part(member, "in_all")
    shown = re.search(r'kpi-value"[^>]*><a href="[^"]+" aria-label="([^"]*)">([^<]+)</a>', text)
    assert shown is not None
    assert (shown[2], shown[1]) == ("¥17.8M", "¥17.8M (¥17,800,815), In all. Show the records behind it")
    others = re.findall(r'<dd><a class="cell-link" href="([^"]+)"[^>]*>([\d,]+)</a>', text)
    assert [count_of(member, url) for url, _ in others] == [int(number) for _, number in others]
    assert "Every customer, whatever became of it." in text
    both = {"compare": {"to": "previous_period"}, "options": {"period": "this_month"}}
    count, mean = {"name": "n", "expr": "count()"}, {"name": "mean", "expr": "avg(amount)"}
    asked = (("earlier", {"entity": "order", "measures": [count]}), ("mean", {"entity": "order", "measures": [mean], "filter": "amount < 0"}))
    publish_documents(published.platform.publisher, system_context(), [{"kind": "widget", "name": name, "type": "number", "query": query, **both} for name, query in asked])
    then = re.search(r'<a class="quiet cell-link" href="([^"]+)"[^>]*>vs Mar 2026<', part(member, "earlier", **{"where[created_at]": "2026-04-01..2026-04-30"}))
    assert then is not None
    assert count_of(member, then[1]) == 160
    assert "nothing to compare with" in part(member, "mean")
    none = {"entity": "customer", "group_by": ["industry"], "measures": [{"name": "n", "expr": "count(where=name == 'nobody')"}]}
    publish_documents(published.platform.publisher, system_context(), [{"kind": "widget", "name": "zeros", "type": "table", "query": none}])
    zeros = re.findall(r'<a class="cell-link" href="([^"]+)"[^>]*>0</a>', part(member, "zeros"))
    assert zeros
    assert [count_of(member, url) for url in zeros] == [0] * len(zeros)


@pytest.mark.parametrize("name", ["heat", "across", "moved", "discounts", "customers"])
def test_every_number_of_a_table_leads_to_its_records(member: TestClient, published: Site, name: str) -> None:
    links = re.findall(r'<a class="cell-link" href="([^"]+)"[^>]*>([\d,]+)</a>', part(member, name)) or re.findall(r'kpi-value"[^>]*><a href="([^"]+)"[^>]*>([\d,]+)<', part(member, name))
    if name == "discounts":
        assert "10%" in part(member, name)
        return
    assert links
    for url, number in links:
        if "." not in number and int(number.replace(",", "")) < 1000:
            assert count_of(member, url) == int(number.replace(",", "")), (url, number)


def test_filters_are_applied_and_shown(member: TestClient, published: Site) -> None:
    page = member.get("/dashboards/overview", params={"where[industry]": ["saas", "energy"], "where[ordered_at]": "this_year", "where[stage]": "active"}).text
    assert page.count('class="chip" href="/dashboards/overview') == 4
    assert 'value="saas" checked' in page
    assert '<option value="this_year" selected>' in page
    assert '<input type="hidden" name="where[stage]" value="active">' in page
    assert "Stage" in page
    assert html.unescape(page).count("where%5Bindustry%5D=saas&where%5Bindustry%5D=energy&where%5Bordered_at%5D=this_year&where%5Bstage%5D=active") >= len(boards.WIDGETS)
    assert [m["v"] for m in chart_of(part(member, "by_industry", **{"where[industry]": "saas"}))["series"][0]["marks"]] == [44]
    months = chart_of(part(member, "by_month", **{"where[ordered_at]": "this_year"}))["labels"]
    assert months == ["Jan 2026", "Feb 2026", "Mar 2026"]
    again = member.get("/dashboards/overview", params={"where[industry]": "saas"}, headers={"HX-Request": "true"})
    assert again.headers["HX-Push-Url"] == "/dashboards/overview?where%5Bindustry%5D=saas"
    assert "<html" not in again.text
    owner = member.get("/dashboards/overview", params={"where[owner]": published.ann.id}).text
    assert "Ann Lee" in owner
    missed = "Not filtered by Industry: its records have no such field."
    assert [missed in part(member, name, **{"where[industry]": "saas"}, dashboard="overview") for name in ("by_month", "by_industry")] == [True, False]
    for odd in ({"where[ordered_at]": "soon"}, {"where[]": "1"}, {"where[owner]": "x" * 3000}, {"where[industry]": "nothing"}, {"where[x.y.z]": "~"}):
        assert member.get("/dashboards/overview", params=odd).status_code == 200
        assert part(member, "by_industry", **odd)


def test_a_fault_stands_in_its_tile(member: TestClient, seller: TestClient, published: Site) -> None:
    for name in [w["name"] for w in boards.ODD]:
        answer = member.get(f"/widgets/{name}", params={"dashboard": "oddities"})
        assert answer.status_code == 200, (name, answer.text)
        assert "widget-body" in answer.text
    assert "has no score nothing" in member.get("/widgets/odd_history").text
    assert "someday" in member.get("/widgets/odd_period").text
    page = member.get("/dashboards/oddities").text
    assert page.count("<article") == len(boards.ODD)
    shown = seller.get("/widgets/discounts").text
    assert "This widget cannot be shown" in shown
    assert "discount" not in shown.lower().replace("discounts", "")


def test_a_seller_sees_numbers_of_their_own(seller: TestClient, published: Site) -> None:
    text = seller.get("/widgets/customers", params={"dashboard": "overview"}).text
    assert re.search(r'kpi-value" title="0"', text)
    assert "export" not in text


def test_the_dashboard_of_a_role_is_its_home(seller: TestClient, member: TestClient, published: Site) -> None:
    own = {**boards.OVERVIEW, "name": "sales_home", "label": {"en": "My sales", "zh": "我的销售"}, "roles": ["seller"]}
    publish_documents(published.platform.publisher, system_context(), [own])
    page = seller.get("/").text
    assert "<h1>My sales</h1>" in page
    assert "home=1" in page
    assert "<h1>My sales</h1>" not in member.get("/").text
    bars = seller.get("/widgets/by_month", params={"dashboard": "sales_home", "home": "1"}).text
    assert urlsplit(chart_of(bars)["cross"][0]).path == "/"
    assert seller.get("/dashboards/sales_home").status_code == 200


def test_a_table_of_records_shows_days_and_moments_as_people_read_them(member: TestClient, published: Site) -> None:
    widget: dict[str, Any] = {"kind": "widget", "name": "sent", "type": "table", "label": {"en": "Sent"}, "query": {"entity": "order", "filter": "number == 'S-1'"}}
    widget["options"] = {"columns": ["number", "ordered_at", "created_at"]}
    publish_documents(published.platform.publisher, system_context(), [widget])
    made = member.post("/api/v1/records/order", json={"number": "S-1", "customer": published.ids[3], "ordered_at": "2026-03-01", "amount": 5})
    assert made.status_code == 201
    text = member.get("/widgets/sent").text
    assert "<span hx-ignore>2026-03-01</span>" in text
    moment = datetime.fromisoformat(made.json()["created_at"]).astimezone(published.platform.settings.timezone)
    assert f"<span hx-ignore>{moment:%Y-%m-%d %H:%M}</span>" in text


def test_what_people_write_is_never_markup(member: TestClient, published: Site) -> None:
    text = part(member, "note")
    assert "<b>" not in text
    assert "&lt;b&gt;Two&lt;/b&gt;" in text
    bad = '"><img src=x onerror=alert(1)>'
    member.post("/api/v1/records/customer", json={"name": bad, "arr": 999_999_999})
    for name in ("top", "points"):
        assert "<img" not in part(member, name)
    assert any(point["name"] == bad for point in chart_of(part(member, "points"))["points"])


def test_a_widget_about_one_record(member: TestClient, published: Site) -> None:
    about = {"entity": "customer", "id": published.ids[3]}
    own = member.get("/widgets/by_month", params=about).text
    amounts = member.get("/api/v1/records/order", params={"filter": f"customer == '{published.ids[3]}'", "fields": "amount"}).json()["records"]
    assert sum(m["v"] for m in chart_of(own)["series"][0]["marks"]) == sum(a["amount"] for a in amounts) > 0
    assert "<header" not in own
    assert re.search(r'kpi-value" title="1"', member.get("/widgets/customers", params=about).text)
    assert member.get("/widgets/customers", params={**about, "id": "nothing"}).status_code == 404
    assert member.get("/widgets/customers", params={**about, "entity": "nothing"}).status_code == 404


def test_moments_are_shown_in_the_zone_of_the_workspace(member: TestClient, site: Site) -> None:
    newest = {"kind": "widget", "name": "newest", "type": "table", "query": {"entity": "customer", "sort": ["-created_at"], "limit": 3}, "options": {"columns": ["name", "created_at"]}}
    publish_documents(site.platform.publisher, system_context(), [newest])
    text = member.get("/widgets/newest", headers={"HX-Request": "true"}).text
    assert "2026-03-02 09:30" in text
    assert "T01:30" not in text
