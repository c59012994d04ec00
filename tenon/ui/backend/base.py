"""What every part of the backend stands on: one transaction as one reader sees it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tenon.engine.access.rights import Rights, rights_of
from tenon.engine.context import Context
from tenon.engine.formats import Formats
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import not_found
from tenon.metamodel.model import Entity, Model
from tenon.platform.workspace import Platform


@dataclass
class View:
    """One transaction as one reader sees it."""

    platform: Platform
    uow: UnitOfWork
    ctx: Context
    rights: Rights
    found: dict[Any, Any] = field(default_factory=dict)
    """What was worked out for this reader and is asked for again, with what it was worked out from."""

    @property
    def model(self) -> Model:
        """The release in force."""
        return self.uow.model

    @property
    def language(self) -> str:
        """The reader's language."""
        return self.ctx.language

    @property
    def fmt(self) -> Formats:
        """How values are written in the reader's language."""
        return Formats(self.language, self.uow.timezone.key, lambda: self.uow.now)

    def entity(self, name: str, action: str = "read") -> Entity:
        """Return an entity on which the reader may act. Raises NotFound, Forbidden."""
        found = self.model.entities.get(name)
        if found is None or found.is_system:
            raise not_found()
        self.rights.require(found, action)
        return found

    def readable(self) -> list[Entity]:
        """Return the entities whose records the reader may see, by their plural label."""
        found = [e for e in self.model.entities.values() if not e.is_system and self.rights.may(e, "read")]
        return sorted(found, key=lambda e: e.plural.show(self.language).lower())


@contextmanager
def open_read(platform: Platform, ctx: Context) -> Iterator[View]:
    """Open a read transaction for a reader."""
    with platform.read() as uow:
        yield View(platform, uow, ctx, rights_of(uow.model, ctx))


@contextmanager
def open_write(platform: Platform, ctx: Context) -> Iterator[View]:
    """Open a write transaction for a person; a worker of this process looks for jobs afterwards."""
    with platform.write() as uow:
        uow.after_commit.append(platform.wake)
        yield View(platform, uow, ctx, rights_of(uow.model, ctx))


def id_of(text: str) -> str:
    """Return an id as it is stored; what cannot be one is not there."""
    lowered = text.lower()
    if len(lowered) != 36 or "\x00" in lowered:
        raise not_found()
    return lowered
