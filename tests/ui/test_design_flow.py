"""The workflow designer over HTTP: what can be put in, the canvas and the outline, properties of every step, and hostile labels."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from tenon.engine.context import system_context
from tenon.engine.releases import draft, publish_documents
from tenon.engine.workflows.starting import begin
from tenon.engine.workflows.tables import tokens
from tenon.metamodel.steps import STEPS
from tenon.platform import units
from tests.ui.conftest import Site
from tests.ui.test_design import HOSTILE, csrf, make, step

URL = "/design/workflow/renewal"
CLEAN = 'class="design-troubles" hidden'


@pytest.fixture
def flow(member: TestClient) -> TestClient:
    """A new workflow about customers."""
    assert make(member, kind="workflow", label="Renewal", entity="customer").headers["location"] == URL
    return member


def drafted(client: TestClient) -> dict[str, Any]:
    """Return the workflow as it is drafted."""
    found: dict[str, Any] = client.get("/api/v1/metadata/workflow/renewal").json()
    return found


def offered(page: str) -> list[dict[str, Any]]:
    """Return what the menu at a plus puts in."""
    return [json.loads(html.unescape(v)) for v in re.findall(r'data-put="([^"]*)"', page)]


def nodes(page: str) -> list[str]:
    """Return the ids of the steps on the canvas."""
    return re.findall(r'class="flow-node[^"]*" type="button" tabindex="-1" id="node-[^"]*" data-node="([^"]+)"', page)


def test_a_new_workflow_offers_what_to_begin_with(flow: TestClient) -> None:
    page = flow.get(URL).text
    assert CLEAN in page
    begins = [json.loads(html.unescape(v)) for v in re.findall(r'class="flow-beginning" type="button" data-operations="([^"]*)"', page)]
    assert len(begins) == 3
    for operations in begins:
        done = step(flow, URL, *operations)
        assert CLEAN in done.text, done.text[:3000]
        assert "flow-beginning" not in done.text
        assert len(drafted(flow)["steps"]) == len(nodes(done.text))
        flow.post(URL, data={"csrf": re.findall(r'name="csrf" value="([^"]+)"', page)[0], "way": "undo"})


def test_each_step_that_is_offered_makes_no_trouble_and_has_properties(flow: TestClient) -> None:
    page = flow.get(URL).text
    values = offered(page)
    assert {"branch", "parallel", "wait", "approval", "task", "end", "set_fields"} <= {v["type"] for v in values} <= set(STEPS)
    assert sorted(v["type"] for v in values) == sorted(v["type"] for v in [json.loads(html.unescape(v)) for v in re.findall(r'data-group="step" data-value="([^"]*)"', page)])
    for value in sorted(values, key=lambda v: v["type"] == "end"):
        done = step(flow, URL, {"op": "insert", "at": "/steps", "value": value})
        assert CLEAN in done.text, (value, done.text[:3000])
    steps = drafted(flow)["steps"]
    assert nodes(flow.get(URL).text) == [s["id"] for s in steps]
    for each in steps:
        part = flow.get(f"{URL}/part?item={each['id']}")
        assert part.status_code == 200
        assert f'id="design-panel" data-panel="{each["id"]}"' in part.text
        for path in each.get("paths", ()):
            assert f'data-at="/steps/{each["id"]}/paths/{path["id"]}/label/en"' in flow.get(f"{URL}/part?item={path['id']}").text


BRANCHED: dict[str, Any] = {"id": "band", "type": "branch", "paths": [
    {"id": "low", "label": {"en": "Low"}, "when": "arr < 10", "steps": [{"id": "ask", "type": "approval", "approvers": {"field": "owner"}, "rejected": [{"type": "end"}]}]},
    {"id": "high", "when": "arr > 50", "steps": []},
]}  # fmt: skip


def test_ways_on_stand_side_by_side_in_their_order_with_a_plus_wherever_a_step_can_be(flow: TestClient) -> None:
    page = step(flow, URL, {"op": "set", "at": "/steps", "value": [BRANCHED, {"id": "rest", "type": "wait", "for": "2 days"}]}).text
    assert CLEAN in page, page[:3000]
    places = re.findall(r'data-plus="([^"]+)" data-at="(\d)" data-after', page)
    low, high = "/steps/band/paths/low/steps", "/steps/band/paths/high/steps"
    rejected = f"{low}/ask/rejected"
    assert sorted(places) == sorted([("/steps", "0"), ("/steps", "1"), ("/steps", "2"), (low, "0"), (low, "1"), (high, "0"), (rejected, "0")])
    places_of = {i: (float(x), float(y)) for i, x, y in re.findall(r'data-node="([^"]+)" [^>]*data-x="([\d.]+)" data-y="([\d.]+)"', page)}
    assert places_of["low"][0] < places_of["high"][0]
    assert places_of["band"][1] < places_of["low"][1] == places_of["high"][1] < places_of["ask"][1] < places_of["rest"][1]
    assert places_of["band"][0] == places_of["rest"][0]
    assert "None of them" in page
    assert 'data-list="/steps/band/paths/low/steps" data-accepts="step"' in page
    right = step(flow, URL, {"op": "set", "at": "/type", "value": "journey"}).text
    turned = {i: (float(x), float(y)) for i, x, y in re.findall(r'data-node="([^"]+)" [^>]*data-x="([\d.]+)" data-y="([\d.]+)"', right)}
    assert turned["band"][1] == turned["rest"][1]
    assert turned["band"][0] < turned["low"][0] < turned["ask"][0] < turned["rest"][0]


def test_the_inside_of_for_each_offers_what_the_other_record_can(flow: TestClient) -> None:
    loop = next(v for v in offered(flow.get(URL).text) if v["type"] == "for_each")
    page = step(flow, URL, {"op": "insert", "at": "/steps", "value": {**loop, "id": "each"}}).text
    about = re.findall(r'data-plus="/steps/each/steps" data-at="0" data-after="each" data-about="([a-z_]+)"', page)
    assert about
    assert about[0] != "customer"
    menu = page.split(f'<template data-menu="{about[0]}">')[1].split("</template>")[0]
    inner = [v for v in offered(menu) if v["type"] != "end"]
    for value in inner:
        done = step(flow, URL, {"op": "insert", "at": "/steps/each/steps", "value": value})
        assert CLEAN in done.text, (value, done.text[:2500])
    for each in drafted(flow)["steps"][0]["steps"]:
        assert flow.get(f"{URL}/part?item={each['id']}").status_code == 200


def test_one_inside_another_is_about_the_farther_record_wherever_it_stands(flow: TestClient) -> None:
    far = {"id": "far", "type": "for_each", "relation": "customer.contacts", "steps": [{"id": "late", "type": "wait", "when": "name == 'Ann'"}]}
    near = {"id": "near", "type": "wait", "when": "name == 'x'", "or_after": {"for": "2 days", "steps": [{"id": "each", "type": "for_each", "relation": "orders", "steps": [far]}]}}
    page = step(flow, URL, {"op": "set", "at": "/steps", "value": [near]}).text
    assert CLEAN in page, page[:2500]
    assert "each Contact" in page
    assert re.findall(r'data-entity="([a-z_]+)"', flow.get(f"{URL}/part?item=late").text) == ["contact"]


def test_properties_of_people_waiting_and_the_whole(flow: TestClient, site: Site) -> None:
    step(flow, URL, {"op": "set", "at": "/steps", "value": [
        {"id": "first", "type": "task", "title": {"en": "Call"}, "assign_to": "owner", "outcomes": [{"id": "yes", "name": "yes"}]},
        {"id": "boss", "type": "approval", "approvers": [{"manager_of": "owner"}, {"user": "x@example.com"}], "mode": "vote", "due_hours": 8, "on_due": {"remind": True}},
        {"id": "pause", "type": "wait", "when": "arr > 5"}]})  # fmt: skip
    boss = flow.get(f"{URL}/part?item=boss").text
    for told in ("Goes back to Call", 'data-at="/steps/boss/approvers/1/user"', 'data-at="/steps/boss/share"', 'data-at="/steps/boss/on_due/decide"', 'data-many="/steps/boss/editable"'):
        assert told in boss, told
    with site.platform.write() as uow:
        north, south = (units.create(uow.connection, system_context(), name) for name in ("North", "South"))
    boss = flow.get(f"{URL}/part?item=boss").text
    offers = [json.loads(html.unescape(v)) for v in re.findall(r'data-operations="(\[[^"]*&#34;unit&#34;[^"]*)"', boss)]
    assert [offer[0]["value"][-1] for offer in offers] == [{"unit": north}, {"unit": south}] * 2  # who decides, who is told
    assert "everybody in the unit South" in step(flow, URL, *offers[1]).text
    assert drafted(flow)["steps"][1]["approvers"][-1] == {"unit": south}
    late = flow.get(f"{URL}/part?item=pause").text
    ways = [json.loads(html.unescape(v)) for v in re.findall(r'<option value="(\[[^"]*or_after[^"]*)"', late)]
    done = step(flow, URL, *next(w for w in ways if w[0]["value"]))
    assert CLEAN in done.text
    assert "After 7 days" in done.text
    step(flow, URL, {"op": "set", "at": "/type", "value": "journey"}, {"op": "set", "at": "/cap", "value": {"times": 2, "days": 7}},
         {"op": "set", "at": "/quiet_hours", "value": {"from": "20:00", "to": "08:00"}})  # fmt: skip
    whole = flow.get(f"{URL}/part").text
    for at in ("/cap/times", "/quiet_hours/from", "/exit_when", "/calendar", "/state", "/run_as"):
        assert f'data-at="{at}"' in whole, at
    assert 'data-at="/role"' not in whole
    step(flow, URL, {"op": "set", "at": "/run_as", "value": "role"})
    assert 'data-at="/role"' in flow.get(f"{URL}/part").text
    step(flow, URL, {"op": "set", "at": "/run_as", "value": "system"})
    gone = step(flow, URL, {"op": "set", "at": "/start", "value": None}, {"op": "set", "at": "/type", "value": "process"}, {"op": "set", "at": "/cap", "value": None})
    assert CLEAN in gone.text
    assert "Started by a rule or the API" in gone.text
    start = next(w for w in [json.loads(html.unescape(v)) for v in re.findall(r'<option value="(\[[^"]*/start[^"]*)"', gone.text)] if w[0]["value"] and w[0]["value"]["type"] == "created")
    begun = step(flow, URL, *start)
    assert "A new Customer" in begun.text
    assert "Started by" in flow.get(f"{URL}/part?item={drafted(flow)['start']['id']}").text


def test_a_publish_asks_what_is_done_with_what_runs(flow: TestClient, site: Site) -> None:
    first = {"id": "pause", "type": "wait", "label": {"en": "Pause"}, "for": "2 days"}
    step(flow, URL, {"op": "set", "at": "/steps", "value": [first]}, {"op": "set", "at": "/state", "value": "active"})
    assert flow.post("/admin/releases", data={"what": "publish"}).status_code == 303
    with site.platform.write() as uow:
        entity = uow.model.get_entity("customer")
        record = uow.connection.execute(select(uow.tables.of(entity).c.id).limit(1)).scalar_one()
        began = begin(uow, system_context(), uow.model.get("workflow", "renewal"), [record])
    step(flow, URL, {"op": "set", "at": "/steps", "value": [first, {"id": "later", "type": "wait", "label": {"en": "Later"}, "for": "3 days"}]})
    page = flow.get("/admin/releases").text
    assert "1 running instance of Renewal goes on as it began" in page
    ways = {label: html.unescape(id) for id, label in re.findall(r'<option value="([^"]*)"[^>]*>([^<]*)</option>', page)}
    assert ways["They go on as they began"] == ""
    assert {"Take them to “Pause”", "Take them to “Later”", "End them"} <= set(ways)
    assert flow.post("/admin/releases", data={"what": "publish", "accept": ways["Take them to “Later”"]}).status_code == 303
    with site.platform.read() as uow:
        assert uow.connection.execute(select(tokens.c.step).where(tokens.c.instance == began[record])).scalar_one() == "later"


def test_hostile_labels_are_text(flow: TestClient) -> None:
    for label in HOSTILE:
        steps = [{"type": "branch", "label": {"en": label}, "paths": [{"label": {"en": label}, "when": "arr > 1", "steps": [{"type": "task", "title": {"en": label}, "assign_to": "owner"}]}]}]
        page = step(flow, URL, {"op": "set", "at": "/steps", "value": steps}).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_it_is_tried_on_a_record_and_what_runs_is_counted(flow: TestClient, site: Site, seller: TestClient) -> None:
    step(flow, URL, {"op": "set", "at": "/steps", "value": [BRANCHED, {"id": "rest", "type": "wait", "for": "2 days"}]})
    site.change(site.ids[0], arr=5)
    page = flow.get(f"{URL}/try?record={site.ids[0]}").text
    assert re.findall(r'class="flow-node on" data-step="([^"]+)"', page) == ["band", "ask", "rest"]
    assert "Takes the path Low" in page
    assert "<code>arr &lt; 10</code>" in page
    assert flow.get(f"{URL}/try").status_code == 200
    assert flow.get(f"{URL}/try?record={'0' * 8}").status_code == 404
    assert flow.get(f"{URL}/runs").status_code == 404  # it is not published yet
    with site.platform.read() as uow:
        document = draft.get(uow.connection, uow.model, "workflow", "renewal")[0]
    publish_documents(site.platform.publisher, system_context(), [document])
    started = flow.post("/api/v1/workflows/renewal/start", json={"record": site.ids[0]}, headers={"X-CSRF-Token": csrf(flow)})
    assert started.status_code == 201, started.text
    runs = flow.get(f"{URL}/runs").text
    assert "running 1" in runs
    one = flow.get(f"{URL}/runs?instance={started.json()['id']}")
    assert one.status_code == 200
    assert "stands here" in one.text.lower()
    assert seller.get(f"{URL}/runs").status_code == seller.get(f"{URL}/try").status_code == 403


def test_headers_and_secrets_of_a_call_have_lines_of_their_own_and_what_a_secret_is_stays_unsaid(flow: TestClient, site: Site) -> None:
    folder = site.platform.settings.home / "secrets"
    folder.mkdir(exist_ok=True)
    (folder / "billing").write_text("hunter2-hunter2", encoding="utf-8")
    call = {"id": "call", "type": "call_webhook", "url": "https://x.example", "headers": {"X-Way": "in"}, "secrets": {"Authorization": "billing", "X-Key": "lost"}}
    step(flow, URL, {"op": "set", "at": "/steps", "value": [call]})
    panel = flow.get(f"{URL}/part?item=call").text
    assert re.findall(r'data-at="(/steps/call/[a-z_]+)" data-as="json"', panel) == ["/steps/call/headers", "/steps/call/secrets"]
    assert re.findall(r'-(?:name|value)" value="([^"]*)"', panel) == ["X-Way", "in", "", "", "Authorization", "billing", "X-Key", "lost", "", ""]
    assert "There is no such file yet: lost." in panel
    assert "hunter2" not in panel + flow.get(URL).text + flow.get("/api/v1/metadata/workflow/renewal").text
