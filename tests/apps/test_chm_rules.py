"""What the rules of customer health do: each acts exactly when it should, and not a day or a point before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from starlette.testclient import TestClient

from tests.apps.conftest import Apps
from tests.apps.watched import Watched, watch
from tests.platform.people import add

pytestmark = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)


@pytest.fixture
def w(chm: Apps) -> Watched:
    """An active customer with a contract of 24,000, a goal and a training."""
    return watch(chm)


def test_at_risk_once_for_each_time(w: Watched) -> None:
    """51 to 49: a red alert, a call within 24 hours and a plan; 49 to 48: nothing more; back to 51 and to 49 again: a second alert."""
    found = []
    for weekly in (312, 288, 276, 312, 288):
        w.apps.clock.advance(days=1)
        w.use(weekly)
        found.append(len(w.alerts("title")))
    assert found == [0, 1, 1, 1, 2]
    (alert, opened), _ = w.alerts("id", "opened_at")
    call = next(r for r in w.apps.records("task", "title", "assignee", "origin", "due") if r["title"] == "Phone diagnosis within 24 hours")
    assert (call["assignee"]["id"], call["origin"]["id"]) == (w.csm, alert)
    assert datetime.fromisoformat(call["due"]) - datetime.fromisoformat(opened) == timedelta(hours=24)


def test_others_help_with_a_customer_at_risk(w: Watched, client_of: Callable[..., TestClient]) -> None:
    """The manager within 8 hours, support within 24 as a ticket is open, product within 72, the manager again within 24: each begins when the one before has ended."""
    manager = client_of("me@x.cn", "csm")
    w.apps.change("customer", w.customer, csm=vars(manager)["user_id"])
    support, product = client_of("s@x.cn", "core_member"), client_of("p@x.cn", "core_manager")
    w.apps.add("ticket", customer=w.customer, subject="Slow", type="question", opened_at=w.apps.at())
    w.use(312)
    w.apps.clock.advance(days=1)
    w.use(288)

    def together(who: TestClient) -> list[tuple[str, str, datetime]]:
        open_tasks = who.get("/api/v1/tasks").json()["tasks"]
        return [(t["id"], t["title"], datetime.fromisoformat(t["due"])) for t in open_tasks if t["workflow"] == "rescue"]

    for who, title, due in (
        (manager, "Brief support and product", 8), (support, "Support: solve the open tickets", 24),
        (product, "Product: say what can be changed", 72), (manager, "Tell the customer what comes", 24),
    ):  # fmt: skip
        ((id, told, until),) = together(who)
        assert (told, until - w.apps.clock.now()) == (title, timedelta(hours=due))
        assert [together(other) for other in {manager, support, product} - {who}] == [[], []]
        w.apps.clock.advance(hours=2)
        assert who.post(f"/api/v1/tasks/{id}/complete", json={}).status_code == 200
        w.work()
    assert together(manager) == []


def test_a_sharp_fall_of_a_customer_who_was_at_risk(w: Watched) -> None:
    """48 for two weeks is at risk from the beginning: no alert; 27 then is a red one about the fall."""
    w.use(276)
    assert (w.health(), w.alerts("type")) == ((48, "risk"), [])
    w.apps.clock.advance(days=14)
    w.use(276)
    w.apps.clock.advance(days=1)
    w.use(24)
    assert w.alerts("type", "level", "rule", "score_from", "score_to") == [["drop", "red", "sharp_fall_at_risk", 48, 27]]


def test_a_yellow_alert_turns_red_and_stays_one(w: Watched, client_of: Callable[..., TestClient]) -> None:
    """75 to 55 within 14 days: yellow; then to 40: the same alert is red."""
    w.feature("team_content")
    w.feature("view_report")
    w.use(300)
    assert w.health() == (75, "fair")
    w.pass_days(3)
    w.use(72)
    assert (w.health(), w.alerts("type")) == ((56, "fair"), [])
    w.apps.clock.advance(days=1)
    w.use(60)
    assert (w.health(), w.alerts("type", "level", "score_from", "score_to")) == ((55, "fair"), [["drop", "yellow", 75, 55]])
    (goal,) = w.apps.records("customer_goal", "id")
    w.apps.change("customer_goal", goal["id"], last_progress_at=None)
    w.work()
    assert (w.health(), w.alerts("type", "level", "score_from", "score_to")) == ((40, "risk"), [["drop", "red", 75, 40]])
    assert "Phone diagnosis within 24 hours" in w.titles("task")
    (alert,) = w.apps.records("alert", "id")
    history = client_of("root@x.cn", "admin").get(f"/api/v1/records/alert/{alert['id']}/history").json()["history"]
    levels = [(change["from"], change["to"]) for event in history for change in event["changes"] if change["field"] == "level"]
    assert levels == [("yellow", "red"), (None, "yellow")]


def test_days_without_a_login(w: Watched) -> None:
    w.apps.add("usage_event", customer=w.customer, event="login", at=w.apps.at())
    w.apps.clock.advance(days=13)
    w.work()
    assert w.alerts("type") == []
    w.apps.clock.advance(days=1)
    w.work()
    assert w.alerts("type", "level") == [["inactivity", "yellow"]]
    w.pass_days(1)
    assert w.alerts("type") == [["inactivity"]]


def test_people_leave_and_customers_complain(w: Watched, client_of: Callable[..., TestClient]) -> None:
    """An administrator who left, an NPS of 6 but not of 7, a rating of 2 but not of 3: each an alert and a task with its hours."""
    user = w.apps.add("contact", customer=w.customer, name="User", role="user", since=w.apps.day(-30))
    chief = w.apps.add("contact", customer=w.customer, name="Chief", role="admin", since=w.apps.day(-30))
    survey = w.apps.add("survey", name="NPS", kind="nps")
    fault = w.apps.add("ticket", customer=w.customer, subject="Fault", type="fault", opened_at=w.apps.at())
    for role in ("billing", "champion", "user"):
        w.apps.change("contact", user, role=role)
        w.work()
    assert w.titles("notice") == ["Role of a key contact changed · User (Birch)"] * 2
    roles = client_of("root@x.cn", "admin").get(f"/api/v1/records/contact/{user}/history").json()["history"]
    assert [(c["from"], c["to"]) for e in roles for c in e["changes"] if c["field"] == "role"] == [("champion", "user"), ("billing", "champion"), ("user", "billing"), (None, "user")]
    w.apps.change("contact", user, left_at=w.apps.day())
    w.apps.add("survey_response", survey=survey, customer=w.customer, score=7, answered_at=w.apps.at())
    w.apps.change("ticket", fault, satisfaction=3)
    w.work()
    assert w.alerts("type") == []
    w.apps.change("contact", chief, left_at=w.apps.day())
    w.work()
    w.apps.add("survey_response", survey=survey, customer=w.customer, score=6, answered_at=w.apps.at())
    w.work()
    w.apps.change("ticket", fault, satisfaction=2)
    w.work()
    assert w.alerts("type", "rule") == [["champion_left", "champion_left"], ["service", "low_nps"], ["service", "bad_csat"]]
    due = {r["title"]: r["due"] for r in w.apps.records("task", "title", "due")}
    assert (due["Train the successor within 48 hours"], due["Call about the feedback"]) == ("2026-03-04T01:30:00Z", "2026-03-04T01:30:00Z")
    assert [p for (p,) in w.alerts("playbook")] == ["champion_left", "low_nps", "low_nps"]
    second = w.apps.add("contact", customer=w.customer, name="Second", role="champion", since=w.apps.day(-30))
    w.apps.change("contact", second, left_at=w.apps.day())
    w.work()
    assert w.alerts("type", "level") == [["champion_left", "red"], ["service", "yellow"], ["service", "yellow"]]
    for each in w.apps.records("alert", "type"):
        w.apps.change("alert", each["id"], state="closed", outcome="recovered")
    third = w.apps.add("contact", customer=w.customer, name="Third", role="champion", since=w.apps.day(-30))
    w.apps.change("contact", third, left_at=w.apps.day())
    w.apps.add("survey_response", survey=w.apps.add("survey", name="NPS again", kind="nps"), customer=w.customer, score=2, answered_at=w.apps.at())
    w.work()
    assert w.alerts("type", "state", "record")[3:] == [[t, "open", {"entity": "customer", "id": w.customer, "title": "Birch"}] for t in ("champion_left", "service")]


def test_one_renewal_that_grows_urgent(w: Watched) -> None:
    """At 91 days nothing, at 90 one renewal; at 60 days a yellow alert as health is not good, at 30 the same is red."""
    found = []
    for days in (174, 1, 30, 30):
        w.apps.clock.advance(days=days)
        w.use(60)
        found.append((len(w.titles("renewal")), [each for each in w.alerts("type", "level") if each[0] == "renewal"]))
    assert found == [(0, []), (1, []), (1, [["renewal", "yellow"]]), (1, [["renewal", "red"]])]
    assert w.apps.one("renewal", "amount", "due", "stage") == [24000, w.apps.day(30), "planned"]


def test_what_is_done_every_month_and_every_quarter(w: Watched) -> None:
    """On the first of April a fair customer gets a light check; one who is healthy by the first of July a strategic review and, once, a talk about more for the owner of the account."""
    owner = add(w.apps.platform.database, "sales@x.cn", ["core_member"])
    w.apps.change("customer", w.customer, owner=owner)
    w.apps.clock.advance(days=29)
    w.use(300)
    assert w.health() == (50, "fair")
    w.pass_days(1)
    assert w.titles("task") == ["Monthly light check"]
    kept = {"accounts_per_csm": 1, "average_health": 50, "value_at_risk": 0, "hours_saved": 0, "average_value": 24000}
    assert {r["metric"]: r["value"] for r in w.apps.records("kpi_baseline", "metric", "value", filters=["day == date('2026-03-31') and not is_baseline"])} == kept
    w.apps.clock.advance(days=90)
    w.apps.add("activity", customer=w.customer, kind="training", summary="Training", at=w.apps.at())
    for day in (-40, -10):
        w.apps.add("metric_daily", customer=w.customer, metric="hours_per_user", day=w.apps.day(day), value=6)
    w.feature("team_content")
    w.use(300)
    w.apps.add("contact", customer=w.customer, name="Ann", role="admin", email="ann@x.cn", consent=["email"], since=w.apps.day(-30))
    w.feature("view_report")
    assert w.health() == (90, "healthy")
    assert [r["message"] for r in w.apps.records("message_log", "message")] == ["advanced_cases"]
    w.pass_days(1)
    assert w.titles("task")[-2:] == ["Talk about growing", "Quarterly strategic review"]
    assert w.apps.ask({"entity": "kpi_baseline", "group_by": ["day"], "measures": [{"name": "n", "expr": "count()"}]}) == [["2026-03-31", 5], ["2026-06-30", 5]]
    w.apps.clock.advance(days=92)
    w.work()
    assert [w.titles("task").count(each) for each in ("Quarterly strategic review", "Talk about growing")] == [2, 2]
    assert {r["assignee"]["id"] for r in w.apps.records("task", "assignee", filters=["title == 'Talk about growing'"])} == {owner}
    assert {r["assignee"]["id"] for r in w.apps.records("task", "assignee", filters=["title == 'Quarterly strategic review'"])} == {w.csm}


def test_numbers_that_fall_and_data_that_is_late(w: Watched) -> None:
    w.apps.change("customer", w.customer, seats=801)
    w.work()
    assert w.alerts("type") == []
    w.apps.change("customer", w.customer, seats=800)
    w.work()
    assert w.alerts("type", "score_from", "score_to") == [["drop", 1000, 800]]
    (contract,) = w.apps.records("contract", "id")
    w.apps.change("contract", contract["id"], annual_value=19200)
    w.work()
    assert w.alerts("rule", "score_from", "score_to")[1:] == [["contract_value_fell", 24000, 19200]]
    w.use(300)
    w.pass_days(2)
    assert w.titles("notice") == []
    w.pass_days(1)
    assert w.titles("notice") == ["Usage data is late · Birch"]


def test_stale_data_holds_the_band(w: Watched) -> None:
    """Fair; 14 days without data count as they are, on the 15th the band is held and the manager told, once; new data lets it go."""
    w.use(315)
    assert w.health() == (50, "fair")
    w.apps.clock.advance(days=14)
    w.work()
    assert w.apps.one("customer", "chm_data_stale") == [False]
    w.apps.clock.advance(days=1)
    w.work()
    (goal,) = w.apps.records("customer_goal", "id")
    w.apps.change("customer_goal", goal["id"], last_progress_at=None)
    w.pass_days(1)
    assert (w.apps.one("customer", "chm_data_stale", "health_band"), w.health()[0] < 20, w.alerts("type")) == ([True, "fair"], True, [])
    weekly = w.apps.explain("health", w.customer)["measures"][0]
    assert (weekly["name"], weekly["stale"]) == ("weekly_active", True)
    assert w.titles("notice") == ["Usage data is late · Birch", "Usage data is stale, the band is held · Birch"]
    w.use(300)
    assert (w.health(), w.alerts("type", "level")) == ((35, "risk"), [["threshold", "red"]])


def test_key_contacts_are_written_to_until_they_answer(w: Watched) -> None:
    """At risk: care; then fair: no more of it, the course begins, its second mail comes a week later, and none after an answer."""
    ann = w.apps.add("contact", customer=w.customer, name="Ann", role="admin", email="ann@x.cn", consent=["email"], since=w.apps.day(-30))
    w.use(60)
    assert w.health()[1] == "risk"
    w.use_again(300)
    assert w.health() == (50, "fair")

    def sent() -> list[str]:
        return [r["message"] for r in w.apps.records("message_log", "message", "direction") if r["direction"] == "out"]

    assert sent() == ["care_1", "course_1"]
    w.apps.clock.advance(days=7)
    w.use(300)
    assert sent() == ["care_1", "course_1", "course_2"]
    w.apps.add("message_log", channel="email", direction="in", customer=w.customer, contact=ann, recipient="us@x.cn", subject="Re", sent_at=w.apps.at())
    w.apps.clock.advance(days=8)
    w.use(300)
    assert sent() == ["care_1", "course_1", "course_2"]


def test_the_course_ends_when_the_customer_is_healthy(w: Watched) -> None:
    """Fair: the first mail of the course; healthy a day later: one mail with cases, and no second one of the course in three weeks."""
    w.apps.add("contact", customer=w.customer, name="Ann", role="admin", email="ann@x.cn", consent=["email"], since=w.apps.day(-30))
    for day in (-40, -10):
        w.apps.add("metric_daily", customer=w.customer, metric="hours_per_user", day=w.apps.day(day), value=6)
    w.apps.add("metric_daily", customer=w.customer, metric="weekly_active_users", day=w.apps.day(-3), value=120)
    w.work()
    w.apps.add("metric_daily", customer=w.customer, metric="weekly_active_users", day=w.apps.day(), value=300)
    w.work()
    assert w.health() == (65, "fair")
    w.apps.clock.advance(days=1)
    w.feature("team_content")
    assert w.health() == (80, "healthy")
    for _ in range(2):
        w.apps.clock.advance(days=8)
        w.work()
    assert [r["message"] for r in w.apps.records("message_log", "message")] == ["course_1", "advanced_cases"]


def test_a_stage_begins_its_playbook(w: Watched) -> None:
    w.apps.change("customer", w.customer, chm_stage="renewal")
    assert w.apps.ask({"entity": "task", "filter": "playbook == 'renewal'", "measures": [{"name": "n", "expr": "count()"}]}) == [[4]]
