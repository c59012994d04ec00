"""What pages show of records that may be the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class AlikeRecord:
    """A record that may be meant: its title, and its first facts in words."""

    id: str
    title: str
    facts: str = ""


@dataclass(frozen=True)
class PairRow:
    """A pair in the queue: how alike in percent, and why in words; ``who`` decided it and when."""

    id: str
    first: AlikeRecord
    second: AlikeRecord
    percent: int
    reasons: tuple[str, ...]
    found_at: datetime
    who: str | None = None
    decided_at: datetime | None = None


@dataclass(frozen=True)
class DuplicatesPage:
    """The queue of an entity; ``matchings`` are what compares (none: nothing is ever found), ``next`` where it goes on."""

    entity: str
    plural: str
    state: str
    pairs: tuple[PairRow, ...]
    next: str | None
    matchings: tuple[str, ...]
    count: int
    cap: int
    may_decide: bool
    may_build: bool
    merges_alone: bool


@dataclass(frozen=True)
class Hint:
    """A record that what is being typed looks like, and why in words."""

    record: AlikeRecord
    reasons: tuple[str, ...]
