"""How values of each type stand in SQL, as columns, bound values and results."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

import orjson
from sqlalchemy import BindParameter, Date, DateTime, Text, Time, bindparam, cast, literal, type_coerce
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine

from tenon.engine.columns import show_moment
from tenon.engine.sql.elements import BIG, BOOL, EXACT, NOTHING, REAL, integer, real
from tenon.engine.sql.environment import Column, Environment, Moving
from tenon.metamodel.storage import Storage
from tenon.metamodel.types import Type

NUMBERS = frozenset({"number", "duration"})
LISTS = frozenset({"choices", "references", "list"})
CODE_TEXT = Text(collation="C")
PLAIN_TEXT = Text()
_WIDE = Context(prec=1200, rounding=ROUND_HALF_UP)


def sql_type(environment: Environment, type_: Type) -> TypeEngine[Any]:
    """Return the SQL type that values of a type have in a statement, without conversions of its own."""
    lite = environment.is_sqlite
    if type_.kind in NUMBERS:
        return REAL if type_.scale is None else BIG if lite else EXACT
    if type_.kind == "boolean":
        return BIG if lite else BOOL
    if lite:
        return PLAIN_TEXT
    others: dict[str, TypeEngine[Any]] = {"date": Date(), "datetime": DateTime(timezone=True), "time": Time()}
    if type_.kind in LISTS or type_.kind == "json":
        return JSONB(none_as_null=True)
    return others.get(type_.kind, PLAIN_TEXT)


def stored(environment: Environment, column: Column, type_: Type, storage: Storage) -> Column:
    """Return a stored column as a plain value, without the conversions that its SQLAlchemy type would add."""
    if type_.kind in NUMBERS and storage.kind == "integer":
        return type_coerce(column, BIG)
    return type_coerce(column, sql_type(environment, type_))


def empty(environment: Environment, type_: Type) -> Column:
    """Return a typed NULL."""
    return NOTHING if environment.is_sqlite else cast(NOTHING, sql_type(environment, type_))


def bind(environment: Environment, value: Any, type_: Type) -> Column:
    """Return a canonical value as a bound parameter."""
    if value is None or value == "" or type_.kind == "empty":
        return empty(environment, type_)
    if type_.kind in NUMBERS:
        return _bind_number(environment, value, type_.scale)
    if type_.kind == "boolean":
        return literal(int(value), BIG) if environment.is_sqlite else literal(bool(value), BOOL)
    if type_.kind in LISTS or type_.kind == "json":
        listed = list(value) if isinstance(value, tuple) else value
        return literal(orjson.dumps(listed).decode(), PLAIN_TEXT) if environment.is_sqlite else literal(listed, JSONB())
    if environment.is_sqlite:
        return literal(_lite_text(value), PLAIN_TEXT)
    if isinstance(value, datetime | date | time):
        return literal(value, sql_type(environment, type_))
    return literal(str(value), PLAIN_TEXT)


def clocked(environment: Environment, make: Callable[[Environment], Column]) -> Column:
    """Return a value that ``make`` reads off the clock; where the statement serves other moments, too, as a parameter of its own."""
    column, moving = make(environment), environment.moving
    if moving is None:
        return column
    if not isinstance(column, BindParameter):
        moving.is_fixed = True
        return column
    name = f"clock_{len(moving.recipes)}"
    moving.recipes[name] = make
    return bindparam(name, column.value, type_=column.type)


def read_clock(environment: Environment, moving: Moving) -> dict[str, Any] | None:
    """Return the parameters of another moment; None when one of them is no plain value there."""
    columns = {name: make(environment) for name, make in moving.recipes.items()}
    return {name: column.value for name, column in columns.items() if isinstance(column, BindParameter)} if all(
        isinstance(column, BindParameter) for column in columns.values()
    ) else None


def _bind_number(environment: Environment, value: Any, scale: int | None) -> Column:
    if scale is None:
        return real(float(value))
    if environment.is_sqlite:
        units = int(Decimal(value).scaleb(scale, _WIDE).to_integral_value(ROUND_HALF_UP))
        return integer(units) if abs(units) < 2**63 else literal(str(units), PLAIN_TEXT)
    # Whole numbers are bound as BIGINT: against NUMERIC an index on a BIGINT column would not be used.
    return integer(int(value)) if scale == 0 and abs(value) < 2**62 else literal(Decimal(value), EXACT)


def _lite_text(value: Any) -> str:
    if isinstance(value, datetime):
        return show_moment(value)
    if isinstance(value, date):
        return value.isoformat()
    return value.strftime("%H:%M:%S") if isinstance(value, time) else str(value)


def from_db(type_: Type, value: Any) -> Any:
    """Return the canonical Python value of what a compiled statement gave for a type."""
    if value is None:
        return None
    if type_.kind in NUMBERS:
        return _read_number(type_, value)
    if type_.kind == "boolean":
        return bool(value)
    if type_.kind == "datetime":
        return datetime.fromisoformat(value) if isinstance(value, str) else value.astimezone(UTC)
    if type_.kind == "date":
        return date.fromisoformat(value) if isinstance(value, str) else value
    if type_.kind == "time":
        return time.fromisoformat(value) if isinstance(value, str) else value
    if type_.kind in LISTS:
        return tuple(orjson.loads(value) if isinstance(value, str) else value)
    if type_.kind == "json":
        return orjson.loads(value) if isinstance(value, str) else value
    return value


def _read_number(type_: Type, value: Any) -> Any:
    if type_.scale is None:
        return float(value)
    if type_.kind == "duration" or type_.scale == 0:
        return int(value)
    if isinstance(value, Decimal):
        return value.quantize(Decimal(1).scaleb(-type_.scale), context=_WIDE)
    return Decimal(value).scaleb(-type_.scale, _WIDE)
