"""Jobs that write many records of a list: how far they are, what they did, and taking it back."""

from __future__ import annotations

from typing import Any

from tenon.engine.jobs import queue
from tenon.engine.jobs.table import show_problem
from tenon.engine.records.large import CHANGE, DELETE, UNDO
from tenon.metamodel.errors import not_found
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity
from tenon.ui.backend.base import View, id_of
from tenon.ui.list_shapes import Work

KINDS = (CHANGE, DELETE, UNDO)
RUNNING = ("queued", "running")
MOST = 5


def running(view: View, entity: Entity) -> tuple[Work, ...]:
    """Return what this person had begun on the records of an entity and still runs, newest first."""
    if view.ctx.user_id is None:
        return ()
    rows = queue.list_page(view.uow.connection, states=RUNNING, kinds=KINDS, created_by=view.ctx.user_id)
    return tuple(_shown(view, entity, row) for row in rows if row["payload"].get("entity") == entity.id)[:MOST]


def work(view: View, name: str, job: str) -> Work:
    """Return one of one's own jobs that write records of an entity. Raises NotFound."""
    entity = view.entity(name)
    return _shown(view, entity, _find(view, entity, job))


def stop(view: View, name: str, job: str) -> None:
    """Ask such a job to stop; what it wrote stays. Raises NotFound."""
    queue.cancel(view.uow.connection, _find(view, view.entity(name), job)["id"], real_now=view.uow.real_now)


def _find(view: View, entity: Entity, job: str) -> dict[str, Any]:
    row = queue.get(view.uow.connection, id_of(job))
    if row["created_by"] != view.ctx.user_id or row["kind"] not in KINDS or row["payload"].get("entity") != entity.id:
        raise not_found()
    return row


def _shown(view: View, entity: Entity, row: dict[str, Any]) -> Work:
    kind, state, batch = row["kind"], row["state"], row["payload"]["batch"]
    is_running = state in RUNNING
    written = 0 if is_running or state in ("failed", "dead") else _written(row)
    undo = f"/records/{entity.name}/undo/{batch}" if written and kind != UNDO else ""
    told = _told(kind, written, is_stopped=state == "cancelled") if not is_running and state in ("done", "cancelled") else None
    problems = tuple(str(show_problem(e, view.language)["message"]) for e in row["errors"] or ())
    total = row["total_count"] or row["payload"].get("total")
    name = _NAMES[kind].show(view.language)
    return Work(
        row["id"], entity.name, told.show(view.language) if told is not None else name, row["done_count"] or 0, total, is_running,
        undo, problems if state in ("failed", "dead") else (), kind != UNDO and not row["cancel_requested"], bool(row["cancel_requested"]),
    )  # fmt: skip


def _written(row: dict[str, Any]) -> int:
    counts = row["result"] or row["checkpoint"] or {}
    return sum(counts.get(name) or 0 for name in ("updated", "deleted", "restored", "written"))


_NAMES = {
    CHANGE: Text("Changing records", "正在修改记录"), DELETE: Text("Moving records to the trash", "正在移入回收站"), UNDO: Text("Taking it back", "正在撤销"),
}  # fmt: skip


def _told(kind: str, written: int, *, is_stopped: bool) -> Text:
    n = f"{written:,}"
    if kind == UNDO:
        return say("{n} {n:record|records} {n:is as it was|are as they were} before.", "{n} 条记录已恢复原样。", n=n)
    if is_stopped:
        return say("Stopped. {n} {n:record|records} {n:was|were} written before that.", "已停止。此前已写入 {n} 条记录。", n=n)
    if kind == DELETE:
        return say("{n} {n:record|records} {n:was|were} moved to the trash.", "{n} 条记录已移入回收站。", n=n)
    return say("{n} {n:record|records} {n:was|were} changed.", "{n} 条记录已修改。", n=n)
