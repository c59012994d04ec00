"""When people may be reached: not in quiet hours, on a journey only in the working time of its calendar, and not more often than the cap over all journeys says."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select

from tenon.engine.rules.limits import free_moment
from tenon.engine.sql.sets import id_set
from tenon.engine.workflows.batch import Batch
from tenon.engine.workflows.tables import passages
from tenon.engine.workflows.token import Token

REACHING = ("send_message", "notify")
"""The steps that reach somebody."""


def hold_back(batch: Batch) -> list[Token]:
    """Let tokens wait that may not reach anybody now; return the others."""
    body = batch.flow.body
    if batch.step.type not in REACHING:
        return batch.tokens
    due = free_moment(batch.uow, body.quiet_hours, body.calendar if body.type == "journey" else None)
    if due > batch.uow.now:
        batch.wait(batch.tokens, "hours", due_at=due)
        return []
    if body.cap is None:
        return batch.tokens
    free, full = [], _full(batch, body.cap.times, timedelta(days=body.cap.days))
    for each in batch.tokens:
        if each.record in full:
            batch.wait([each], "hours", due_at=full[each.record])
        else:
            free.append(each)
    return free


def _full(batch: Batch, times: int, span: timedelta) -> dict[str, datetime]:
    """Return the records that journeys reached so often within the span, with the time at which they may be again."""
    records, journeys = {t.record for t in batch.tokens}, [d.id for d in batch.uow.model.all("workflow") if d.body.type == "journey"]
    place = func.row_number().over(partition_by=passages.c.record, order_by=passages.c.left_at.desc()).label("place")
    reached = select(passages.c.record, passages.c.left_at, place).where(
        passages.c.record.in_(id_set(batch.uow.dialect, records)), passages.c.type.in_(REACHING), passages.c.workflow.in_(journeys),
        passages.c.left_at > batch.uow.now - span,
    ).subquery()  # fmt: skip
    found = batch.uow.connection.execute(select(reached.c.record, reached.c.left_at).where(reached.c.place == times))
    return {record: at + span for record, at in found}
