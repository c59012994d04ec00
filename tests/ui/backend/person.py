"""A person of a workspace, calling what the pages call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec, TypeVar

from tenon.engine.context import Context
from tenon.engine.records import writing
from tenon.platform.workspace import Platform
from tenon.ui.backend.base import View, open_read, open_write

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Person:
    """Somebody who reads and writes, each time in a transaction of its own."""

    platform: Platform
    ctx: Context

    def read(self, function: Callable[Concatenate[View, P], R], *args: P.args, **values: P.kwargs) -> R:
        """Return what a function answers this person."""
        with open_read(self.platform, self.ctx) as view:
            return function(view, *args, **values)

    def write(self, function: Callable[Concatenate[View, P], R], *args: P.args, **values: P.kwargs) -> R:
        """Let a function write as this person."""
        with open_write(self.platform, self.ctx) as view:
            return function(view, *args, **values)

    def add(self, entity: str, rows: list[dict[str, Any]]) -> list[str]:
        """Write records of an entity and return their ids."""
        with self.platform.write() as uow:
            found = writing.write_many(uow, self.ctx, uow.model.get_entity(entity), rows)
            return [str(row.id) for row in found]
