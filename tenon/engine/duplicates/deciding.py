"""Deciding that two records are not the same, and taking that back."""

from __future__ import annotations

from sqlalchemy import update

from tenon.engine.access.rights import rights_of
from tenon.engine.context import Context
from tenon.engine.duplicates.seeing import SeenPair, seen_pair
from tenon.engine.duplicates.tables import duplicates
from tenon.engine.records.save import allowed_ids
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Conflict, Forbidden, Problem
from tenon.metamodel.labels import say


def dismiss(uow: UnitOfWork, ctx: Context, id: str) -> SeenPair:
    """Say that the records of an open pair are not the same; it does not come back by itself. Raises NotFound, Forbidden, Conflict."""
    found = _decidable(uow, ctx, id)
    if found.pair.state == "merged":
        message = say("These records were merged.", "这两条记录已合并。")
        raise Conflict(Problem("", "conflict", message, say("Undo the merge first.", "请先撤销合并。")))
    if found.pair.state == "open":
        decided = {"state": "dismissed", "decided_at": uow.now, "decided_by": ctx.user_id}
        uow.connection.execute(update(duplicates).where(duplicates.c.id == id, duplicates.c.state == "open").values(decided))
    return seen_pair(uow, ctx, id)


def take_back(uow: UnitOfWork, ctx: Context, id: str) -> SeenPair:
    """Put a pair that was dismissed back into the queue. Raises NotFound, Forbidden."""
    found = _decidable(uow, ctx, id)
    if found.pair.state == "dismissed":
        undone = {"state": "open", "decided_at": None, "decided_by": None}
        uow.connection.execute(update(duplicates).where(duplicates.c.id == id).values(undone))
    return seen_pair(uow, ctx, id)


def _decidable(uow: UnitOfWork, ctx: Context, id: str) -> SeenPair:
    """Return a pair about which somebody may decide: who may change one of its records. Raises NotFound, Forbidden."""
    found, rights = seen_pair(uow, ctx, id), rights_of(uow.model, ctx)
    rights.require(found.pair.entity, "update")
    allowed = allowed_ids(uow, rights, found.pair.entity, [found.pair.first, found.pair.second], "update", [])
    if allowed is not None and not allowed:
        message = say("You may change neither of these records.", "这两条记录您都无权修改。")
        raise Forbidden(Problem("", "forbidden", message, say("Ask their owner, or somebody who may.", "请联系其负责人或有权限的人员。")))
    return found
