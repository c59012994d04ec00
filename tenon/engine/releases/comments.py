"""Comments on the documents of the draft: what people say to each other before it is published; they end with the draft."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete as delete_rows, insert, select

from tenon.engine.context import Context
from tenon.engine.people import names_of
from tenon.engine.releases.draft import load_edits, require_builder
from tenon.engine.releases.tables import comments, drafts
from tenon.metamodel.errors import Invalid, Problem, not_found
from tenon.metamodel.labels import say

LONGEST = 2_000


@dataclass(frozen=True)
class Comment:
    """What somebody said about a document of the draft."""

    author: str
    at: datetime
    text: str


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


def list_comments(connection: Connection) -> dict[str, list[Comment]]:
    """Return what was said about the documents of the draft, by document id, the oldest first."""
    rows = connection.execute(select(comments).order_by(comments.c.at, comments.c.id)).all()
    people = names_of(connection, [row.by for row in rows if row.by])
    found: dict[str, list[Comment]] = {}
    for row in rows:
        found.setdefault(row.document_id, []).append(Comment(people.get(row.by, "") if row.by else "", row.at, row.text))
    return found


def end_comments(connection: Connection) -> None:
    """Forget what was said about documents that the draft no longer has."""
    connection.execute(delete_rows(comments).where(comments.c.document_id.not_in(select(drafts.c.document_id))))
