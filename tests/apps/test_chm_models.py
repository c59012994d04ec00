"""The models of health, their edges and caps, and the ten standard measures against rows made by hand."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.apps.conftest import Apps


@pytest.fixture
def chm(chm: Apps) -> Apps:
    """Customer core and customer health, and one mature customer with an administrator and an executive."""
    chm.add("customer", name="A", status="active", customer_since=chm.day(-700), seats=10_000, chm_stage="mature")
    chm.add("contact", customer=CUSTOMER, name="Admin", role="admin")
    chm.add("contact", customer=CUSTOMER, name="Boss", role="executive")
    return chm


CUSTOMER: dict[str, Any] = {"code": "C-2026-00001"}
ADMIN: dict[str, Any] = {"code": "P-00001"}
BOSS: dict[str, Any] = {"code": "P-00002"}


def metric(chm: Apps, name: str, value: float, offset: int = 0) -> str:
    """Load one daily metric and return its id."""
    return chm.add("metric_daily", customer=CUSTOMER, metric=name, day=chm.day(offset), value=value)


def use(chm: Apps, offset: int, **values: Any) -> None:
    """Load one usage event."""
    chm.add("usage_event", customer=CUSTOMER, at=chm.at(offset), **{"event": "use", **values})


def points(chm: Apps, score: str) -> dict[str, Any]:
    """Return share times points or weight of every measure of the customer, None for missing."""
    (record,) = chm.records("customer", "id")
    found = chm.explain(score, record["id"])
    return {m["name"]: None if m["missing"] else m["points"] for m in found["measures"]}


def health(chm: Apps, score: str = "health") -> list[Any]:
    """Run the scores and return score and band of the customer."""
    chm.run_scores()
    return chm.one("customer", f"{score}_score", f"{score}_band")


def fill(chm: Apps, *, active: int) -> str:
    """Earn 65 points: everything but weekly activity and the report; return the id of the metric of weekly activity."""
    found = metric(chm, "weekly_active_users", active)
    metric(chm, "hours_per_user", 5.01, -20)
    use(chm, -30, feature="team_content")
    chm.add("customer_goal", customer=CUSTOMER, metric="Hours", target=20, last_progress_at=chm.day(-3))
    chm.add("activity", customer=CUSTOMER, kind="training", at=chm.at(-90), summary="T")
    use(chm, -30, event="login", contact=ADMIN)
    return found


def test_more_than_thirty_percent_counts(chm: Apps) -> None:
    active = fill(chm, active=3_000)
    assert (health(chm, "health_plain")[0], health(chm)[0]) == (65, 90)
    chm.change("metric_daily", active, value=3_010)
    assert (health(chm, "health_plain")[0], health(chm)[0]) == (90, 90)


def test_edges_of_days_hours_and_goals(chm: Apps) -> None:
    metric(chm, "weekly_active_users", 0)
    metric(chm, "hours_per_user", 5, -20)
    use(chm, -31, feature="team_content")
    use(chm, -31, event="login", contact=ADMIN)
    chm.add("customer_goal", customer=CUSTOMER, metric="Hours", target=20)
    chm.add("activity", customer=CUSTOMER, kind="training", at=chm.at(-91), summary="T")
    assert health(chm) == [0, "risk"]
    chm.add("activity", customer=CUSTOMER, kind="training", at=chm.at(-90), summary="T")
    use(chm, -30, feature="view_report")
    assert health(chm) == [20, "risk"]


def test_the_edges_of_bands(chm: Apps) -> None:
    active = fill(chm, active=1_800)
    for value, expected in ((1_800, [80, "healthy"]), (1_799, [Decimal("79.9925"), "fair"])):
        chm.change("metric_daily", active, value=value)
        assert health(chm) == expected


def test_the_edge_of_risk(chm: Apps) -> None:
    active = metric(chm, "weekly_active_users", 0)
    metric(chm, "hours_per_user", 6, -20)
    chm.add("activity", customer=CUSTOMER, kind="call", at=chm.at(-1), summary="C")
    for feature in ("team_content", "view_report"):
        use(chm, -1, feature=feature)
    for value, expected in ((1_200, [50, "fair"]), (1_199, [Decimal("49.9925"), "risk"])):
        chm.change("metric_daily", active, value=value)
        assert health(chm) == expected


def test_without_data_there_is_no_band(chm: Apps) -> None:
    chm.add("customer_goal", customer=CUSTOMER, metric="Hours", target=20, last_progress_at=chm.day(-3))
    chm.run_scores()
    assert chm.one("customer", "health_band", "health_coverage") == [None, Decimal("0.15")]
    chm.add("contract", customer=CUSTOMER, status="active", start=chm.day(-10), end=chm.day(90), annual_value=10)
    assert chm.one("customer", "health_starter_score", "health_starter_coverage") == [50, Decimal("0.5")]
    chm.add("ticket", customer=CUSTOMER, subject="S", priority="high", opened_at=chm.at(-3))
    assert chm.one("customer", "health_starter_score", "health_starter_coverage") == [65, 1]


def test_an_outage_holds_the_score_and_a_lost_customer_has_none(chm: Apps) -> None:
    fill(chm, active=3_000)
    ticket = chm.add("ticket", customer=CUSTOMER, subject="Down", type="fault", priority="urgent", opened_at=chm.at(-2))
    assert health(chm) == [40, "risk"]
    chm.change("ticket", ticket, status="solved", solved_at=chm.at(-1))
    assert health(chm) == [90, "healthy"]
    chm.add("churn_event", customer=CUSTOMER, reason_code="price")
    assert health(chm) == [90, "healthy"]
    (record,) = chm.records("customer", "id")
    chm.change("customer", record["id"], status="churned")
    assert health(chm) == [0, "risk"]


def test_stages_and_service_models_choose_the_model(chm: Apps) -> None:
    """The same customer and rows, three models and three scores; at onboarding 65 of the 100 points that are known of 110."""
    fill(chm, active=3_000)
    (record,) = chm.records("customer", "id")
    for values, variant, score in (({"chm_touch": "high"}, "mature", 90), ({"chm_touch": "low"}, "low_touch", 27.5), ({"chm_stage": "onboarding"}, "onboarding", 71.5)):
        chm.change("customer", record["id"], **values)
        assert (chm.explain("health", record["id"])["variant"], health(chm)[0]) == (variant, score)


def test_onboarding_and_a_managers_pulse(chm: Apps) -> None:
    (record,) = chm.records("customer", "id")
    chm.change("customer", record["id"], chm_stage="onboarding")
    use(chm, -5, event="setup_completed")
    chm.add("activity", customer=CUSTOMER, kind="meeting", at=chm.at(-6), summary="Kick-off")
    metric(chm, "weekly_active_users", 750)
    assert points(chm, "health") == {
        "kickoff": Decimal("16.5"), "setup": 22, "first_value": 0, "ramp": Decimal("8.25"), "trained": 0, "goal": 0, "missed": 0, "pulse": None,
    }  # fmt: skip
    chm.rate("health", record["id"], "pulse", "0.5")
    assert (points(chm, "health")["pulse"], chm.one("customer", "health_score")) == (5, [Decimal("47.5")])
    for offset, missed, score in ((-31, 0, Decimal("47.5")), (-30, -10, Decimal("37.5"))):
        chm.add("activity", customer=CUSTOMER, kind="missed", at=chm.at(offset), summary="M")
        assert (points(chm, "health")["missed"], health(chm)[0]) == (missed, score)


def test_the_ten_standard_measures(chm: Apps) -> None:
    """Each has one or more rows that count and one that does not."""
    for offset in (-30, -2, -31):
        use(chm, offset, event="login", contact=ADMIN)
    for offset, feature in ((-30, "team_content"), (-3, "view_report"), (-3, "view_report"), (-31, "catalogue")):
        use(chm, offset, feature=feature)
    metric(chm, "hours_per_user", 3, -10)
    metric(chm, "hours_per_user", 6, -30)
    metric(chm, "hours_per_user", 20, -31)
    old = chm.add("contract", customer=CUSTOMER, status="ended", start=chm.day(-700), end=chm.day(-336), annual_value=40_000)
    lost = {"customer": CUSTOMER, "status": "ended", "start": chm.day(-700), "end": chm.day(-400), "annual_value": 5_000}
    chm.add("contract", **lost)
    chm.add("contract", customer=CUSTOMER, status="active", start=chm.day(-335), end=chm.day(29), annual_value=52_000, renewed_from=old)
    survey = chm.add("survey", name="NPS", kind="nps")
    for offset, score in ((-200, 3), (-20, 8)):
        chm.add("survey_response", survey=survey, customer=CUSTOMER, score=score, answered_at=chm.at(offset))
    chm.add("ticket", customer=CUSTOMER, subject="1", type="fault", opened_at=chm.at(-90, "10:00"), solved_at=chm.at(-89, "20:00"), satisfaction=4, status="closed")
    chm.add("ticket", customer=CUSTOMER, subject="2", type="question", opened_at=chm.at(-60, "10:00"), solved_at=chm.at(-60, "20:00"), satisfaction=5, status="closed")
    chm.add("ticket", customer=CUSTOMER, subject="3", type="fault", opened_at=chm.at(-91), status="closed")
    for who, offset, kind in ((BOSS, -100, "meeting"), (BOSS, -5, "email"), (ADMIN, -2, "meeting")):
        chm.add("activity", customer=CUSTOMER, contact=who, kind=kind, at=chm.at(offset), summary="M")
    fields = {
        "chm_logins_30d": 2, "chm_features_30d": 2, "chm_hours_30d": Decimal("4.5"), "chm_contract_value": 52_000, "chm_renewal_rate": Decimal("0.5"),
        "chm_expansion_365d": 12_000, "chm_nps": 8, "chm_csat": Decimal("4.5"), "chm_tickets_90d": 1, "chm_hours_to_solve": 22, "chm_days_since_executive": 100,
    }  # fmt: skip
    assert dict(zip(fields, chm.one("customer", *fields), strict=True)) == fields
    chm.run_scores()
    share = points(chm, "health_standard")
    assert {name: round(value * 10, 4) for name, value in share.items()} == {
        "login_frequency": round(Decimal(2) / 30 * 100, 2), "core_depth": 40, "duration": 75, "contract_amount": 75, "renewal_history": 50, "expansion": 100,
        "satisfaction": 80, "ticket_count": 80, "resolution_time": Decimal("84.09"), "executive_contact": 50,
    }  # fmt: skip
    for days, logins, features in ((7, 1, 1), (30, 2, 2), (90, 3, 3)):
        counted = f"count(usage_events, where=event == 'login' and at >= days_ago({days})) == {logins}", f"distinct(usage_events.feature, where=at >= days_ago({days})) == {features}"
        assert len(chm.records("customer", "id", filters=list(counted))) == 1, days
    for offset in (-90, -91):
        chm.add("activity", customer=CUSTOMER, contact=ADMIN, kind="missed", at=chm.at(offset), summary="M")
        chm.add("ticket", customer=CUSTOMER, subject="Down", type="fault", priority="urgent", opened_at=chm.at(offset))
        chm.add("ticket", customer=CUSTOMER, subject="Idea", type="suggestion", opened_at=chm.at(offset - 90))
    assert chm.one("customer", "chm_missed_90d", "chm_urgent_90d", "chm_suggestions_180d") == [1, 1, 1]


def test_silence_after_a_solution(chm: Apps) -> None:
    """Of tickets solved 7 to 90 days ago those count that nobody rated, answered, wrote or called about since; and no score reads it."""
    survey = chm.add("survey", name="CSAT", kind="csat")
    solved = {"customer": CUSTOMER, "type": "question", "status": "closed"}

    def ticket(offset: int, **more: Any) -> str:
        return chm.add("ticket", **{**solved, "subject": "T", "opened_at": chm.at(offset - 1), "solved_at": chm.at(offset), **more})

    ticket(-6)
    ticket(-91)
    ticket(-20, satisfaction=1)
    chm.add("survey_response", survey=survey, ticket=ticket(-20), customer=CUSTOMER, score=4)
    chm.add("ticket", customer=CUSTOMER, subject="Open", opened_at=chm.at(-30))
    assert chm.one("customer", "chm_silent_solved_90d") == [0]
    first = ticket(-7)
    ticket(-40)
    ticket(-90)
    assert chm.one("customer", "chm_silent_solved_90d") == [3]
    chm.add("activity", customer=CUSTOMER, kind="call", direction="outgoing", summary="We called", at=chm.at(-5))
    chm.add("message_log", customer=CUSTOMER, channel="email", direction="in", recipient="us@x.cn", subject="Before", sent_at=chm.at(-95))
    assert chm.one("customer", "chm_silent_solved_90d") == [3]
    chm.add("activity", customer=CUSTOMER, kind="call", direction="incoming", summary="They called", at=chm.at(-39))
    assert chm.one("customer", "chm_silent_solved_90d") == [1]
    chm.change("ticket", first, satisfaction=5)
    assert chm.one("customer", "chm_silent_solved_90d") == [0]
    with chm.platform.read() as uow:
        assert not [d.name for d in uow.model.all("score") if "chm_silent_solved_90d" in str(d.body)]
