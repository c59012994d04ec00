"""The inputs of measures for one record, as its reader may see them: paths with values, and the rows behind aggregates."""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from tenon.engine.access.resolver import environment
from tenon.engine.access.rights import Rights
from tenon.engine.scores.definition import Definition, MeasurePlan
from tenon.engine.scores.layers import flag
from tenon.engine.scores.missing import inputs
from tenon.engine.scores.ranking import with_cuts
from tenon.engine.sql.compiler import compile_value
from tenon.engine.sql.elements import every, is_not_null, is_not_true, is_null, some
from tenon.engine.sql.environment import Column
from tenon.engine.sql.grouped import reads_this
from tenon.engine.sql.source import Source
from tenon.engine.sql.values import from_db
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.expressions.tree import Aggregate, Expression, ValuePath, facts_of
from tenon.metamodel.model import Field, Model
from tenon.metamodel.names import token
from tenon.metamodel.types import INTEGER

_TOKEN = re.compile(r"\b_[0-9a-f]{32}\b")


@dataclass(frozen=True, eq=False)
class Reading:
    """One value to look up: an input, or (``counts``) the number of rows behind it."""

    measure: str
    node: Expression
    counts: Expression | None
    is_hidden: bool


def read_inputs(
    uow: UnitOfWork, rights: Rights, definition: Definition, measures: list[MeasurePlan], record: str
) -> dict[str, tuple[list[dict[str, Any]], dict[str, Any] | None]]:
    """Return by measure id its inputs and the rows behind its first aggregate; what may not be seen is marked hidden."""
    readings = [reading for m in measures for reading in _readings(rights, definition, m)]
    found = _look_up(uow, rights, definition, [r for r in readings if not r.is_hidden], record)
    answer: dict[str, tuple[list[dict[str, Any]], dict[str, Any] | None]] = {m.id: ([], None) for m in measures}
    for reading in readings:
        listed, rows = answer[reading.measure]
        if reading.is_hidden or found[id(reading)].is_hidden:
            if {"path": None, "hidden": True} not in listed:
                listed.append({"path": None, "hidden": True})
            continue
        own = found[id(reading)]
        listed.append({"path": shown_text(uow.model, reading.node), "value": own.value})
        if rows is None and reading.counts is not None:
            rows = _rows(uow.model, reading.node, own.near, own.count)
        answer[reading.measure] = (listed, rows)
    return answer


def _readings(rights: Rights, definition: Definition, measure: MeasurePlan) -> Iterator[Reading]:
    seen: set[str] = set()
    for expression in measure.expressions:
        for node in inputs(expression):
            if node.text in seen:
                continue
            seen.add(node.text)
            aggregate = facts_of(node.tree).aggregate
            counts = _count_of(node, aggregate) if aggregate is not None and aggregate.relation is not None else None
            yield Reading(measure.id, node, counts, not _may_see(rights, definition.entity.id, node))


def _count_of(expression: Expression, aggregate: Aggregate) -> Expression:
    """Return the number of rows that an aggregate looks at."""
    made = copy.copy(expression.tree)
    made.facts = replace(facts_of(made), type=INTEGER, aggregate=replace(aggregate, name="count", value=None))  # type: ignore[attr-defined]
    return replace(expression, tree=made, type=INTEGER)


@dataclass(frozen=True)
class _Found:
    """What was read: the value, the number of rows behind it, the record they belong to, and whether this record's cells are out of sight."""

    value: Any
    count: Any
    near: str | None
    is_hidden: bool


def _look_up(uow: UnitOfWork, rights: Rights, definition: Definition, readings: list[Reading], record: str) -> dict[int, _Found]:
    """Return what every reading finds, in one statement."""
    if not readings:
        return {}
    place = with_cuts(environment(uow, rights), definition)
    source = Source(place, definition.entity, ids=[record])
    columns = []
    for number, reading in enumerate(readings):
        columns.append(compile_value(source, reading.node).label(f"v{number}"))
        if reading.counts is not None:
            columns.append(compile_value(source, reading.counts).label(f"n{number}"))
            aggregate = facts_of(reading.node.tree).aggregate
            columns.append(source.reach(aggregate.steps if aggregate is not None else ()).alias.c.id.label(f"t{number}"))
        columns.append(flag(some(_unreadable(source, reading.node.tree))).label(f"h{number}"))
    row = uow.connection.execute(select(*columns).select_from(source.from_clause).where(source.alias.c.id == record)).mappings().one()
    return {
        id(reading): _Found(from_db(reading.node.type, row[f"v{n}"]), row.get(f"n{n}"), row.get(f"t{n}"), bool(row[f"h{n}"]))
        for n, reading in enumerate(readings)
    }


def _unreadable(source: Source, tree: ast.AST) -> list[Column]:
    """Return the conditions under which a cell of this very record, or of one it refers to, may not be read."""
    place, found = source.environment, []
    for chain in dict.fromkeys(_chains(tree)):
        for length, field in enumerate(chain):
            node = source.reach(chain[:length])
            if length and place.resolver.rows(place, node.alias, node.entity) is not None:
                link = source.at(chain[: length - 1], chain[length - 1])
                found.append(every([is_not_null(link), is_null(node.alias.c.id)]))
            cell = place.resolver.cell(place, node.alias, node.entity, field)
            if cell is not None:
                found.append(every([is_not_null(node.alias.c.id), is_not_true(cell)]))
    return found


def _chains(tree: ast.AST) -> Iterator[tuple[Field, ...]]:
    """Yield the references and the field at their end of every path from the record itself."""
    aggregate = facts_of(tree).aggregate if isinstance(tree, ast.Call) else None
    if aggregate is not None and aggregate.relation is not None:
        yield aggregate.steps
    within = aggregate.where if aggregate is not None else tree
    for inner in ast.walk(within) if within is not None else ():
        facts = getattr(inner, "facts", None)
        path = facts.path if facts is not None else None
        if path is not None and path.field is not None and (path.base == "this" or (aggregate is None and path.base not in ("user", "value", "old"))):
            yield (*path.steps, path.field)


def _may_see(rights: Rights, entity_id: str, expression: Expression) -> bool:
    """Return whether a reader may see everything that an input is made of."""
    return rights.is_unlimited or all(
        rights.may_read(rights.model.entities_by_id[f.entity_id], f) for f in _fields(rights.model, expression.tree)
    )


def _fields(model: Model, node: ast.AST) -> Iterator[Field]:
    """Yield every field that a node reads, references on the way and conditions of aggregates included."""
    for inner in ast.walk(node):
        facts = getattr(inner, "facts", None)
        if facts is None:
            continue
        if facts.path is not None:
            yield from _along(facts.path)
        if facts.aggregate is not None:
            yield from facts.aggregate.steps
            if facts.aggregate.value is not None:
                yield from _along(facts.aggregate.value)
            relation = facts.aggregate.relation
            if relation is not None:
                holder = model.entities_by_id[relation.far_id if relation.is_reverse else relation.entity_id]
                yield holder.fields_by_id[relation.field_id]


def _along(path: ValuePath) -> Iterator[Field]:
    yield from path.steps
    if path.field is not None:
        yield path.field


def _rows(model: Model, expression: Expression, near: str | None, count: Any) -> dict[str, Any] | None:
    """Return where to find the rows behind an aggregate: entity, filter and their number; None when no filter can say it.

    ``near`` is the record the rows belong to: the scored one, or the one that references lead to.
    """
    aggregate = facts_of(expression.tree).aggregate
    assert aggregate is not None
    relation = aggregate.relation
    assert relation is not None
    if near is None or relation.is_links or relation.is_any or not relation.is_reverse:
        return None
    if aggregate.steps and aggregate.where is not None and reads_this(aggregate.where):
        return None  # from the far side there is no way back to the scored record
    far = model.entities_by_id[relation.far_id]
    link = far.fields_by_id[relation.field_id].name
    parts = [f"{link} == '{near}'"]
    if aggregate.where is not None:
        where = _Near(link).visit(ast.parse(ast.unparse(aggregate.where), mode="eval"))
        text = named(model, ast.unparse(where))
        parts.append(f"({text})" if isinstance(aggregate.where, ast.BoolOp | ast.IfExp) else text)
    return {"entity": far.name, "filter": " and ".join(parts), "count": int(count or 0)}


class _Near(ast.NodeTransformer):
    """Rewrites ``this.x`` to the same record reached from the far side."""

    def __init__(self, link: str) -> None:
        self.link = link

    def visit_Name(self, node: ast.Name) -> ast.Name:
        """Rewrite the word ``this``."""
        return ast.Name(id=self.link, ctx=ast.Load()) if node.id == "this" else node


def shown_text(model: Model, expression: Expression) -> str:
    """Return an input as people write it."""
    return named(model, ast.unparse(expression.tree))


def named(model: Model, text: str) -> str:
    """Return a text with the names of fields and relations for their tokens."""
    names: dict[str, str] = model.cache.setdefault("score_names", {})
    if not names:
        for entity in model.entities_by_id.values():
            names.update({token(f.id): f.name for f in entity.fields_by_id.values()})
            names.update({token(r.id): r.name for r in entity.relations_by_id.values()})
    return _TOKEN.sub(lambda match: names.get(match[0], match[0]), text)
