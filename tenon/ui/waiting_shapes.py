"""What the page of waiting data shows; plain frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tenon.ui.shapes import Choice


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """A key that nobody knows: of what, how it is looked up, how much waits for it, and what a choice sends; ``entity`` is what may be chosen."""

    key: str
    system: str
    by: str
    looked_up: str
    entity: Choice
    events: bool
    rows: bool
    count: int
    first: datetime
    last: datetime
    example: str
    problems: tuple[str, ...]
    sends: dict[str, str]


@dataclass(frozen=True, slots=True)
class WaitingPage:
    """One page of keys, and the place where the next one begins."""

    rows: tuple[WaitingRow, ...]
    total: int
    next: str | None
    has_events: bool
