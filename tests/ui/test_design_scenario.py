"""The designer of scenarios over HTTP: a story is made, what it expects is tried, and the publish tries it too."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tenon.engine.apps import find_app
from tenon.engine.apps.install_job import put_install
from tenon.engine.context import Context
from tenon.platform import sessions
from tenon.platform.boot import make_worker
from tenon.server import build
from tests import world
from tests.ui.conftest import BASE
from tests.ui.test_design import HOSTILE, csrf, make, step

URL, API = "/design/scenario/a_rise", "/api/v1/metadata/scenario/a_rise"


def begin(client: TestClient) -> str:
    """Make a story about a customer whose contract is above 100,000 and who is not lost, and return the id of its first step."""
    assert make(client, kind="scenario", label="A rise", entity="customer").headers["location"] == URL
    step(client, URL, {"op": "set", "at": "/given/records/customer/0", "value": {"name": "Aurora", "arr": 200000, "stage": "active"}})
    return str(client.get(API).json()["then"][0]["id"])


def run(client: TestClient) -> str:
    return str(client.post(f"{URL}/run", data={"csrf": csrf(client)}).text)


def outcomes(text: str) -> list[tuple[str, str]]:
    """Return what was found at each step: its id and the words."""
    found = re.findall(r'data-outcome="([^"]*)">(.*?)</div>', text, re.S)
    return [(key, " ".join(re.sub(r"<[^>]+>", " ", words).split())) for key, words in found]


def test_a_story_is_made_and_tried(member: TestClient) -> None:
    first = begin(member)
    page = member.get(URL).text
    assert "Given on 2025-01-15" in page
    assert "7 days later" in page
    assert "2025-01-22" in page
    for value in (200000, 61):
        step(member, URL, {"op": "insert", "at": "/then", "value": {"expect": {"record": "Aurora", "field": "arr", "value": value}}})
    ids = [s["id"] for s in member.get(API).json()["then"]]
    assert ids[0] == first
    answer = run(member)
    assert outcomes(answer)[0] == (first, "Held: It is 2025-01-22.")
    assert outcomes(answer)[1:] == [(ids[1], "Held: Found: value 200000 Contract value of Aurora."), (ids[2], "Not held: Found: value 200000 Contract value of Aurora.")]
    assert "fails at step 3" in answer


def test_the_publish_lives_through_it(member: TestClient) -> None:
    begin(member)
    step(member, URL, {"op": "insert", "at": "/then", "value": {"expect": {"record": "Aurora", "field": "stage", "value": "lost"}}})
    checked = member.post("/api/v1/metadata/check").json()
    assert [(s["scenario"], s["passed"]) for s in checked["scenarios"]] == [("a_rise", False)]
    assert member.post("/api/v1/metadata/publish", json={}).status_code == 409
    ids = [s["id"] for s in member.get(API).json()["then"]]
    step(member, URL, {"op": "set", "at": f"/then/{ids[1]}/expect/value", "value": "active"})
    assert member.post("/api/v1/metadata/publish", json={"note": "story"}).status_code == 200


def test_records_have_properties_by_their_labels(member: TestClient) -> None:
    first = begin(member)
    done = step(member, URL, {"op": "insert", "at": "/given/records/order", "value": {"as": "Order 1"}})
    panel = done.text.partition('id="design-panel"')[2]
    assert 'data-panel="/given/records/order/0"' in panel
    offers = re.findall(r'<option value="([^"]+)" *>Amount</option>', panel)
    assert offers
    operations = json.loads(offers[0].replace("&#34;", '"'))
    assert operations == [{"op": "set", "at": "/given/records/order/0/amount", "value": 0}]
    step(member, URL, *operations, {"op": "set", "at": "/given/records/order/0/customer", "value": "Aurora"}, item="/given/records/order/0")
    row = member.get(f"{URL}?item=/given/records/order/0").text.partition('id="design-panel"')[2]
    assert 'data-at="/given/records/order/0/amount"' in row
    assert re.search(r'<option value="Aurora" selected>', row)
    step(member, URL, {"op": "set", "at": f"/then/{first}/set/customer/Aurora", "value": {"stage": "lost"}})
    assert "Stage" in member.get(URL).text.partition('id="design-canvas"')[2]
    change = member.get(f"{URL}?item=/then/{first}/set/customer/Aurora").text.partition('id="design-panel"')[2]
    assert "Changed in this step" in change
    gone = step(member, URL, {"op": "set", "at": "/given/records/order/0", "value": None}, item="/given/records/order/0")
    assert 'data-panel=""' in gone.text
    assert member.get(API).json()["given"]["records"].get("order", []) == []


@pytest.mark.parametrize("expect", [
    {"score": "health", "record": "Aurora", "band": "good", "coverage": 1}, {"entity": "customer", "record": "Aurora", "field": "arr", "value": 200000},
    {"entity": "customer", "record": "Aurora", "field": "renewal", "empty": True}, {"record": "Aurora", "role": "seller", "may": "update", "allowed": False},
    {"entity": "customer", "record": "Aurora", "person": "kim", "may": "read", "field": "discount"},
])  # fmt: skip
def test_every_expectation_can_be_designed(member: TestClient, expect: dict[str, Any]) -> None:
    begin(member)
    done = step(member, URL, {"op": "set", "at": "/given/people/kim", "value": {"roles": ["seller"]}}, {"op": "insert", "at": "/then", "value": {"expect": expect}})
    assert done.status_code == 200
    assert "Aurora" in done.text.partition("story-expect")[2][:300]
    assert "hidden" in done.text.partition('id="design-troubles"')[2][:60]
    run(member)


@pytest.mark.parametrize("label", HOSTILE[:3])
def test_labels_and_values_are_shown_as_text(member: TestClient, label: str) -> None:
    first = begin(member)
    done = step(
        member, URL, {"op": "set", "at": "/label/en", "value": label}, {"op": "set", "at": "/given/records/customer/0/name", "value": label},
        {"op": "set", "at": f"/then/{first}/expect", "value": {"record": label, "entity": "customer", "field": "name", "value": label}},
    )  # fmt: skip
    assert done.status_code == 200
    for text in (done.text, run(member), member.get(f"{URL}?item=/given/records/customer/0").text):
        assert "<script>alert" not in text
        assert "<img src=x" not in text


@pytest.fixture
def shipped(tmp_path: Path) -> Iterator[TestClient]:
    """An administrator of a workspace with the shipped apps of customers and their health."""
    platform = world.open_empty(tmp_path, BASE)
    ann = world.add_person(platform, "ann@example.com", "Ann Lee", ["admin"])
    with platform.write() as uow:
        put_install(uow, Context(ann), [find_app("core"), find_app("chm")])
    make_worker(platform).run_until_idle()
    with TestClient(build(platform), base_url=BASE, follow_redirects=False) as client:
        with platform.write() as uow:
            client.cookies.set("tenon_session", sessions.begin(uow.connection, Context(None), ann.id).token)
        yield client
    platform.close()


def test_the_story_of_the_shipped_app_opens(shipped: TestClient) -> None:
    member = shipped
    page = member.get("/design/scenario/chuangke")
    assert page.status_code == 200
    for told in ("创科科技", "李敏", "2025-01-29", "2025-02-12"):
        assert told in page.text
    assert "hidden" in page.text.partition('id="design-troubles"')[2][:60]
    ran = member.post("/design/scenario/chuangke/run", data={"csrf": csrf(member)}).text
    assert [w.split(":")[0] for _, w in outcomes(ran)] == ["Held"] * len(outcomes(ran))
    scores = [re.search(r"value (\d+), band (\w+)", w) for _, w in outcomes(ran) if "band" in w]
    assert [(m[1], m[2]) for m in scores if m] == [("72", "fair"), ("45", "risk"), ("75", "fair")]


def test_only_builders_run_them(member: TestClient, seller: TestClient) -> None:
    begin(member)
    token = re.search(r'name="csrf" value="([^"]+)"', seller.get("/").text)
    assert token
    assert seller.post(f"{URL}/run", data={"csrf": token[1]}).status_code == 403
    assert member.post("/design/scenario/nothing/run", data={"csrf": csrf(member)}).status_code == 404


def test_how_many_records_there_are_is_shown_and_kept(member: TestClient) -> None:
    first = begin(member)
    wanted = {"records": {"entity": "customer", "filter": "arr > 100000", "count": 1}}
    step(member, URL, {"op": "set", "at": f"/then/{first}/expect", "value": wanted}, {"op": "set", "at": f"/then/{first}/advance_hours", "value": 3})
    assert "1 × Customer: Contract value is more than 100,000" in member.get(URL).text
    panel = member.get(URL, params={"item": first}).text
    assert "For which this holds" in panel
    assert "And hours" in panel
    kept = member.get(API).json()["then"][0]
    assert (kept["expect"]["records"], kept["advance_hours"]) == (wanted["records"], 3)
    assert "Found: count 1" in run(member)


def test_what_somebody_does_is_shown_offered_and_tried(member: TestClient) -> None:
    first = begin(member)
    panel = member.get(f"{URL}/part?item={first}").text
    ways = [json.loads(html.unescape(v)) for v in re.findall(r'<option value="(\[[^"]*/do&#34;[^"]*)"', panel)]
    assert {w[0]["value"]["entity"] for w in ways if w[0]["value"]} >= {"customer", "order"}
    done = {"entity": "customer", "filter": "stage == 'active'", "set": {"arr": 61}}
    step(member, URL, {"op": "set", "at": f"/then/{first}/do", "value": done}, {"op": "insert", "at": "/then", "value": {"expect": {"record": "Aurora", "field": "arr", "value": 61}}})
    page = member.get(URL).text
    assert "Somebody sees to each Customer where Stage is Active: Contract value = 61" in page
    panel = member.get(f"{URL}/part?item={first}").text
    assert f'data-at="/then/{first}/do/filter"' in panel
    assert f'data-at="/then/{first}/do/set/arr"' in panel
    assert outcomes(run(member))[-1][1].startswith("Held")
