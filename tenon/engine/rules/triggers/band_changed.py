"""Hearing that records changed their band of a score."""

from __future__ import annotations

from typing import Any

from tenon.engine.history import as_plain
from tenon.engine.rules.book import Rule
from tenon.engine.rules.heard import Heard
from tenon.engine.scores.events import BandMoved, BandsMoved
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.triggers.band_changed import BandChanged


def hear(uow: UnitOfWork, rule: Rule, event: Any) -> Heard | None:
    """Return the records whose band changed as the trigger says; "insufficient data" is no band to come from or go to."""
    trigger = rule.body.trigger
    assert isinstance(trigger, BandChanged)
    score = uow.model.find("score", trigger.score)
    if not isinstance(event, BandsMoved) or score is None or event.score_id != score.id:
        return None
    order = {band.name: index for index, band in enumerate(score.body.bands)}
    moves = {m.record: m for m in event.moves if _fits(trigger, m, order)}
    facts = {r: {"from": m.before, "to": m.after, "value": as_plain(m.value), "was_value": as_plain(m.was_value), "transition": m.transition} for r, m in moves.items()}
    return Heard(list(moves), facts=facts)


def _fits(trigger: BandChanged, move: BandMoved, order: dict[str, int]) -> bool:
    if move.before is None or move.after is None:
        return False
    is_up = order.get(move.after, 0) > order.get(move.before, 0)
    return (
        (not trigger.from_ or move.before in trigger.from_)
        and (not trigger.to or move.after in trigger.to)
        and (trigger.direction is None or is_up == (trigger.direction == "up"))
    )
