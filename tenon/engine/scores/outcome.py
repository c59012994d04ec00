"""What a computation would change: the computed score beside what is stored, overrides and the trend, only rows that differ."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import CTE, Select, and_, case, cast, func, literal, null, or_, select, type_coerce

from tenon.engine.columns import CodeText, Exact
from tenon.engine.scores.compile import computed, day_start, leaving
from tenon.engine.scores.definition import Definition
from tenon.engine.scores.layers import flag, layer, nothing, now_parameter, number, to_whole
from tenon.engine.scores.movement import band_of, index_of, is_limited, moment, moved, name_of
from tenon.engine.scores.tables import overrides, snapshots
from tenon.engine.sql.elements import BIG, binary, choose, compare, is_not_null, is_null
from tenon.engine.sql.environment import Column, Environment
from tenon.engine.sql.source import Ids

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
    else:
        placed = _free(environment, placed)
    final = _final(environment, definition, placed)
    c = final.c
    differs = {name: c[name].is_distinct_from(c[f"was_{name}"]) for name in dict.fromkeys((*_SHOWN, *_KEPT, *_WORKED))}
    form = c.was_form.is_distinct_from(literal(definition.form, CodeText()))
    is_new = is_null(c.was_record)
    shown = flag(or_(is_new, *[differs[n] for n in _SHOWN]))
    kept = flag(or_(is_new, *[differs[n] for n in _KEPT]))
    values = {
        "record": c.id,
        "seq": c.was_seq,
        "is_new": flag(is_new),
        "is_leaving": number(0),
        "is_shown": shown,
        "is_kept": kept,
        "was_score": c.was_score,
        "was_band": c.was_band,
        "was_last": c.was_last_band,
    }
    columns = [(values[name] if name in values else c[name]).label(name) for name in COLUMNS]
    return select(*columns).where(or_(is_new, form, *differs.values()))


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
    """Return the computed score beside the stored row, an override that holds, and the value of the trend's day."""
    was = environment.tables.score(definition.id).alias("was")
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
    stored = {
        "record": was.c.record,
        "seq": was.c.seq,
        "form": was.c.form,
        "band": was.c.band,
        "computed_band": was.c.computed_band,
        "variant": was.c.variant,
        "shares": was.c.shares,
        "caps": was.c.caps,
        "placed_band": was.c.placed_band,
        "last_band": was.c.last_band,
        "band_since": was.c.band_since,
        "since": was.c.band_since,
        "wanted": was.c.wanted,
        "wanted_since": was.c.wanted_since,
        **{name: to_whole(environment, was.c[name]) for name in _EXACT},
    }
    if not environment.is_sqlite:
        stored["shares"] = was.c.shares
    else:
        stored["shares"] = type_coerce(was.c.shares, CodeText())
    clause = scored.outerjoin(was, was.c.record == c.id).outerjoin(override, open_)
    statement = select(
        *c, target.label("target"), index_of(definition.bands, was.c.placed_band).label("was"),
        *[column.label(f"was_{name}") for name, column in stored.items()],
        to_whole(environment, override.c.value).label("own_score"), override.c.band.label("own_band"),
        _before(environment, definition, c.id).label("ago"),
    ).select_from(clause)  # fmt: skip
    return layer(environment, statement, "beside")


def _least(definition: Definition) -> int:
    return max(int(definition.body.min_coverage * 10_000), 1)


def _before(environment: Environment, definition: Definition, record: Column) -> Column:
    """Return the score at the end of the day so many days ago."""
    past = snapshots.alias("past")
    after = day_start(environment, environment.today - timedelta(days=definition.body.trend_days - 1))
    found = (
        select(past.c.value)
        .where(past.c.score == definition.id, past.c.record == record, past.c.at < moment(environment, after))
        .order_by(past.c.at.desc(), past.c.id.desc()).limit(1)
    )  # fmt: skip
    value = found.correlate_except(past).scalar_subquery()
    return to_whole(environment, type_coerce(value, Exact(4)))


def _free(environment: Environment, beside: CTE) -> CTE:
    """Return the layer for bands that follow the score at once."""
    c = beside.c
    is_same = or_(is_null(c.target), and_(is_not_null(c.was), c.was == c.target))
    since = case((is_same, c.was_since), else_=now_parameter())
    return layer(
        environment,
        select(*c, c.target.label("placed"), nothing().label("wanted"), cast(null(), c.was_since.type).label("wanted_since"), since.label("band_since")),
        "placed",
    )  # fmt: skip


def _final(environment: Environment, definition: Definition, placed: CTE) -> CTE:
    """Return the layer of stored values: names instead of numbers, overrides in front."""
    c = placed.c
    name = name_of(definition.bands, c.placed)
    by_value = name_of(definition.bands, choose([(is_not_null(c.own_score), band_of(definition.edges, c.own_score))], nothing(), BIG))
    band = func.coalesce(c.own_band, by_value, name)
    score = func.coalesce(c.own_score, c.score, type_=BIG)
    variant = name_of([v.body.name for v in definition.variants], c.v)
    gone = {"score", "v", "own_score", "own_band", "target", "was", "stale", "was_since", "placed"}
    kept = [each for each in c if each.name not in gone and not each.name.startswith("keep_")]
    named = layer(
        environment,
        select(
            *kept, c.score.label("computed_score"), score.label("score"), name.label("computed_band"), band.label("band"), variant.label("variant"),
        ),
        "named",
    )  # fmt: skip
    n = named.c
    return layer(
        environment,
        select(
            *[each for each in n if each.name != "ago"],
            binary(n.score, "-", n.ago, BIG).label("trend"),
            func.coalesce(n.computed_band, n.was_placed_band).label("placed_band"),
            func.coalesce(n.band, n.was_last_band).label("last_band"),
        ),
        "final",
    )  # fmt: skip
