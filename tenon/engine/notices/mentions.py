"""People named in a comment with @, however it was written: a notice for each who may read the comment and its record."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import func, literal, select

from tenon.engine.context import Context, system_context
from tenon.engine.notices.telling import contexts_of, notice, notice_entity, readable, tell, titles
from tenon.engine.people import names_of, users
from tenon.engine.records.events import Written
from tenon.engine.sql.sets import id_set
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity, Field

NAME = "comment"
MOST = 20
"""So many people hear of one comment."""


def hear_mentions(uow: UnitOfWork, event: Any) -> None:
    """Tell the people whom a new comment names, and those whom a changed one names for the first time."""
    if not isinstance(event, Written) or event.entity.name != NAME or event.action not in ("create", "update"):
        return
    entity = event.entity
    text = entity.fields.get(entity.title or "")
    if text is None or notice_entity(uow) is None or (event.fields is not None and text.id not in event.fields):
        return
    named = _newly_named(uow, event, text)
    people = contexts_of(uow, {person for found in named.values() for person in found})
    writers = writers_of(uow, entity, named)
    rows = []
    for id, ctx in people.items():
        mine = [comment for comment, found in named.items() if id in found and writers.get(comment, ("", ""))[0] != id]
        rows += list(_notices(uow, ctx, entity, text, mine, writers))
    tell(uow, rows, "mention")


def named_in(text: str, names: Mapping[str, str]) -> list[str]:
    """Return the ids of those named as ``@Name``, the longest name first: @Ann Lee is not Ann, nor is @Annabel or me@ann.example."""
    rest, found = text.casefold(), []
    for id, name in sorted(names.items(), key=lambda each: (-len(each[1]), each[0])):
        goes_on = "(?![a-z0-9])" if name[-1:].isascii() else ""  # Chinese has no spaces between words
        rest, times = re.subn(f"(?<![a-z0-9])@{re.escape(name.casefold())}{goes_on}", "\n", rest)
        if times:
            found.append(id)
    return found[:MOST]


def _newly_named(uow: UnitOfWork, event: Written, text: Field) -> dict[str, list[str]]:
    """Return the people whom comments name, by comment; without those whom their text before named already."""
    table = uow.tables.of(event.entity)
    words, called = table.c[text.column], literal("@").concat(func.lower(users.c.name))
    inside = func.instr if uow.dialect == "sqlite" else func.strpos
    pairs = (
        select(table.c.id, words.label("text"), users.c.id.label("person"), users.c.name)
        .join(users, inside(func.lower(words), called) > 0)
        .where(table.c.id.in_(id_set(uow.dialect, event.ids)), table.c.deleted_at.is_(None), words.contains("@"), users.c.state == "active")
    )
    names: dict[str, dict[str, str]] = {}
    texts: dict[str, str] = {}
    for row in uow.connection.execute(pairs):
        names.setdefault(row.id, {})[row.person] = row.name
        texts[row.id] = row.text
    found = {}
    for id, known in names.items():
        before = set(named_in(str(event.before.get(id, {}).get(text.name) or ""), known))
        found[id] = [person for person in named_in(texts[id], known) if person not in before]
    return found


def writers_of(uow: UnitOfWork, entity: Entity, ids: Collection[str]) -> dict[str, tuple[str, str]]:
    """Return who wrote each comment last: id and name."""
    table = uow.tables.of(entity)
    rows = uow.connection.execute(select(table.c.id, table.c.updated_by).where(table.c.id.in_(id_set(uow.dialect, ids)))).all() if ids else []
    names = names_of(uow.connection, [row.updated_by for row in rows if row.updated_by])
    return {row.id: (row.updated_by, names.get(row.updated_by, "")) for row in rows if row.updated_by}


def _notices(
    uow: UnitOfWork, ctx: Context, entity: Entity, text: Field, ids: Collection[str], writers: Mapping[str, tuple[str, str]]
) -> Iterator[dict[str, Any]]:  # fmt: skip
    """Yield the notices of one person, about the records that this person may read."""
    links = _links(entity)
    comments = readable(uow, ctx, entity, ids, [text.name, *(f.name for f in links)])
    about: dict[str, dict[str, str]] = {}
    for comment in comments.values():
        far = _about_one(uow, comment, links)
        if far is not None:
            about.setdefault(far[0].name, {})[comment["id"]] = far[1]
    for name, records in about.items():
        far_entity = uow.model.entities[name]
        known = titles(uow, ctx, far_entity, set(records.values()))
        for comment_id, record in records.items():
            if record in known:
                title = _said(writers.get(comment_id, ("", ""))[1], known[record]).show(ctx.language)
                yield notice(str(ctx.user_id), title, (far_entity, record), comments[comment_id].get(text.name))


def about_of(uow: UnitOfWork, entity: Entity, ids: Collection[str]) -> dict[str, tuple[Entity, str]]:
    """Return the record that each comment is about, whoever may read it."""
    found = readable(uow, system_context(), entity, ids, [f.name for f in _links(entity)])
    told = ((id, _about_one(uow, record, _links(entity))) for id, record in found.items())
    return {id: about for id, about in told if about is not None}


def _links(entity: Entity) -> list[Field]:
    return [f for f in entity.fields.values() if f.origin in ("own", "extension") and f.targets and not f.is_to_many]


def _about_one(uow: UnitOfWork, comment: Mapping[str, Any], links: Collection[Field]) -> tuple[Entity, str] | None:
    """Return the record that a comment is about."""
    for link in links:
        value = comment.get(link.name)
        if isinstance(value, Mapping):
            entity = uow.model.find_entity(str(value.get("entity") or link.targets[0]))
            if entity is not None:
                return entity, str(value["id"])
    return None


def _said(who: str, title: str) -> Text:
    if not who:
        return say("You were mentioned: {title}", "有人在“{title}”中提到了您", title=title)
    return say("{who} mentioned you: {title}", "{who} 在“{title}”中提到了您", who=who, title=title)
