"""What listeners hear about scores."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from tenon.metamodel.model import Entity

CauseKind = Literal["event", "schedule", "manual", "model", "ranking", "override"]


@dataclass(frozen=True)
class ScoreCause:
    """Why scores are computed; ``detail`` is JSON (the record whose change it was, the override's id …)."""

    kind: CauseKind = "event"
    detail: dict[str, Any] | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the cause as snapshots hold it."""
        return {"kind": self.kind, **(self.detail or {})}


@dataclass(frozen=True)
class ScoreChanged:
    """The public values of a score changed in a run; what reads them has to be computed again."""

    entity: Entity
    score_id: str
    ids: tuple[str, ...]


@dataclass(frozen=True)
class BandMoved:
    """What became of one record: it changed its band; one side is empty where it became or ceased to be "insufficient data"."""

    entity: Entity
    score_id: str
    record: str
    before: str | None
    after: str | None
    at: datetime
    value: Decimal | None
    was_value: Decimal | None
    cause: ScoreCause
    transition: int


@dataclass(frozen=True)
class BandsMoved:
    """Records changed their bands of one score, told together in the order in which they changed."""

    entity: Entity
    score_id: str
    moves: tuple[BandMoved, ...]
