"""A page of records, one record, and how many there are."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from sqlalchemy import BindParameter, ColumnElement, Integer, Select, Text, bindparam, func, literal_column, select

from tenon.engine.access.resolver import environment
from tenon.engine.access.rights import Rights, rights_of
from tenon.engine.context import Context
from tenon.engine.query.membership import member_conditions
from tenon.engine.query.ordering import (
    SortKey,
    after,
    before,
    cursor_of,
    digest_of,
    edge_of,
    empties_of,
    order_by,
    read_cursor,
    sort_keys,
    write_cursor,
)
from tenon.engine.query.paths import select_paths
from tenon.engine.query.searching import search_condition
from tenon.engine.query.shaping import Shape
from tenon.engine.sql.compiler import compile_condition
from tenon.engine.sql.sets import id_set
from tenon.engine.sql.source import Source
from tenon.engine.statements import kept
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Invalid, Problem, not_found
from tenon.metamodel.expressions.check import check
from tenon.metamodel.expressions.tree import Expression
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity

CAP = 10_000
MAX_LIMIT = 500
MAX_FILTERS = 500
Count = Literal["none", "capped", "exact"]


@dataclass(frozen=True)
class Ask:
    """What a list is asked for; ``filters`` all have to hold, ``deleted`` lists the trash instead, ``segment`` is one that keeps its members.

    ``after`` and ``before`` are cursors of a page's last and first record; only one of them is given. ``older_than`` is the id of
    something made later, for lists of several sources. With ``unsure_last`` an order by a score ends with those whose data is not
    enough for a band, whichever way it goes.
    """

    filters: Sequence[str] = ()
    sort: Sequence[str] = ()
    fields: Sequence[str] | None = None
    limit: int = 50
    after: str | None = None
    count: Count = "none"
    search: str = ""
    deleted: bool = False
    extra: Sequence[ColumnElement[Any]] = field(default=())
    before: str | None = None
    segment: str | None = None
    older_than: str | None = None
    unsure_last: bool = False


@dataclass(frozen=True)
class Page:
    """Records, the cursor of the next page or None, and the count when it was asked for; ``previous`` for ``before``."""

    records: list[dict[str, Any]]
    next: str | None
    count: int | None = None
    is_capped: bool = False
    previous: str | None = None


def page(uow: UnitOfWork, ctx: Context, entity: Entity, ask: Ask) -> Page:
    """Return a page of the records that the reader may see. Raises NotFound, Invalid, Malformed."""
    rights = rights_of(uow.model, ctx)
    rights.require(entity, "read")
    if not 1 <= ask.limit <= MAX_LIMIT:
        message = say("A page has 1 to {n} records.", "每页 1 到 {n} 条记录。", n=MAX_LIMIT)
        raise Invalid(Problem("/limit", "out_of_range", message, say("Ask for fewer.", "请减少数量。")))
    digest = _digest(entity, ask)
    is_back, edge = ask.before is not None, ask.before or ask.after
    made, params = _statement(uow, rights, entity, ask, digest)
    shape, keys = made.shape, made.keys
    rows = uow.connection.execute(made.statement, params).all()
    is_more, rows = len(rows) > ask.limit, rows[: ask.limit]
    rows = rows[::-1] if is_back else rows
    cursors = [write_cursor(digest, keys, row[len(shape.columns) :]) for row in (rows[0], rows[-1])] if rows else [None, None]
    previous = cursors[0] if (is_more if is_back else edge is not None) else None
    following = cursors[1] if is_more or is_back else None
    total, is_capped = _count(uow, rights, entity, ask) if ask.count != "none" else (None, False)
    return Page(shape.records(uow, rows), following, total, is_capped, previous)


@dataclass(frozen=True)
class _Made:
    """A statement of a page with the types of the cursor's values in it; its parameters are ``most`` and ``edge_0`` …"""

    shape: Shape
    keys: list[SortKey]
    statement: Select[Any]
    edge: tuple[str, ...] = ()


def cursor_at(entity: Entity, ask: Ask, values: Sequence[Any]) -> str:
    """Return the cursor of a place in a list that another list names: the values of its keys (moments, texts), the id last."""
    return cursor_of(_digest(entity, ask), values)


def _digest(entity: Entity, ask: Ask) -> str:
    """Return what a cursor belongs to."""
    return digest_of(entity.name, [*ask.filters, *([ask.segment] if ask.segment else [])], list(ask.sort), ask.search, ask.deleted, ask.unsure_last)


def _statement(uow: UnitOfWork, rights: Rights, entity: Entity, ask: Ask, digest: str) -> tuple[_Made, dict[str, Any]]:
    """Return the statement of a page with its parameters; that without a search or a clock is kept, for every cursor the same."""
    cursor = ask.before or ask.after

    def edge_for(keys: list[SortKey]) -> list[BindParameter[Any] | None]:
        return edge_of(environment(uow, rights), keys, read_cursor(cursor, digest, keys)) if cursor is not None else []

    def make() -> _Made:
        source = Source(environment(uow, rights), entity, alias=uow.tables.root(entity, "inner"))
        conditions = where(uow, rights, source, entity, ask)
        keys = sort_keys(source, rights, entity, list(ask.sort), unsure_last=ask.unsure_last)
        edge = edge_for(keys)
        if cursor is not None:
            conditions.append((before if ask.before is not None else after)(keys, edge))
        if len(keys) > 1:
            # Which records first, what is in them afterwards: rows that fall out while sorting are never carried along.
            found = select(source.alias.c.id).select_from(source.from_clause).where(*conditions)
            found = found.order_by(*order_by(keys, is_reversed=ask.before is not None)).limit(bindparam("most", type_=Integer()))
            source = Source(environment(uow, rights), entity, alias=uow.tables.root(entity, "outer"))
            conditions = [source.alias.c.id.in_(found)]
            keys = sort_keys(source, rights, entity, list(ask.sort), unsure_last=ask.unsure_last)
        shape = Shape(rights, source, select_paths(rights, entity, list(ask.fields) if ask.fields is not None else None))
        sorted_by = [key.column.label(f"k{i}") for i, key in enumerate(keys)]
        statement = select(*shape.columns, *sorted_by).select_from(source.from_clause).where(*conditions)
        ordered = statement.order_by(*order_by(keys, is_reversed=ask.before is not None))
        return _Made(shape, keys, ordered.limit(bindparam("most", type_=Integer())), _types(edge))

    filters = [read_filter(uow, rights, entity, text) for text in ask.filters]
    if ask.segment or ask.search or ask.extra or ask.older_than or rights.is_clocked or any(f.is_clocked for f in filters):
        made = make()
    else:
        user = rights.user if any(f.uses_user for f in filters) else None
        fields = tuple(ask.fields) if ask.fields is not None else None
        empties = empties_of(cursor, digest) if cursor is not None else None
        key = ("page", uow.dialect, entity.id, tuple(ask.filters), tuple(ask.sort), fields, ask.deleted, user, ask.before is not None, ask.unsure_last, empties)
        made = kept(_kept(uow, rights), key, make)
    edge = edge_for(made.keys)
    if _types(edge) != made.edge:  # a number too large for the column's type, and the like
        made = make()
    return made, {"most": ask.limit + 1, **{str(bound.key): bound.value for bound in edge if bound is not None}}


def _types(edge: Sequence[BindParameter[Any] | None]) -> tuple[str, ...]:
    return tuple("" if bound is None else repr(bound.type) for bound in edge)


def _kept(uow: UnitOfWork, rights: Rights) -> dict[Any, Any]:
    """Return where statements are kept that hold for these rights on this release."""
    return uow.model.cache.setdefault("statements", {}) if rights.is_unlimited else rights.kept


def where(uow: UnitOfWork, rights: Rights, source: Source, entity: Entity, ask: Ask) -> list[ColumnElement[Any]]:
    """Return the conditions of a list: living, visible, filtered, searched."""
    alias = source.alias
    conditions: list[ColumnElement[Any]] = [alias.c.deleted_at.is_not(None) if ask.deleted else alias.c.deleted_at.is_(None)]
    visible = source.environment.resolver.rows(source.environment, alias, entity)
    if visible is not None:
        conditions.append(visible)
    if ask.older_than is not None:
        conditions.append(alias.c.id < ask.older_than)
    for text in ask.filters:
        conditions.append(compile_condition(source, read_filter(uow, rights, entity, text)))
    if ask.segment:
        told = read_filter(uow, rights, entity, uow.model.documents[ask.segment].body.filter)
        conditions += member_conditions(rights, source, ask.segment, told)
    if ask.search:
        found = search_condition(source, rights, entity, ask.search)
        if found is not None:
            conditions.append(found)
    return [*conditions, *ask.extra]


def read_filter(uow: UnitOfWork, rights: Rights, entity: Entity, text: str, path: str = "/filter") -> Expression:
    """Return a reader's filter as a checked expression; hidden and masked fields are unknown to it."""
    cache: dict[Any, Expression] = uow.model.cache.setdefault("filters", {}) if rights.is_unlimited else rights.kept
    key = ("filter", entity.id, text)
    found = cache.get(key)
    if found is None:
        try:
            found = check(text, rights.scope(entity), "boolean")
        except Invalid as error:
            raise error.at(path) from None
        if len(cache) >= MAX_FILTERS:
            cache.clear()
        cache[key] = found
    return found


def count(uow: UnitOfWork, ctx: Context, entity: Entity, ask: Ask) -> int:
    """Return how many visible records match, exactly. Raises NotFound, Invalid."""
    rights = rights_of(uow.model, ctx)
    rights.require(entity, "read")
    return _count(uow, rights, entity, replace(ask, count="exact"))[0]


def _count(uow: UnitOfWork, rights: Rights, entity: Entity, ask: Ask) -> tuple[int, bool]:
    source = Source(environment(uow, rights), entity)
    conditions = where(uow, rights, source, entity, ask)
    if ask.count == "exact":
        return int(uow.connection.execute(select(func.count()).select_from(source.from_clause).where(*conditions)).scalar_one()), False
    inner = select(literal_column("1")).select_from(source.from_clause).where(*conditions).limit(CAP + 1).subquery()
    found = int(uow.connection.execute(select(func.count()).select_from(inner)).scalar_one())
    return min(found, CAP), found > CAP


def get(uow: UnitOfWork, ctx: Context, entity: Entity, id: str, fields: Sequence[str] | None = None, *, deleted: bool = False) -> dict[str, Any]:
    """Return one record as the reader may see it. Raises NotFound."""
    rights = rights_of(uow.model, ctx)
    rights.require(entity, "read")

    def make() -> tuple[Shape, Select[Any]]:
        source = Source(environment(uow, rights), entity)
        shape = Shape(rights, source, select_paths(rights, entity, list(fields) if fields is not None else None))
        conditions = where(uow, rights, source, entity, Ask(deleted=deleted))
        return shape, select(*shape.columns).select_from(source.from_clause).where(source.alias.c.id == bindparam("id", type_=Text()), *conditions)

    key = ("get", uow.dialect, entity.id, tuple(fields) if fields is not None else None, deleted)
    shape, statement = make() if rights.is_clocked else kept(_kept(uow, rights), key, make)
    row = uow.connection.execute(statement, {"id": id}).first()
    if row is None:
        raise not_found()
    return shape.records(uow, [row])[0]


def matching(
    uow: UnitOfWork, ctx: Context, entity: Entity, filters: Sequence[str], *, search: str = "", among: Collection[str] | None = None,
) -> dict[str, int]:
    """Return the visible records that match, in id order, with their versions; ``among`` some only."""
    rights = rights_of(uow.model, ctx)
    rights.require(entity, "read")
    source = Source(environment(uow, rights), entity)
    conditions = where(uow, rights, source, entity, Ask(filters=filters, search=search))
    if among is not None:
        conditions.append(source.alias.c.id.in_(id_set(uow.dialect, among)))
    statement = select(source.alias.c.id, source.alias.c.version).select_from(source.from_clause).where(*conditions).order_by(source.alias.c.id)
    return dict(tuple(row) for row in uow.connection.execute(statement))
