"""What could be measured: the fields and relations of records on a day, each as a share of points, beside what came of the records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import case, select

from tenon.engine.access.grants import reads_of
from tenon.engine.access.rights import Rights
from tenon.engine.query.behind import literal
from tenon.engine.query.pages import read_filter
from tenon.engine.scores.outcomes import Asked, at_end_of, seen
from tenon.engine.sql.compiler import compile_condition
from tenon.engine.sql.source import Source
from tenon.engine.sql.values import NUMBERS, from_db
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.expressions.tree import Expression
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity, Field, Relation

MOST_OPTIONS = 40
FEWEST = 10
"""An option that fewer records have says nothing by itself."""
Share = float | None


@dataclass(frozen=True)
class Seen:
    """A field (or that a relation has records) with its value on each record, beside whether the outcome came."""

    name: str
    label: Text
    kind: str
    values: Sequence[Any]


@dataclass(frozen=True)
class Candidate:
    """A measure that could be taken: how it is written, and the share it gives for a value."""

    name: str
    label: Text
    key: str
    text: str
    share: Callable[[Any], Share]


@dataclass(frozen=True)
class Sample:
    """Records in the order of their ids, what is known of them on the day, and whether the outcome came."""

    ids: list[str]
    came: list[bool]
    columns: list[Seen]


def find_sample(uow: UnitOfWork, rights: Rights, entity: Entity, outcome: Expression, where: Expression | None, asked: Asked) -> Sample:
    """Return the records that this person may read with what could be measured; what the outcome itself reads is left out."""
    then = Source(at_end_of(uow, rights, asked.until), entity)
    flag = case((compile_condition(then, outcome), 1), else_=0)
    flags = dict(uow.connection.execute(select(then.alias.c.id, flag).select_from(then.from_clause).where(*seen(uow, rights, then))).all())
    source = Source(at_end_of(uow, rights, asked.as_of), entity)
    fields, relations = _fields(uow, rights, entity, outcome), _relations(uow, rights, entity, outcome)
    columns = [source.at((), field) for field in fields]
    columns += [case((compile_condition(source, read_filter(uow, rights, entity, f"exists({r.name})")), 1), else_=0) for r in relations]
    limits = [*seen(uow, rights, source), *([compile_condition(source, where)] if where is not None else [])]
    statement = select(source.alias.c.id, *columns).select_from(source.from_clause).where(*limits).order_by(source.alias.c.id)
    rows = [row for row in uow.connection.execute(statement).all() if row[0] in flags]
    found = [Seen(f.name, f.label, _kind(f), [from_db(f.type, row[at]) for row in rows]) for at, f in enumerate(fields, 1)]
    for at, relation in enumerate(relations, 1 + len(fields)):
        label = say("Has {what}", "有{what}", what=relation.label)
        found.append(Seen(f"exists({relation.name})", label, "boolean", [bool(row[at]) for row in rows]))
    return Sample([row[0] for row in rows], [bool(flags[row[0]]) for row in rows], found)


def _kind(field: Field) -> str:
    return "number" if field.type.kind in NUMBERS else field.type.kind


def _fields(uow: UnitOfWork, rights: Rights, entity: Entity, outcome: Expression) -> list[Field]:
    told = {field_id for _, field_id in outcome.reads}
    told |= {inner for f in entity.fields.values() if f.id in told for inner in reads_of(uow.model, entity, f)}
    return [
        field for field in entity.fields.values()
        if field.origin in ("own", "extension") and rights.may_read(entity, field) and _kind(field) in ("number", "boolean", "choice")
        and field.id not in told and not told & reads_of(uow.model, entity, field)
    ]  # fmt: skip


def _relations(uow: UnitOfWork, rights: Rights, entity: Entity, outcome: Expression) -> list[Relation]:
    told = {entity_id for entity_id, _ in outcome.reads}
    return [
        r for r in entity.relations.values()
        if r.is_reverse and not r.is_any and r.far_id not in told and r.far_id != entity.id and rights.may(uow.model.entities_by_id[r.far_id], "read")
    ]  # fmt: skip


def candidate(column: Seen, came: Sequence[bool], kept: Sequence[int], *, is_wanted: bool) -> Candidate | None:
    """Return how a column would be measured so that more of it means less of the outcome (more, where it is wanted); None when it says nothing."""
    good = [came[i] == is_wanted for i in kept]
    values = [column.values[i] for i in kept]
    make: Mapping[str, Callable[..., Candidate | None]] = {"number": _graded, "boolean": _flagged, "choice": _chosen}
    return make[column.kind](column, values, good)


def _flagged(column: Seen, values: Sequence[Any], good: Sequence[bool]) -> Candidate | None:
    rates = _rates(values, good)
    if not {True, False} <= rates.keys():
        return None
    is_good = rates[True] > rates[False]
    label = column.label if is_good else say("Not: {what}", "非：{what}", what=column.label)
    return Candidate(column.name, label, "when", column.name if is_good else f"not {column.name}", lambda v: None if v is None else float(v == is_good))


def _chosen(column: Seen, values: Sequence[Any], good: Sequence[bool]) -> Candidate | None:
    rates = {option: rate for option, rate in _rates(values, good).items() if option is not None}
    base = sum(good) / len(good)
    best = sorted(option for option, rate in rates.items() if rate > base)
    worst = sorted(option for option in rates if option not in best)
    if not best or not worst or len(rates) > MOST_OPTIONS:
        return None
    if len(worst) < len(best):
        text = f"{column.name} != {literal(worst[0])}" if len(worst) == 1 else f"{column.name} not in [{', '.join(map(literal, worst))}]"
    else:
        text = f"{column.name} == {literal(best[0])}" if len(best) == 1 else f"{column.name} in [{', '.join(map(literal, best))}]"
    chosen = frozenset(best)
    return Candidate(column.name, column.label, "when", text, lambda v: None if v is None else float(v in chosen))


def _graded(column: Seen, values: Sequence[Any], good: Sequence[bool]) -> Candidate | None:
    known = sorted((float(v), g) for v, g in zip(values, good, strict=True) if v is not None)
    if len(known) < 2 * FEWEST:
        return None
    low, high = (_short(known[int(len(known) * at)][0]) for at in (0.05, 0.95))
    if low == high:
        return None
    middle, yes = sum(v for v, _ in known) / len(known), [v for v, g in known if g]
    if yes and sum(yes) / len(yes) < middle:
        low, high = high, low
    start, width = float(low), float(high - low)
    text = f"scale({column.name}, {literal(low)}, {literal(high)})"
    return Candidate(column.name, column.label, "value", text, lambda v: None if v is None else min(max((float(v) - start) / width, 0.0), 1.0))


def _rates(values: Sequence[Any], good: Sequence[bool]) -> dict[Any, float]:
    """Return the share of good records for each value that enough of them have."""
    counts, hits = Counter(values), Counter(v for v, g in zip(values, good, strict=True) if g)
    return {v: hits[v] / n for v, n in counts.items() if n >= FEWEST}


def _short(value: float) -> Decimal:
    """Return a number with two digits that count."""
    found = Decimal(f"{value:.1e}")
    return found.quantize(Decimal(1)) if found == found.to_integral_value() else found.normalize()
