"""What listeners hear about writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from tenon.engine.context import Context
from tenon.engine.records.row import Row
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.model import Entity

WriteAction = Literal["create", "update", "delete", "restore"]


@dataclass(frozen=True)
class Written:
    """Records of one entity were written: ids, which fields changed (ids), and what was there before by record id.

    ``fields`` None means that whole records came or went. ``changed`` are by record the fields (names) that were written with their new values; ``ctx`` is who wrote.
    """

    entity: Entity
    action: WriteAction
    ids: tuple[str, ...]
    fields: frozenset[str] | None = None
    before: dict[str, dict[str, Any]] = field(default_factory=dict)
    changed: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    ctx: Context | None = None


@dataclass(frozen=True)
class Writing:
    """Records are about to be stored: listeners may change the values of their rows, or refuse them."""

    entity: Entity
    ctx: Context
    creates: list[Row]
    updates: list[Row]


@dataclass(frozen=True)
class Deleting:
    """Records of one entity are about to be moved to the trash: listeners may refuse it by raising."""

    entity: Entity
    ctx: Context
    ids: tuple[str, ...]


@dataclass(frozen=True)
class Removed:
    """Records of one entity are gone for good; ``entity`` is None when the entity is no more."""

    entity: Entity | None
    ids: tuple[str, ...]


def tell(uow: UnitOfWork, written: Written) -> None:
    """Tell listeners of a write; what was read of other records before it, or while they worked, is read anew."""
    uow.notes.pop("far", None)
    uow.notes["acting"] = written.ctx
    uow.tell(written)
    uow.notes.pop("far", None)
