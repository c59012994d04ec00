"""What the page of a record shows: facts, scores explained, history, related records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from tenon.ui.decision_shapes import Asked
from tenon.ui.shapes import Choice, Field, Row, RuleButton


@dataclass(frozen=True, slots=True)
class Fact:
    """A field with its value; ``is_masked`` when the reader sees only that there is one."""

    field: Field
    value: Any
    is_masked: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """The records behind a measure: a list address and their number."""

    label: str
    count: int
    url: str | None


@dataclass(frozen=True, slots=True)
class Rating:
    """A measure that people rate: percent of its points, by whom, when, until when; empty when nobody has."""

    percent: Decimal | None = None
    by: str | None = None
    at: datetime | None = None
    expires_at: datetime | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class MeasureView:
    """A measure of a score: share 0..1, points of the maximum, inputs, the records behind it; ``rating`` when people rate it."""

    name: str
    label: str
    share: Decimal | None
    points: Decimal
    maximum: Decimal | None
    group: str | None = None
    is_missing: bool = False
    is_stale: bool = False
    inputs: tuple[Fact, ...] = ()
    rows: Source | None = None
    rating: Rating | None = None


@dataclass(frozen=True, slots=True)
class Movement:
    """A change of one measure or of the whole between two days."""

    label: str
    before: Decimal
    after: Decimal
    change: Decimal


@dataclass(frozen=True, slots=True)
class Override:
    """A person's word over a computed score."""

    by: str
    reason: str
    expires_at: datetime
    computed: Decimal | None
    computed_band: Choice | None = None


@dataclass(frozen=True, slots=True)
class BandEdge:
    """A band and where it begins, for the gauge and the trend."""

    band: Choice
    start: Decimal


@dataclass(frozen=True, slots=True)
class Reason:
    """What holds a score up or pulls it down: the points it gives, or those that are missing (negative); a cap is no measure."""

    name: str | None
    label: str
    points: Decimal


@dataclass(frozen=True, slots=True)
class ScoreView:
    """A score of a record, explained: ``adjustments`` are (label, points) of caps and clamps.

    An override may last from ``first_day`` to ``last_day``. ``record`` is the title of the record. ``is_past`` on a day before
    today. ``is_outside`` when the score is for other records; ``only_for`` says which, to who may read what that hangs on.
    """

    name: str
    label: str
    value: Decimal | None
    band: Choice | None
    low: Decimal
    high: Decimal
    edges: tuple[BandEdge, ...]
    measures: tuple[MeasureView, ...] = ()
    adjustments: tuple[tuple[str, Decimal], ...] = ()
    coverage: Decimal | None = None
    on: date | None = None
    since: date | None = None
    value_since: Decimal | None = None
    changes: tuple[Movement, ...] = ()
    trend: tuple[tuple[date, Decimal], ...] = ()
    variant: str | None = None
    release: int | None = None
    override: Override | None = None
    is_computing: bool = False
    is_outside: bool = False
    is_past: bool = False
    only_for: str | None = None
    may_override: bool = False
    may_rate: bool = False
    first_day: date | None = None
    last_day: date | None = None
    strong: tuple[Reason, ...] = ()
    weak: tuple[Reason, ...] = ()
    spans: tuple[tuple[int, date], ...] = ()
    record: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One changed field of a history entry."""

    field: Field
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Event:
    """An entry of the history: who, when, why, what. ``action``: created, changed, deleted, restored, band, comment, a deed of an approval, or other."""

    at: datetime
    who: str
    action: str
    text: str = ""
    changes: tuple[Change, ...] = ()
    cause: str | None = None
    undo: str = ""
    """The address that takes it back: of a merge that holds, for who made it."""


@dataclass(frozen=True, slots=True)
class Related:
    """The records of a to-many relation; ``url`` lists all of them, ``add_url`` gives the small form of a new one."""

    name: str
    label: str
    icon: str
    entity: str
    columns: tuple[Field, ...]
    rows: tuple[Row, ...]
    count: int | None
    url: str
    add_url: str | None = None
    title_column: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Facts under a heading."""

    label: str | None
    facts: tuple[Fact, ...]
    columns: int = 2


@dataclass(frozen=True, slots=True)
class BlockView:
    """One block of a tab: the template of its type shows its content; ``is_side`` for the narrow column."""

    type: str
    key: str
    label: str | None
    content: Any
    is_side: bool = False


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab of a record page; only the open one carries blocks."""

    name: str
    label: str
    count: int | None = None
    blocks: tuple[BlockView, ...] = ()


@dataclass(frozen=True, slots=True)
class QuickAction:
    """Something to add to the record from its head: the address of its small form, or the place on the page to write at."""

    name: str
    label: str
    icon: str
    url: str
    key: str


@dataclass(frozen=True, slots=True)
class RecordPage:
    """The page of one record; ``is_followed`` is None where nobody can follow it."""

    entity: str
    entity_label: str
    plural: str
    icon: str
    id: str
    title: str
    version: int
    facts: tuple[Fact, ...] = ()
    scores: tuple[ScoreView, ...] = ()
    tabs: tuple[Tab, ...] = ()
    tab: str = ""
    may_update: bool = False
    may_delete: bool = False
    may_restore: bool = False
    is_deleted: bool = False
    deleted_with: int = 0
    picture: str | None = None
    actions: tuple[QuickAction, ...] = ()
    score_tab: str | None = None
    is_followed: bool | None = None
    may_merge: bool = False
    buttons: tuple[RuleButton, ...] = ()
    placed: frozenset[str] = frozenset()
    """The buttons that the page shows beside the others; the rest lie in the menu."""
    asked: tuple[Asked, ...] = ()
    """What workflows ask of people about the record; while an approval is pending it is locked."""
    freshness: str | None = None
    """Which other system the record comes from, and how long ago."""

    @property
    def url(self) -> str:
        """The address of the page."""
        return f"/records/{self.entity}/{self.id}"

    @property
    def is_computing(self) -> bool:
        """True while a score that is shown is being computed."""
        blocks = [block.content for tab in self.tabs for block in tab.blocks if isinstance(block.content, ScoreView)]
        return any(score.is_computing for score in (*self.scores, *blocks))
