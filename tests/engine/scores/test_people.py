"""What people set: overrides and ratings, with reasons, rights and ends."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tenon.engine.access.rights import rights_of
from tenon.engine.context import Context, User, system_context
from tenon.engine.scores.explain import explain
from tenon.engine.scores.manual import clear_rating, rate
from tenon.engine.scores.overrides import expire_overrides, remove_override, set_override
from tenon.metamodel.errors import Forbidden, Invalid, NotFound
from tenon.platform.database import Database
from tests.engine.scores.world import CUSTOMER, TICKET, World, model_of, points, score

D = Decimal
ROLE = {"kind": "role", "name": "csm", "grants": [{"entity": "customer", "actions": ["read", "update"], "read": "*"}]}
PULSE = points("pulse", 40, manual=True, expires_days=60)


@pytest.fixture
def w(database: Database, moment: datetime) -> World:
    return World(database, model_of(CUSTOMER, TICKET, ROLE, score(points("a", 60, value="ratio"), PULSE)), moment)


def _explained(w: World, record: str, **more: Any) -> dict[str, Any]:
    with w.work() as uow:
        return explain(uow, rights_of(uow.model, system_context()), "health", record, **more)


def test_an_override_stands_in_front_until_it_ends(w: World) -> None:
    record = w.put("customer", ratio=D(1))
    w.touch(record)
    until = w.clock.now() + timedelta(days=10)
    with w.work() as uow:
        set_override(uow, system_context(), "health", record, value=D(30), reason="Sponsor left", expires_at=until)
    assert (w.value(record), w.band(record), w.row(record)["computed_score"]) == (D(30), "risk", D(100))
    found = _explained(w, record)
    assert found["computed"] == {"value": D(100), "band": "healthy"}
    assert found["override"] == {"value": D(30), "reason": "Sponsor left", "by": None, "expires_at": until}
    w.change("customer", record, ratio=D("0.9"))
    w.run()
    assert (w.value(record), w.row(record)["computed_score"]) == (D(30), D(90))
    w.clock.advance(days=10)
    assert w.worker().run_until_idle() == 1
    assert (w.value(record), w.band(record)) == (D(90), "healthy")
    assert (w.moves(record), set(w.causes(record))) == ([("healthy", "risk"), ("risk", "healthy")], {"override"})
    with w.work() as uow:
        assert expire_overrides(uow) == 0


def test_a_band_can_be_set_replaced_and_taken_away(w: World) -> None:
    record = w.put("customer")
    w.touch(record)
    for band in ("healthy", "fair"):
        with w.work() as uow:
            set_override(uow, system_context(), "health", record, band=band, reason="Knows better")
        assert (w.value(record), w.band(record)) == (None, band)
    with w.work() as uow:
        remove_override(uow, system_context(), "health", record)
    assert w.band(record) is None
    with w.work() as uow, pytest.raises(NotFound):
        remove_override(uow, system_context(), "health", record)


def test_an_override_needs_one_value_a_reason_and_an_end(w: World) -> None:
    record = w.put("customer", ratio=D(1))
    wrong: list[dict[str, Any]] = [
        {"reason": "x"}, {"reason": "x", "value": D(3), "band": "risk"}, {"reason": "x", "value": D(101)}, {"reason": "x", "band": "great"},
        {"reason": "  ", "band": "risk"}, {"reason": "x", "band": "risk", "expires_at": w.clock.now() + timedelta(days=91)},
        {"reason": "x", "band": "risk", "expires_at": w.clock.now()},
    ]  # fmt: skip
    for values in wrong:
        with w.work() as uow, pytest.raises(Invalid):
            set_override(uow, system_context(), "health", record, **values)
    person = Context(User("u1", "a@example.com", "A", roles=("csm",)))
    with w.work() as uow, pytest.raises(Forbidden):
        set_override(uow, person, "health", record, band="risk", reason="x")
    stranger = Context(User("u2", "b@example.com", "B"))
    with w.work() as uow, pytest.raises(NotFound):
        set_override(uow, stranger, "health", record, band="risk", reason="x")


def test_a_rating_counts_until_it_expires(w: World) -> None:
    record = w.put("customer", ratio=D("0.5"))
    w.touch(record)
    assert (w.value(record), w.row(record)["coverage"]) == (D(50), D("0.6"))
    person = Context(User("u1", "a@example.com", "A", roles=("csm",)))
    with w.work() as uow:
        rate(uow, person, "health", record, "pulse", D("0.75"), "Friendly call")
    assert (w.value(record), w.row(record)["shares"]) == (D(60), [5000, 7500])
    w.clock.advance(days=59)
    w.run()
    assert w.value(record) == D(60)
    w.clock.advance(days=1)
    w.run()
    assert (w.value(record), w.row(record)["shares"]) == (D(50), [5000, None])
    with w.work() as uow:
        rate(uow, person, "health", record, "pulse", D(1))
        clear_rating(uow, person, "health", record, "pulse")
    assert w.value(record) == D(50)
    for share, measure, error in ((D(2), "pulse", Invalid), (D(1), "a", NotFound)):
        with w.work() as uow, pytest.raises(error):
            rate(uow, person, "health", record, measure, share)
