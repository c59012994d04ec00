"""What SQLite cannot say in SQL while values are converted: exact numbers and moments, as functions of a connection."""

from __future__ import annotations

from datetime import UTC, datetime, time
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from tenon.engine.columns import show_moment
from tenon.metamodel.fields._moments import parse_day, parse_moment, settle_local

DIGITS = 15
_WIDE = Context(prec=100, rounding=ROUND_HALF_UP)


def add_functions(connection: Connection) -> None:
    """Give a SQLite connection the functions; on PostgreSQL nothing is needed."""
    if connection.dialect.name != "sqlite":
        return
    raw: Any = connection.connection.dbapi_connection
    for name, count, function in (
        ("tenon_to_units", 2, to_units), ("tenon_show_units", 2, show_units), ("tenon_rescale", 3, rescale),
        ("tenon_is_rounded", 2, is_rounded), ("tenon_to_moment", 2, to_moment), ("tenon_to_day", 2, to_day),
    ):  # fmt: skip
        raw.create_function(name, count, function, deterministic=True)


def to_units(text: str | None, scale: int) -> int | None:
    """Return a number in units of so many decimals, rounded half away from zero; None when it has too many digits."""
    return None if text is None else _fitting(int(_WIDE.to_integral_value(Decimal(text).scaleb(scale))))


def is_rounded(text: str | None, scale: int) -> int:
    """Return 1 when a number has more decimals than that."""
    return 0 if text is None else int(Decimal(text).scaleb(scale) % 1 != 0)


def show_units(units: int | None, scale: int) -> str | None:
    """Return units as a number without needless zeros."""
    if units is None:
        return None
    text = format(Decimal(units).scaleb(-scale), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def rescale(units: int | None, have: int, want: int) -> int | None:
    """Return units at another scale, rounded half away from zero; None when they have too many digits."""
    return None if units is None else _fitting(int(_WIDE.to_integral_value(Decimal(units).scaleb(want - have, _WIDE))))


def to_moment(text: str | None, zone: str) -> str | None:
    """Return a moment as SQLite holds it; a day is its midnight in the zone."""
    if text is None:
        return None
    day = parse_day(text)
    try:
        if day is not None:
            return show_moment(settle_local(datetime.combine(day, time()), ZoneInfo(zone)).astimezone(UTC))
        moment = parse_moment(text, ZoneInfo(zone))
    except OverflowError:
        return None
    return None if moment is None else show_moment(moment)


def to_day(text: str | None, zone: str) -> str | None:
    """Return the day of a stored moment in the zone."""
    return None if text is None else datetime.fromisoformat(text).astimezone(ZoneInfo(zone)).date().isoformat()


def _fitting(units: int) -> int | None:
    return units if abs(units) < 10**DIGITS else None
