"""Aggregates over a to-many path and over a query's own set."""

from __future__ import annotations

import ast

from sqlalchemy import cast, select

from tenon.engine.sql.builder import Builder
from tenon.engine.sql.elements import BIG, ONE, REAL, ZERO, binary, call, compare, every, is_not_null, is_not_true, real
from tenon.engine.sql.environment import Column, Environment
from tenon.engine.sql.grouped import find_group
from tenon.engine.sql.links import far_entity, link
from tenon.engine.sql.numbers import Number, field_limit, limit_of, to_exact
from tenon.engine.sql.source import Source, visible
from tenon.engine.sql.values import NUMBERS
from tenon.metamodel.expressions.tree import Aggregate, facts_of
from tenon.metamodel.types import Type


def fold(environment: Environment, name: str, value: Column | None, number: Number | None, where: Column | None) -> Column:
    """Return the aggregate function over rows; ``number`` describes a numeric value, ``where`` filters the rows."""
    if name in ("count", "distinct", "exists"):
        counted = call("count", ONE if value is None else value.distinct() if name == "distinct" else value, type_=BIG)
        rows = _filtered(counted, where)
        return rows if name != "exists" else compare(rows, ">", ZERO)
    assert value is not None
    is_wide = number is not None and number.is_wide and environment.is_sqlite
    if name in ("min", "max"):
        return _filtered(call(f"tenon_{name}" if is_wide else name, value, type_=value.type), where)
    assert number is not None
    total = _filtered(call("tenon_sum" if is_wide else "sum", value, type_=to_exact(environment, value).type), where)
    if name == "sum":
        return call("coalesce", total, real(0.0) if number.scale is None else ZERO, type_=total.type)
    rows = _filtered(call("count", value, type_=BIG), where)
    return binary(_real_total(environment, total, number.scale), "/", call("nullif", cast(rows, REAL), real(0.0), type_=REAL), REAL)


def _real_total(environment: Environment, total: Column, scale: int | None) -> Column:
    as_real = total if scale is None else cast(total, REAL)
    return binary(as_real, "/", real(float(10**scale)), REAL) if environment.is_sqlite and scale else as_real


def _filtered(function: Column, where: Column | None) -> Column:
    return function if where is None else function.filter(where)


def compile_aggregate(builder: Builder, node: ast.Call) -> Column:
    """Compile an aggregate as a value."""
    aggregate = facts_of(node).aggregate
    assert aggregate is not None
    if aggregate.relation is None:
        return _own_set(builder, aggregate)
    near = _near(builder, aggregate)
    if near.grouped and aggregate.name not in ("first", "last"):
        return _in_group(builder, near, aggregate)
    far, conditions = _far(builder, near, aggregate)
    value, number = _value(builder, far, aggregate)
    if aggregate.name in ("first", "last"):
        return _edge(far, aggregate, value, conditions)
    return far.scalar(fold(builder.environment, aggregate.name, value, number, None), conditions)


def compile_exists(builder: Builder, node: ast.Call, want: bool) -> Column:
    """Compile exists(path, where=…)."""
    aggregate = facts_of(node).aggregate
    assert aggregate is not None
    near = _near(builder, aggregate)
    if near.grouped:
        found = compare(_in_group(builder, near, aggregate), ">", ZERO)
        return found if want else is_not_true(found)
    far, conditions = _far(builder, near, aggregate)
    value, _ = _value(builder, far, aggregate)
    if value is not None:
        conditions.append(is_not_null(value))
    found = select(ONE).select_from(far.from_clause).where(every(conditions)).correlate_except(*far.leaves).exists()
    return found if want else ~found


def _near(builder: Builder, aggregate: Aggregate) -> Source:
    source = builder.source
    return source.near if aggregate.base == "this" and source.near is not None else source


def _far(builder: Builder, near: Source, aggregate: Aggregate) -> tuple[Source, list[Column]]:
    """Return the far side of a relation and the conditions of its rows."""
    environment = builder.environment
    assert aggregate.relation is not None
    far = Source(environment, far_entity(environment, aggregate.relation), near=near)
    node = near.reach(aggregate.steps)
    conditions = [*link(far, aggregate.relation, node.alias.c.id), *visible(environment, far.alias, far.entity)]
    if aggregate.where is not None:
        conditions.append(builder.inside(far).condition(aggregate.where))
    return far, conditions


def _value(builder: Builder, far: Source, aggregate: Aggregate) -> tuple[Column | None, Number | None]:
    if aggregate.value is None or (aggregate.value.field is None and not aggregate.value.absent):
        return None, None
    type_ = aggregate.value.field.type if aggregate.value.field is not None else Type("text")
    value = far.path(aggregate.value, type_)
    return value, Number(value, type_.scale, limit_of(type_) or field_limit(type_)) if type_.kind in NUMBERS else None


def _edge(far: Source, aggregate: Aggregate, value: Column | None, conditions: list[Column]) -> Column:
    """Return the value of the first or last record by time, then id."""
    assert value is not None
    time = far.field(far.entity.fields[far.entity.time_field])
    order = [time, far.alias.c.id]
    if aggregate.name == "last":
        order = [column.desc() for column in order]
    return far.scalar(value, [*conditions, is_not_null(time), is_not_null(value)], order=order)


def _in_group(builder: Builder, near: Source, aggregate: Aggregate) -> Column:
    """Return a column of the grouped table of the relation."""
    group = find_group(near, aggregate)
    where = builder.inside(group.far).condition(aggregate.where) if aggregate.where is not None else None
    value, number = _value(builder, group.far, aggregate)
    name = "count" if aggregate.name == "exists" else aggregate.name
    column = group.add(fold(builder.environment, name, value, number, where))
    return call("coalesce", column, ZERO, type_=column.type) if name in ("count", "distinct", "sum") else column


def _own_set(builder: Builder, aggregate: Aggregate) -> Column:
    """Compile an aggregate over the rows of the query itself."""
    where = builder.condition(aggregate.where) if aggregate.where is not None else None
    if aggregate.argument is None:
        return fold(builder.environment, aggregate.name, None, None, where)
    number = builder.number(aggregate.argument) if facts_of(aggregate.argument).type.kind in NUMBERS else None
    value = builder.value(aggregate.argument) if number is None else number.column
    return fold(builder.environment, aggregate.name, value, number, where)


