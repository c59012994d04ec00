"""Groups of a list that are more than a page, in the order of their values; and what is said in all of a column."""

from __future__ import annotations

import html
import re

import pytest
from starlette.testclient import TestClient

from tenon.engine.context import Context, system_context
from tenon.engine.records import writing
from tenon.engine.releases import publish_documents
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
