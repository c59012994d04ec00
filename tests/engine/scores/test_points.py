"""The worked example and the rules of points: edges, missing inputs, coverage, penalties, caps."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from tenon.metamodel.check_scores import check_score
from tenon.platform.database import Database
from tests.engine.scores.world import CUSTOMER, TICKET, World, model_of, points, score

D = Decimal
STREAMFLIX = [
    points("weekly_active", 25, when="ratio > 0.30", missing="zero"),
    points("team", 15, when="team_used_on >= days_ago(30)"),
    points("report", 10, when="report_used_on >= days_ago(30)"),
    points("goal", 15, when="goal_set and is_tracked"),
    points("hours", 15, when="hours > 5"),
    points("admin", 10, when="admin_seen_on >= date_add(today(), -1, 'month')"),
    points("training", 10, when="days_since(trained_on) <= 90"),
]  # fmt: skip
GRADED = [points("weekly_active", 25, value="scale(ratio, 0, 0.30)", missing="zero"), *STREAMFLIX[1:]]


@pytest.fixture
def world(database: Database, moment: datetime) -> Any:
    def make(document: dict[str, Any]) -> World:
        return World(database, model_of(CUSTOMER, TICKET, document), moment)

    return make


def _customer(world: World, **values: Any) -> dict[str, Any]:
    """A customer of the worked example, every yes/no measure met."""
    return {
        "ratio": D("0.4"), "team_used_on": world.ago(1), "report_used_on": world.ago(1), "goal_set": True, "is_tracked": True, "hours": D(6),
        "admin_seen_on": world.ago(1), "trained_on": world.ago(1), **values,
    }  # fmt: skip


def test_the_worked_example_gives_72_then_45_then_75(world: Any) -> None:
    w = world(score(*GRADED))
    record = w.put("customer", **_customer(w, ratio=D("0.264"), report_used_on=w.ago(60), hours=D(4)))
    w.touch(record)
    assert (w.value(record), w.band(record)) == (D(72), "fair")
    w.clock.advance(days=14)
    w.change("customer", record, ratio=D("0.12"), team_used_on=w.ago(40), admin_seen_on=w.ago(2))
    w.touch(record)
    assert (w.value(record), w.band(record), w.row(record)["trend"]) == (D(45), "risk", D(-27))
    w.clock.advance(days=14)
    w.change("customer", record, ratio=D("0.31"), team_used_on=w.ago(3), admin_seen_on=w.ago(2))
    w.touch(record)
    assert (w.value(record), w.band(record), w.row(record)["trend"]) == (D(75), "fair", D(30))
    assert w.moves(record) == [("fair", "risk"), ("risk", "fair")]


@pytest.mark.parametrize(("ratio", "expected"), [("0.3000", 75), ("0.3001", 100), ("0.301", 100), ("0.2999", 75), (None, 75)])
def test_thirty_percent_is_not_above_thirty_percent(world: Any, ratio: str | None, expected: int) -> None:
    w = world(score(*STREAMFLIX))
    record = w.put("customer", **_customer(w, ratio=D(ratio) if ratio else None))
    w.touch(record)
    assert w.value(record) == D(expected)


@pytest.mark.parametrize(("days", "expected"), [(90, 100), (91, 90)])
def test_training_ninety_days_ago_counts(world: Any, days: int, expected: int) -> None:
    w = world(score(*STREAMFLIX))
    record = w.put("customer", **_customer(w, trained_on=w.ago(days)))
    w.run()
    assert w.value(record) == D(expected)


def _one(world: World, **values: Any) -> tuple[Any, Any, Any]:
    record = world.put("customer", **values)
    world.touch(record)
    row = world.row(record)
    return row["score"], row["band"], row["coverage"]


def test_a_missing_measure_is_left_out_zero_or_half(world: Any) -> None:
    measures = [points("a", 60, value="ratio"), points("b", 40, when="hours > 5")]
    for missing, expected in (("exclude", D(50)), ("zero", D(30)), ("neutral", D(50))):
        w = world(score(measures[0], {**measures[1], "missing": missing}, name="health"))
        assert _one(w, ratio=D("0.5")) == (expected, "fair" if expected >= 50 else "risk", D("0.6"))


def test_negative_points_have_no_maximum_and_count_nothing_when_missing(world: Any) -> None:
    w = world(score(points("a", 100, value="ratio"), points("penalty", -30, when="hours > 5"), scale=[0, 100]))
    assert _one(w, ratio=D("0.5"), hours=D(6)) == (D(20), "risk", D(1))
    assert _one(w, ratio=D("0.5"), hours=D(5)) == (D(50), "fair", D(1))
    assert _one(w, ratio=D("0.5")) == (D(50), "fair", D(1))
    assert _one(w, ratio=D("0.1"), hours=D(6)) == (D(0), "risk", D(1))


def test_coverage_decides_about_the_band(world: Any) -> None:
    w = world(score(points("a", 60, value="ratio"), points("b", 40, when="hours > 5"), min_coverage=0.6))
    assert _one(w, ratio=D(1)) == (D(100), "healthy", D("0.6"))
    assert _one(w, hours=D(9)) == (D(100), None, D("0.4"))
    assert _one(w) == (None, None, D(0))


def test_weights_are_ratios_over_the_scale(world: Any) -> None:
    w = world(
        score(
            {"name": "a", "weight": 2, "value": "ratio"}, {"name": "b", "weight": 1, "when": "hours > 5"}, scale=[10, 100], min_coverage=0.3
        )
    )
    assert _one(w, ratio=D("0.5"), hours=D(9))[0] == D(70)
    assert _one(w, ratio=D("0.3333"), hours=D(1))[0] == D("29.998")
    assert _one(w, ratio=D("0.5")) == (D(55), "fair", D("0.6667"))
    assert _one(w, hours=D(1)) == (D(10), "risk", D("0.3333"))


def test_a_share_is_rounded_to_ten_thousandths_on_both_databases(world: Any) -> None:
    w = world(score(points("a", 100, value="hours / 3"), min_coverage=0))
    assert _one(w, hours=D(1))[0] == D("33.33")
    assert _one(w, hours=D(2))[0] == D("66.67")
    assert _one(w, hours=D(7))[0] == D(100)
    assert _one(w, hours=D(-1))[0] == D(0)


def test_edges_of_bands_and_of_shares_belong_above(world: Any) -> None:
    bands = [{"from": 100000, "share": 1}, {"from": 20000, "share": 0.5}, {"share": 0}]
    w = world(score(points("a", 100, bands=bands, of="arr")))
    found = [_one(w, arr=D(arr))[:2] for arr in ("100000", "99999.99", "20000", "19999.99")]
    assert found == [(D(100), "healthy"), (D(50), "fair"), (D(50), "fair"), (D(0), "risk")]
    assert _one(w) == (None, None, D(0))
    w = world(score(points("a", 100, value="ratio")))
    assert [_one(w, ratio=D(r))[:2] for r in ("0.8", "0.7999", "0.5", "0.4999")] == [
        (D(80), "healthy"),
        (D("79.99"), "fair"),
        (D(50), "fair"),
        (D("49.99"), "risk"),
    ]


def test_caps_hold_the_score(world: Any) -> None:
    cap = {"when": "exists(tickets, where=priority == 'urgent')", "at_most": 40, "label": {"en": "Open outage"}}
    w = world(score(points("a", 100, value="ratio"), caps=[cap, {"when": "hours > 5", "at_least": 20}]))
    record = w.put("customer", ratio=D("0.9"))
    w.put("ticket", customer=record, priority="urgent", opened_on=w.today)
    w.touch(record)
    assert (w.value(record), w.band(record)) == (D(40), "risk")
    assert _one(w, ratio=D("0.1"), hours=D(6))[0] == D(20)
    assert _one(w, ratio=D("0.1"), hours=D(5))[0] == D(10)


def test_what_counts_as_a_missing_input(world: Any) -> None:
    conditions = {
        "hours > 5": 0, "is_empty(hours)": 1, "hours == None": 1, "coalesce(hours, 0) > 5": 1, "count(tickets) > 5": 1,
        "avg(tickets.rating) > 3": 0, "sum(tickets.rating) > 3": 1, "exists(tickets)": 1, "max(tickets.opened_on) > days_ago(5)": 0,
        "hours > 5 or count(tickets) > 1": 0,
    }  # fmt: skip
    for condition, coverage in conditions.items():
        w = world(score(points("a", 100, when=condition), min_coverage=0))
        assert (condition, _one(w)[2]) == (condition, D(coverage))


def test_needs_tells_no_data_from_no_use(world: Any) -> None:
    w = world(score(points("a", 100, value="1 - scale(count(tickets), 0, 5)", needs="exists(tickets)")))
    assert _one(w) == (None, None, D(0))
    record = w.put("customer")
    w.put("ticket", customer=record, opened_on=w.today)
    w.run()
    assert w.value(record) == D(80)


def test_data_that_is_too_old_is_missing_and_stale(world: Any) -> None:
    w = world(
        score(points("a", 50, when="count(tickets) > 0", max_age_days=7), points("b", 50, value="ratio", max_age_days=30), min_coverage=0.5)
    )
    record = w.put("customer", ratio=D("0.4"))
    w.put("ticket", customer=record, opened_on=w.ago(7))
    w.touch(record)
    assert (w.value(record), w.row(record)["shares"]) == (D(70), [10000, 4000])
    w.clock.advance(days=1)
    w.run()
    assert (w.value(record), w.row(record)["shares"], w.row(record)["coverage"]) == (D(40), [-1, 4000], D("0.5"))
    w.clock.advance(days=40)
    w.run()
    assert (w.value(record), w.row(record)["shares"]) == (None, [-1, -1])


def test_the_first_variant_that_holds_is_used(world: Any) -> None:
    variants = [
        {"name": "onboarding", "when": "stage == 'onboarding'", "measures": [points("a", 100, when="hours > 1")]},
        {"name": "default", "measures": [points("a", 100, when="hours > 5"), points("b", 100, when="hours > 1")]},
    ]
    w = world(score(variants=variants, scale=[0, 200]))
    first, second = w.put("customer", stage="onboarding", hours=D(2)), w.put("customer", hours=D(2))
    w.run()
    assert [(w.row(r)["variant"], w.value(r), w.row(r)["shares"]) for r in (first, second)] == [
        ("onboarding", D(100), [10000]),
        ("default", D(100), [0, 10000]),
    ]


def test_records_outside_where_lose_their_score(world: Any) -> None:
    w = world(score(points("a", 100, value="ratio"), where="stage == 'live'"))
    record, other = w.put("customer", stage="live", ratio=D("0.9")), w.put("customer", stage="onboarding", ratio=D("0.9"))
    w.run()
    assert (w.band(record), w.row(other)) == ("healthy", {})
    w.change("customer", record, stage="onboarding")
    assert w.touch(record) == [record]
    assert w.row(record) == {}
    assert w.moves(record) == [("healthy", None)]


def test_points_that_would_not_be_exact_are_refused() -> None:
    for worth, codes in (("100.25", []), ("1000000", []), ("100000.0001", ["over_limit"])):
        model = model_of(CUSTOMER, TICKET, score(points("a", float(worth), when="hours > 5"), points("b", 10, value="ratio")))
        assert [p.code for p in check_score(model.get("score", "health"), model)] == codes
