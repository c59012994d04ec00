"""What a template reads of lists: the records that hang on each record by a relation, in one order, so many at most, as somebody may see them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import func, select

from tenon.engine.access.resolver import environment
from tenon.engine.access.rights import Rights, rights_of
from tenon.engine.context import Context
from tenon.engine.formats import Formats
from tenon.engine.messages.reading import read_values
from tenon.engine.messages.shown import EMPTY, Shown
from tenon.engine.query.ordering import order_by, sort_keys
from tenon.engine.sql.compiler import compile_condition
from tenon.engine.sql.links import key_of, reference_of
from tenon.engine.sql.sets import id_set
from tenon.engine.sql.source import Source, visible
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Invalid
from tenon.metamodel.expressions.check import check
from tenon.metamodel.expressions.scope import Scope
from tenon.metamodel.kinds.message import MessageKind, MessageList
from tenon.metamodel.model import Entity

Rows = list[tuple[str, dict[str, Shown]]]
"""The rows of a list: the id of each, and its values by path."""
Lists = Mapping[str, Mapping[str, list[dict[str, Shown]]]]
"""The rows of lists, by record and the name of the list."""


def read_lists(
    uow: UnitOfWork, acting: Context, reader: Context | None, entity: Entity, body: MessageKind, ids: Collection[str], wanted: Mapping[str, Collection[str]],
    formats: Formats,
) -> Lists:  # fmt: skip
    """Return the rows of the lists a template goes over, ``wanted`` with their paths, that who acts may read, and the person who gets them too."""
    found: dict[str, dict[str, list[dict[str, Shown]]]] = {id: {} for id in ids}
    for each in body.lists:
        if each.name not in wanted:
            continue
        rows = _read(uow, acting, entity, each, ids, wanted[each.name], formats) if not (acting.is_system and reader is not None) else None
        if reader is not None:
            theirs = _read(uow, reader, entity, each, ids, wanted[each.name], formats)
            rows = theirs if rows is None else {id: _both(rows.get(id, []), listed) for id, listed in theirs.items()}
        for id, listed in (rows or {}).items():
            found[id][each.name] = [values for _, values in listed]
    return found


def _both(ours: Rows, theirs: Rows) -> Rows:
    known = dict(ours)
    return [(id, {path: v if known[id][path].text == v.text else EMPTY for path, v in values.items()}) for id, values in theirs if id in known]


def _read(uow: UnitOfWork, ctx: Context, entity: Entity, listed: MessageList, ids: Collection[str], paths: Collection[str], formats: Formats) -> dict[str, Rows]:
    """Return the rows of one list by record, as somebody sees them: what they may not read is not there, and decides nothing."""
    relation, rights = entity.find_relation(listed.relation), rights_of(uow.model, ctx)
    far = uow.model.find_entity(relation.far_id) if relation is not None else None
    if relation is None or far is None or not ids or not rights.may(entity, "read") or not rights.may(far, "read"):
        return {}
    around = environment(uow, rights)
    holder, source = far if relation.is_reverse else entity, Source(around, far)
    if not rights.may_read(holder, reference_of(around, relation)):
        return {}
    key, more = key_of(source, relation)
    conditions = [key.in_(id_set(uow.dialect, ids)), *more, *visible(around, source.alias, far)]
    if listed.where:
        conditions.append(compile_condition(source, check(listed.where, Scope(uow.model, far, use="value"), "boolean")))
    place = func.row_number().over(partition_by=key, order_by=order_by(sort_keys(source, rights, far, _sorts(source, rights, far, listed)))).label("place")
    inner = select(source.alias.c.id.label("id"), key.label("near"), place).select_from(source.from_clause).where(*conditions).subquery()
    rows = uow.connection.execute(select(inner).where(inner.c.place <= listed.limit).order_by(inner.c.near, inner.c.place)).all()
    values = read_values(uow, ctx, far, {row.id for row in rows}, paths, formats)
    found: dict[str, Rows] = {}
    for row in rows:
        if row.id in values:
            found.setdefault(row.near, []).append((row.id, values[row.id]))
    return found


def _sorts(source: Source, rights: Rights, far: Entity, listed: MessageList) -> list[str]:
    """Return the order as far as somebody may read it."""
    known = []
    for each in listed.sort:
        try:
            sort_keys(source, rights, far, [each])
        except Invalid:
            continue
        known.append(each)
    return known
