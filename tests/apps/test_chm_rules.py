"""What the rules of customer health do: each acts exactly when it should, and not a day or a point before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from tenon.platform.boot import make_worker
from tests.apps.conftest import Apps
from tests.platform.people import add

pytestmark = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)


@dataclass
class Watched:
    """Customer health with a manager, and one active customer of the mature model who has 25 points beside those of weekly use."""

    apps: Apps
    csm: str
    customer: str

    def work(self) -> None:
        """Do all jobs that are due."""
        make_worker(self.apps.platform).run_until_idle()

    def pass_days(self, days: int) -> None:
        """Let days go by, one after the other, with what the clock wakes."""
        for _ in range(days):
            self.apps.clock.advance(days=1)
            self.work()

    def use(self, weekly: int) -> None:
        """Let so many of 1,000 seats be active this week: 300 give 25 points."""
        self.apps.add("metric_daily", customer=self.customer, metric="weekly_active_users", day=self.apps.day(), value=weekly)
        self.work()

    def use_again(self, weekly: int) -> None:
        """Correct how many seats were active today."""
        (last,) = self.apps.records("metric_daily", "id")
        self.apps.change("metric_daily", last["id"], value=weekly)
        self.work()

    def feature(self, name: str) -> None:
        """Let a feature be used: team content gives 15 points for 30 days, the report 10."""
        self.apps.add("usage_event", customer=self.customer, event="use", feature=name, at=self.apps.at())
        self.work()

    def alerts(self, *fields: str) -> list[list[Any]]:
        """Return fields of the alerts, oldest first."""
        return [[r[f] for f in fields] for r in self.apps.records("alert", *fields)]

    def titles(self, entity: str) -> list[str]:
        """Return the titles of records, oldest first."""
        return [str(r["title"]) for r in self.apps.records(entity, "title")]

    def health(self) -> tuple[float, str]:
        """Return score and band."""
        (record,) = self.apps.records("customer", "health_score", "health_band")
        return float(record["health_score"]), record["health_band"]


@pytest.fixture
def w(chm: Apps) -> Watched:
    """An active customer with a contract of 24,000, a goal and a training."""
    csm = add(chm.platform.database, "csm@x.cn", ["csm"])
    since = {"status": "active", "customer_since": chm.day(-400), "chm_stage": "mature", "seats": 1000}
    customer = chm.add("customer", name="Birch", csm=csm, **since)
    chm.add("contract", customer=customer, start=chm.day(-100), end=chm.day(265), annual_value=24000, status="active")
    chm.add("customer_goal", customer=customer, metric="Hours", target=3, last_progress_at=chm.day())
    chm.add("activity", customer=customer, kind="training", summary="Training", at=chm.at())
    made = Watched(chm, csm, customer)
    made.work()
    return made


def test_at_risk_once_for_each_time(w: Watched) -> None:
    """51 to 49: a red alert, a call within 24 hours and a plan; 49 to 48: nothing more; back to 51 and to 49 again: a second alert."""
    found = []
    for weekly in (312, 288, 276, 312, 288):
        w.apps.clock.advance(days=1)
        w.use(weekly)
        found.append(len(w.alerts("title")))
    assert found == [0, 1, 1, 1, 2]


def test_a_yellow_alert_turns_red_and_stays_one(w: Watched) -> None:
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


def test_people_leave_and_customers_complain(w: Watched) -> None:
    """An administrator who left, an NPS of 6 but not of 7, a rating of 2 but not of 3: each an alert and a task with its hours."""
    user = w.apps.add("contact", customer=w.customer, name="User", role="user", since=w.apps.day(-30))
    chief = w.apps.add("contact", customer=w.customer, name="Chief", role="admin", since=w.apps.day(-30))
    survey = w.apps.add("survey", name="NPS", kind="nps")
    fault = w.apps.add("ticket", customer=w.customer, subject="Fault", type="fault", opened_at=w.apps.at())
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
    """On the first of April a fair customer gets a light check; one who is healthy by the first of July a strategic review and, once, a talk about more."""
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
    w.feature("view_report")
    assert w.health() == (90, "healthy")
    w.pass_days(1)
    assert w.titles("task")[-2:] == ["Talk about growing", "Quarterly strategic review"]
    assert w.apps.ask({"entity": "kpi_baseline", "group_by": ["day"], "measures": [{"name": "n", "expr": "count()"}]}) == [["2026-03-31", 5], ["2026-06-30", 5]]


def test_numbers_that_fall_and_data_that_is_late(w: Watched) -> None:
    w.apps.change("customer", w.customer, seats=801)
    w.work()
    assert w.alerts("type") == []
    w.apps.change("customer", w.customer, seats=800)
    w.work()
    assert w.alerts("type", "score_from", "score_to") == [["drop", 1000, 800]]
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


def test_a_stage_begins_its_playbook(w: Watched) -> None:
    w.apps.change("customer", w.customer, chm_stage="renewal")
    assert w.apps.ask({"entity": "task", "filter": "playbook == 'renewal'", "measures": [{"name": "n", "expr": "count()"}]}) == [[4]]
