"""Deciding that two records are not the same, and taking that back."""

from __future__ import annotations

from sqlalchemy import update

from tenon.engine.access.rights import rights_of
from tenon.engine.context import Context
from tenon.engine.duplicates.seeing import SeenPair, seen_pair
from tenon.engine.duplicates.tables import duplicates
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Conflict, Problem
from tenon.metamodel.labels import say


def dismiss(uow: UnitOfWork, ctx: Context, id: str) -> SeenPair:
    """Say that the records of an open pair are not the same; it does not come back by itself. Raises NotFound, Forbidden, Conflict."""
    found = seen_pair(uow, ctx, id)
    rights_of(uow.model, ctx).require(found.pair.entity, "update")
    if found.pair.state == "merged":
        message = say("These records were merged.", "这两条记录已合并。")
        raise Conflict(Problem("", "conflict", message, say("Undo the merge first.", "请先撤销合并。")))
    if found.pair.state == "open":
        decided = {"state": "dismissed", "decided_at": uow.now, "decided_by": ctx.user_id}
        uow.connection.execute(update(duplicates).where(duplicates.c.id == id, duplicates.c.state == "open").values(decided))
    return seen_pair(uow, ctx, id)


def take_back(uow: UnitOfWork, ctx: Context, id: str) -> SeenPair:
    """Put a pair that was dismissed back into the queue. Raises NotFound, Forbidden."""
    found = seen_pair(uow, ctx, id)
    rights_of(uow.model, ctx).require(found.pair.entity, "update")
    if found.pair.state == "dismissed":
        undone = {"state": "open", "decided_at": None, "decided_by": None}
        uow.connection.execute(update(duplicates).where(duplicates.c.id == id).values(undone))
    return seen_pair(uow, ctx, id)
