"""A cursor of psycopg that describes its columns only to who looks at them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, overload

from psycopg import Column, Cursor


class Columns(Sequence[Column]):
    """The columns of a cursor's result, each made when somebody reads one of them."""

    def __init__(self, cursor: Cursor[Any]) -> None:
        self._cursor = cursor
        self._count = cursor.pgresult.nfields if cursor.pgresult else 0

    @cached_property
    def _made(self) -> list[Column]:
        return [Column(self._cursor, index) for index in range(self._count)]

    @overload
    def __getitem__(self, index: int) -> Column: ...

    @overload
    def __getitem__(self, index: slice) -> list[Column]: ...

    def __getitem__(self, index: int | slice) -> Column | list[Column]:
        return self._made[index]

    def __len__(self) -> int:
        return self._count


class QuietCursor(Cursor[Any]):
    """SQLAlchemy asks for the description after every statement, and for a statement it knows only whether there is one.

    Describing the twenty columns of a record costs as much as reading it.
    """

    @property
    def description(self) -> Any:
        """The columns of the result, None when the statement returned none."""
        result = self.pgresult
        return Columns(self) if result is not None and result.nfields else None
