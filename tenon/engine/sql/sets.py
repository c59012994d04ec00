"""A set of ids as one bound value, so that a statement stays the same for any number of them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Select, Text, bindparam, column, func, select
from sqlalchemy.dialects.postgresql import ARRAY


def id_set(dialect: str, ids: Collection[str]) -> Select[Any]:
    """Return a subquery of the ids: ``column.in_(id_set(dialect, ids))``."""
    listed = sorted(ids)
    if dialect == "sqlite":
        rows = func.json_each(bindparam(None, orjson.dumps(listed).decode(), Text(), unique=True)).table_valued(column("value", Text()))
        return select(rows.c.value)
    return select(func.unnest(bindparam(None, listed, ARRAY(Text()), unique=True)))


def id_param(dialect: str) -> Select[Any]:
    """Return a subquery of ids that are given when the statement runs: ``{"ids": id_value(dialect, ids)}``."""
    if dialect == "sqlite":
        rows = func.json_each(bindparam("ids", type_=Text())).table_valued(column("value", Text()))
        return select(rows.c.value)
    return select(func.unnest(bindparam("ids", type_=ARRAY(Text()))))


def id_value(dialect: str, ids: Collection[str]) -> Any:
    """Return ids as `id_param` takes them."""
    listed = sorted(ids)
    return orjson.dumps(listed).decode() if dialect == "sqlite" else listed


def among(column_: ColumnElement[str], dialect: str, *, is_one: bool) -> ColumnElement[bool]:
    """Return the condition that a column is one of the ids that are `given` when the statement runs.

    A statement for one id has one plan, whatever the id: PostgreSQL keeps it, where it plans a set of ids anew each time.
    """
    return column_ == bindparam("id", type_=Text()) if is_one else column_.in_(id_param(dialect))


def given(dialect: str, ids: Collection[str], *, is_one: bool) -> dict[str, Any]:
    """Return ids as `among` takes them."""
    return {"id": next(iter(ids))} if is_one else {"ids": id_value(dialect, ids)}
