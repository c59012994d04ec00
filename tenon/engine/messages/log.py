"""The log of messages: one record of ``message_log`` for each message to somebody, kept up to date by what becomes of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tenon.engine.context import Context, system_context
from tenon.engine.outbox.table import Delivery
from tenon.engine.records.writing import write_many
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Problem
from tenon.metamodel.model import Entity

NAME = "message_log"
REFUSED = "not_wanted"
"""The code of the problem of what waited until whoever should get it did not want it any more."""
LONGEST = {"recipient": 200, "subject": 300, "body": 50_000, "cause": 100, "error": 500}


def log_entity(uow: UnitOfWork) -> Entity | None:
    """Return the entity of the log, None where the release has none: messages go out all the same."""
    return uow.model.entities.get(NAME)


def keep(uow: UnitOfWork, ctx: Context, rows: Sequence[dict[str, Any]]) -> list[str | None]:
    """Write a record of the log for each message and return their ids in the same order; what the log cannot hold is left out."""
    entity = log_entity(uow)
    if entity is None or not rows:
        return [None] * len(rows)
    kept = [{k: _cut(k, v) for k, v in row.items() if v is not None and (k in entity.fields or k == "owner")} for row in rows]
    made = write_many(uow, system_context(ctx.cause.kind, ctx.cause.label).with_cause(ctx.cause), entity, kept, path="/messages")
    return [str(row.id) for row in made]


def note_outcome(uow: UnitOfWork, row: Delivery, state: str, problem: Problem | None) -> None:
    """Keep in the log what became of a delivery: sent, failed for good, or why it waits."""
    entity, id = log_entity(uow), row.payload.get("log")
    if entity is None or not id:
        return
    is_refused = problem is not None and problem.code == REFUSED
    values: dict[str, Any] = {"id": id, "state": {"sent": "sent", "dead": "suppressed" if is_refused else "failed"}.get(state, "waiting")}
    values["error"] = _cut("error", problem.message.show("en")) if problem is not None else None
    if state == "sent":
        values["sent_at"] = uow.now.isoformat()
    known = {k: v for k, v in values.items() if k == "id" or k in entity.fields}
    write_many(uow, system_context(), entity, [known], mode="update", on_error="skip")


def _cut(name: str, value: Any) -> Any:
    return value[: LONGEST[name]] if name in LONGEST and isinstance(value, str) else value
