"""Taking back a whole import, part by part, newest rows first."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

from tenon.engine.context import Cause, Context
from tenon.engine.imports import orders
from tenon.engine.jobs import find
from tenon.engine.records.linked import LINK
from tenon.engine.records.undoing import undo_batch
from tenon.engine.unit_of_work import UnitOfWork
from tenon.engine.waiting.keys import forget_import
from tenon.metamodel.errors import Conflict, Problem
from tenon.metamodel.labels import say

OpenWrite = Callable[[], AbstractContextManager[UnitOfWork]]


def check_undo(uow: UnitOfWork, row: dict[str, Any]) -> None:
    """Raise Conflict for an import that wrote nothing, that still runs, or that was taken back."""
    job = find(uow.connection, row["job"]) if row["job"] else None
    if row["undone_at"] is not None:
        raise Conflict(Problem("", "conflict", say("This import was taken back already.", "该导入已被撤销。"), say("Nothing is left to do.", "无需再操作。")))
    if job is None or row["dry_run"]:
        message = say("This import wrote nothing.", "该导入未写入任何内容。")
        raise Conflict(Problem("", "conflict", message, say("There is nothing to take back.", "没有可撤销的内容。")))
    if job["state"] in ("queued", "running"):
        message = say("This import still runs.", "该导入仍在执行。")
        raise Conflict(Problem("", "conflict", message, say("Wait for its end, or cancel it first.", "请等待其完成，或先取消。")))


def undo_import(open_write: OpenWrite, ctx: Context, import_id: str, user_id: str | None = None) -> dict[str, int]:
    """Take back what an import wrote and return how many were ``deleted`` and ``restored``; of somebody's own when ``user_id`` is given.

    Raises NotFound, Conflict (it wrote nothing, still runs, or was taken back), Forbidden.
    """
    with open_write() as uow:
        check_undo(uow, orders.get(uow.connection, import_id, user_id))
    counts = take_back(open_write, replace(ctx, cause=Cause("import", import_id, f"undo {import_id}")), import_id)
    with open_write() as uow:
        orders.change(uow.connection, import_id, undone_at=uow.real_now)
    return counts


def take_back(open_write: OpenWrite, ctx: Context, import_id: str) -> dict[str, int]:
    """Take back every part that was written, and what still waits, and return the counts; what was taken back before is left alone."""
    with open_write() as uow:
        forget_import(uow, import_id)
        order = orders.get(uow.connection, import_id)
        link = uow.model.find_entity(LINK) if order["systems"] else None
    if link is not None:
        _take_back(open_write, ctx, link.id, import_id)
    return _take_back(open_write, ctx, order["entity"], import_id)


def _take_back(open_write: OpenWrite, ctx: Context, entity_id: str, import_id: str) -> dict[str, int]:
    total = {"deleted": 0, "restored": 0}
    after: str | None = ""
    while after is not None:
        with open_write() as uow:
            counts, after = undo_batch(uow, ctx, uow.model.get_entity(entity_id), import_id, after=after)
        total = {name: total[name] + counts[name] for name in total}
    return total
