"""What a computation would change: the computed score beside what is stored, overrides and the trend, only rows that differ."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import CTE, FromClause, Select, and_, case, cast, func, literal, null, or_, select, type_coerce

from tenon.engine.columns import CodeText, Exact
from tenon.engine.scores.compile import computed, day_start, leaving
from tenon.engine.scores.definition import Definition
from tenon.engine.scores.layers import flag, layer, nothing, now_parameter, number, to_whole
from tenon.engine.scores.movement import band_of, index_of, is_limited, moment, moved, name_of
from tenon.engine.scores.tables import overrides, snapshots
from tenon.engine.sql.elements import BIG, binary, choose, compare, is_null
from tenon.engine.sql.environment import Column, Environment
from tenon.engine.sql.source import Ids
from tenon.engine.sql.values import clocked

COLUMNS = (
    "record", "seq", "is_new", "is_leaving", "is_shown", "is_kept", "score", "band", "coverage", "trend", "computed_score", "computed_band",
    "variant", "shares", "caps", "placed_band", "last_band", "band_since", "wanted", "wanted_since", "was_score", "was_band", "was_last",
)  # fmt: skip
"""The columns of `changes`, as the stage holds them."""
_EXACT = ("score", "coverage", "trend", "computed_score")
_SHOWN = ("score", "band", "coverage", "trend")
_KEPT = ("score", "band", "coverage", "computed_score", "computed_band", "variant", "shares", "caps")
_WORKED = ("placed_band", "last_band", "band_since", "wanted", "wanted_since")


def changes(environment: Environment, definition: Definition, ids: Ids | None, *, grouped: bool, is_exempt: bool = False) -> Select[Any]:
    """Return the rows that differ from what is stored, as `COLUMNS`; it takes ``now`` when it runs.

    ``is_exempt``: a change of the model, which waits for no period, dwell or grace.
    """
    scored = computed(environment, definition, ids, grouped=grouped)
    placed = _beside(environment, definition, scored)
    if is_limited(definition):
        placed = moved(environment, definition, placed, is_exempt=is_exempt)
    fresh = _named(environment, definition, placed)
    was = environment.tables.score(definition.id).alias("was")
    values = _values(definition, fresh, was)
    stored: dict[str, Column] = {name: was.c[name] for name in (*_SHOWN, *_KEPT, *_WORKED)}
    stored |= {name: to_whole(environment, was.c[name]) for name in _EXACT}
    if environment.is_sqlite:
        stored["shares"] = type_coerce(was.c.shares, CodeText())
    differs = {name: values[name].is_distinct_from(column) for name, column in stored.items()}
    form = was.c.form.is_distinct_from(literal(definition.form, CodeText()))
    is_new = is_null(was.c.record)
    values |= {
        "record": fresh.c.id, "seq": was.c.seq, "is_new": flag(is_new), "is_leaving": number(0),
        "is_shown": flag(or_(is_new, *[differs[n] for n in _SHOWN])), "is_kept": flag(or_(is_new, *[differs[n] for n in _KEPT])),
        "was_score": stored["score"], "was_band": was.c.band, "was_last": was.c.last_band,
    }  # fmt: skip
    columns = [values[name].label(name) for name in COLUMNS]
    return select(*columns).select_from(fresh.outerjoin(was, was.c.record == fresh.c.id)).where(or_(is_new, form, *differs.values()))


def _values(definition: Definition, fresh: CTE, was: FromClause) -> dict[str, Column]:
    """Return what is to be stored: the fresh values, and those that stay while there is no band."""
    c = fresh.c
    values: dict[str, Column] = {name: c[name] for name in (*_SHOWN, *_KEPT)}
    values["placed_band"] = func.coalesce(c.computed_band, was.c.placed_band)
    values["last_band"] = func.coalesce(c.band, was.c.last_band)
    if is_limited(definition):
        return values | {name: c[name] for name in ("band_since", "wanted", "wanted_since")}
    # The band follows the score at once; without one the last stays entered.
    is_same = or_(c.computed_band.is_(None), c.computed_band == was.c.placed_band)
    since = case((is_same, was.c.band_since), else_=now_parameter())
    return values | {"band_since": since, "wanted": nothing(), "wanted_since": cast(null(), was.c.wanted_since.type)}


def departures(environment: Environment, definition: Definition, ids: Ids | None) -> Select[Any] | None:
    """Return the records that lose their score because it is no longer for them, as `COLUMNS`; None when it is for all."""
    gone = leaving(environment, definition, ids)
    if gone is None:
        return None
    c = layer(environment, gone, "gone").c
    one = number(1)
    values = {
        "record": c.id,
        "seq": c.seq,
        "is_new": number(0),
        "is_leaving": one,
        "is_shown": one,
        "is_kept": one,
        "was_score": to_whole(environment, c.score),
        "was_band": c.band,
        "was_last": c.last_band,
    }
    whole = {"score", "coverage", "trend", "computed_score", "caps", "wanted"}
    empties = {n: nothing() if n in whole else cast(null(), c[n].type) for n in COLUMNS if n not in values}
    columns = [(values[n] if n in values else empties[n]).label(n) for n in COLUMNS]
    return select(*columns)


def _beside(environment: Environment, definition: Definition, scored: CTE) -> CTE:
    """Return the computed score beside an override that holds, the value of the trend's day, and what limits on movement ask for."""
    override = overrides.alias("override")
    open_ = and_(
        override.c.score == definition.id,
        override.c.record == scored.c.id,
        override.c.ended_at.is_(None),
        override.c.expires_at > now_parameter(),
    )
    c = scored.c
    target = choose(
        [(is_null(c.score), nothing()), (compare(c.coverage, "<", number(_least(definition))), nothing())],
        band_of(definition.edges, c.score),
        BIG,
    )
    clause = scored.outerjoin(override, open_)
    stored: list[Column] = []
    if is_limited(definition):
        was = environment.tables.score(definition.id).alias("placed_before")
        clause = clause.outerjoin(was, was.c.record == c.id)
        stored = [
            index_of(definition.bands, was.c.placed_band).label("was"), was.c.band_since.label("was_since"), was.c.wanted.label("was_wanted"),
            was.c.wanted_since.label("was_wanted_since"),
        ]  # fmt: skip
    statement = select(
        *c, target.label("target"), *stored, to_whole(environment, override.c.value).label("own_score"), override.c.band.label("own_band"),
        _before(environment, definition, c.id).label("ago"),
    ).select_from(clause)  # fmt: skip
    return layer(environment, statement, "beside")


def _least(definition: Definition) -> int:
    return max(int(definition.body.min_coverage * 10_000), 1)


def _before(environment: Environment, definition: Definition, record: Column) -> Column:
    """Return the score at the end of the day so many days ago."""
    past = snapshots.alias("past")
    back = timedelta(days=definition.body.trend_days - 1)
    after = clocked(environment, lambda at: moment(at, day_start(at, at.today - back)))
    found = (
        select(past.c.value)
        .where(past.c.score == definition.id, past.c.record == record, past.c.at < after)
        .order_by(past.c.at.desc(), past.c.id.desc()).limit(1)
    )  # fmt: skip
    value = found.correlate_except(past).scalar_subquery()
    return to_whole(environment, type_coerce(value, Exact(4)))


def _named(environment: Environment, definition: Definition, placed: CTE) -> CTE:
    """Return the layer of public values: names instead of numbers, overrides in front."""
    c = placed.c
    index = c.placed if is_limited(definition) else c.target
    name = name_of(definition.bands, index)
    by_value = case((c.own_score.is_not(None), name_of(definition.bands, band_of(definition.edges, c.own_score))), else_=null())
    score = func.coalesce(c.own_score, c.score, type_=BIG)
    variant = name_of([v.body.name for v in definition.variants], c.v)
    kept = ["id", "shares", "coverage", "caps", *(("band_since", "wanted", "wanted_since") if is_limited(definition) else ())]
    return layer(
        environment,
        select(
            *[c[each] for each in kept], c.score.label("computed_score"), score.label("score"), name.label("computed_band"),
            func.coalesce(c.own_band, by_value, name).label("band"), variant.label("variant"), binary(score, "-", c.ago, BIG).label("trend"),
        ),
        "fresh",
    )  # fmt: skip
