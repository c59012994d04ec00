"""What listeners hear about computed values."""

from __future__ import annotations

from dataclasses import dataclass

from tenon.metamodel.model import Entity


@dataclass(frozen=True)
class Computed:
    """Computed fields of an entity (ids), formulas or those of a score, changed their values on these records."""

    entity: Entity
    fields: frozenset[str]
    ids: tuple[str, ...]
