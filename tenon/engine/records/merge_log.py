"""The log of merges: a record of ``merge_log`` for each record that was absorbed, where the release has that entity."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tenon.engine.context import Context, system_context
from tenon.engine.records.merge_parts import LOG, Joining
from tenon.engine.records.merges import Merge
from tenon.engine.records.writing import write_many
from tenon.engine.unit_of_work import UnitOfWork

LONGEST = 300


def keep_log(
    uow: UnitOfWork, ctx: Context, joining: Joining, before: Mapping[str, Mapping[str, Any]], choices: Mapping[str, Any], followed: Mapping[str, int],
) -> list[str | None]:
    """Write a record for each absorbed one, while it is still there, and return their ids in the same order."""
    log = uow.model.entities.get(LOG)
    if log is None:
        return [None] * len(joining.absorbed)
    undo = {"entity": joining.entity.name, "batch": joining.batch, "followed": dict(followed)}
    title = joining.entity.title or "id"
    rows = [
        {
            "survivor": {"entity": joining.entity.name, "id": joining.survivor}, "absorbed": {"entity": joining.entity.name, "id": id},
            "survivor_name": _named(before[joining.survivor].get(title)), "absorbed_name": _named(before[id].get(title)),
            "choices": dict(choices), "undo": undo, "by": ctx.user_id, "at": uow.now.isoformat(),
        }
        for id in joining.absorbed
    ]
    known = [{k: v for k, v in row.items() if k in log.fields and v is not None} for row in rows]
    return [str(row.id) for row in write_many(uow, _writer(ctx), log, known, path="/merge_log")]


def note_undone(uow: UnitOfWork, ctx: Context, merge: Merge) -> None:
    """Keep in the log that a merge was taken back, and by whom."""
    log = uow.model.entities.get(LOG)
    if log is not None and merge.logs:
        values = {k: v for k, v in {"undone_at": uow.now.isoformat(), "undone_by": ctx.user_id}.items() if k in log.fields and v is not None}
        write_many(uow, _writer(ctx), log, [{"id": id, **values} for id in merge.logs], mode="update", on_error="skip")


def _writer(ctx: Context) -> Context:
    return system_context(ctx.cause.kind, ctx.cause.label).with_cause(ctx.cause)


def _named(value: Any) -> str | None:
    return None if value is None else str(value)[:LONGEST]
