"""What a webhook says: the event, and the record as far as a role may read it, in at most 20 KB."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import orjson
from sqlalchemy import select

from tenon.engine.access.resolver import environment
from tenon.engine.access.rights import Rights, rights_of
from tenon.engine.columns import show_moment
from tenon.engine.context import ADMIN, Context, User
from tenon.engine.query.paths import select_paths
from tenon.engine.query.shaping import Shape
from tenon.engine.sql.compiler import compile_value
from tenon.engine.sql.sets import id_set
from tenon.engine.sql.source import Source
from tenon.engine.sql.values import from_db
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.expressions.check import check
from tenon.metamodel.expressions.scope import Scope
from tenon.metamodel.model import Entity

MOST_BYTES = 20_000


def reader(uow: UnitOfWork, role: str | None) -> Context | None:
    """Return who reads with a role (its id; None reads everything); None for a role that is gone."""
    if role is None:
        return Context(User(uow.new_id(), "webhook@tenon.invalid", "", (ADMIN,)))
    document = next((d for d in uow.model.all("role") if d.id == role), None)
    return Context(User(uow.new_id(), "webhook@tenon.invalid", "", (document.name,))) if document is not None else None


def readable_fields(uow: UnitOfWork, ctx: Context, entity: Entity) -> list[str]:
    """Return the names of the fields that somebody may read at least on some records."""
    rights = rights_of(uow.model, ctx)
    return [f.name for f in entity.fields.values() if rights.may(entity, "read") and rights.state(entity, f) != "hidden"]


def records_of(uow: UnitOfWork, ctx: Context, entity: Entity, ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """Return those of some records, also of the trash, that somebody may read, with the fields that they may read, in one statement."""
    rights = rights_of(uow.model, ctx)
    if not ids or not rights.may(entity, "read"):
        return {}
    around = environment(uow, rights)
    source = Source(around, entity)
    shape = Shape(rights, source, select_paths(rights, entity, readable_fields(uow, ctx, entity)))
    seen = around.resolver.rows(around, source.alias, entity)
    wanted = [source.alias.c.id.in_(id_set(uow.dialect, ids)), *([seen] if seen is not None else [])]
    rows = uow.connection.execute(select(*shape.columns).select_from(source.from_clause).where(*wanted)).all()
    return {record["id"]: record for record in shape.records(uow, rows)}


def values_of(uow: UnitOfWork, rights: Rights, entity: Entity, texts: Mapping[str, str], ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """Return the values of expressions for records by their names, as somebody with these rights sees them, from one statement."""
    if not texts:
        return {}
    source = Source(environment(uow, rights), entity)
    read = {name: check(text, Scope(uow.model, entity, use="rule")) for name, text in texts.items()}
    columns = [compile_value(source, expression) for expression in read.values()]
    statement = select(source.alias.c.id, *columns).select_from(source.from_clause).where(source.alias.c.id.in_(id_set(uow.dialect, ids)))
    return {
        id: {name: from_db(expression.type, cell) for (name, expression), cell in zip(read.items(), cells, strict=True)}
        for id, *cells in uow.connection.execute(statement)
    }


def to_body(kind: str, at: datetime, data: Mapping[str, Any]) -> str:
    """Return the body of a call as JSON; of one that is too large the longest values of its record are left out, and named."""
    body: dict[str, Any] = {"type": kind, "timestamp": show_moment(at.astimezone(UTC)), "data": dict(data)}
    text = to_text(body)
    record: dict[str, Any] = dict(data.get("record") or {})
    left: list[str] = []
    while len(text.encode()) > MOST_BYTES and record:
        longest = max(record, key=lambda name: len(to_text(record[name])))
        del record[longest]
        left.append(longest)
        body["data"] = {**data, "record": record, "left_out": left}
        text = to_text(body)
    return text


def to_text(value: Any) -> str:
    """Return a value as JSON, exact numbers as they are."""
    return orjson.dumps(value, default=_plain, option=orjson.OPT_PASSTHROUGH_DATETIME).decode()


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return orjson.Fragment(format(value, "f").encode())
    if isinstance(value, datetime):
        return show_moment(value)
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, set | frozenset):
        return sorted(value)
    return str(value)
