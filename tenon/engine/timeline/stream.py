"""One page of a timeline: the sources of a record as one ordered selection, then what each event tells."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, String, and_, collate, literal, or_, select, union_all

from tenon.engine.columns import Moment
from tenon.engine.context import Context
from tenon.engine.cursors import read_cursor, write_cursor
from tenon.engine.records.histories import require_visible
from tenon.engine.timeline.changes import change_sources
from tenon.engine.timeline.endings import ending_sources
from tenon.engine.timeline.related import TALK, related_sources
from tenon.engine.timeline.scores import score_sources
from tenon.engine.timeline.sources import Reader, TimelineSource
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Invalid, Malformed, Problem
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity

TYPES = ("change", "score", "band", *TALK.values(), "done", "record")
Place = tuple[datetime, str, str]
"""Where an event stands: its moment, its source and its key."""


def timeline(
    uow: UnitOfWork, ctx: Context, entity: Entity, id: str, *, types: Collection[str] = (), limit: int = 50, after: str | None = None
) -> tuple[list[dict[str, Any]], str | None]:
    """Return events of a record, newest first, and the cursor of older ones.

    ``types`` chooses among `TYPES`; an event has ``{"id", "type", "at", "by"}`` and what its type tells. Raises NotFound, Invalid, Malformed.
    """
    require_visible(uow, ctx, entity, id)
    for name in types:
        if name not in TYPES:
            hint = say("One of {some}.", "可选：{some}。", some=", ".join(TYPES))
            raise Invalid(Problem("/types", "bad_choice", say("{name} is not a type of event.", "{name} 不是事件类型。", name=name[:60]), hint))
    sources = {s.name: s for s in _sources(Reader(uow, ctx, entity, id)) if not types or set(types) & set(s.types)}
    edge = _read(after, id) if after is not None else None
    places = _places(uow, list(sources.values()), edge, limit + 1)
    following = _write(places[limit - 1], id) if len(places) > limit else None
    return _told(sources, places[:limit]), following


def types_of(uow: UnitOfWork, ctx: Context, entity: Entity, id: str) -> list[str]:
    """Return the types of events that the timeline of this record may have for this reader."""
    found = {t for s in _sources(Reader(uow, ctx, entity, id)) for t in s.types}
    return [t for t in TYPES if t in found]


def _sources(reader: Reader) -> list[TimelineSource]:
    return [*change_sources(reader), *score_sources(reader), *related_sources(reader), *ending_sources(reader)]


def _places(uow: UnitOfWork, sources: list[TimelineSource], edge: Place | None, limit: int) -> list[Place]:
    """Return where the newest events before the edge stand."""
    if not sources:
        return []
    parts = [select(part) for s in sources if (part := _part(uow, s, edge, limit)) is not None]
    if not parts:
        return []
    every = union_all(*parts).subquery("every")
    chosen = select(every).order_by(every.c.at.desc(), _text(uow, every.c.source).desc(), _text(uow, every.c.key).desc()).limit(limit)
    return [(_moment(row.at), row.source, row.key) for row in uow.connection.execute(chosen)]


def _part(uow: UnitOfWork, source: TimelineSource, edge: Place | None, limit: int) -> Any:
    """Return the newest events of one source before the edge; a source's name is the same for all, so only its own keys are compared."""
    events: Select[Any] = source.events()
    inner = events.subquery()
    found = select(inner.c.at, literal(source.name, String).label("source"), inner.c.key)
    if edge is not None:
        at, name, key = edge
        moment = literal(at, Moment())
        if source.name < name:
            found = found.where(inner.c.at <= moment)
        elif source.name > name:
            found = found.where(inner.c.at < moment)
        else:
            found = found.where(or_(inner.c.at < moment, and_(inner.c.at == moment, _text(uow, inner.c.key) < literal(key, String))))
    return found.order_by(inner.c.at.desc(), _text(uow, inner.c.key).desc()).limit(limit).subquery()


def _text(uow: UnitOfWork, column: Any) -> Any:
    """Return a text that compares by code point on both databases."""
    return collate(column, "C") if uow.dialect == "postgresql" else column


def _told(sources: dict[str, TimelineSource], places: list[Place]) -> list[dict[str, Any]]:
    told: dict[tuple[str, str], dict[str, Any]] = {}
    for name, source in sources.items():
        keys = [key for _, own, key in places if own == name]
        if keys:
            told.update({(name, key): entry for key, entry in source.tell(keys).items()})
    return [{"id": f"{n}:{k}", "at": at, **told[n, k]} for at, n, k in places if (n, k) in told]


def _moment(value: Any) -> datetime:
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return found.astimezone(UTC)


def _write(place: Place, id: str) -> str:
    at, source, key = place
    return write_cursor([id, at.isoformat(), source, key])


def _read(cursor: str, id: str) -> Place:
    try:
        of, at, source, key = read_cursor(cursor)
        moment = datetime.fromisoformat(at)
        if of != id or not isinstance(source, str) or not isinstance(key, str) or moment.tzinfo is None:
            raise ValueError(cursor)
    except (ValueError, TypeError):
        hint = say("Start again.", "请重新开始。")
        raise Malformed(Problem("/after", "bad_cursor", say("This cursor cannot be read.", "无法读取该游标。"), hint)) from None
    return moment, source, key
