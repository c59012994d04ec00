"""A set of ids as one bound value, so that a statement stays the same for any number of them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import orjson
from sqlalchemy import Select, Text, bindparam, column, func, select
from sqlalchemy.dialects.postgresql import ARRAY


def id_set(dialect: str, ids: Collection[str]) -> Select[Any]:
    """Return a subquery of the ids: ``column.in_(id_set(dialect, ids))``."""
    listed = sorted(ids)
    if dialect == "sqlite":
        rows = func.json_each(bindparam(None, orjson.dumps(listed).decode(), Text(), unique=True)).table_valued(column("value", Text()))
        return select(rows.c.value)
    return select(func.unnest(bindparam(None, listed, ARRAY(Text()), unique=True)))
