"""Writing rows as a person."""

from __future__ import annotations

from typing import Any

from tenon.engine.context import Context
from tenon.engine.records import writing
from tenon.platform.workspace import Platform


def write(platform: Platform, entity: str, rows: list[dict[str, Any]], ctx: Context) -> list[str]:
    """Write records of an entity and return their ids."""
    with platform.write() as uow:
        found = writing.write_many(uow, ctx, uow.model.get_entity(entity), rows)
        return [str(row.id) for row in found]
