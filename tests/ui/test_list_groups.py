"""Groups of a list that are more than a page, in the order of their values; and what is said in all of a column."""

from __future__ import annotations

import html
import re

import pytest
from starlette.testclient import TestClient

from tenon.engine.context import Context, system_context
from tenon.engine.records import writing
from tenon.engine.releases import publish_documents
from tenon.metamodel.errors import Invalid
from tests.ui.conftest import Site

LIST = "/records/customer"
MANY = 260


@pytest.fixture
def reasons(site: Site) -> list[str]:
    """The reasons of many customers, each of one but the first, in their order."""
    names = [f"{'Because' if n % 2 else 'because'} {n:03}" for n in range(MANY)]
    rows = [{"name": f"Left {n:03}", "lost_reason": name, "arr": "2"} for n, name in enumerate([*reversed(names), names[0]])]
    with site.platform.write() as uow:
        writing.write_many(uow, Context(site.ann), uow.model.get_entity("customer"), rows)
    return names


def pages(client: TestClient, **params: object) -> list[str]:
    """What a list shows, page after page, as it is loaded below one another."""
    found = [client.get(LIST, params={"q": "left", "group": "lost_reason", "limit": "100", **params}).text]
    while onward := re.search(r'id="more" href="([^"]+)"', found[-1]):
        path, _, query = html.unescape(onward[1]).partition("?")
        found.append(client.get(f"{path}/rows?{query}").text)
    return found


def groups(text: str) -> list[str]:
    return [html.unescape(each) for each in re.findall(r'data-group="([^"]*)"', text)]


def test_very_many_groups_are_paged_in_their_order(member: TestClient, reasons: list[str]) -> None:
    found = pages(member)
    assert len(found) == 3
    assert [key for text in found for key in groups(text)] == reasons
    assert len(re.findall(r"<tr[^>]* data-id=", "".join(found))) == MANY + 1
    assert re.search(r'data-group="because 000".*?class="count">2<', found[0], re.DOTALL)
    assert f"/ {MANY + 1} records" in found[0]


def test_shut_groups_keep_their_places(member: TestClient, reasons: list[str]) -> None:
    shut = [reasons[3], reasons[99], reasons[100], reasons[259]]
    found = pages(member, closed=shut)
    assert [key for text in found for key in groups(text)] == reasons
    assert len(re.findall(r"<tr[^>]* data-id=", "".join(found))) == MANY + 1 - len(shut)
    assert f"/ {MANY + 1} records" in found[0]
    for nonsense in ("nothing", "", "'"):
        assert member.get(LIST, params={"group": "lost_reason", "closed": nonsense}).status_code == 200
    for by in ("renewal:month", "arr", "stage", "owner"):
        assert member.get(LIST, params={"group": by, "closed": ["nonsense", "2026-03-01", "1", "NaN"]}).status_code == 200


def test_days_are_grouped_in_the_order_of_the_list(member: TestClient) -> None:
    up = groups(member.get(LIST, params={"group": "renewal:month", "sort": "renewal", "limit": "200"}).text)
    down = groups(member.get(LIST, params={"group": "renewal:month", "sort": "-renewal", "limit": "200"}).text)
    assert (len(up) > 3, down) == (True, up[::-1])


def test_shares_and_scores_are_averaged_and_amounts_summed(site: Site, member: TestClient) -> None:
    fields = [
        {"name": "name", "type": "text"}, {"name": "amount", "type": "money", "currency": "CNY"}, {"name": "share", "type": "percent"},
        {"name": "stars", "type": "rating"}, {"name": "seats", "type": "integer"}, {"name": "double", "type": "formula", "expr": "seats * 2"},
        {"name": "each", "type": "formula", "expr": "seats / 2 / seats + 1 / seats"},
    ]  # fmt: skip
    deal = {"kind": "entity", "name": "bargain", "label": {"en": "Bargain"}, "title": "name", "fields": fields}
    publish_documents(site.platform.publisher, system_context(), [deal])
    rows = [("a", "10", "0.1", 2, 1), ("b", "20", "0.3", 5, 4), ("c", "30", None, None, 10)]
    for name, amount, share, stars, seats in rows:
        sent = {"name": name, "amount": amount, "share": share, "stars": stars, "seats": seats}
        assert member.post("/api/v1/records/bargain", json=sent).status_code == 201
    text = html.unescape(re.sub(r"\s+", " ", member.get("/records/bargain/sums").text))
    told = dict(re.findall(r'data-label="([^"]+)">(.*?)</td>', text))
    plain = {label.lower(): re.sub(r"<[^>]+>", "", cell).strip() for label, cell in told.items()}
    assert plain["amount"].endswith("60.00") or plain["amount"].endswith("60")
    assert (plain["share"], plain["stars"], plain["seats"], plain["double"]) == ("Average 20%", "Average 3.5", "15", "30")
    assert plain["each"].startswith("Average 0.95")
    grouped = re.sub(r"\s+", " ", member.get("/records/bargain?group=name").text)
    assert "Average</span> 10%" in grouped
    member.cookies.set("tenon_language", "zh")
    assert "平均" in member.get("/records/bargain/sums").text


BARGAIN = {"kind": "entity", "name": "bargain", "label": {"en": "Bargain"}, "title": "name", "fields": [
    {"name": "name", "type": "text"}, {"name": "amount", "type": "money", "currency": "CNY"}, {"name": "reading", "type": "decimal"},
    {"name": "stars", "type": "rating"}, {"name": "due", "type": "date"}, {"name": "done", "type": "boolean"}, {"name": "took", "type": "duration"},
]}  # fmt: skip
BY_HAND = {"kind": "view", "name": "bargains", "entity": "bargain", "label": {"en": "Bargains"}, "columns": [
    "name", {"field": "amount", "total": "none"}, {"field": "reading", "width": 200, "total": "max"}, "stars", {"field": "due", "total": "min"}, "done"]}


def sums(client: TestClient, query: str = "") -> dict[str, str]:
    """What the row of totals says, by the label of the column."""
    text = html.unescape(re.sub(r"\s+", " ", client.get(f"/records/bargain/sums?{query}").text))
    return {label: re.sub(r"<[^>]+>", "", cell).strip() for label, cell in re.findall(r'data-label="([^"]+)">(.*?)</td>', text)}


def test_the_total_of_a_column_is_chosen(site: Site, member: TestClient) -> None:
    publish_documents(site.platform.publisher, system_context(), [BARGAIN])
    rows = [("a", "10", "1.5", 3, "2026-03-05", True), ("b", "20", "2.5", 5, "2026-04-05", False), ("c", None, None, None, None, None)]
    for row in rows:
        sent = {k: v for k, v in zip(("name", "amount", "reading", "stars", "due", "done"), row, strict=True) if v is not None}
        assert member.post("/api/v1/records/bargain", json=sent).status_code == 201
    assert sums(member) == {"amount": "¥30", "reading": "Average 2.00", "stars": "Average 4.0", "due": "", "done": "", "took": "0 s"}
    asked = "&".join(f"columns={c}" for c in ("name:::count", "amount:::min", "reading:::sum", "stars:::none", "due:::max", "done:::count"))
    assert sums(member, asked) == {"amount": "Smallest ¥10", "reading": "4", "stars": "", "due": "Latest 2026-04-05", "done": "Yes 1"}
    grouped = html.unescape(re.sub(r"\s+", " ", member.get(f"/records/bargain?{asked}&group=name").text))
    assert 'data-label="due"><span class="average">Latest</span> <time datetime="2026-03-05">' in grouped
    assert sums(member, "columns=due:::sum&columns=amount:::median") == {"amount": "¥30", "due": ""}
    publish_documents(site.platform.publisher, system_context(), [BY_HAND])
    assert sums(member) == {"amount": "", "reading": "Largest 2.5", "stars": "Average 4.0", "due": "Earliest 2026-03-05", "done": ""}
    assert sums(member, "columns=amount:90&columns=reading:90::average") == {"amount": "", "reading": "Average 2.00"}
    member.post("/api/v1/records/bargain", json={"name": "d", "amount": "12.5", "took": 5400})
    assert sums(member, "columns=amount:::average&columns=took:::average") == {"amount": "Average ¥14.17", "took": "Average 1 h 30 min"}
    assert sums(member, "columns=amount:::max&columns=took:::min") == {"amount": "Largest ¥20", "took": "Smallest 1 h 30 min"}
    panel = member.get("/records/bargain/panel/columns?columns=amount:90&columns=reading:90::average").text
    assert [re.findall(r'value="(\w+)" selected', each) for each in panel.split("data-column-total")[1:3]] == [["none"], ["average"]]
    member.post("/records/bargain/views?columns=amount:::average&columns=reading:90:frozen", data={"label": "Mine", "shared_with": "me"})
    [mine] = [v for v in member.get("/api/v1/views?entity=bargain").json()["views"] if v["name"] == "mine"]
    assert [(c["field"], c.get("width"), c.get("total")) for c in mine["columns"]] == [("amount", None, "average"), ("reading", 90, "max")]


@pytest.mark.parametrize(("column", "hint"), [
    ({"field": "due", "total": "sum"}, "Its totals are: none, min, max, count."), ({"field": "owner.name", "total": "count"}, "Only fields of the records themselves have totals."),
])  # fmt: skip
def test_a_total_that_a_field_cannot_have_is_refused(site: Site, column: dict[str, str], hint: str) -> None:
    with pytest.raises(Invalid) as error:
        publish_documents(site.platform.publisher, system_context(), [BARGAIN, {**BY_HAND, "columns": [column]}])
    [problem] = error.value.problems
    assert (problem.code, problem.path.endswith("/columns/0/total"), problem.hint and problem.hint.show("en")) == ("type_mismatch", True, hint)
