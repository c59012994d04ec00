"""Waiting: for a time, until a condition holds, or until an event comes; with a way out when that takes too long."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time

from tenon.engine.workflows.batch import Batch
from tenon.engine.workflows.conditions import holding, values
from tenon.engine.workflows.token import Token


def enter(batch: Batch) -> None:
    """Wait as the step says; what has come already is not waited for."""
    step = batch.step
    if step.when is not None or step.event is not None:
        rest = _without_holding(batch, batch.tokens)
        due = batch.after(step.or_after.for_, business_hours=step.business_hours) if step.or_after is not None else None
        batch.wait(rest, "condition" if step.when is not None else "event", due_at=due, event=step.event)
    elif step.until is not None:
        _until(batch)
    else:
        batch.wait(batch.tokens, "time", due_at=batch.after(step.for_, business_hours=step.business_hours))


def wake(batch: Batch, why: str) -> None:
    """Go on when what was waited for came, or out when it took too long."""
    is_over = why == "time"
    waits = batch.step.when is not None or batch.step.event is not None
    if why == "event" or (is_over and not waits):
        batch.leave(batch.tokens, "came" if waits else None)
    elif is_over:
        # What became true in the last moment counts.
        batch.leave(_without_holding(batch, batch.tokens), "over", part="/or_after/steps")
    elif batch.step.when is not None:
        _without_holding(batch, batch.tokens)


def _without_holding(batch: Batch, tokens: Sequence[Token]) -> list[Token]:
    """Let those go on for whose record the condition holds; return the others."""
    if batch.step.when is None:
        return list(tokens)
    holds = holding(batch.uow, batch.entity, batch.step.when, {t.record for t in tokens})
    batch.leave([t for t in tokens if t.record in holds], "came")
    return [t for t in tokens if t.record not in holds]


def _until(batch: Batch) -> None:
    """Wait until the moment that each record says; where that is past or empty, go on."""
    found = values(batch.uow, batch.entity, batch.step.until, {t.record for t in batch.tokens})
    by_moment: dict[datetime, list[Token]] = {}
    rest = []
    for each in batch.tokens:
        moment = _moment(batch, found.get(each.record))
        if moment is None or moment <= batch.uow.now:
            rest.append(each)
        else:
            by_moment.setdefault(moment, []).append(each)
    for moment, waiting in by_moment.items():
        batch.wait(waiting, "time", due_at=moment)
    batch.leave(rest)


def _moment(batch: Batch, value: object) -> datetime | None:
    """Return a moment; a day is its beginning in the zone of the workspace."""
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    return datetime.combine(value, time(), batch.uow.timezone).astimezone(UTC) if isinstance(value, date) else None
