"""Touched records and full runs agree: after any changes a full run changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings, strategies as st

from tenon.engine.context import system_context
from tenon.engine.records.deleting import delete
from tenon.engine.records.writing import change, create
from tenon.platform.database import Database
from tests.engine.scores.world import CUSTOMER, TICKET, World, model_of, points, score

D = Decimal
ONBOARDING = {"name": "onboarding", "when": "stage == 'onboarding'", "measures": [
    {"name": "ratio", "weight": 2, "value": "ratio"}, {"name": "tickets", "weight": 1, "when": "count(tickets) < 2", "missing": "neutral"},
]}  # fmt: skip
DEFAULT = {"name": "default", "measures": [
    points("ratio", 30.5, value="scale(ratio, 0, 0.7)"), points("hours", 20, bands=[{"from": 5, "share": 1}, {"from": 2, "share": 0.3333}], of="hours"),
    points("rating", 40, value="avg(tickets.rating) / 5", missing="zero"), points("angry", -12.25, when="min(tickets.rating) < 2"),
    points("tracked", 9.5, when="is_tracked", max_age_days=30),
]}  # fmt: skip
SCORE = score(
    variants=[ONBOARDING, DEFAULT], where="name != 'out'", caps=[{"when": "count(tickets, where=priority == 'urgent') > 1", "at_most": 45}],
    movement={"margin": 2, "keep": {"healthy": {"from": 70}}},
)  # fmt: skip
CUSTOMERS = st.fixed_dictionaries({}, optional={
    "ratio": st.sampled_from([None, "0", "0.3333", "0.5", "0.7", "1"]), "hours": st.sampled_from([None, "1.99", "2", "5", "7.5"]),
    "stage": st.sampled_from(["onboarding", "live", None]), "is_tracked": st.sampled_from([True, False, None]), "name": st.sampled_from(["in", "out"]),
})  # fmt: skip
TICKETS = st.fixed_dictionaries({
    "rating": st.sampled_from([None, 1, 2, 3, 5]), "priority": st.sampled_from(["low", "urgent"]), "customer": st.integers(0, 2),
})  # fmt: skip
STEPS = st.lists(st.one_of(
    st.tuples(st.just("customer"), st.integers(0, 2), CUSTOMERS), st.tuples(st.just("ticket"), st.none(), TICKETS),
    st.tuples(st.just("move"), st.integers(0, 5), TICKETS), st.tuples(st.just("delete"), st.integers(0, 5), st.none()),
), min_size=1, max_size=12)  # fmt: skip


def test_a_full_run_after_any_changes_changes_nothing(new_database: Callable[..., Database], moment: datetime) -> None:
    w = World(new_database(), model_of(CUSTOMER, TICKET, SCORE), moment)

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(STEPS)
    def run(steps: list[Any]) -> None:
        _play(w, steps)
        before = w.run()
        assert before.changed == 0

    run()


def _play(w: World, steps: list[Any]) -> None:
    """Write records through the writer, one transaction a step."""
    ctx, customer, ticket = system_context(), w.model.get_entity("customer"), w.model.get_entity("ticket")
    with w.work() as uow:
        people = [create(uow, ctx, customer, {"name": "in", "ratio": "0.5"}) for _ in range(3)]
    tickets: list[str] = []
    for what, which, values in steps:
        with w.work() as uow:
            if what == "customer":
                change(uow, ctx, customer, people[which], values)
            elif what == "ticket":
                tickets.append(create(uow, ctx, ticket, {**values, "customer": people[values["customer"]]}))
            elif tickets and what == "move":
                change(uow, ctx, ticket, tickets[which % len(tickets)], {**values, "customer": people[values["customer"]]})
            elif tickets and what == "delete":
                delete(uow, ctx, ticket, [tickets.pop(which % len(tickets))])
