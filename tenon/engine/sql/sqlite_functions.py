"""The functions of ours that SQLite calls: deterministic, NULL for an empty argument, the bodies of the evaluator.

Exact numbers come as units of a scale: an int, or a text of digits where 64 bits are not enough.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cache, lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from tenon.engine.columns import show_moment
from tenon.metamodel.expressions import dates, numbers, texts

Units = int | str
_LOW, _HIGH = -(2**63), 2**63
_WIDE = Context(prec=1200, rounding=ROUND_HALF_UP, Emax=99999, Emin=-99999)
STORED_LIMIT = 10**18


def _units(value: int) -> Units:
    return value if _LOW <= value < _HIGH else str(value)


def _plus(a: Units, b: Units) -> Units:
    return _units(int(a) + int(b))


def _minus(a: Units, b: Units) -> Units:
    return _units(int(a) - int(b))


def _times(a: Units, b: Units) -> Units:
    return _units(int(a) * int(b))


def _floordiv(a: Units, b: Units) -> Units | None:
    return _units(int(a) // int(b)) if int(b) else None


def _modulo(a: Units, b: Units) -> Units | None:
    return _units(int(a) % int(b)) if int(b) else None


def _compare(a: Units, b: Units) -> int:
    left, right = int(a), int(b)
    return (left > right) - (left < right)


def _same(a: Units | None, b: Units | None) -> int:
    return int(a is b if a is None or b is None else int(a) == int(b))


def _round_units(value: Units, drop: int) -> Units:
    """Drop digits, half away from zero."""
    number, step = int(value), 10**drop
    rounded = (abs(number) + step // 2) // step
    return _units(rounded if number >= 0 else -rounded)


def _floor_units(value: Units, scale: int) -> Units:
    return _units(int(value) // 10**scale)


def _ceil_units(value: Units, scale: int) -> Units:
    return _units(-(-int(value) // 10**scale))


def _decimal(value: Units, scale: int) -> Decimal:
    return Decimal(int(value)).scaleb(-scale, _WIDE)


def _real(value: Units, scale: int) -> float:
    return float(_decimal(value, scale))


def _round_real(value: float, n: int) -> Units:
    return _units(int(numbers.round_to(float(value), n).scaleb(max(n, 0), _WIDE)))


def _whole(value: Units | float, scale: int) -> Units:
    if isinstance(value, float):
        return _units(int(value))
    number, step = int(value), 10**scale
    return _units(number // step if number >= 0 else -(-number // step))


def _within(value: Units) -> Units | None:
    return value if abs(int(value)) < STORED_LIMIT else None


def _show(value: Units, scale: int) -> str:
    return format(_decimal(value, scale), "f") if scale else str(int(value))


def _clamp(x: Units, lo: Units, hi: Units) -> Units:
    return _units(max(int(lo), min(int(x), int(hi))))


def _scale(x: Units, lo: Units, hi: Units, scale: int) -> float | None:
    return numbers.scale(_decimal(x, scale), _decimal(lo, scale), _decimal(hi, scale))


def _extreme(pick: Callable[..., Any], key: Callable[[Any], Any] | None) -> Callable[..., Any]:
    def choose(*values: Any) -> Any:
        return pick((v for v in values if v is not None), default=None, key=key)

    return choose


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


@lru_cache(maxsize=4096)
def _date(text: str) -> date:
    return date.fromisoformat(text)


def _show_day(day: date | datetime | None) -> str | None:
    return None if day is None else f"{day.year:04}-{day.month:02}-{day.day:02}"


def _day(moment: str, zone: str) -> str | None:
    return _show_day(dates.day_of(datetime.fromisoformat(moment), zone=_zone(zone)))


def _midnight(day: str, zone: str) -> str:
    return show_moment(dates.first_moment(_date(day), zone=_zone(zone)))


def _hour(moment: str, zone: str) -> int:
    return dates.hour(datetime.fromisoformat(moment), zone=_zone(zone))


def _date_add(day: str, n: Units, unit: str) -> str | None:
    return _show_day(dates.date_add(_date(day), int(n), unit, zone=_zone("UTC")))


def _moment_add(moment: str, n: Units, unit: str, zone: str) -> str | None:
    moved = dates.date_add(datetime.fromisoformat(moment), int(n), unit, zone=_zone(zone))
    return show_moment(moved) if isinstance(moved, datetime) else None


def _months_between(first: str, last: str) -> int:
    return dates.months_between(_date(first), _date(last), zone=_zone("UTC"))


def _end_of(day: str, unit: str) -> str | None:
    return _show_day(dates.end_of(_date(day), unit, zone=_zone("UTC")))


def _left(text: str, n: Units) -> str | None:
    return texts.left(text, int(n))


def _right(text: str, n: Units) -> str | None:
    return texts.right(text, int(n))


def _strict(body: Callable[..., Any]) -> Callable[..., Any]:
    def call(*arguments: Any) -> Any:
        return None if None in arguments else body(*arguments)

    return call


STRICT: dict[str, tuple[int, Callable[..., Any]]] = {
    "tenon_plus": (2, _plus), "tenon_minus": (2, _minus), "tenon_times": (2, _times), "tenon_floordiv": (2, _floordiv),
    "tenon_modulo": (2, _modulo), "tenon_compare": (2, _compare), "tenon_round_units": (2, _round_units),
    "tenon_floor_units": (2, _floor_units), "tenon_ceil_units": (2, _ceil_units), "tenon_real": (2, _real),
    "tenon_round_real": (2, _round_real), "tenon_whole": (2, _whole), "tenon_within": (1, _within), "tenon_show": (2, _show),
    "tenon_digits": (1, str), "tenon_clamp": (3, _clamp), "tenon_scale": (4, _scale), "tenon_scale_real": (3, numbers.scale),
    "tenon_abs": (1, lambda x: _units(abs(int(x)))), "tenon_floordiv_real": (2, numbers.floor_divide),
    "tenon_modulo_real": (2, numbers.modulo), "tenon_floor_real": (1, numbers.floor), "tenon_ceil_real": (1, numbers.ceil),
    "tenon_power": (2, numbers.power), "tenon_sqrt": (1, numbers.sqrt), "tenon_ln": (1, numbers.ln),
    "tenon_number": (1, numbers.read_number),
    "tenon_day": (2, _day), "tenon_midnight": (2, _midnight), "tenon_hour": (2, _hour), "tenon_date_add": (3, _date_add), "tenon_moment_add": (4, _moment_add),
    "tenon_months_between": (2, _months_between), "tenon_end_of": (2, _end_of),
    "tenon_quarter": (1, lambda d: (int(d[5:7]) - 1) // 3 + 1), "tenon_weekday": (1, lambda d: _date(d).isoweekday()),
    "tenon_left": (2, _left), "tenon_right": (2, _right), "tenon_ends_with": (2, lambda t, part: int(texts.ends_with(t, part))),
}
def _between(text: str | None, start: str, end: str) -> str | None:
    """Return the part of a text between two marks; '' when there is none."""
    return None if text is None else text.partition(start)[2].partition(end)[0]


OWN: dict[str, tuple[int, Callable[..., Any]]] = {
    "tenon_same": (2, _same), "tenon_between": (3, _between), "tenon_concat": (-1, texts.concat), "tenon_least": (-1, texts.least), "tenon_greatest": (-1, texts.greatest),
    "tenon_least_units": (-1, _extreme(min, int)), "tenon_greatest_units": (-1, _extreme(max, int)),
}


class _Sum:
    """The sum of units of any size."""

    def __init__(self) -> None:
        self.total: int | None = None

    def step(self, value: Units | None) -> None:
        """Take one value in."""
        if value is not None:
            self.total = (self.total or 0) + int(value)

    def finalize(self) -> Units | None:
        """Return the sum, None of nothing."""
        return None if self.total is None else _units(self.total)


class _Min:
    """The smallest units of any size."""

    def __init__(self) -> None:
        self.best: int | None = None

    def step(self, value: Units | None) -> None:
        """Take one value in."""
        if value is not None and (self.best is None or self.is_better(int(value), self.best)):
            self.best = int(value)

    def is_better(self, value: int, best: int) -> bool:
        """Return whether a value takes the place of the best so far."""
        return value < best

    def finalize(self) -> Units | None:
        """Return the best, None of nothing."""
        return None if self.best is None else _units(self.best)


class _Max(_Min):
    """The largest units of any size."""

    def is_better(self, value: int, best: int) -> bool:
        """Return whether a value takes the place of the best so far."""
        return value > best


AGGREGATES = {"tenon_sum": _Sum, "tenon_min": _Min, "tenon_max": _Max}


def register(connection: sqlite3.Connection) -> None:
    """Give a raw SQLite connection the functions that compiled expressions call."""
    for name, (count, body) in STRICT.items():
        connection.create_function(name, count, _strict(body), deterministic=True)
    for name, (count, body) in OWN.items():
        connection.create_function(name, count, body, deterministic=True)
    for name, folder in AGGREGATES.items():
        connection.create_aggregate(name, 1, folder)  # type: ignore[arg-type]  # the stubs leave NULL out of what a step takes
