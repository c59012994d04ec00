"""A score as it is beside what a run has staged: counts, sums and moves of all records, each one grouped statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import FromClause, Select, Subquery, Text, and_, case, cast, func, literal, or_, select, type_coerce

from tenon.engine.scores.definition import WHOLE, Definition
from tenon.engine.scores.layers import flag, nothing, number, times, to_whole
from tenon.engine.scores.tables import stage
from tenon.engine.sql.elements import BIG, binary, call, choose, compare, is_null
from tenon.engine.sql.environment import Column, Environment
from tenon.engine.unit_of_work import UnitOfWork

BUCKETS = 20


@dataclass(frozen=True)
class Sides:
    """Every record that has the score now (``was_in``) or would have it (``is_in``), with both values of everything."""

    environment: Environment
    definition: Definition
    run: str
    low: Decimal
    high: Decimal
    staged: int
    """How many rows would change."""

    def join(self, alias: FromClause, clause: FromClause) -> tuple[FromClause, dict[str, Column], Column]:
        """Join both sides to records: the FROM clause, the columns by name, and the condition of the records that have the score at all."""
        s = self.environment.tables.score(self.definition.id).alias("s")
        g = stage.alias("g")
        joined = clause.outerjoin(s, s.c.record == alias.c.id).outerjoin(g, and_(g.c.run == self.run, g.c.record == alias.c.id))
        is_kept = g.c.record.is_(None)

        def after(stored: Column, staged: Column, type_: Any = BIG) -> Column:
            return choose([(is_kept, stored)], staged, type_)

        exact = {name: to_whole(self.environment, s.c[name]) for name in ("score", "coverage")}
        columns: dict[str, Column] = {
            "was_in": flag(s.c.record.is_not(None)),
            "is_in": choose([(is_kept, flag(s.c.record.is_not(None)))], binary(number(1), "-", g.c.is_leaving, BIG), BIG),
            "was_band": s.c.band, "is_band": case((is_kept, s.c.band), else_=g.c.band),
            "was_score": exact["score"], "is_score": after(exact["score"], g.c.score),
            "was_coverage": exact["coverage"], "is_coverage": after(exact["coverage"], g.c.coverage),
            "was_variant": s.c.variant, "is_variant": case((is_kept, s.c.variant), else_=g.c.variant),
            "is_staged": flag(g.c.record.is_not(None)), "was_shares": s.c.shares, "is_shares": case((is_kept, s.c.shares), else_=g.c.shares), "was_form": s.c.form,
        }  # fmt: skip
        return joined, columns, and_(alias.c.deleted_at.is_(None), or_(s.c.record.is_not(None), g.c.record.is_not(None)))

    def all(self, *names: str) -> Subquery:
        """Return these columns of every record."""
        alias = self.environment.tables.of(self.definition.entity).alias("e")
        joined, columns, there = self.join(alias, alias)
        return select(*[columns[name].label(name) for name in names]).select_from(joined).where(there).subquery("sides")

    def bucket(self, score: Column) -> Column:
        """Return in which part of the scale a score lies, from 0."""
        return bucket(score, self.low, self.high, BUCKETS)


def bucket(score: Column, lowest: Decimal, highest: Decimal, parts: int) -> Column:
    """Return in which of the equal parts of a scale a score in ten-thousandths lies, from 0; what lies outside is in the first or the last."""
    low, span = int(lowest * WHOLE), max(int((highest - lowest) * WHOLE), 1)
    part = binary(times(binary(score, "-", number(low), BIG), parts), "/", number(span), BIG)
    ladder = [(is_null(score), nothing()), (compare(score, "<=", number(low)), number(0)), (compare(part, ">=", number(parts)), number(parts - 1))]
    return choose(ladder, part, BIG)


@dataclass(frozen=True)
class Group:
    """How many records go the same way: from a band and part of the scale to another, and their coverage in ten-thousandths."""

    was_in: bool
    is_in: bool
    was_band: str | None
    is_band: str | None
    was_bucket: int | None
    is_bucket: int | None
    count: int
    was_coverage: int
    is_coverage: int


def groups(uow: UnitOfWork, sides: Sides) -> list[Group]:
    """Return every group of records; there are as many as there are combinations, however many records."""
    rows = sides.all("was_in", "is_in", "was_band", "is_band", "was_score", "is_score", "was_coverage", "is_coverage").c
    parts = select(
        rows.was_in, rows.is_in, rows.was_band, rows.is_band, sides.bucket(rows.was_score).label("was_bucket"),
        sides.bucket(rows.is_score).label("is_bucket"), rows.was_coverage, rows.is_coverage,
    ).subquery("parts")  # fmt: skip
    keys = [parts.c[n] for n in ("was_in", "is_in", "was_band", "is_band", "was_bucket", "is_bucket")]
    totals = [func.count(), *(func.coalesce(func.sum(parts.c[n]), 0) for n in ("was_coverage", "is_coverage"))]
    found = uow.connection.execute(select(*keys, *totals).group_by(*keys))
    return [Group(bool(r[0]), bool(r[1]), r[2], r[3], r[4], r[5], int(r[6]), int(r[7]), int(r[8])) for r in found]


@dataclass(frozen=True)
class Mean:
    """What a measure gives on the average: the mean share of the records with data, how many these are, and of how many."""

    share: Decimal | None
    with_data: int
    records: int

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {"share": self.share, "with_data": self.with_data, "records": self.records}


Sums = dict[tuple[str, str], tuple[int, int, int]]
"""By the names of variant and measure's id: the sum of shares in ten-thousandths, of how many records with data, of how many in all."""


def means(uow: UnitOfWork, sides: Sides, before: Definition | None) -> tuple[dict[tuple[str, str], Mean], dict[tuple[str, str], Mean]]:
    """Return what each measure gives, before and after.

    When the stored shares go on meaning the same, only the records that change are looked at twice.
    """
    after = sides.definition
    was = _sums(uow, sides, before, "was") if before is not None else {}
    if before is None or before.form != after.form:
        return _means(was), _means(_sums(uow, sides, after, "is"))
    if not sides.staged:
        return _means(was), _means(was)
    gone, come = _sums(uow, sides, before, "was", staged=True), _sums(uow, sides, after, "is", staged=True)
    none = (0, 0, 0)
    now = {
        key: tuple(a - b + c for a, b, c in zip(was.get(key, none), gone.get(key, none), come.get(key, none), strict=True))
        for key in was.keys() | come.keys()
    }  # fmt: skip
    return _means(was), _means(now)  # type: ignore[arg-type]


def _means(sums: Sums) -> dict[tuple[str, str], Mean]:
    return {
        key: Mean((Decimal(total) / count / WHOLE).quantize(Decimal("0.0001")) if count else None, count, records)
        for key, (total, count, records) in sums.items()
    }  # fmt: skip


def _sums(uow: UnitOfWork, sides: Sides, definition: Definition, side: str, *, staged: bool = False) -> Sums:
    """Return the sums of one side, over all records or over those that change."""
    most = max(len(v.measures) for v in definition.variants)
    names = [f"{side}_in", f"{side}_variant", f"{side}_shares"]
    rows = sides.all(*names, "is_staged", "was_form").c
    shares = [_share(sides.environment, rows[names[2]], position) for position in range(most)]
    known = select(rows[names[1]].label("variant"), *[s.label(f"m{i}") for i, s in enumerate(shares)]).where(rows[names[0]] == 1)
    if side == "was":
        known = known.where(rows.was_form == definition.form)  # shares stored by an earlier release mean something else
    if staged:
        known = known.where(rows.is_staged == 1)
    inner = known.subquery("known")
    totals: list[Column] = []
    for index in range(most):
        has = inner.c[f"m{index}"] >= 0
        totals += [func.coalesce(func.sum(case((has, inner.c[f"m{index}"]))), 0), func.count(case((has, inner.c[f"m{index}"])))]
    by_name = {v.body.name: v for v in definition.variants}
    return {
        (row[0], measure.id): (int(row[2 + 2 * index]), int(row[3 + 2 * index]), int(row[1]))
        for row in uow.connection.execute(select(inner.c.variant, func.count(), *totals).group_by(inner.c.variant)) if row[0] in by_name
        for index, measure in enumerate(by_name[row[0]].measures)
    }  # fmt: skip


def moved_rows(sides: Sides, alias: FromClause, clause: FromClause, conditions: Sequence[Column], *more: Column) -> Select[Any]:
    """Return the records that change band, come or go, among those of a FROM clause for which the conditions hold."""
    joined, columns, there = sides.join(alias, clause)
    moves = or_(columns["was_in"] != columns["is_in"], columns["was_band"].is_distinct_from(columns["is_band"]))
    kept = ("was_in", "is_in", "was_band", "is_band", "was_score", "is_score")
    return select(alias.c.id, *[columns[n].label(n) for n in kept], *more).select_from(joined).where(there, moves, *conditions)


def _share(environment: Environment, shares: Column, position: int) -> Column:
    """Return one of the stored shares, empty when missing."""
    if environment.is_sqlite:
        return call("json_extract", type_coerce(shares, Text()), literal(f"$[{position}]"), type_=BIG)
    return cast(func.jsonb_extract_path_text(shares, literal(str(position))), BIG)
