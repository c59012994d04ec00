"""The rule designer over HTTP: its cards in words, what can be taken, what it did, and the past."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from starlette.testclient import TestClient

from tenon.metamodel.actions import ACTIONS
from tenon.metamodel.triggers import TRIGGERS
from tenon.ui.backend.designers.rule_offers import ICONS
from tests import world
from tests.ui.conftest import Site
from tests.ui.test_design import HOSTILE, make, step

URL = "/design/rule/large_ones"


@pytest.fixture
def rule(member: TestClient) -> TestClient:
    """A new rule about customers."""
    assert make(member, kind="rule", label="Large ones", entity="customer").headers["location"] == URL
    return member


def drafted(client: TestClient) -> dict[str, Any]:
    """Return the rule as it is drafted."""
    found: dict[str, Any] = client.get("/api/v1/metadata/rule/large_ones").json()
    return found


def test_a_new_rule_only_notes_and_its_cards_say_what_it_does(rule: TestClient) -> None:
    page = rule.get(URL).text
    assert drafted(rule)["state"] == "log_only"
    assert "A new Customer" in page
    assert 'id="design-troubles" class="design-troubles" hidden' in page
    step(rule, URL, {"op": "set", "at": "/condition", "value": "arr > 100 and stage == 'active'"}, {"op": "set", "at": "/state", "value": "active"})
    assert "is more than" in rule.get(URL).text or "&gt;" in rule.get(URL).text


def test_builders_read_as_whom_a_rule_acts_and_administrators_choose(rule: TestClient, site: Site, new_client: Any) -> None:
    chosen = re.compile(r'<select class="input" id="[^"]*" data-at="/(?:run_as|role)">')
    step(rule, URL, {"op": "set", "at": "/run_as", "value": "role"}, {"op": "set", "at": "/role", "value": "seller"})
    bea = new_client(world.add_person(site.platform, "bea@example.com", "Bea", ["builder"]))
    page = bea.get(URL).text
    assert (len(chosen.findall(rule.get(URL).text)), len(chosen.findall(page))) == (2, 0)
    assert page.count("Only administrators change this.") == 2
    assert "A role, with its rights alone</p>" in page


def test_every_trigger_and_action_has_a_sign(rule: TestClient) -> None:
    assert set(ICONS) == {*TRIGGERS, *ACTIONS}
    page = rule.get(URL).text
    for name in ("set_fields", "delete_record", "create_record"):
        assert ACTIONS[name].LABEL.show("en") in page


def test_each_offered_action_can_be_put_in_and_makes_no_trouble(rule: TestClient) -> None:
    page = rule.get(URL).text
    values = [v.replace("&#34;", '"') for v in re.findall(r'data-group="action" data-value="([^"]*)"', page)]
    assert len(values) > 4
    for value in values:
        done = step(rule, URL, {"op": "insert", "at": "/actions", "value": json.loads(value)})
        assert 'class="design-troubles" hidden' in done.text, (value, done.text[:3000])
    for action in drafted(rule)["actions"]:
        assert rule.get(f"{URL}/part?item={action['id']}").status_code == 200


def test_the_trigger_is_changed_by_its_choice(rule: TestClient) -> None:
    item = drafted(rule)["trigger"]["id"]
    page = rule.get(f"{URL}/part?item={item}").text
    assert "When" in page
    for value in ({"type": "enters", "when": "arr > 5"}, {"type": "date", "field": "created_at"}, {"type": "schedule", "cron": "0 9 * * 1"}, {"type": "updated", "fields": ["arr"]},
                  {"type": "webhook", "match": {"field": "name", "place": "a.b"}, "take": [{"field": "arr", "place": "arr"}]}):
        done = step(rule, URL, {"op": "set", "at": "/trigger", "value": {"id": item, **value}})
        assert 'class="design-troubles" hidden' in done.text, done.text[:2000]
        assert rule.get(f"{URL}/part?item={item}").status_code == 200


def test_hostile_labels_are_text(rule: TestClient) -> None:
    for label in HOSTILE:
        step(rule, URL, {"op": "insert", "at": "/actions", "value": {"type": "refuse", "message": {"en": label}}})
        page = rule.get(URL).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_what_it_did_and_what_it_would_have_done(rule: TestClient, site: Site, seller: TestClient) -> None:
    step(rule, URL, {"op": "insert", "at": "/actions", "value": {"type": "set_fields", "fields": {"name": "concat('VIP ', name)"}}})
    assert "Name = VIP " in rule.get(f"{URL}/past").text
    assert f'href="{URL}/runs"' not in rule.get(URL).text  # it is not published yet
    assert seller.get(f"{URL}/past").status_code == 403
