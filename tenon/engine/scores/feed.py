"""Values of a score and their history in bulk, for what reads them regularly, such as BI: page by page, as far as the reader may see."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import and_, case, literal, null, select

from tenon.engine.access.resolver import environment, readable_condition
from tenon.engine.access.rights import Rights, rights_of
from tenon.engine.columns import show_moment
from tenon.engine.context import Context
from tenon.engine.query.pages import Ask, page
from tenon.engine.scores.snapshots import end_of
from tenon.engine.scores.tables import snapshots
from tenon.engine.sql.source import Source, visible
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import not_found
from tenon.metamodel.model import Entity, Field

PARTS = {"score": "value", "band": "band", "coverage": "coverage", "trend": "trend", "at": "at"}
"""The fields of a score, and what they are called here."""
KEPT = ("score", "band", "coverage")
"""Those of them that the history keeps."""


def columns_now(uow: UnitOfWork, ctx: Context, score: str, *, to_file: bool = False) -> tuple[str, ...]:
    """Return what a reader gets of present values. Raises NotFound for a score out of sight, Forbidden for a file without the right to export."""
    entity, rights, parts = _seen(uow, ctx, score, to_file=to_file)
    return ("id", *_names(entity, rights, parts).values())


def values_now(uow: UnitOfWork, ctx: Context, score: str, *, after: str | None, limit: int) -> tuple[list[dict[str, Any]], str | None]:
    """Return a page of the records that the score was computed for, the newest first, and the cursor of the next. Raises as ``columns_now``."""
    entity, rights, parts = _seen(uow, ctx, score)
    names = _names(entity, rights, parts)
    found = page(uow, ctx, entity, Ask([f"not is_empty({(parts.get('at') or parts['score']).name})"], fields=list(names), limit=limit, after=after))
    return [{"id": record["id"], **{shown: record[name] for name, shown in names.items() if name in record}} for record in found.records], found.next


def _names(entity: Entity, rights: Rights, parts: dict[str, Field]) -> dict[str, str]:
    """Return the fields that are told of present values, and what they are called here."""
    title = entity.title if entity.title and rights.state(entity, entity.fields[entity.title]) != "hidden" else None
    return ({title: "title"} if title else {}) | {field.name: PARTS[part] for part, field in parts.items()}


def columns_then(uow: UnitOfWork, ctx: Context, score: str, *, to_file: bool = False) -> tuple[str, ...]:
    """Return what a reader gets of the history. Raises as ``columns_now``."""
    _entity, _rights, parts = _seen(uow, ctx, score, to_file=to_file)
    return ("id", "record", "at", *(PARTS[part] for part in parts if part in KEPT), "variant", "release")


def history(uow: UnitOfWork, ctx: Context, score: str, *, since: date | None, after: int, limit: int) -> list[dict[str, Any]]:
    """Return what was kept of a score after an entry, the oldest first: those of living records whose score the reader sees. Raises as ``columns_now``."""
    entity, rights, parts = _seen(uow, ctx, score)
    source = Source(environment(uow, rights), entity)
    s, place = snapshots.c, source.environment
    shown = {}
    for part in [part for part in KEPT if part in parts]:
        may, column = place.resolver.cell(place, source.alias, entity, parts[part]), s[PARTS[part]]
        shown[PARTS[part]] = column if may is None else case((may, column), else_=null())
    may = readable_condition(place, source.alias, entity, rights, [parts["score"]])
    own = [s.score == parts["score"].score, s.id > after, *visible(place, source.alias, entity), *([may] if may is not None else ())]
    if since is not None:
        own.append(s.at >= literal(end_of(uow, since - timedelta(days=1)), s.at.type))
    told = [s.id, s.record, s.at, *(column.label(name) for name, column in shown.items()), s.variant, s.release]
    joined = snapshots.join(source.from_clause, s.record == source.alias.c.id)
    rows = uow.connection.execute(select(*told).select_from(joined).where(and_(*own)).order_by(s.id).limit(limit)).mappings()
    return [{str(name): value for name, value in row.items()} | {"at": show_moment(row["at"])} for row in rows]


def _seen(uow: UnitOfWork, ctx: Context, score: str, *, to_file: bool = False) -> tuple[Entity, Rights, dict[str, Field]]:
    """Return the entity of a score, and those of its fields that the reader may read."""
    document = uow.model.get("score", score)
    rights, entity = rights_of(uow.model, ctx), uow.model.get_entity(document.body.entity)
    own = {f.part: f for f in entity.fields.values() if f.score == document.id and f.part in PARTS}
    parts = {part: own[part] for part in PARTS if part in own and rights.may_read(entity, own[part])}
    rights.require(entity, "read")
    if "score" not in parts:
        raise not_found()
    if to_file:
        rights.require(entity, "export")
    return entity, rights, parts
