"""Hearing that records changed their band of a score."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from tenon.engine.history import as_plain
from tenon.engine.rules.book import Rule
from tenon.engine.rules.heard import Heard, Past
from tenon.engine.rules.traces import MOST
from tenon.engine.scores.events import BandsMoved
from tenon.engine.scores.tables import transitions
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
    moves = {m.record: m for m in event.moves if _fits(trigger, m.before, m.after, order)}
    facts = {r: {"score": score.name, "from": m.before, "to": m.after, "value": as_plain(m.value), "was_value": as_plain(m.was_value), "transition": m.transition} for r, m in moves.items()}
    return Heard(list(moves), facts=facts)


def _fits(trigger: BandChanged, before: str | None, after: str | None, order: dict[str, int]) -> bool:
    if before is None or after is None:
        return False
    is_up = order.get(after, 0) > order.get(before, 0)
    return (
        (not trigger.from_ or before in trigger.from_)
        and (not trigger.to or after in trigger.to)
        and (trigger.direction is None or is_up == (trigger.direction == "up"))
    )


def past(uow: UnitOfWork, rule: Rule, since: datetime, until: datetime) -> list[Past]:
    """Return the changes of band between two moments that fit."""
    trigger: Any = rule.body.trigger
    score = uow.model.get("score", trigger.score)
    order = {band.name: index for index, band in enumerate(score.body.bands)}
    c = transitions.c
    wanted = select(c.record, c["from"].label("was"), c.to, c.at, c.value, c.was_value).where(c.score == score.id, c.at >= since, c.at < until)
    found = []
    for row in uow.connection.execute(wanted.order_by(c.id.desc()).limit(MOST)):
        if _fits(trigger, row.was, row.to, order):
            found.append(Past(row.record, row.at, {"from": row.was, "to": row.to, "was_value": str(row.was_value), "value": str(row.value)}))
    return found
