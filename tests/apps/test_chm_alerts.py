"""Who hears of an alert, when, and by what way: up to the director, and of payments that are late."""

from __future__ import annotations

import pytest

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
