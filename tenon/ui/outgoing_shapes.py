"""What the page of outgoing deliveries shows; plain frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tenon.ui.shapes import Choice


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """A delivery: what it is, how it goes, how it stands, why it failed last and when it is tried again; ``url`` leads to its record."""

    id: str
    title: str
    channel: str
    state: str
    attempts: int
    created_at: datetime
    next_at: datetime | None
    ended_at: datetime | None
    problem: str | None
    cause: str | None
    url: str | None
    may_retry: bool


@dataclass(frozen=True, slots=True)
class OutgoingPage:
    """A page of deliveries, how many there are by state in the chosen channel, the channels to choose from, and the id that the next page goes on after."""

    rows: tuple[DeliveryRow, ...]
    counts: dict[str, int]
    channels: tuple[Choice, ...]
    next: str | None
    is_moving: bool
