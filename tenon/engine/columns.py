"""SQLAlchemy types of the storage kinds, exact and equal in meaning on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import BigInteger, Boolean, Date, DateTime, Dialect, Integer, Numeric, Text, Time
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator, TypeEngine

from tenon.metamodel.storage import Storage


class CodeText(TypeDecorator[str]):
    """Text that compares by code point on both databases."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return TEXT, with collation C on PostgreSQL."""
        return dialect.type_descriptor(Text(collation="C") if dialect.name == "postgresql" else Text())


class Exact(TypeDecorator[Decimal]):
    """An exact decimal: integer minor units on SQLite, NUMERIC on PostgreSQL."""

    impl = Numeric
    cache_ok = True

    def __init__(self, scale: int) -> None:
        super().__init__()
        self.scale = scale

    def __repr__(self) -> str:
        return f"Exact({self.scale})"

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the column type of the database."""
        return dialect.type_descriptor(Numeric(38, self.scale) if dialect.name == "postgresql" else Integer())

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        """Turn a decimal into what the database holds."""
        if value is None or dialect.name == "postgresql":
            return value
        return int(Decimal(value).scaleb(self.scale).to_integral_value())

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """Turn what the database holds into a decimal with the field's scale."""
        if value is None:
            return None
        return Decimal(value).scaleb(-self.scale) if dialect.name != "postgresql" else Decimal(value)


@lru_cache(maxsize=4_096)
def show_moment(value: datetime) -> str:
    """Return a moment as SQLite holds it: UTC, fixed width, so that text order is time order."""
    return f"{value.astimezone(UTC).isoformat(timespec='microseconds')[:26]}Z"


class Moment(TypeDecorator[datetime]):
    """A moment in UTC: fixed-width text on SQLite, TIMESTAMPTZ on PostgreSQL."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the column type of the database."""
        return dialect.type_descriptor(DateTime(timezone=True) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Turn an aware datetime into what the database holds."""
        return value if value is None or dialect.name == "postgresql" else show_moment(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Return an aware datetime in UTC."""
        if value is None:
            return None
        if isinstance(value, str):
            return datetime.fromisoformat(value)
        return value.astimezone(UTC)  # type: ignore[no-any-return]


class Day(TypeDecorator[date]):
    """A calendar day: ISO text on SQLite, DATE on PostgreSQL."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the column type of the database."""
        return dialect.type_descriptor(Date() if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: date | None, dialect: Dialect) -> Any:
        """Turn a date into what the database holds."""
        return value if value is None or dialect.name == "postgresql" else value.isoformat()

    def process_result_value(self, value: Any, dialect: Dialect) -> date | None:
        """Return a date."""
        return date.fromisoformat(value) if isinstance(value, str) else value


class ClockTime(TypeDecorator[time]):
    """A time of day: ``HH:MM:SS`` on SQLite, TIME on PostgreSQL."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the column type of the database."""
        return dialect.type_descriptor(Time() if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: time | None, dialect: Dialect) -> Any:
        """Turn a time into what the database holds."""
        return value if value is None or dialect.name == "postgresql" else value.strftime("%H:%M:%S")

    def process_result_value(self, value: Any, dialect: Dialect) -> time | None:
        """Return a time of day."""
        return time.fromisoformat(value) if isinstance(value, str) else value


class Json(TypeDecorator[Any]):
    """JSON: text on SQLite, JSONB on PostgreSQL; None is SQL NULL."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the column type of the database."""
        return dialect.type_descriptor(JSONB(none_as_null=True) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """Turn plain values into what the database holds."""
        return value if value is None or dialect.name == "postgresql" else orjson.dumps(value).decode()

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """Return plain values."""
        return orjson.loads(value) if isinstance(value, str) and dialect.name == "sqlite" else value


def column_type(storage: Storage) -> TypeEngine[Any]:
    """Return the SQLAlchemy type of a storage kind."""
    simple: dict[str, TypeEngine[Any]] = {
        "text": CodeText(), "id": CodeText(), "pair": CodeText(), "integer": BigInteger(), "boolean": Boolean(),
        "date": Day(), "datetime": Moment(), "time": ClockTime(), "json": Json(),
    }
    return Exact(storage.scale) if storage.kind == "exact" else simple[storage.kind]
