"""What listeners hear about scores."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property
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
class Moves:
    """Where changes of band stand in the log of a run: after one transition, up to another."""

    entity: Entity
    score_id: str
    run: str
    cause: ScoreCause
    at: datetime
    after: int
    last: int


@dataclass(frozen=True)
class BandsMoved:
    """Records changed their bands of one score, told together; most runs change bands that nobody waits for, so they are read when asked for."""

    entity: Entity
    score_id: str
    read: Callable[[], tuple[BandMoved, ...]] = field(repr=False, compare=False)

    @cached_property
    def moves(self) -> tuple[BandMoved, ...]:
        """Each change, in the order in which they happened."""
        return self.read()
