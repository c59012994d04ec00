"""A score as one set-based SELECT: inputs, shares, sums and the computed score, a layer each."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any

from sqlalchemy import CTE, FromClause, Select, and_, or_, select

from tenon.engine.scores.definition import WHOLE, Definition, MeasurePlan, VariantPlan, ten_thousandths
from tenon.engine.scores.layers import (
    add,
    divide,
    flag,
    largest,
    layer,
    listed,
    nothing,
    now_parameter,
    number,
    share_by_edges,
    share_of,
    smallest,
    times,
)
from tenon.engine.scores.missing import newest, required
from tenon.engine.scores.tables import ratings
from tenon.engine.sql.compiler import compile_condition, compile_value
from tenon.engine.sql.elements import BIG, choose, compare, every, is_not_null, is_null, some
from tenon.engine.sql.environment import Column, Environment
from tenon.engine.sql.source import Ids, Source, visible
from tenon.engine.sql.values import bind, clocked
from tenon.metamodel.expressions.tree import Expression
from tenon.metamodel.types import DATE, DATETIME, Type

STALE = -1
"""Stands for a share that is missing because its data is too old."""


@dataclass
class Inputs:
    """The columns of the first layer, each under a short name; equal expressions share one."""

    source: Source
    definition: Definition
    columns: dict[str, Column] = field(default_factory=dict)
    names: dict[tuple[str, ...], str] = field(default_factory=dict)
    joins: list[tuple[FromClause, Column]] = field(default_factory=list)

    @property
    def environment(self) -> Environment:
        """What is compiled against."""
        return self.source.environment

    def keep(self, key: tuple[str, ...], column: Column) -> str:
        """Keep a column and return its name."""
        name = self.names.setdefault(key, f"x{len(self.names)}")
        self.columns.setdefault(name, column)
        return name

    def condition(self, expression: Expression) -> str:
        """Return the name of a condition: 1 or 0."""
        key = ("is", expression.text)
        return self.names.get(key) or self.keep(key, flag(compile_condition(self.source, expression)))

    def value(self, expression: Expression) -> str:
        """Return the name of a plain value."""
        key = ("value", expression.text)
        return self.names.get(key) or self.keep(key, compile_value(self.source, expression))

    def missing(self, expression: Expression) -> str | None:
        """Return the name of the flag that an input of a condition is empty, None when it has none that may be."""
        key = ("missing", expression.text)
        parts = [is_null(compile_value(self.source, e)) for e in required(expression)] if key not in self.names else []
        if parts:
            return self.keep(key, flag(some(parts)))
        return self.names.get(key)

    def stale(self, expression: Expression, days: int, as_of: Expression | None) -> str | None:
        """Return the name of the flag that the newest data of an input, or the day that is said, is older than so many days."""
        key = ("stale", (as_of or expression).text, str(days), "" if as_of is None else "said")
        if key in self.names:
            return self.names[key]
        environment = self.environment
        back = timedelta(days=days)
        parts = []
        for each in newest(environment.model, expression) if as_of is None else [as_of]:
            if each.type.kind in ("date", "datetime"):
                is_day = each.type.kind == "date"
                edge = clocked(environment, partial(_edge, back=back, is_day=is_day))
                parts.append(compare(compile_value(self.source, each), "<", edge))
        return self.keep(key, flag(some(parts))) if parts else None

    def rating(self, measure: MeasurePlan) -> str:
        """Return the name of a person's rating that still holds."""
        key = ("rating", measure.id)
        if key not in self.names:
            rating = ratings.alias()
            own = and_(rating.c.score == self.definition.id, rating.c.measure == measure.id, rating.c.record == self.source.alias.c.id)
            self.joins.append((rating, and_(own, or_(rating.c.expires_at.is_(None), rating.c.expires_at > now_parameter()))))
            self.keep(key, rating.c.share)
        return self.names[key]


def _edge(environment: Environment, back: timedelta, is_day: bool) -> Column:
    """Return the day so long ago, or its first moment."""
    day = environment.today - back
    return bind(environment, day, DATE) if is_day else bind(environment, day_start(environment, day), DATETIME)


def day_start(environment: Environment, day: Any) -> datetime:
    """Return the first moment of a day in the workspace's zone."""
    return datetime.combine(day, time.min, environment.timezone)


def computed(environment: Environment, definition: Definition, ids: Ids | None, *, grouped: bool) -> CTE:
    """Return the layer with id, variant, shares, coverage, caps, keeps and the computed score of every record in question."""
    source = Source(environment, definition.entity, ids=ids, grouped=grouped)
    inputs = Inputs(source, definition)
    plan = _Plan(inputs)
    conditions = visible(environment, source.alias, definition.entity)
    if definition.where is not None:
        conditions.append(compile_condition(source, definition.where))
    restriction = source.restriction(source.alias.c.id)
    if restriction is not None:
        conditions.append(restriction)
    variant = choose(plan.variants, number(len(definition.variants) - 1), BIG)
    clause = source.from_clause
    for target, on in inputs.joins:
        clause = clause.outerjoin(target, on)
    columns = [c.label(name) for name, c in inputs.columns.items()]
    first = layer(
        environment,
        select(source.alias.c.id.label("id"), variant.label("v"), *columns).select_from(clause).where(every(conditions)),
        "inputs",
    )
    return _scored(environment, definition, plan, _shared(environment, plan, first))


class _Plan:
    """Which columns of the first layer each measure, variant, cap and keep rule reads."""

    def __init__(self, inputs: Inputs) -> None:
        definition = inputs.definition
        self.types: dict[str, Type] = {}
        self.measures = [[self._measure(inputs, m) for m in v.measures] for v in definition.variants]
        self.variants = [
            (compile_condition(inputs.source, v.when), number(index)) for index, v in enumerate(definition.variants) if v.when is not None
        ]
        self.caps = [inputs.condition(c) for c in definition.caps]
        self.keeps = {name: inputs.condition(e) for name, e in definition.keeps.items()}

    def _measure(self, inputs: Inputs, plan: MeasurePlan) -> _Reads:
        body, expression = plan.body, plan.expression
        absent = []
        if plan.needs is not None:
            absent.append((inputs.condition(plan.needs), 0))
        if expression is None:
            return _Reads(plan, inputs.rating(plan), None, absent, None)
        if body.when is not None:
            missing = inputs.missing(expression)
            if missing is not None:
                absent.append((missing, 1))
            read = inputs.condition(expression)
        else:
            read = inputs.value(expression)
        stale = inputs.stale(expression, body.max_age_days, plan.as_of) if body.max_age_days is not None else None
        return _Reads(plan, read, expression.type, absent, stale)


@dataclass(frozen=True)
class _Reads:
    """The columns a measure reads: its value, flags that make it missing (name and value that does), and the stale flag."""

    plan: MeasurePlan
    value: str
    type: Type | None
    absent: list[tuple[str, int]]
    stale: str | None

    def share(self, environment: Environment, first: CTE) -> Column:
        """Return the share in ten-thousandths: empty when missing, `STALE` when its data is too old."""
        value: Column = first.c[self.value]
        body = self.plan.body
        if self.type is None:
            share = value
        elif body.when is not None:
            share = times(value, WHOLE)
        elif body.bands is not None:
            share = share_by_edges(environment, value, self.type, [(b.lower, ten_thousandths(b.share)) for b in body.bands])
        else:
            share = share_of(environment, value, self.type)
        ladder = [(compare(first.c[self.stale], "=", number(1)), number(STALE))] if self.stale else []
        ladder += [(compare(first.c[name], "=", number(bad)), nothing()) for name, bad in self.absent]
        return choose(ladder, share, BIG)


def _shared(environment: Environment, plan: _Plan, first: CTE) -> CTE:
    """Return the layer of shares: one column a measure, those of other variants left alone."""
    kept = dict.fromkeys([*plan.caps, *plan.keeps.values()])
    names: dict[tuple[Any, ...], Column] = {}
    columns = []
    for index, measures in enumerate(plan.measures):
        for position, reads in enumerate(measures):
            columns.append(names.setdefault((index, position), reads.share(environment, first)).label(f"s{index}_{position}"))
    return layer(environment, select(first.c.id, first.c.v, *[first.c[name] for name in kept], *columns), "shares")


def _scored(environment: Environment, definition: Definition, plan: _Plan, shares: CTE) -> CTE:
    """Return the layer of the computed score: sums, then division, clamping and caps."""
    sums = [_sums(environment, v, index, shares) for index, v in enumerate(definition.variants)]
    kept = dict.fromkeys([*plan.caps, *plan.keeps.values()])
    totals = layer(
        environment,
        select(
            shares.c.id, shares.c.v, *[shares.c[name] for name in kept],
            *[_by_variant(shares.c.v, [s[part] for s in sums]).label(part) for part in ("positive", "negative", "present", "known", "stale", "shares")],
        ),
        "sums",
    )  # fmt: skip
    coverage = _by_variant(totals.c.v, [_coverage(v, totals) for v in definition.variants])
    raw = _by_variant(totals.c.v, [_raw(v, totals) for v in definition.variants])
    bits = add([times(totals.c[name], 1 << position) for position, name in enumerate(plan.caps)])
    divided = layer(
        environment,
        select(
            totals.c.id, totals.c.v, totals.c.stale, totals.c.shares, coverage.label("coverage"), raw.label("raw"), bits.label("caps"),
            *[totals.c[name].label(f"cap{i}") for i, name in enumerate(plan.caps)],
            *[totals.c[name].label(f"keep_{band}") for band, name in plan.keeps.items()],
        ),
        "divided",
    )  # fmt: skip
    value = _limited(environment, definition, divided)
    score = choose([(is_null(divided.c.raw), nothing())], value, BIG)
    passed = [c for c in divided.c if (c.name != "raw" and not c.name.startswith("cap")) or c.name == "caps"]
    return layer(environment, select(*passed, score.label("score")), "computed")


def _by_variant(variant: Column, columns: list[Column]) -> Column:
    if len(columns) == 1:
        return columns[0]
    ladder = [(compare(variant, "=", number(index)), column) for index, column in enumerate(columns[:-1])]
    return choose(ladder, columns[-1], columns[-1].type)


def _sums(environment: Environment, variant: VariantPlan, index: int, shares: CTE) -> dict[str, Column]:
    """Return the sums of one variant: shares times units, units that count, units with data, whether anything is stale."""
    positive, negative, present, known, stale = [], [], [], [], []
    for position, (measure, units) in enumerate(zip(variant.measures, variant.units, strict=True)):
        share: Column = shares.c[f"s{index}_{position}"]
        is_known = compare(share, ">=", number(0))
        if measure.body.max_age_days is not None:
            stale.append(flag(compare(share, "=", number(STALE))))
        if units < 0:
            negative.append(choose([(is_known, times(share, units))], number(0), BIG))
            continue
        assumed = {"neutral": WHOLE // 2 * units}.get(measure.body.missing, 0)
        positive.append(choose([(is_known, times(share, units))], number(assumed), BIG))
        known.append(choose([(is_known, number(units))], number(0), BIG))
        present.append(known[-1] if measure.body.missing == "exclude" else number(units))
    values: list[Column] = [shares.c[f"s{index}_{position}"] for position in range(len(variant.measures))]
    return {
        "positive": add(positive),
        "negative": add(negative),
        "present": add(present),
        "known": add(known),
        "stale": add(stale),
        "shares": listed(environment, values),
    }


def _coverage(variant: VariantPlan, totals: CTE) -> Column:
    """Return the weight with data over the total weight; penalties alone need no data."""
    if not variant.total:
        return number(WHOLE if variant.measures else 0)
    return divide(times(totals.c.known, WHOLE), number(variant.total), may_be_negative=False)


def _raw(variant: VariantPlan, totals: CTE) -> Column:
    """Return the score before clamping; empty without any data."""
    up, down = variant.factor.numerator, variant.factor.denominator
    has_penalties = any(u < 0 for u in variant.units)
    if not variant.total:
        if not variant.measures:
            return nothing()
        return divide(times(totals.c.negative, up), number(down), may_be_negative=True)
    if variant.is_weighted:
        value = add([number(variant.offset), divide(times(totals.c.positive, up), times(totals.c.present, down), may_be_negative=False)])
    else:
        numerator = times(totals.c.positive, variant.total)
        if has_penalties:
            numerator = add([numerator, _product(totals.c.negative, totals.c.present)])
        value = divide(times(numerator, up), times(totals.c.present, down), may_be_negative=has_penalties)
    return choose([(compare(totals.c.known, ">", number(0)), value)], nothing(), BIG)


def _product(left: Column, right: Column) -> Column:
    return choose([(is_not_null(left), left * right)], nothing(), BIG)


def _limited(environment: Environment, definition: Definition, divided: CTE) -> Column:
    """Return the score clamped to the scale, then held by its caps in their order."""
    low, high = (ten_thousandths(s) for s in definition.body.scale)
    value = largest(environment, number(low), smallest(environment, number(high), divided.c.raw))
    for index, cap in enumerate(definition.body.caps):
        holds = compare(divided.c[f"cap{index}"], "=", number(1))
        if cap.at_most is not None:
            value = smallest(environment, value, choose([(holds, number(ten_thousandths(cap.at_most)))], number(high), BIG))
        if cap.at_least is not None:
            value = largest(environment, value, choose([(holds, number(ten_thousandths(cap.at_least)))], number(low), BIG))
    return value


def leaving(environment: Environment, definition: Definition, ids: Ids | None) -> Select[Any] | None:
    """Return the records that have a score and are no longer among those it is for; None when it is for all."""
    if definition.where is None:
        return None
    source = Source(environment, definition.entity, ids=ids)
    stays = compile_condition(source, definition.where)
    scores = environment.tables.score(definition.id)
    conditions = [is_null(source.alias.c.deleted_at), compare(flag(stays), "=", number(0))]
    restriction = source.restriction(source.alias.c.id)
    if restriction is not None:
        conditions.append(restriction)
    clause = source.from_clause.join(scores, scores.c.record == source.alias.c.id)
    return select(source.alias.c.id.label("id"), scores).select_from(clause).where(every(conditions))
