"""What the pages of connectors show; plain frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tenon.ui.shapes import Choice


@dataclass(frozen=True, slots=True)
class RunLine:
    """Something that went wrong, that a dry run would do, or that both sides changed: which way, what is done, to what, with the words for it."""

    way: str
    action: str
    key: str
    url: str | None
    told: str


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run: how it went, what was counted (words and numbers, only what is not nothing), and its lines."""

    id: str
    is_dry: bool
    state: str
    started_at: datetime
    ended_at: datetime | None
    counts: tuple[tuple[str, int], ...]
    lag: str | None
    errors: tuple[RunLine, ...]
    rows: tuple[RunLine, ...]


@dataclass(frozen=True, slots=True)
class ConnectorRow:
    """A connector: between what it stands, whether it rests, since when what is here is whole, when it runs next, and its newest run."""

    name: str
    label: str
    system: str
    address: str
    entity: str
    entity_url: str
    direction: str
    is_paused: bool
    fresh_at: datetime | None
    fresh: str | None
    next_at: datetime | None
    waiting: tuple[int, int]
    last: RunRow | None


@dataclass(frozen=True, slots=True)
class ConnectorPage:
    """One connector with its runs, newest first; ``is_moving`` while one is under way."""

    connector: ConnectorRow
    runs: tuple[RunRow, ...]
    next: str | None
    is_moving: bool


@dataclass(frozen=True, slots=True)
class Trial:
    """What the other system answered when it was asked for a first page: the columns that stand in its first record, with what stands there."""

    label: str
    error: str | None
    count: int
    columns: tuple[Choice, ...]
