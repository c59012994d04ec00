"""The records of a merge, and the references through which others point at them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tenon.metamodel.model import Entity, Field, Model

LOG = "merge_log"
"""The name of the entity that tells of merges: what it says of earlier ones stays as it was."""


@dataclass(frozen=True)
class Joining:
    """Records of one entity that become one, and the batch that the history knows it by."""

    model: Model
    entity: Entity
    survivor: str
    absorbed: Sequence[str]
    batch: str

    @property
    def all(self) -> tuple[str, ...]:
        """All of them, the survivor first."""
        return (self.survivor, *self.absorbed)

    def references(self) -> Iterator[tuple[Entity, Field]]:
        """Yield every reference that may point at them, with the entity that holds it."""
        for near in self.model.entities.values():
            if near.name != LOG:
                yield from ((near, f) for f in near.fields.values() if self.entity.id in f.targets)
