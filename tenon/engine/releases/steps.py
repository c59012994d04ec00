"""Designing step by step: operations on a document of the draft, each kept so that it can be undone and done again.

The steps of a document stand on its revisions: a step is undone only while the document is as it left it. What somebody
else changed in between, or what came by another way, is therefore never taken back by accident: one's own step before it is
`stranded`, and is undone or done again by merging it with what is there (`meeting`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import BigInteger, Boolean, Column, Connection, Table, delete as delete_rows, func, insert, select, update

from tenon.engine.columns import CodeText, Json, Moment
from tenon.engine.context import Context
from tenon.engine.people import names_of
from tenon.engine.releases import draft
from tenon.engine.releases.tables import drafts
from tenon.engine.store import metadata
from tenon.metamodel.document import Document
from tenon.metamodel.errors import Conflict, Problem
from tenon.metamodel.labels import say
from tenon.metamodel.model import Model
from tenon.metamodel.operations import apply_operations
from tenon.metamodel.parse import reread

steps = Table(
    "tenon_draft_step",
    metadata,
    Column("document_id", CodeText, primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("by", CodeText),
    Column("at", Moment, nullable=False),
    Column("before", Json, nullable=False),
    Column("after", Json, nullable=False),
    Column("from_revision", CodeText, nullable=False),
    Column("to_revision", CodeText, nullable=False),
    Column("is_undone", Boolean, nullable=False),
)
Way = Literal["undo", "redo"]
KEPT = 200
"""How many steps of a document can be undone."""


@dataclass(frozen=True)
class Designed:
    """A document of the draft with what can be undone and done again by whoever asks; ``merges`` are the ways that lead to a merge."""

    document: dict[str, Any]
    revision: str
    can_undo: bool
    can_redo: bool
    merges: tuple[Way, ...] = ()


def look(connection: Connection, ctx: Context, model: Model, kind: str, name: str) -> Designed:
    """Return a document of the draft and what can be undone. Raises NotFound."""
    document, shape = draft.find(connection, model, kind, name)
    revision = draft.revision_of(document)
    last, following = (found(connection, ctx, document.id, revision) for found in (_last, _next))
    there: dict[Way, bool] = {"undo": last is not None, "redo": following is not None}
    merges = tuple(way for way, is_there in there.items() if not is_there and stranded(connection, ctx, document.id, way) is not None)
    return Designed(draft.arrange(document, shape), revision, there["undo"], there["redo"], merges)


def operate(
    connection: Connection, ctx: Context, model: Model, kind: str, name: str, operations: Sequence[Mapping[str, Any]], *, now: datetime,
    if_match: str | None = None,
) -> Designed:  # fmt: skip
    """Apply operations to a document of the draft as one step. Raises NotFound, Invalid, Conflict, Forbidden."""
    draft.require_builder(ctx, kind)
    before, shape = draft.find(connection, model, kind, name)
    changed = apply_operations(draft.arrange(before, shape), operations)
    return save(connection, ctx, model, kind, name, changed, now=now, if_match=if_match)


def save(
    connection: Connection, ctx: Context, model: Model, kind: str, name: str, raw: Any, *, now: datetime, if_match: str | None = None,
) -> Designed:  # fmt: skip
    """Save a whole document of the draft as one step. Raises NotFound, Invalid, Conflict, Forbidden."""
    before, _ = draft.find(connection, model, kind, name)
    was = draft.revision_of(before)
    _, revision = draft.put(connection, ctx, model, kind, name, raw, now=now, if_match=if_match or was)
    if revision != was:
        after, _ = draft.find(connection, model, kind, before.id)
        _keep(connection, ctx, before, after, now)
    return look(connection, ctx, model, kind, before.id)


def begin(connection: Connection, ctx: Context, model: Model, kind: str, name: str, raw: Any, *, now: datetime) -> Designed:
    """Make a document of the draft as a step of its own: to undo it is to take the document away. Raises Invalid, Forbidden."""
    draft.put(connection, ctx, model, kind, name, raw, now=now)
    made, _ = draft.find(connection, model, kind, name)
    _keep(connection, ctx, None, made, now)
    return look(connection, ctx, model, kind, made.id)


def undo(connection: Connection, ctx: Context, model: Model, kind: str, name: str, *, now: datetime) -> Designed:
    """Take the last step back; the document itself, without a revision, when that step made it.

    Raises Conflict when there is none, or the document has changed since by another way.
    """
    return _go(connection, ctx, model, kind, name, now, is_undone=True)


def redo(connection: Connection, ctx: Context, model: Model, kind: str, name: str, *, now: datetime) -> Designed:
    """Do the step again that was taken back last. Raises Conflict when there is none."""
    return _go(connection, ctx, model, kind, name, now, is_undone=False)


def find_revision(connection: Connection, model: Model, document_id: str, revision: str) -> Document | None:
    """Return a document as it was in a revision: published, or before or after a step; None when that is no longer known."""
    published = model.documents.get(document_id)
    if published is not None and draft.revision_of(published) == revision:
        return published
    for json, mark in ((steps.c.after, steps.c.to_revision), (steps.c.before, steps.c.from_revision)):
        found = connection.execute(select(json).where(steps.c.document_id == document_id, mark == revision).limit(1)).scalar()
        if found:
            return reread(found)
    return None


def stranded(connection: Connection, ctx: Context, document_id: str, way: Way) -> Mapping[str, Any] | None:
    """Return one's own last step, or with "redo" the first that one took back, over which others may have gone on; None without any."""
    is_undo = way == "undo"
    own = steps.c.document_id == document_id, steps.c.by == ctx.user_id, steps.c.is_undone.is_(not is_undo)
    row = connection.execute(select(steps).where(*own).order_by(steps.c.number.desc() if is_undo else steps.c.number).limit(1)).mappings().first()
    return dict(row) if row is not None and row["before"] else None


def end_steps(connection: Connection) -> None:
    """Forget the steps of documents that the draft no longer has."""
    connection.execute(delete_rows(steps).where(steps.c.document_id.not_in(select(drafts.c.document_id))))


def _go(connection: Connection, ctx: Context, model: Model, kind: str, name: str, now: datetime, *, is_undone: bool) -> Designed:
    draft.require_builder(ctx, kind)
    document, _ = draft.find(connection, model, kind, name)
    revision = draft.revision_of(document)
    step = (_last if is_undone else _next)(connection, ctx, document.id, revision)
    if step is None:
        raise nothing(connection, ctx, document.id, "undo" if is_undone else "redo")
    if is_undone and not step["before"]:
        gone = look(connection, ctx, model, kind, document.id)
        draft.delete(connection, ctx, model, kind, document.id, now=now, if_match=revision)
        return replace(gone, revision="", can_undo=False, can_redo=False)
    wanted = draft.show(connection, model, reread(step["before" if is_undone else "after"]))
    # By its id: the step may have been one that renames it.
    draft.put(connection, ctx, model, kind, document.id, wanted, now=now, if_match=revision)
    own = steps.c.document_id == step["document_id"], steps.c.number == step["number"]
    connection.execute(update(steps).where(*own).values(is_undone=is_undone))
    return look(connection, ctx, model, kind, document.id)


def _last(connection: Connection, ctx: Context, document_id: str, revision: str) -> Mapping[str, Any] | None:
    """Return the step that can be undone: the newest that holds, when it led to what is there now and is one's own."""
    statement = select(steps).where(steps.c.document_id == document_id, steps.c.is_undone.is_(False)).order_by(steps.c.number.desc()).limit(1)
    row = connection.execute(statement).mappings().first()
    return dict(row) if row is not None and row["to_revision"] == revision and row["by"] == ctx.user_id else None


def _next(connection: Connection, ctx: Context, document_id: str, revision: str) -> Mapping[str, Any] | None:
    """Return the step that can be done again: the oldest that was taken back, when it begins at what is there now."""
    row = stranded(connection, ctx, document_id, "redo")
    return row if row is not None and row["from_revision"] == revision else None


def _keep(connection: Connection, ctx: Context, before: Document | None, after: Document, now: datetime) -> None:
    """Keep a step, one without a document before for what it made; what the same person took back before it cannot be done again."""
    own = steps.c.document_id == after.id
    connection.execute(delete_rows(steps).where(own, steps.c.is_undone.is_(True), steps.c.by == ctx.user_id))
    number = (connection.execute(select(func.max(steps.c.number)).where(own)).scalar() or 0) + 1
    connection.execute(insert(steps).values(
        document_id=after.id, number=number, by=ctx.user_id, at=now, before=before.json if before else {}, after=after.json,
        from_revision=draft.revision_of(before) if before else "", to_revision=draft.revision_of(after), is_undone=False,
    ))  # fmt: skip
    connection.execute(delete_rows(steps).where(own, steps.c.number <= number - KEPT))


def nothing(connection: Connection, ctx: Context, document_id: str, way: Way) -> Conflict:
    """Return why nothing is undone or done again: somebody else went on, or there is nothing."""
    by = connection.execute(select(drafts.c.by).where(drafts.c.document_id == document_id)).scalar()
    is_stranded = stranded(connection, ctx, document_id, way) is not None
    if is_stranded or (by is not None and by != ctx.user_id):
        who = names_of(connection, [by]).get(by, "") if by is not None and by != ctx.user_id else ""
        message = say("The last change here is {who}'s.", "此处最近的改动是{who}做的。", who=who or say("somebody else", "他人"))
        hint = say("Merge your step with it: nothing is lost.", "可将您的步骤与其合并，不会丢失任何内容。")
        return Conflict(Problem("", "conflict", message, hint if is_stranded else say("Ask them, or change it by hand.", "请与其沟通，或手动修改。")))
    message = say("There is nothing to undo.", "没有可撤销的操作。") if way == "undo" else say("There is nothing to redo.", "没有可重做的操作。")
    return Conflict(Problem("", "conflict", message, say("Reload the page to see where it stands.", "请刷新页面查看当前状态。")))
