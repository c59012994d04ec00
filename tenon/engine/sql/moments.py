"""Functions on dates and moments; days are those of the workspace's zone."""

from __future__ import annotations

import ast
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, Date, DateTime, cast, extract, literal

from tenon.engine.columns import show_moment
from tenon.engine.sql.arithmetic import whole
from tenon.engine.sql.builder import Builder
from tenon.engine.sql.elements import BIG, EXACT, NO, YES, binary, call, choose, compare, every, is_not_null, is_not_true
from tenon.engine.sql.environment import Column, Environment
from tenon.engine.sql.values import PLAIN_TEXT, bind, clocked
from tenon.metamodel.expressions.tree import Facts, facts_of
from tenon.metamodel.types import DATE, DATETIME

FIRST_YEAR, LAST_YEAR, LATEST = 1900, 2038, "9999-12-30"
FAR = 40_000
"""Days: what is nearer to an end of the calendar may be beyond it at another moment."""
Day = Date()
Moment = DateTime(timezone=True)


def zone_name(environment: Environment) -> Column:
    """Return the bound name of the workspace's zone."""
    return literal(environment.timezone.key, PLAIN_TEXT)


def _type(environment: Environment, is_moment: bool = False) -> Any:
    return PLAIN_TEXT if environment.is_sqlite else Moment if is_moment else Day


def day_of(builder: Builder, node: ast.expr) -> Column:
    """Return the calendar day of a date or moment."""
    value = builder.value(node)
    if facts_of(node).type.kind != "datetime":
        return value
    if facts_of(node).is_constant:
        moment = builder.constant(node)
        return bind(builder.environment, moment and moment.astimezone(builder.environment.timezone).date(), DATE)
    exact = call("tenon_day", value, zone_name(builder.environment), type_=_type(builder.environment))
    steady = steady_since(builder.environment.timezone) if builder.environment.is_sqlite else None
    return exact if steady is None else _quick_day(value, steady, exact)


def _quick_day(value: Column, steady: tuple[datetime, int], exact: Column) -> Column:
    """Return the day by SQLite's own function where the zone's offset is always the same, which is called without leaving it."""
    since, minutes = steady
    near = every([compare(value, ">=", literal(show_moment(since), PLAIN_TEXT)), compare(value, "<", literal(LATEST, PLAIN_TEXT))])
    seconds = call("substr", value, literal(1, BIG), literal(19, BIG), type_=PLAIN_TEXT)  # SQLite rounds fractions up
    day = call("date", seconds, literal(f"{minutes:+d} minutes", PLAIN_TEXT), type_=PLAIN_TEXT) if minutes else call("substr", value, literal(1, BIG), literal(10, BIG), type_=PLAIN_TEXT)
    return choose([(near, day)], exact, PLAIN_TEXT)


@cache
def steady_since(zone: ZoneInfo) -> tuple[datetime, int] | None:
    """Return since when a zone has one offset, in minutes, for good; None where clocks are still changed."""
    months = [datetime(year, month, 1, tzinfo=UTC) for year in range(FIRST_YEAR, LAST_YEAR) for month in range(1, 13)]
    offsets = [month.astimezone(zone).utcoffset() or timedelta() for month in months]
    last = next((i for i in range(len(offsets) - 1, 0, -1) if offsets[i] != offsets[i - 1]), 0)
    if months[last].year > LAST_YEAR - 10 or offsets[-1].total_seconds() % 60:
        return None
    return months[last], int(offsets[-1].total_seconds() // 60)


def this_day(environment: Environment, after: int = 0) -> Column:
    """Return today, or the day so many days after it."""
    return clocked(environment, lambda at: bind(at, at.today + timedelta(days=after), DATE))


def midnight(environment: Environment, day: Column) -> Column:
    """Return the first moment of a day."""
    if environment.is_sqlite:
        return call("tenon_midnight", day, zone_name(environment), type_=_type(environment, True))
    return call("timezone", zone_name(environment), cast(day, DateTime()), type_=Moment)


def _between(environment: Environment, first: Column, last: Column) -> Column:
    """Return the days from one date to another."""
    if environment.is_sqlite:
        days = [call("julianday", d, type_=BIG) for d in (last, first)]
        return cast(binary(days[0], "-", days[1], BIG), BigInteger())
    return cast(binary(last, "-", first, BIG), BIG)


def compile_days_between(builder: Builder, node: ast.Call) -> Column:
    """Compile days_between(a, b)."""
    return _between(builder.environment, day_of(builder, node.args[0]), day_of(builder, node.args[1]))


def compile_days_since(builder: Builder, node: ast.Call) -> Column:
    """Compile days_since(d)."""
    environment = builder.environment
    return _between(environment, day_of(builder, node.args[0]), this_day(environment))


def compile_days_ago(builder: Builder, node: ast.Call) -> Column:
    """Compile days_ago(n)."""
    environment = builder.environment
    back = binary(literal(0, BIG), "-", whole(builder, node.args[0]), BIG if environment.is_sqlite else EXACT)
    return _add_to_day(environment, this_day(environment), back, "day")


def _add_to_day(environment: Environment, day: Column, count: Column, unit: str) -> Column:
    return call("tenon_date_add", day, count, literal(unit, PLAIN_TEXT), type_=_type(environment))


def compile_date_add(builder: Builder, node: ast.Call) -> Column:
    """Compile date_add(d, n, unit)."""
    environment = builder.environment
    unit = str(builder.constant(node.args[2])) if len(node.args) > 2 else "day"
    start, count = builder.value(node.args[0]), whole(builder, node.args[1])
    if facts_of(node.args[0]).type.kind == "date":
        return _add_to_day(environment, start, count, unit)
    return call("tenon_moment_add", start, count, literal(unit, PLAIN_TEXT), zone_name(environment), type_=_type(environment, True))


def compile_months_between(builder: Builder, node: ast.Call) -> Column:
    """Compile months_between(a, b)."""
    return call("tenon_months_between", *[day_of(builder, a) for a in node.args], type_=BIG)


def compile_part(builder: Builder, node: ast.Call) -> Column:
    """Compile year, month, day, quarter and weekday."""
    environment, name, day = builder.environment, facts_of(node).function.name, day_of(builder, node.args[0])
    if not environment.is_sqlite:
        return cast(extract("isodow" if name == "weekday" else name, cast(day, Day)), BIG)
    places = {"year": (1, 4), "month": (6, 2), "day": (9, 2)}
    if name not in places:
        return call(f"tenon_{name}", day, type_=BIG)
    start, length = places[name]
    return cast(call("substr", day, literal(start, BIG), literal(length, BIG), type_=PLAIN_TEXT), BigInteger())


def compile_hour(builder: Builder, node: ast.Call) -> Column:
    """Compile hour(d)."""
    environment, value = builder.environment, builder.value(node.args[0])
    is_moment = facts_of(node.args[0]).type.kind == "datetime"
    if environment.is_sqlite:
        if is_moment:
            return call("tenon_hour", value, zone_name(environment), type_=BIG)
        return cast(call("substr", value, literal(1, BIG), literal(2, BIG), type_=PLAIN_TEXT), BigInteger())
    clock = call("tenon_wall", value, zone_name(environment), type_=DateTime()) if is_moment else value
    return cast(extract("hour", clock), BIG)


def compile_span(builder: Builder, node: ast.Call) -> Column:
    """Compile start_of(d, unit) and end_of(d, unit)."""
    environment, name = builder.environment, facts_of(node).function.name
    day, unit = day_of(builder, node.args[0]), str(builder.constant(node.args[1]))
    if environment.is_sqlite and name == "start_of":
        return _first_day(day, unit)
    return call(f"tenon_{name}", day, literal(unit, PLAIN_TEXT), type_=_type(environment))


def _first_day(day: Column, unit: str) -> Column:
    """Return the first day of a span in SQLite's own functions, which are called without leaving it."""
    if unit == "day":
        return day
    if unit == "week":
        return call("date", day, literal("-6 days", PLAIN_TEXT), literal("weekday 1", PLAIN_TEXT), type_=PLAIN_TEXT)
    kept = 4 if unit == "year" else 7 if unit == "month" else 5
    start = call("substr", day, literal(1, BIG), literal(kept, BIG), type_=PLAIN_TEXT)
    if unit != "quarter":
        return binary(start, "||", literal("-01-01" if unit == "year" else "-01", PLAIN_TEXT), PLAIN_TEXT)
    month = call("substr", day, literal(6, BIG), literal(2, BIG), type_=PLAIN_TEXT)
    first = choose([(compare(month, "<", literal(m, PLAIN_TEXT)), literal(f"{q}-01", PLAIN_TEXT)) for m, q in (("04", "01"), ("07", "04"), ("10", "07"))], literal("10-01", PLAIN_TEXT), PLAIN_TEXT)
    return binary(start, "||", first, PLAIN_TEXT)


def compile_date(builder: Builder, node: ast.Call) -> Column:
    """Compile date(x)."""
    return day_of(builder, node.args[0])


def is_days_since(facts: Facts) -> bool:
    """Return whether a node is days_since(d)."""
    return facts.function is not None and facts.function.name == "days_since" and not facts.is_constant


def compare_days_since(builder: Builder, node: ast.expr, sign: str, value: Decimal, want: bool) -> Column:
    """Compile ``days_since(f) <= n`` as ``f >= today - n``, which an index serves."""
    assert isinstance(node, ast.Call)
    environment, inner = builder.environment, node.args[0]
    column, is_moment = builder.value(inner), facts_of(inner).type.kind == "datetime"
    first, last = _span(sign, value)
    edges: list[Column] = []
    # days_since in first..last: the day in today - last .. today - first.
    if last is not None:
        edges.append(_from(environment, column, -last, is_moment))
    if first is not None:
        edges.append(_before(environment, column, 1 - first, is_moment))
    found = NO if first is not None and last is not None and first > last else every([e for e in edges if e is not YES])
    if found is YES:
        found = is_not_null(column)
    if want or found is NO:
        return found if want else YES
    return is_not_true(found)


def _span(sign: str, value: Decimal) -> tuple[int | None, int | None]:
    """Return the whole numbers that satisfy a comparison, as first and last."""
    floor, ceil = int(value.to_integral_value(ROUND_FLOOR)), int(value.to_integral_value(ROUND_CEILING))
    spans: dict[str, tuple[int | None, int | None]] = {
        "=": (ceil, floor), "<": (None, ceil - 1), "<=": (None, floor), ">": (floor + 1, None), ">=": (ceil, None),
    }
    return spans[sign]


def _edge(environment: Environment, ordinal: int, is_moment: bool) -> Column:
    day = date.fromordinal(ordinal)
    if not is_moment:
        return bind(environment, day, DATE)
    try:
        # The first instant of that day, also where its first hour exists twice.
        edge = datetime.combine(day, time(), environment.timezone).astimezone(UTC)
    except OverflowError:
        edge = datetime.combine(day, time(), UTC)
    return bind(environment, edge, DATETIME)


def _from(environment: Environment, column: Column, after: int, is_moment: bool) -> Column:
    """Return the condition that a column is not before the day so many days after today."""
    ordinal = _ordinal(environment, after)
    if ordinal <= 1:
        return YES
    return NO if ordinal > date.max.toordinal() else compare(column, ">=", _clocked_edge(environment, after, is_moment))


def _before(environment: Environment, column: Column, after: int, is_moment: bool) -> Column:
    ordinal = _ordinal(environment, after)
    if ordinal > date.max.toordinal():
        return YES
    return NO if ordinal <= 1 else compare(column, "<", _clocked_edge(environment, after, is_moment))


def _ordinal(environment: Environment, after: int) -> int:
    """Return the number of a day; near the ends of the calendar a statement is built for one moment."""
    ordinal = environment.today.toordinal() + after
    if environment.moving is not None and not FAR <= ordinal <= date.max.toordinal() - FAR:
        environment.moving.is_fixed = True
    return ordinal


def _clocked_edge(environment: Environment, after: int, is_moment: bool) -> Column:
    return clocked(environment, lambda at: _edge(at, at.today.toordinal() + after, is_moment))


FUNCTIONS: dict[str, Any] = {
    "days_between": compile_days_between, "days_since": compile_days_since, "days_ago": compile_days_ago, "date_add": compile_date_add,
    "months_between": compile_months_between, "year": compile_part, "month": compile_part, "day": compile_part, "quarter": compile_part,
    "weekday": compile_part, "hour": compile_hour, "start_of": compile_span, "end_of": compile_span, "date": compile_date,
}
