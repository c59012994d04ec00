"""Who hears of an alert, when, and by what way: up to the director, and of payments that are late."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from tenon.engine.outside import KeptMail
from tests.apps.conftest import Apps
from tests.apps.watched import Watched, watch
from tests.platform.people import add

pytestmark = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)


@pytest.fixture
def w(chm: Apps) -> Watched:
    """An active customer with a contract of 24,000, a goal and a training."""
    return watch(chm)


def told(w: Watched) -> list[tuple[str, str]]:
    """Who was told what, oldest first."""
    return [(r["recipient"]["id"], r["title"]) for r in w.apps.records("notice", "recipient", "title")]


def hours(w: Watched, count: int) -> list[str]:
    """Let so many hours go by and return who was told in them that nobody has taken up the alert."""
    before = len(told(w))
    w.apps.clock.advance(hours=count)
    w.work()
    return [person for person, title in told(w)[before:] if title == "Nobody has taken up: Health fell to at risk (Birch)"]


def test_an_alert_nobody_takes_up_goes_to_the_lead_and_then_to_the_director(w: Watched) -> None:
    """The manager at once, the lead after 24 hours, the director after 48: each once; nobody once it is taken up, or closed."""
    lead, director = (add(w.apps.platform.database, f"{role}@x.cn", [role]) for role in ("cs_lead", "cs_director"))
    w.use(312)
    w.apps.clock.advance(days=1)
    w.use(288)
    assert [person for person, title in told(w) if title == "Red alert: health at risk · Birch"] == [w.csm]
    assert [hours(w, count) for count in (23, 1, 23, 1, 24, 48)] == [[], [lead], [], [director], [], []]
    (alert,) = w.apps.records("alert", "id")
    w.apps.change("alert", alert["id"], state="closed", outcome="false_alarm")
    w.use(312)
    w.apps.clock.advance(days=1)
    w.use(288)
    second = w.apps.records("alert", "id")[1]["id"]
    assert hours(w, 24) == [lead]
    w.apps.change("alert", second, state="closed", outcome="false_alarm")
    assert hours(w, 48) == []


def test_a_red_alert_is_told_in_the_product_and_by_mail_and_both_are_on_record(w: Watched) -> None:
    """One notice and one mail to the manager, who chose nothing; the log of messages has the mail once, sent, with customer and record."""
    w.use(312)
    w.apps.clock.advance(days=1)
    w.use(288)
    w.pass_days(1)
    red = "Red alert: health at risk · Birch"
    assert told(w).count((w.csm, red)) == 1
    logged = w.apps.records("message_log", "recipient", "channel", "state", "customer.name", "record", filters=[f"subject == '{red}'"])
    assert [[r["recipient"], r["channel"], r["state"], r["customer.name"], r["record"]["id"]] for r in logged] == [["csm@x.cn", "email", "sent", "Birch", w.customer]]
    mail = w.apps.platform.outside.mail
    assert isinstance(mail, KeptMail)
    assert [each.to for each in mail.sent if each.subject == red] == ["csm@x.cn"]


def test_a_payment_that_is_late(w: Watched) -> None:
    """29 days over its day: nothing; 30: one alert with the amount; paid: the alert says that its cause has ceased; another one later is a second alert."""
    payment = w.apps.add("payment", customer=w.customer, amount=6000, due=w.apps.day(-29))
    w.work()
    assert w.alerts("type") == []
    w.pass_days(1)
    assert w.alerts("type", "level", "rule", "value_at_risk", "recovered_at") == [["payment", "yellow", "payment_overdue", 6000, None]]
    w.pass_days(1)
    assert len(w.alerts("type")) == 1
    w.apps.change("payment", payment, paid=w.apps.day())
    w.work()
    (alert,) = w.alerts("state", "recovered_at")
    assert (alert[0], alert[1] is not None) == ("open", True)


def test_a_manager_gets_no_more_than_so_many_of_a_band(w: Watched, client_of: Callable[..., TestClient]) -> None:
    """Twenty at risk, no more, as the rule says; the limit is a number in the document; who is not at risk is not counted."""
    lead, other = client_of("lead@x.cn", "cs_lead"), add(w.apps.platform.database, "other@x.cn", ["csm"])
    w.apps.add_all("customer", [{"name": f"C{n}", "status": "active", "customer_since": w.apps.day(-300), "csm": w.csm if n < 19 else other} for n in range(21)])
    w.use(60)
    ids = {r["name"]: r["id"] for r in w.apps.records("customer", "name")}
    for id in (id for name, id in ids.items() if name != "Birch"):
        answer = lead.post(f"/api/v1/scores/health/records/{id}/override", json={"band": "risk", "reason": "Talked", "expires_at": "2026-05-01T00:00:00Z"})
        assert answer.status_code == 200, answer.text
    assert w.apps.ask({"entity": "customer", "filter": f"csm == '{w.csm}' and health_band == 'risk'", "measures": [{"name": "n", "expr": "count()"}]}) == [[20]]
    refused = lead.patch(f"/api/v1/records/customer/{ids['C19']}", json={"csm": w.csm})
    assert refused.status_code == 422
    (problem,) = refused.json()["errors"]
    assert (problem["path"], problem["hint"]) == ("/csm", "The rule “At most 20 customers at risk for a manager” allows 20 for each.")
    assert lead.patch(f"/api/v1/records/customer/{ids['C0']}", json={"csm": other}).status_code == 200
    assert lead.patch(f"/api/v1/records/customer/{ids['C19']}", json={"csm": w.csm}).status_code == 200


@pytest.mark.parametrize(("stage", "value", "count"), [("mature", 100_000, 6), ("mature", 99_999, 5), ("onboarding", 99_999, 4)])
def test_a_procedure_of_six_steps_with_two_conditions(w: Watched, stage: str, value: int, count: int) -> None:
    """The playbook of red alerts: training only for who is not in onboarding, the lead only from 100,000 on."""
    (contract,) = w.apps.records("contract", "id")
    w.apps.change("contract", contract["id"], annual_value=value)
    w.apps.change("customer", w.customer, chm_stage=stage)
    w.work()
    record = {"entity": "customer", "id": w.customer}
    w.apps.add("alert", title="Red", record=record, type="threshold", level="red", assignee=w.csm)
    w.work()
    steps = w.apps.records("task", "title", filters=["playbook == 'red_rescue'"])
    assert len(steps) == count, steps
