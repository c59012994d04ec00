"""Records that people follow: who follows what, and what they hear of changes, comments and changes of band."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ForeignKey, Index, Table, delete, insert, select

from tenon.engine.access.rights import rights_of
from tenon.engine.columns import CodeText, Moment, show_moment
from tenon.engine.context import Context
from tenon.engine.notices.mentions import NAME as COMMENT, about_of, named_in, writers_of
from tenon.engine.notices.telling import LONGEST_TEXT, contexts_of, notice, notice_entity, readable, tell, titles, unread_notices
from tenon.engine.records.events import Removed, Written
from tenon.engine.records.histories import require_visible
from tenon.engine.scores.events import BandsMoved
from tenon.engine.sql.sets import id_set
from tenon.engine.store import metadata
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity

watches = Table(
    "tenon_watch", metadata, Column("person", CodeText, ForeignKey("tenon_user.id"), primary_key=True),
    Column("record", CodeText, primary_key=True), Column("entity", CodeText, nullable=False), Column("at", Moment, nullable=False),
    Index("ix_tenon_watch_record", "record"),
)  # fmt: skip
KNOWN_FOR = 1.0
"""So many seconds a process remembers which records are followed: a write of any other asks nothing."""
MOST_KNOWN = 20_000
MOST = 50
"""So many records one write tells one person of."""
_LISTED = re.compile(r"、|, ")
Wording = Callable[[Context, str], tuple[Text, str | None] | None]
"""What somebody hears of a record with a title: the words and a longer text; None when what happened is not for them."""


def follow(uow: UnitOfWork, ctx: Context, entity: Entity, id: str) -> None:
    """Note that who acts follows a record. Raises NotFound for one out of their sight."""
    require_visible(uow, ctx, entity, id)
    if ctx.user_id is not None and not is_followed(uow, ctx, id):
        uow.connection.execute(insert(watches).values(person=ctx.user_id, record=id, entity=entity.id, at=uow.now))
        uow.after_commit.append(lambda: uow.model.cache.pop("watched", None))


def unfollow(uow: UnitOfWork, ctx: Context, id: str) -> None:
    """Note that who acts no longer follows a record."""
    uow.connection.execute(delete(watches).where(watches.c.person == ctx.user_id, watches.c.record == id))


def is_followed(uow: UnitOfWork, ctx: Context, id: str) -> bool:
    """Return whether who asks follows a record."""
    found = select(watches.c.record).where(watches.c.person == ctx.user_id, watches.c.record == id)
    return uow.connection.execute(found).first() is not None


def follows(uow: UnitOfWork, ctx: Context, entity: Entity, id: str) -> bool:
    """Return whether who asks follows a record that they may read. Raises NotFound for one out of their sight."""
    require_visible(uow, ctx, entity, id)
    return is_followed(uow, ctx, id)


def followed(uow: UnitOfWork, ctx: Context, *, before: str | None, limit: int) -> list[dict[str, Any]]:
    """Return what somebody follows, newest records first: ``id``, ``entity`` by id, and since when; ``before`` is the last id of the page before."""
    wanted = select(watches.c.record.label("id"), watches.c.entity, watches.c.at).where(watches.c.person == ctx.user_id)
    if before is not None:
        wanted = wanted.where(watches.c.record < before)
    return [dict(row) for row in uow.connection.execute(wanted.order_by(watches.c.record.desc()).limit(limit)).mappings()]


def show_followed(uow: UnitOfWork, ctx: Context, rows: Collection[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return those followed records that their follower may read now, with their titles."""
    known: dict[str, dict[str, Any]] = {}
    for key in {row["entity"] for row in rows}:
        entity = uow.model.find_entity(key)
        if entity is not None:
            found = titles(uow, ctx, entity, [row["id"] for row in rows if row["entity"] == key])
            known |= {id: {"entity": entity.name, "id": id, "title": title} for id, title in found.items()}
    return [{**known[row["id"]], "since": show_moment(row["at"])} for row in rows if row["id"] in known]


def hear_watched(uow: UnitOfWork, event: Any) -> None:
    """Tell followers of changes, comments and changes of band; forget records that are gone for good."""
    if not isinstance(event, Written | BandsMoved | Removed) or notice_entity(uow) is None:
        return
    if isinstance(event, Removed):
        uow.connection.execute(delete(watches).where(watches.c.record.in_(id_set(uow.dialect, event.ids))))
    elif isinstance(event, BandsMoved):
        _tell_of_bands(uow, event)
    elif event.action == "update" and event.fields:
        followed = _known(uow, event.ids)
        _tell(uow, event.entity, dict.fromkeys(followed), writers_of(uow, event.entity, followed), _of_change(uow, event))
    elif event.action == "create" and event.entity.name == COMMENT:
        _tell_of_comments(uow, event)


def _known(uow: UnitOfWork, ids: Collection[str]) -> list[str]:
    """Return those records that somebody may follow: what is surely followed by nobody costs nothing."""
    known = _maybe_followed(uow)
    return [id for id in ids if known is None or id in known]


def _maybe_followed(uow: UnitOfWork) -> frozenset[str] | None:
    """Return the records that are followed, None when they are too many to keep in mind."""
    kept = uow.model.cache.get("watched")
    if kept is None or kept[0] < time.monotonic() - KNOWN_FOR:
        found = uow.connection.execute(select(watches.c.record).distinct().limit(MOST_KNOWN + 1)).scalars().all()
        kept = uow.model.cache["watched"] = (time.monotonic(), frozenset(found) if len(found) <= MOST_KNOWN else None)
    known: frozenset[str] | None = kept[1]
    return known


def _tell(
    uow: UnitOfWork, entity: Entity, records: Mapping[str, str | None], writers: Mapping[str, tuple[str, str]], words: Callable[[str | None, str], Wording]
) -> None:  # fmt: skip
    """Tell the followers of records; ``records`` leads to the comment about each, if that is what happened."""
    followed = _known(uow, records)
    if not followed:
        return
    rows = uow.connection.execute(select(watches.c.person, watches.c.record).where(watches.c.record.in_(id_set(uow.dialect, followed)))).all()
    mine: dict[str, list[str]] = {}
    for person, record in rows:
        if writers.get(records[record] or record, ("", ""))[0] != person:
            mine.setdefault(person, []).append(record)
    notices, unread = [], unread_notices(uow, mine)
    for person, ctx in contexts_of(uow, mine).items():
        known = titles(uow, ctx, entity, mine[person][:MOST])
        for record, title in known.items():
            source = records[record]
            said = words(source, writers.get(source or record, ("", ""))[1])(ctx, title)
            if said is not None:
                made = notice(person, said[0].show(ctx.language), (entity, record), said[1])
                before = unread.get((person, record, made["title"])) if source is None and said[1] else None
                notices.append(made if before is None else _more(made, *before, uow.now, ctx))
    tell(uow, notices, "watch")


def _more(made: dict[str, Any], id: str, text: str, at: datetime, ctx: Context) -> dict[str, Any]:
    """Return the notice that is unread yet with what has changed since then: going on changing a record tells of it once."""
    listed = dict.fromkeys([*_LISTED.split(text), *_LISTED.split(made["text"])])
    return {"id": id, "text": ("、" if ctx.language == "zh" else ", ").join(listed)[:LONGEST_TEXT], "at": at.isoformat()}


def _of_change(uow: UnitOfWork, event: Written) -> Callable[[str | None, str], Wording]:
    """Return the words for changed fields, those that the follower may see."""

    def words(_source: str | None, who: str) -> Wording:
        def said(ctx: Context, title: str) -> tuple[Text, str | None] | None:
            rights = rights_of(uow.model, ctx)
            changed = [f for f in event.entity.fields.values() if event.fields and f.id in event.fields and rights.state(event.entity, f) != "hidden"]
            if not changed:
                return None
            labels = ("、" if ctx.language == "zh" else ", ").join(f.label.show(ctx.language) for f in changed)
            if not who:
                return say("{title} was changed", "“{title}”有变更", title=title), labels
            return say("{who} changed {title}", "{who} 修改了“{title}”", who=who, title=title), labels

        return said

    return words


def _tell_of_bands(uow: UnitOfWork, event: BandsMoved) -> None:
    """Tell the followers of records what became of each, those with the same band at once."""
    if _maybe_followed(uow) == frozenset():
        return
    now = {move.record: move.after for move in event.moves}
    followed = _known(uow, now)
    for after in dict.fromkeys(now[record] for record in followed):
        _tell(uow, event.entity, {record: None for record in followed if now[record] == after}, {}, _of_band(uow, event, after))


def _of_band(uow: UnitOfWork, event: BandsMoved, after: str | None) -> Callable[[str | None, str], Wording]:
    """Return the words for a change to a band."""
    document = uow.model.documents[event.score_id]
    band = next((b.title() for b in document.body.bands if b.name == after), say("insufficient data", "数据不足"))
    field = next((f for f in event.entity.fields.values() if f.score == event.score_id and f.part == "band"), None)

    def said(ctx: Context, title: str) -> tuple[Text, str | None] | None:
        if field is None or not rights_of(uow.model, ctx).may_read(event.entity, field):
            return None
        return say("{title}: {score} is now {band}", "“{title}”的{score}变为{band}", title=title, score=document.label, band=band), None

    return lambda _source, _who: said


def _tell_of_comments(uow: UnitOfWork, event: Written) -> None:
    """Tell the followers of records of comments about them, unless the comment names them: that they hear by itself."""
    about = _about(uow, event)
    text = event.entity.fields.get(event.entity.title or "")
    if text is None:
        return
    writers = writers_of(uow, event.entity, [c for records in about.values() for c in records.values()])

    def words(source: str | None, who: str) -> Wording:
        def said(ctx: Context, title: str) -> tuple[Text, str | None] | None:
            comment = readable(uow, ctx, event.entity, [source or ""], [text.name]).get(source or "")
            written = str((comment or {}).get(text.name) or "")
            if comment is None or (ctx.user is not None and named_in(written, {ctx.user.id: ctx.user.name})):
                return None
            if not who:
                return say("New comment on {title}", "“{title}”有新评论", title=title), written
            return say("{who} commented on {title}", "{who} 评论了“{title}”", who=who, title=title), written

        return said

    for name, records in about.items():
        _tell(uow, uow.model.entities[name], records, writers, words)


def _about(uow: UnitOfWork, event: Written) -> dict[str, dict[str, str]]:
    """Return the last comment about each followed record, by entity and record."""
    found: dict[str, dict[str, str]] = {}
    for comment, (entity, record) in _followed(uow, about_of(uow, event.entity, event.ids).items()):
        found.setdefault(entity.name, {})[record] = comment
    return found


def _followed(uow: UnitOfWork, pairs: Iterable[tuple[str, tuple[Entity, str]]]) -> list[tuple[str, tuple[Entity, str]]]:
    listed = list(pairs)
    known = set(_known(uow, {record for _, (_, record) in listed}))
    return [pair for pair in listed if pair[1][1] in known]
