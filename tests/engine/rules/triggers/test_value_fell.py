"""The trigger value_fell: by how much, within how many days, with both values and days; then anew from there."""

from __future__ import annotations

from typing import Any

from tests.engine.rules.world import Rules, note, rule

SCORE: dict[str, Any] = {
    "kind": "score", "name": "reach", "label": {"en": "Reach", "zh": "规模"}, "entity": "customer", "min_coverage": 0,
    "variants": [{"name": "all", "measures": [{"name": "seats", "points": 100, "value": "seats / 100", "missing": "zero"}]}],
    "bands": [{"name": "small", "from": 0, "colour": "red"}, {"name": "large", "from": 50, "colour": "green"}],
}


def test_a_score_that_fell_within_the_days_and_one_that_fell_too_slowly(w: Rules) -> None:
    w.publish(SCORE)
    w.publish(rule("fell", {"type": "value_fell", "score": "reach", "by": 20, "within_days": 14}, note()))
    fast, slow = w.add("customer", name="Fast", seats=72), w.add("customer", name="Slow", seats=72)
    for n in range(1, 4):
        w.pass_time(days=7)
        w.change("customer", fast, seats=72 - 9 * n)
        w.change("customer", slow, seats=72 - 8 * n)
        w.work()
    assert w.runs() == []
    w.pass_time(days=7)
    w.change("customer", fast, seats=30)
    w.work()
    (run,) = w.runs()
    assert (run["record"], run["facts"]["was_value"], run["facts"]["value"], run["facts"]["days"]) == (fast, "54.0000", "30.0000", 14)


def test_after_it_acted_the_next_fall_counts_from_there(w: Rules) -> None:
    w.publish(SCORE)
    w.publish(rule("fell", {"type": "value_fell", "score": "reach", "by": 20, "within_days": 14}, note()))
    ann = w.add("customer", name="Ann", seats=80)
    for seats in (55, 50, 45, 30):
        w.pass_time(days=1)
        w.change("customer", ann, seats=seats)
        w.work()
    assert [(run["facts"]["was_value"], run["facts"]["value"]) for run in w.runs()] == [("80.0000", "55.0000"), ("55.0000", "30.0000")]


def test_a_number_that_people_write_by_hundredths(w: Rules) -> None:
    w.publish(rule("fell", {"type": "value_fell", "field": "seats", "by_percent": 30, "within_days": 30}, note()))
    ann, bob = w.add("customer", name="Ann", seats=100), w.add("customer", name="Bob", seats=100)
    w.pass_time(days=10)
    w.change("customer", ann, seats=90)
    w.change("customer", bob, seats=90)
    w.pass_time(days=10)
    w.change("customer", ann, seats=70)
    w.change("customer", bob, seats=71)
    w.work()
    (run,) = w.runs()
    assert (run["record"], run["facts"]["was_value"], run["facts"]["value"]) == (ann, "100", "70")


def test_what_a_fall_is_of_and_by_how_much_is_said_once(w: Rules) -> None:
    assert w.refuses(rule("r", {"type": "value_fell", "field": "seats", "within_days": 3}, note())) == [("trigger", "required")]
    assert w.refuses(rule("r", {"type": "value_fell", "field": "name", "by": 1, "within_days": 3}, note())) == [("trigger/field", "type_mismatch")]


def test_a_number_that_is_computed(w: Rules) -> None:
    """A sum over contracts, 100 of one customer and 100 of another: 90 is no fall by a fifth, 80 is; what a new formula makes of it is none."""
    w.publish(rule("fell", {"type": "value_fell", "field": "annual_value", "by_percent": 20, "within_days": 30}, note()))
    ann, bob = w.add_all("customer", [{"name": "Ann"}, {"name": "Bob"}])
    of = {"start": "2026-01-01", "end": "2026-12-31", "status": "active"}
    first, second = [w.add("contract", customer=each, annual_value=100, **of) for each in (ann, bob)]
    for days, value in ((10, 90), (10, 81), (10, 80)):
        w.pass_time(days=days)
        w.change("contract", first, annual_value=value)
        w.change("contract", second, annual_value=max(value, 81))
        w.work()
    (run,) = w.runs()
    assert (run["record"], run["facts"]["was_value"], run["facts"]["value"], run["facts"]["days"]) == (ann, "100.00", "80.00", 30)
    w.pass_time(days=1)
    w.remove("contract", second)
    w.work()
    assert [each["record"] for each in w.runs()] == [ann, bob]
