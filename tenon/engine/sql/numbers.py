"""Numbers in SQL: exact ones in units of their scale, real ones as doubles.

On SQLite an exact number is an INTEGER of units; one whose range may pass 64 bits is *wide*: computed by functions of ours,
and a TEXT of digits where it does not fit. On PostgreSQL exact numbers are NUMERIC, or BIGINT where nothing was computed yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import BigInteger, Integer, cast

from tenon.engine.sql.elements import BIG, EXACT, REAL, binary, call, choose, compare, every, integer, real
from tenon.engine.sql.environment import Column, Environment
from tenon.engine.sql.values import empty
from tenon.metamodel.storage import Storage
from tenon.metamodel.types import Type

NARROW = 2**62
EXACT_AS_REAL = 2**53
DIGITS = 15
STORED_LIMIT = 10**18


@dataclass(frozen=True)
class Number:
    """A number in SQL: its column, its scale (None: real), and the largest absolute value it can have (None: unknown)."""

    column: Column
    scale: int | None
    limit: Decimal | None

    @property
    def units(self) -> Decimal | None:
        """The largest number of units, None when unknown."""
        return None if self.limit is None or self.scale is None else self.limit * 10**self.scale

    @property
    def is_wide(self) -> bool:
        """True when 64 bits may not be enough."""
        return self.scale is not None and (self.units is None or self.units >= NARROW)


def limit_of(type_: Type) -> Decimal | None:
    """Return the largest absolute value of a number type, None when it is not known."""
    return None if type_.low is None or type_.high is None else max(abs(type_.low), abs(type_.high))


def field_limit(type_: Type) -> Decimal:
    """Return the largest absolute value a stored number can have: 15 digits, decimals included."""
    return Decimal(10) ** (DIGITS - (type_.scale or 0))


def is_wide(type_: Type) -> bool:
    """Return whether values of a type may need more than 64 bits of units."""
    return type_.scale is not None and Number(empty_column(), type_.scale, limit_of(type_)).is_wide


def empty_column() -> Column:
    """Return a column to fill a place that is not looked at."""
    return integer(0)


def to_real(environment: Environment, number: Number) -> Column:
    """Return a number as a double, correctly rounded."""
    if number.scale is None:
        return number.column
    if not environment.is_sqlite:
        return cast(number.column, REAL)
    if number.units is None or number.units > EXACT_AS_REAL:
        return call("tenon_real", number.column, integer(number.scale), type_=REAL)
    if number.scale == 0:
        return cast(number.column, REAL)
    return binary(number.column, "/", real(float(10**number.scale)), REAL)


def widen(environment: Environment, number: Number, scale: int) -> Number:
    """Return an exact number with more decimals, or as it is."""
    have = number.scale or 0
    if not environment.is_sqlite or scale <= have:
        return Number(number.column, max(have, scale), number.limit)
    wider = Number(number.column, scale, number.limit)
    factor = integer(10 ** (scale - have))
    column = call("tenon_times", number.column, factor, type_=BIG) if wider.is_wide else binary(number.column, "*", factor, BIG)
    return Number(column, scale, number.limit)


def to_scale(environment: Environment, number: Number, scale: int | None) -> Column:
    """Return the column of a number at a scale that is not smaller; real when it is None."""
    return to_real(environment, number) if scale is None else widen(environment, number, scale).column


def to_exact(environment: Environment, column: Column) -> Column:
    """Return an exact number that cannot overflow: on PostgreSQL BIGINT becomes NUMERIC."""
    return cast(column, EXACT) if not environment.is_sqlite and isinstance(column.type, BigInteger) else column


def round_exact(environment: Environment, number: Number, n: int) -> Column:
    """Return an exact number rounded half away from zero to n decimals, in units of max(n, 0) decimals."""
    have, want = number.scale or 0, max(n, 0)
    if environment.is_sqlite:
        rounded = number.column
        if n < have:
            rounded = call("tenon_round_units", number.column, integer(have - n), type_=BIG)
        missing = want - min(n, have)
        return call("tenon_times", rounded, integer(10**missing), type_=BIG) if missing else rounded
    exact = to_exact(environment, number.column)
    return call("round", exact, cast(integer(n), Integer), type_=EXACT) if n < have else exact


def round_real(environment: Environment, column: Column, n: int) -> Column:
    """Return a double rounded to n decimals over its 15 significant digits, in units of max(n, 0) decimals."""
    count = integer(n) if environment.is_sqlite else cast(integer(n), Integer)
    return call("tenon_round_real", column, count, type_=BIG if environment.is_sqlite else EXACT)


def to_field(environment: Environment, column: Column, type_: Type, storage: Storage) -> Column:
    """Return a value as a column of that storage holds it: numbers rounded to its scale, empty when they do not fit in it."""
    if type_.kind not in ("number", "duration") or storage.kind not in ("exact", "integer"):
        return column
    want = storage.scale if storage.kind == "exact" else 0
    number = Number(column, type_.scale, limit_of(type_))
    if type_.scale is None:
        rounded = round_real(environment, column, want)
    elif type_.scale > want:
        rounded = round_exact(environment, number, want)
    else:
        rounded = widen(environment, number, want).column
    limit = number.limit
    if limit is None or limit * 10**want >= STORED_LIMIT:
        rounded = _within(environment, rounded, want)
    if not environment.is_sqlite and storage.kind == "integer":
        return cast(rounded, BIG)
    return rounded


def _within(environment: Environment, column: Column, scale: int) -> Column:
    """Return the number, NULL when it is too large for a column."""
    if environment.is_sqlite:
        return call("tenon_within", column, type_=BIG)
    edge = cast(integer(STORED_LIMIT // 10**scale), EXACT)
    is_inside = every([compare(column, "<", edge), compare(column, ">", binary(cast(integer(0), EXACT), "-", edge, EXACT))])
    return choose([(is_inside, column)], empty(environment, Type("number", scale=0)), EXACT)


def nonzero(column: Column, zero: Column) -> Column:
    """Return the column, NULL where it is zero."""
    return call("nullif", column, zero, type_=column.type)


