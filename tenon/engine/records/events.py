"""What listeners hear about writes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from tenon.metamodel.model import Entity

WriteAction = Literal["create", "update", "delete", "restore"]


@dataclass(frozen=True)
class Written:
    """Records of one entity were written: ids, which fields changed (ids), and what was there before by record id.

    ``fields`` None means that whole records came or went.
    """

    entity: Entity
    action: WriteAction
    ids: tuple[str, ...]
    fields: frozenset[str] | None = None
    before: dict[str, dict[str, Any]] = field(default_factory=dict)
