"""Two people who changed the same document of the draft: what each did, merged item by item, and saved when it is decided."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from tenon.engine.context import Context
from tenon.engine.people import names_of
from tenon.engine.releases import draft, steps
from tenon.engine.releases.tables import drafts
from tenon.metamodel.document import Document
from tenon.metamodel.errors import Conflict, TenonError
from tenon.metamodel.labels import Text
from tenon.metamodel.merging import Merged, Side, finer, merge_three
from tenon.metamodel.model import Model
from tenon.metamodel.operations import apply_operations
from tenon.metamodel.parse import identify, read_document, reread
from tenon.metamodel.wording import Line, line_of, say_place

Json = dict[str, Any]


@dataclass(frozen=True)
class Meeting:
    """What somebody was about to save over somebody else's change: both sides over what both began with, as people read them."""

    kind: str
    name: str
    label: Text
    base: Json
    yours: Json
    theirs: Json
    merged: Merged
    revision: str
    author: str
    at: datetime | None

    def lines(self, side: Side) -> list[Line]:
        """Return in words what only one side did."""
        if side == "yours":
            return [line_of(s.place, s.base, s.yours, self.yours, self.base) for step in self.merged.kept for s in finer(step)]
        return [line_of(s.place, s.base, s.theirs, self.theirs, self.base) for step in self.merged.taken for s in finer(step)]

    def to_json(self) -> Json:
        """Return both sides as a refusal tells them: each place that differs, and the merge that keeps yours where both changed it."""
        listed = [(False, s) for step in (*self.merged.kept, *self.merged.taken) for s in finer(step)] + [(True, s) for s in self.merged.conflicts]
        places = [{"pointer": s.place, "base": s.base, "yours": s.yours, "theirs": s.theirs, "conflict": is_conflict} for is_conflict, s in listed]
        return {"revision": self.revision, "places": places, "merged": self.merged.json}

    def where(self, place: str) -> Text:
        """Return a place in words."""
        return say_place(place, self.yours, self.theirs, self.base)


def meet(
    connection: Connection, ctx: Context, model: Model, kind: str, name: str, operations: Sequence[Mapping[str, Any]], *, revision: str,
    decisions: Mapping[str, Side] | None = None,
) -> Meeting:  # fmt: skip
    """Return operations on an earlier revision of a document merged with what is there by now. Raises NotFound, Invalid, Forbidden.

    Where the earlier revision is no longer known, the operations are applied to what is there.
    """
    draft.require_builder(ctx, kind)
    current, shape = draft.find(connection, model, kind, name)
    known = steps.find_revision(connection, model, current.id, revision)
    base = draft.show(connection, model, known) if known is not None else draft.arrange(current, shape)
    changed = read_document(apply_operations(base, operations))
    yours = identify(changed, Document(base, reread(base).body)).json
    return _meeting(connection, current, shape, base, yours, decisions or {})


def meet_step(
    connection: Connection, ctx: Context, model: Model, kind: str, name: str, way: steps.Way, *, decisions: Mapping[str, Side] | None = None
) -> Meeting:
    """Return undoing one's last step, or doing again what one took back, merged with what others did since. Raises NotFound, Conflict, Forbidden."""
    draft.require_builder(ctx, kind)
    current, shape = draft.find(connection, model, kind, name)
    step = steps.stranded(connection, ctx, current.id, way)
    if step is None:
        raise steps.nothing(connection, ctx, current.id, way)
    before, after = (draft.show(connection, model, reread(step[side])) for side in ("before", "after"))
    base, yours = (after, before) if way == "undo" else (before, after)
    return _meeting(connection, current, shape, base, yours, decisions or {})


def meet_document(connection: Connection, ctx: Context, model: Model, kind: str, name: str, raw: Any, *, revision: str) -> Meeting:
    """Return a whole document, written over an earlier revision, merged with what is there by now. Raises NotFound, Invalid, Forbidden."""
    draft.require_builder(ctx, kind)
    current, shape = draft.find(connection, model, kind, name)
    known = steps.find_revision(connection, model, current.id, revision)
    base = draft.show(connection, model, known) if known is not None else {}
    there = Document(base or draft.arrange(current, shape), current.body if known is None else known.body)
    return _meeting(connection, current, shape, base, identify(read_document(raw), there).json, {})


def _meeting(connection: Connection, current: Document, shape: Model, base: Json, yours: Json, decisions: Mapping[str, Side]) -> Meeting:
    theirs = draft.arrange(current, shape)
    row = connection.execute(select(drafts.c.by, drafts.c.at).where(drafts.c.document_id == current.id)).first()
    author = names_of(connection, [row.by]).get(row.by, "") if row is not None and row.by else ""
    merged = merge_three(base, yours, theirs, decisions)
    at = row.at if row is not None else None
    return Meeting(current.kind, current.name, current.label, base, yours, theirs, merged, draft.revision_of(current), author, at)


@contextmanager
def telling_sides(meeting: Callable[[], Meeting]) -> Iterator[None]:
    """Put both sides, place by place, into a refusal because somebody else changed the document. Raises Conflict."""
    try:
        yield
    except Conflict as error:
        with suppress(TenonError):
            error.extra.update(meeting().to_json())
        raise


def settle_meeting(connection: Connection, ctx: Context, model: Model, meeting: Meeting, *, now: datetime) -> steps.Designed:
    """Save a merge as one step that can be undone. Raises Conflict when somebody changed the document again, Invalid."""
    return steps.save(connection, ctx, model, meeting.kind, meeting.name, meeting.merged.json, now=now, if_match=meeting.revision)
