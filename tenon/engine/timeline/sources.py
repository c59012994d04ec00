"""A source of a timeline: which events it has of one record, as (moment, key), and what each of them tells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from sqlalchemy import Select

from tenon.engine.access.rights import Rights, rights_of
from tenon.engine.context import Context
from tenon.engine.records.histories import seen_fields
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.model import Entity


@dataclass(frozen=True)
class Reader:
    """One record and who looks at it."""

    uow: UnitOfWork
    ctx: Context
    entity: Entity
    id: str

    @cached_property
    def rights(self) -> Rights:
        """The rights of the reader."""
        return rights_of(self.uow.model, self.ctx)

    @cached_property
    def seen(self) -> Mapping[str, bool]:
        """The fields of this record whose values are shown, by id: True as they are, False masked."""
        return seen_fields(self.uow, self.rights, self.entity, self.id)


class TimelineSource(Protocol):
    """Events of one sort."""

    @property
    def name(self) -> str:
        """What tells it from the other sources of a record."""

    @property
    def types(self) -> tuple[str, ...]:
        """The types that its events have."""

    def events(self) -> Select[Any]:
        """Return the statement of its events: ``at``, a moment, and ``key``, a text that is unique in the source."""

    def tell(self, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Return what the events tell, by key; one that tells this reader nothing is left out."""
