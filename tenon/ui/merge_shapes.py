"""What the page that merges records shows: a column a record, a row a field."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from tenon.ui.record_shapes import Fact
from tenon.ui.shapes import Field


@dataclass(frozen=True, slots=True)
class Follower:
    """So many records of an entity point at one of the records."""

    label: str
    icon: str
    count: int


@dataclass(frozen=True, slots=True)
class MergeSide:
    """One of the records; ``number`` is what it is counted by, such as C-2026-00012."""

    id: str
    title: str
    url: str
    version: int
    number: str
    made_at: datetime | None
    followers: tuple[Follower, ...] = ()


@dataclass(frozen=True, slots=True)
class MergeCell:
    """What a record holds in a field, and whether that may be chosen."""

    id: str
    fact: Fact
    is_empty: bool
    may_choose: bool
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class MergeRow:
    """A field with what each record holds in it; ``how``: choose, all (what all hold is kept), own (the survivor keeps its own)."""

    field: Field
    cells: tuple[MergeCell, ...]
    how: str


@dataclass(frozen=True, slots=True)
class MergePage:
    """Records side by side: those that differ first; ``duplicate`` is the id of the pair that led here, ``likeness`` how sure it is, 0 to 1, ``reasons`` why."""

    entity: str
    label: str
    plural: str
    sides: tuple[MergeSide, ...]
    survivor: str
    rows: tuple[MergeRow, ...]
    same: tuple[MergeRow, ...]
    followers: tuple[Follower, ...]
    duplicate: str = ""
    likeness: Decimal | None = None
    reasons: tuple[str, ...] = ()
