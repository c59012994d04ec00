"""Looking back from time to time: figures kept, other edges proposed, and the draft changed by a click alone."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from tenon.engine.context import system_context
from tenon.engine.scores.calibration import CALIBRATE, accept, calibrate, find_calibrations
from tenon.engine.scores.jobs import score_schedules
from tenon.engine.scores.tables import calibrations
from tenon.metamodel.errors import Invalid, NotFound
from tenon.platform.database import Database
from tests.engine.scores.world import CUSTOMER, World, model_of, points, score

FORESEES = {"outcome": "goal_set", "horizon_days": 30}
FIRST = score(points("ratio", 100, value="ratio"), foresees=FORESEES)


@pytest.fixture
def w(database: Database, moment: Any) -> World:
    """300 customers: whoever is below 0.3 has the outcome, and every tenth of the others."""
    world = World(database, model_of(CUSTOMER, FIRST), moment)
    for n in range(300):
        world.put("customer", ratio=Decimal(n % 100) / 100, goal_set=n % 100 < 30 or n % 10 == 0)
    world.run()
    world.clock.advance(days=30)
    return world


def test_figures_are_kept_and_better_edges_proposed(w: World) -> None:
    with w.work() as uow:
        id = calibrate(uow, "health")
        found = find_calibrations(uow, w.score_id)[0]
    # 30 of 100 and every tenth of the other 70.
    assert (found["id"], found["n"], found["base_rate"], found["as_of"], found["is_complete"]) == (id, 300, 0.37, "2026-03-02", True)
    risk = found["bands"][0]
    assert (risk["band"], risk["n"], risk["precision"], risk["recall"]) == ("risk", 150, 0.64, 0.8649)  # 32 of 50, of 37
    assert [edge["band"] for edge in found["proposal"]["bands"]] == ["risk", "fair", "healthy"]
    assert found["proposal"]["bands"][1]["from"] == 31  # 30 is a tenth and has it, too
    assert found["proposal"]["explained"]["after"] > found["proposal"]["explained"]["before"]
    with w.work() as uow:
        operations = accept(uow, system_context(), w.score_id, id)
        row = uow.connection.execute(select(calibrations.c.accepted_at)).scalar()
        with pytest.raises(NotFound):
            accept(uow, system_context(), w.score_id, "nothing")
    assert operations[0] == {"op": "set", "at": "/bands/fair/from", "value": 31.0}
    assert row is not None


def test_it_is_looked_at_every_quarter_and_never_without_an_outcome(w: World) -> None:
    own = [(s.cron, s.kind, s.payload) for s in score_schedules(w.model) if s.kind == CALIBRATE]
    assert own == [("0 3 1 1,4,7,10 *", CALIBRATE, {"score": w.score_id})]
    w.publish(model_of(CUSTOMER, score(points("ratio", 100, value="ratio")), before=w.model))
    assert [s.kind for s in score_schedules(w.model) if s.kind == CALIBRATE] == []
    with w.work() as uow, pytest.raises(Invalid):
        calibrate(uow, "health")
