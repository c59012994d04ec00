"""A score as it is beside what a run has staged: counts and sums of all stored rows, and of those that change, a grouped statement each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import FromClause, RowMapping, Select, Text, and_, case, cast, func, literal, or_, select, type_coerce

from tenon.engine.scores.definition import WHOLE, Definition
from tenon.engine.scores.layers import flag, layer, nothing, number, times, to_whole
from tenon.engine.scores.tables import stage
from tenon.engine.sql.elements import BIG, binary, call, choose, compare, is_null
from tenon.engine.sql.environment import Column, Environment
from tenon.engine.unit_of_work import UnitOfWork

BUCKETS = 20


@dataclass(frozen=True)
class Sides:
    """The stored rows of a score, and beside them what a run has staged: together what every record has now and would have."""

    environment: Environment
    definition: Definition
    before: Definition | None
    run: str
    low: Decimal
    high: Decimal
    staged: int
    """How many rows would change."""

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
Means = dict[tuple[str, str], Mean]


@dataclass(frozen=True)
class Totals:
    """All records by the way they go (as many groups as there are combinations), and what each measure gives on the average on both sides."""

    groups: list[Group]
    was: Means
    now: Means


def totals(uow: UnitOfWork, sides: Sides) -> Totals:
    """Return the totals of all records: the stored rows are looked at once, and those that change once more."""
    before, after = sides.before, sides.definition
    stored = _stored(uow, sides, before) if before is not None else []
    staged = _staged(uow, sides, before) if sides.staged else []
    was: Sums = {}
    for row in stored:
        _add(was, before, row.variant, row.is_own, row.count, row.was)
    # While the stored shares go on meaning the same, what does not change counts as it is; else every row changes.
    stays = before is not None and before.form == after.form
    now: Sums = dict(was) if stays else {}
    for row in staged:
        if stays:
            _add(now, before, row.variant, row.is_own, -row.count, [-each for each in row.was])
        _add(now, after, row.is_variant, row.way[1], row.count, row.now)
    return Totals(_groups(stored, staged), _means(was), _means(now))


@dataclass(frozen=True)
class _Row:
    """Records that go one way, and the sums of their shares: of each measure the sum and of how many."""

    way: tuple[bool, bool, str | None, str | None, int | None, int | None]
    variant: str | None
    is_variant: str | None
    is_own: bool
    """Whether the stored shares mean what those of the published score mean."""
    count: int
    coverage: tuple[int, int]
    was: list[int]
    now: list[int]


def _stored(uow: UnitOfWork, sides: Sides, before: Definition) -> list[_Row]:
    """Return the stored rows, as if nothing changed."""
    place = sides.environment
    e, s = place.tables.of(sides.definition.entity).alias("e"), place.tables.score(sides.definition.id).alias("s")
    keys = {"band": s.c.band, "bucket": sides.bucket(to_whole(place, s.c.score)), "variant": s.c.variant, "is_own": flag(s.c.form == before.form)}
    shares = _shares(place, "was", s.c.shares, before)
    values = {"coverage": to_whole(place, s.c.coverage), **shares}
    clause = s.join(e, e.c.id == s.c.record)
    found = uow.connection.execute(_grouped(place, keys, values, list(shares), clause, e.c.deleted_at.is_(None))).mappings()
    return [
        _Row(
            (True, True, r["band"], r["band"], r["bucket"], r["bucket"]), r["variant"], r["variant"], bool(r["is_own"]), int(r["count"]),
            (int(r["coverage"]), int(r["coverage"])), _read(r, shares), [],
        )
        for r in found
    ]  # fmt: skip


def _staged(uow: UnitOfWork, sides: Sides, before: Definition | None) -> list[_Row]:
    """Return the rows that change."""
    place = sides.environment
    s, g = place.tables.score(sides.definition.id).alias("s"), stage.alias("g")
    keys = {
        "is_new": g.c.is_new, "is_leaving": g.c.is_leaving, "was_band": g.c.was_band, "band": g.c.band, "was_bucket": sides.bucket(g.c.was_score),
        "bucket": sides.bucket(g.c.score), "was_variant": s.c.variant, "variant": g.c.variant,
        "is_own": flag(s.c.form == (before.form if before is not None else "")),
    }  # fmt: skip
    was, now = _shares(place, "was", s.c.shares, before), _shares(place, "is", g.c.shares, sides.definition)
    values = {"was_coverage": to_whole(place, s.c.coverage), "coverage": g.c.coverage, **was, **now}
    clause = g.outerjoin(s, s.c.record == g.c.record)
    found = uow.connection.execute(_grouped(place, keys, values, [*was, *now], clause, g.c.run == sides.run)).mappings()
    return [
        _Row(
            (not r["is_new"], not r["is_leaving"], r["was_band"], r["band"], r["was_bucket"], r["bucket"]), r["was_variant"], r["variant"],
            bool(r["is_own"]), int(r["count"]), (int(r["was_coverage"]), int(r["coverage"])), _read(r, was), _read(r, now),
        )
        for r in found
    ]  # fmt: skip


def _grouped(
    environment: Environment, keys: dict[str, Column], values: dict[str, Column], shares: list[str], clause: FromClause, condition: Column
) -> Select[Any]:
    """Return how many rows there are of each combination of keys, and sums of values; of shares also how many there are."""
    listed = [column.label(name) for name, column in {**keys, **values}.items()]
    rows = layer(environment, select(*listed).select_from(clause).where(condition), "rows").c
    sums = [func.coalesce(func.sum(rows[n] if n not in shares else case((rows[n] >= 0, rows[n]))), 0).label(n) for n in values]
    known = [func.count(case((rows[n] >= 0, 1))).label(f"{n}_known") for n in shares]
    own = [rows[n] for n in keys]
    return select(*own, func.count().label("count"), *sums, *known).group_by(*own)


def _read(row: RowMapping, shares: dict[str, Column]) -> list[int]:
    return [int(row[name]) for share in shares for name in (share, f"{share}_known")]


def _shares(environment: Environment, side: str, shares: Column, definition: Definition | None) -> dict[str, Column]:
    most = max(len(v.measures) for v in definition.variants) if definition is not None else 0
    return {f"{side}_{position}": _share(environment, shares, position) for position in range(most)}


def _add(sums: Sums, definition: Definition | None, variant: str | None, counts: bool, count: int, given: list[int]) -> None:
    """Add to the sums of one side what rows of a variant give, if they count on it."""
    found = next((v for v in definition.variants if v.body.name == variant), None) if definition is not None and counts else None
    for index, measure in enumerate(found.measures if found is not None else ()):
        total, known, records = sums.get((str(variant), measure.id), (0, 0, 0))
        sums[str(variant), measure.id] = (total + given[2 * index], known + given[2 * index + 1], records + count)


def _groups(stored: list[_Row], staged: list[_Row]) -> list[Group]:
    """Return the groups: stored rows that change go their way instead of staying."""
    found: dict[tuple[Any, ...], list[int]] = {}

    def count(way: tuple[Any, ...], *numbers: int) -> None:
        found[way] = [a + b for a, b in zip(found.get(way, (0, 0, 0)), numbers, strict=True)]

    for row in stored:
        count(row.way, row.count, *row.coverage)
    for row in staged:
        was_in, _, band, _, part, _ = row.way
        if was_in:
            count((True, True, band, band, part, part), -row.count, -row.coverage[0], -row.coverage[0])
        count(row.way, row.count, *row.coverage)
    return [Group(*way, *numbers) for way, numbers in found.items() if numbers[0]]


def _means(sums: Sums) -> dict[tuple[str, str], Mean]:
    return {
        key: Mean((Decimal(total) / count / WHOLE).quantize(Decimal("0.0001")) if count else None, count, records)
        for key, (total, count, records) in sums.items()
    }  # fmt: skip


def moved_rows(sides: Sides, alias: FromClause, clause: FromClause, conditions: Sequence[Column], *more: Column) -> Select[Any]:
    """Return the records that change band, come or go, among those of a FROM clause for which the conditions hold."""
    g = stage.alias("g")
    columns = {
        "was_in": binary(number(1), "-", g.c.is_new, BIG), "is_in": binary(number(1), "-", g.c.is_leaving, BIG), "was_band": g.c.was_band,
        "is_band": g.c.band, "was_score": g.c.was_score, "is_score": g.c.score,
    }  # fmt: skip
    moves = or_(g.c.is_new == 1, g.c.is_leaving == 1, g.c.was_band.is_distinct_from(g.c.band))
    joined = clause.join(g, and_(g.c.run == sides.run, g.c.record == alias.c.id))
    return select(alias.c.id, *[c.label(n) for n, c in columns.items()], *more).select_from(joined).where(alias.c.deleted_at.is_(None), moves, *conditions)


def _share(environment: Environment, shares: Column, position: int) -> Column:
    """Return one of the stored shares, empty when missing."""
    if environment.is_sqlite:
        return call("json_extract", type_coerce(shares, Text()), literal(f"$[{position}]"), type_=BIG)
    return cast(func.jsonb_extract_path_text(shares, literal(str(position))), BIG)
