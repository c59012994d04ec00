"""Comments on the documents of the draft: what people say to each other before it is published; they end with the draft."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete as delete_rows, insert, select

from tenon.engine.context import Context
from tenon.engine.people import names_of
from tenon.engine.releases.draft import Edit, load_edits, require_builder
from tenon.engine.releases.tables import comments, drafts
from tenon.metamodel.errors import Forbidden, Invalid, Problem, not_found
from tenon.metamodel.labels import say

LONGEST = 2_000


@dataclass(frozen=True)
class Comment:
    """What somebody said about a document of the draft; ``by`` is their id, ``author`` their name."""

    id: str
    document: Edit
    by: str | None
    author: str
    at: datetime
    text: str

    def to_json(self) -> dict[str, Any]:
        """Return the comment as the API shows it."""
        author = {"id": self.by, "title": self.author} if self.by else None
        about = {"kind": self.document.kind, "name": self.document.name, "document": self.document.document_id}
        return {"id": self.id, **about, "author": author, "at": self.at.isoformat().replace("+00:00", "Z"), "text": self.text}


def add_comment(connection: Connection, ctx: Context, document_id: str, text: str, *, id: str, now: datetime) -> None:
    """Say something about a document of the draft. Raises Forbidden, NotFound, Invalid for nothing or too much."""
    require_builder(ctx, "app")
    if document_id not in load_edits(connection):
        raise not_found()
    said = text.strip()
    if not said or len(said) > LONGEST:
        message = say("A comment has 1 to {n} characters.", "评论须为 1 到 {n} 个字符。", n=LONGEST)
        raise Invalid(Problem("/text", "required" if not said else "too_long", message, say("Write something shorter.", "请写得短一些。") if said else None))
    connection.execute(insert(comments).values(id=id, document_id=document_id, by=ctx.user_id, at=now, text=said))


def find_edit(connection: Connection, kind: str, name: str) -> Edit:
    """Return what the draft says about a document by its name or id, removed ones too. Raises NotFound."""
    found = next((e for e in load_edits(connection).values() if e.kind == kind and name in (e.name, e.document_id)), None)
    if found is None:
        raise not_found()
    return found


def list_comments(connection: Connection, kind: str | None = None, name: str | None = None) -> list[Comment]:
    """Return what was said about the documents of the draft, or about one by its name or id, the oldest first."""
    edits = load_edits(connection)
    rows = connection.execute(select(comments).order_by(comments.c.at, comments.c.id)).all()
    people = names_of(connection, [row.by for row in rows if row.by])
    found = [Comment(r.id, edits[r.document_id], r.by, people.get(r.by, "") if r.by else "", r.at, r.text) for r in rows if r.document_id in edits]
    return [c for c in found if kind in (None, c.document.kind) and name in (None, c.document.name, c.document.document_id)]


def delete_comment(connection: Connection, ctx: Context, id: str) -> None:
    """Take back what one said oneself. Raises NotFound, Forbidden for what somebody else said."""
    require_builder(ctx, "app")
    row = connection.execute(select(comments.c.by).where(comments.c.id == id)).first()
    if row is None:
        raise not_found()
    if not ctx.is_system and row.by != ctx.user_id:
        message = say("Somebody else said this.", "这是他人的评论。")
        raise Forbidden(Problem("", "forbidden", message, say("Ask them to take it back.", "请由其本人删除。")))
    connection.execute(delete_rows(comments).where(comments.c.id == id))


def end_comments(connection: Connection) -> None:
    """Forget what was said about documents that the draft no longer has."""
    connection.execute(delete_rows(comments).where(comments.c.document_id.not_in(select(drafts.c.document_id))))
