"""When a band may change: margin, keep, dwell, periods, grace, steps and stale data, as layers over the computed score."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import CTE, case, cast, literal, null, select

from tenon.engine.columns import Moment
from tenon.engine.scores.compile import day_start
from tenon.engine.scores.definition import Definition, ten_thousandths
from tenon.engine.scores.layers import flag, layer, nothing, now_parameter, number
from tenon.engine.sql.elements import BIG, binary, choose, compare, every, is_not_null, is_null, some
from tenon.engine.sql.environment import Column, Environment
from tenon.engine.sql.values import clocked
from tenon.metamodel.kinds.score import Keep, Movement

UP, DOWN = 1, -1


def band_of(edges: Sequence[int], score: Column) -> Column:
    """Return the number of the band a score lies in; an edge belongs to the band above it, what is below all to the lowest."""
    ladder = [(compare(score, ">=", number(edge)), number(index)) for index, edge in reversed(list(enumerate(edges)))]
    return choose(ladder[:-1], number(0), BIG)


def index_of(names: Sequence[str], name: Column) -> Column:
    """Return the number of a band by its name; empty for no band and for one that is no more."""
    return choose([(name == text, number(index)) for index, text in enumerate(names)], nothing(), BIG)


def name_of(names: Sequence[str], index: Column) -> Column:
    """Return the name of a band by its number."""
    ladder = [(index == position, text) for position, text in enumerate(names)]
    return _text_choice(ladder)


def _text_choice(ladder: list[tuple[Column, str]]) -> Column:
    return case(*ladder, else_=null())


def period_start(day: date, period: str) -> date:
    """Return the first day of the month, quarter or year."""
    months = {"month": day.month, "quarter": (day.month - 1) // 3 * 3 + 1, "year": 1}
    return day.replace(month=months[period], day=1)


def next_period(day: date, period: str) -> date:
    """Return the first day of the period after."""
    step = {"month": 1, "quarter": 3, "year": 12}[period]
    start = period_start(day, period)
    months = start.year * 12 + start.month - 1 + step
    return date(months // 12, months % 12 + 1, 1)


def moved(environment: Environment, definition: Definition, layer_in: CTE, *, is_exempt: bool) -> CTE:
    """Return the layer with ``placed`` (the band's number), ``wanted``, ``wanted_since`` and ``band_since``.

    It takes ``target`` (what the score alone says), ``was`` (the band before, empty for a first placing), ``was_wanted``,
    ``was_wanted_since`` and ``was_since``. ``is_exempt``: a change of the model waits for no period, dwell or grace.
    """
    movement = definition.movement
    source = layer_in.c
    wanted = layer(environment, select(*source, _direction(definition, layer_in).label("direction")), "directed")
    is_same = every([is_not_null(wanted.c.was_wanted), compare(wanted.c.was_wanted, "=", wanted.c.direction)])
    since = choose(
        [(is_null(wanted.c.direction), cast(null(), Moment())), (is_same, wanted.c.was_wanted_since)],
        now_parameter(),
        wanted.c.was_wanted_since.type,
    )
    timed = layer(environment, select(*wanted.c, since.label("since")), "timed")
    is_open = number(1) if is_exempt else _open(environment, movement, timed)
    opened = layer(environment, select(*timed.c, is_open.label("is_open")), "opened")
    c = opened.c
    goes = every([is_not_null(c.direction), compare(c.is_open, "=", number(1))])
    placed = choose([(is_null(c.target), nothing()), (is_null(c.was), c.target), (goes, _stepped(movement, opened))], c.was, BIG)
    is_waiting = every([is_not_null(c.direction), compare(c.is_open, "=", number(0))])
    stays = every([is_not_null(c.was), some([is_null(c.target), ~goes])])
    passed = [each for each in c if each.name not in ("direction", "since", "is_open")]
    return layer(
        environment,
        select(
            *passed, placed.label("placed"),
            choose([(is_waiting, c.direction)], nothing(), BIG).label("wanted"),
            choose([(is_waiting, c.since)], cast(null(), Moment()), c.was_since.type).label("wanted_since"),
            choose([(some([stays, every([is_null(c.was), is_null(c.target)])]), c.was_since)], now_parameter(), c.was_since.type).label("band_since"),
        ),
        "placed",
    )  # fmt: skip


def is_limited(definition: Definition) -> bool:
    """Return whether anything can hold a band back."""
    m = definition.movement
    timed = m.up != "immediate" or m.down != "immediate" or m.min_dwell_days or m.grace_days or m.max_step
    return bool(timed or m.margin or m.keep) or _holds_stale(definition)


def _holds_stale(definition: Definition) -> bool:
    ages = [m.body.max_age_days for v in definition.variants for m in v.measures]
    return definition.movement.on_stale == "hold" and any(age is not None for age in ages)


def _direction(definition: Definition, source: CTE) -> Column:
    """Return 1 or -1 when the score asks for another band and the rules would let it, else empty."""
    movement, c = definition.movement, source.c
    is_up, is_down = compare(c.target, ">", c.was), compare(c.target, "<", c.was)
    held = []
    if movement.up == "never":
        held.append(is_up)
    if movement.down == "never":
        held.append(is_down)
    if _holds_stale(definition):
        held.append(compare(c.stale, ">", number(0)))
    held += _within_margin(definition, source)
    held += [
        every([is_down, compare(c.was, "=", number(definition.bands.index(band))), _kept(keep, source, band)])
        for band, keep in movement.keep.items()
    ]
    ladder = [(some([is_null(c.was), is_null(c.target), *held]), nothing()), (is_up, number(UP)), (is_down, number(DOWN))]
    return choose(ladder, nothing(), BIG)


def _within_margin(definition: Definition, source: CTE) -> list[Column]:
    """Return the conditions that the score passed the edge of its band by no more than the margin."""
    margin = ten_thousandths(definition.movement.margin)
    if not margin:
        return []
    found = []
    c = source.c
    for index, edge in enumerate(definition.edges):
        own = compare(c.was, "=", number(index))
        if index + 1 < len(definition.edges):
            above = definition.edges[index + 1] + margin
            found.append(every([own, compare(c.target, ">", c.was), compare(c.score, "<=", number(above))]))
        if index:
            found.append(every([own, compare(c.target, "<", c.was), compare(c.score, ">=", number(edge - margin))]))
    return found


def _kept(keep: Keep, source: CTE, band: str) -> Column:
    """Return the condition that a band is kept although the score fell below its edge."""
    parts = []
    if keep.lower is not None:
        parts.append(compare(source.c.score, ">=", number(ten_thousandths(keep.lower))))
    if keep.when is not None:
        parts.append(compare(source.c[f"keep_{band}"], "=", number(1)))
    return every(parts)


def _open(environment: Environment, movement: Movement, timed: CTE) -> Column:
    """Return 1 when the wanted change need not wait any longer: each condition compares a stored moment with a known one."""
    c = timed.c
    both = (
        _before(environment, c.was_since, lambda at: at.today - timedelta(days=movement.min_dwell_days - 1))
        if movement.min_dwell_days
        else []
    )
    up = _before(environment, c.since, lambda at: period_start(at.today, movement.period)) if movement.up == "period" else []
    down = _before(environment, c.since, lambda at: period_start(at.today, movement.period)) if movement.down == "period" else []
    if movement.grace_days:
        down = down + _before(environment, c.since, lambda at: at.today - timedelta(days=movement.grace_days - 1))
    is_up = compare(c.direction, "=", number(UP))
    return choose([(is_up, flag(every([*both, *up])))], flag(every([*both, *down])), BIG)


def _before(environment: Environment, column: Column, day: Callable[[Environment], date]) -> list[Column]:
    """Return the condition that a stored moment is empty or before a day that is read off the clock."""
    start = clocked(environment, lambda at: moment(at, day_start(at, day(at))))
    return [some([is_null(column), compare(column, "<", start)])]


def moment(environment: Environment, value: datetime) -> Column:
    """Return a moment as the stored ones are."""
    return literal(value, Moment())


def _stepped(movement: Movement, source: CTE) -> Column:
    """Return the target, or the band at most so many steps toward it."""
    c = source.c
    if movement.max_step is None:
        return c.target
    up, down = binary(c.was, "+", number(movement.max_step), BIG), binary(c.was, "-", number(movement.max_step), BIG)
    return choose([(compare(c.target, ">", up), up), (compare(c.target, "<", down), down)], c.target, BIG)


def due_on(movement: Movement, wanted: int | None, wanted_on: date | None, band_on: date | None) -> date | None:
    """Return the day on which a change that is held back takes place, None when none is wanted."""
    if wanted is None or wanted_on is None:
        return None
    days = [wanted_on]
    if movement.min_dwell_days and band_on is not None:
        days.append(band_on + timedelta(days=movement.min_dwell_days))
    timing = movement.up if wanted == UP else movement.down
    if timing == "period":
        days.append(next_period(wanted_on, movement.period))
    if wanted == DOWN and movement.grace_days:
        days.append(wanted_on + timedelta(days=movement.grace_days))
    return max(days)
