"""Two people who changed the same document of the draft: what each did, merged item by item, and saved when it is decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from tenon.engine.context import Context
from tenon.engine.people import names_of
from tenon.engine.releases import draft, steps
from tenon.engine.releases.tables import drafts
from tenon.metamodel.document import Document
from tenon.metamodel.labels import Text
from tenon.metamodel.merging import Merged, Side, merge_three
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
            return [line_of(s.place, s.base, s.yours, self.yours, self.base) for s in self.merged.kept]
        return [line_of(s.place, s.base, s.theirs, self.theirs, self.base) for s in self.merged.taken]

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
    theirs = draft.arrange(current, shape)
    known = steps.find_revision(connection, model, current.id, revision)
    base = draft.show(connection, model, known) if known is not None else theirs
    changed = read_document(apply_operations(base, operations))
    yours = identify(changed, Document(base, reread(base).body)).json
    merged = merge_three(base, yours, theirs, decisions or {})
    row = connection.execute(select(drafts.c.by, drafts.c.at).where(drafts.c.document_id == current.id)).first()
    author = names_of(connection, [row.by]).get(row.by, "") if row is not None and row.by else ""
    return Meeting(kind, current.name, current.label, base, yours, theirs, merged, draft.revision_of(current), author, row.at if row is not None else None)


def settle_meeting(connection: Connection, ctx: Context, model: Model, meeting: Meeting, *, now: datetime) -> steps.Designed:
    """Save a merge as one step that can be undone. Raises Conflict when somebody changed the document again, Invalid."""
    return steps.save(connection, ctx, model, meeting.kind, meeting.name, meeting.merged.json, now=now, if_match=meeting.revision)
