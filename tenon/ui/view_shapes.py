"""What boards, calendars, galleries, timelines and trees show: plain frozen values beside those of `list_shapes`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from tenon.ui.shapes import Choice, Field, FileMark

Told = tuple[Field, Any]
"""A fact: a field and its value."""
OPTIONS = frozenset({"choice", "stage", "choices", "tags"})
NAMING = frozenset({"text", "long_text", "rich_text", "reference", "references", "any_reference", "unit", "email", "phone", "url", "file", "address", "region"})
"""Types whose values say what they are; all others need their label beside them."""


@dataclass(frozen=True, slots=True)
class Card:
    """A record as a card: facts of it as (field, value), its colour by the rules of the view."""

    id: str
    title: str
    facts: tuple[Told, ...]
    version: int
    colour: str | None = None
    image: FileMark | None = None

    @property
    def pills(self) -> list[Told]:
        """What is shown as a pill: options, and a score that is the only one."""
        scores = [f for f in self._filled if f[0].type == "score"]
        return [*(scores if len(scores) == 1 else []), *(f for f in self._filled if f[0].type in OPTIONS)]

    @property
    def lines(self) -> list[Told]:
        """What names itself: texts, addresses, other records."""
        return [f for f in self._filled if f[0].type in NAMING]

    @property
    def people(self) -> list[Told]:
        """Who the record is of."""
        return [f for f in self._filled if f[0].type == "user"]

    @property
    def told(self) -> list[Told]:
        """What says nothing without its label: numbers, amounts, days, yes or no, one of several scores."""
        known = [*self.pills, *self.lines, *self.people]
        return [f for f in self._filled if f not in known and f[0].type != "image"]

    @property
    def _filled(self) -> list[Told]:
        return [f for f in self.facts if f[1] is not None]


@dataclass(frozen=True, slots=True)
class Lane:
    """A column of a board: its option, the first cards, how many records there are, sums of money, the expression that lists all, and
    the one of the lane alone.

    ``targets`` are the lanes that a card of this one may go to as far as the field declares moves, None when it may go anywhere.
    """

    option: Choice
    count: int = 0
    sums: tuple[tuple[Field, Any], ...] = ()
    filter: str = ""
    condition: str = ""
    cards: tuple[Card, ...] = ()
    next: str | None = None
    is_open: bool = True
    targets: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Board:
    """Records by the values of one field; ``may_move`` when this person may change it, ``quick`` the title to type for a new card.

    ``left_out`` is the number of lanes that are not shown, ``is_people`` True for lanes of people,
    ``is_by_hand`` when cards stay where they are put in their lane.
    """

    field: Field
    lanes: tuple[Lane, ...]
    may_move: bool = False
    may_add: bool = False
    quick: Field | None = None
    left_out: int = 0
    is_people: bool = False
    is_narrowed: bool = False
    is_by_hand: bool = False

    @property
    def is_empty(self) -> bool:
        """True when no lane has a record and none can be filled here."""
        return not any(lane.count for lane in self.lanes) and (self.is_narrowed or not self.may_add)


@dataclass(frozen=True, slots=True)
class Happening:
    """A record with days: the first and the last, the time of day where it has one."""

    id: str
    title: str
    first: date
    last: date
    at: datetime | None
    version: int
    colour: str | None = None
    facts: tuple[Told, ...] = ()

    @property
    def beside(self) -> str:
        """The record that it is of, where the title does not name it."""
        found = (value.title for field, value in self.facts if field.type in ("reference", "any_reference") and value is not None)
        return next((title for title in found if title not in self.title), "")


@dataclass(frozen=True, slots=True)
class Bar:
    """A happening in a week: its column from 1, how many days, the row from 0, and whether it goes on at the left or right."""

    what: Happening
    column: int
    days: int
    row: int
    from_before: bool = False
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class Day:
    """A day of a calendar: the bars that begin on it, how many are not in sight, and everything on it; ``listed`` lists it where that is too much here."""

    on: date
    is_today: bool
    is_outside: bool
    bars: tuple[Bar, ...] = ()
    hidden: int = 0
    everything: tuple[Happening, ...] = ()
    listed: str = ""


@dataclass(frozen=True, slots=True)
class Calendar:
    """Weeks of days, or an agenda; ``most`` is a number when not everything is shown, ``undated`` the records without a day.

    ``start`` is the name of the field that a new record is given its day with, None when people may not; ``has_end`` when records have
    a last day of their own.
    """

    span: str
    anchor: date
    today: date
    weeks: tuple[tuple[Day, ...], ...]
    agenda: tuple[Day, ...]
    previous: date
    following: date
    may_move: bool = False
    start: Field | None = None
    most: int | None = None
    undated: int = 0
    undated_filter: str = ""
    is_empty: bool = False
    has_end: bool = False


@dataclass(frozen=True, slots=True)
class Gallery:
    """Cards with pictures; ``next`` is the cursor of those after them."""

    cards: tuple[Card, ...]
    next: str | None = None
    count: int | None = None
    is_capped: bool = False
    has_images: bool = False

    @property
    def is_empty(self) -> bool:
        """True when there is nothing to show."""
        return not self.cards


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the width of a timeline in percent of it."""

    left: Decimal
    width: Decimal


@dataclass(frozen=True, slots=True)
class Tick:
    """A period above a timeline."""

    on: date
    unit: str
    place: Stretch


@dataclass(frozen=True, slots=True)
class Strip:
    """A record on a timeline."""

    what: Happening
    place: Stretch
    from_before: bool = False
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class Band:
    """A group of a timeline: its value, None without groups, and the records."""

    field: Field | None
    value: Any
    strips: tuple[Strip, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """Bars from day to day in groups; ``now`` is where today is in percent, None out of sight; ``has_end`` as of calendars."""

    span: str
    first: date
    last: date
    today: date
    ticks: tuple[Tick, ...]
    bands: tuple[Band, ...]
    previous: date
    following: date
    now: Decimal | None = None
    may_move: bool = False
    most: int | None = None
    undated: int = 0
    undated_filter: str = ""
    is_empty: bool = False
    has_end: bool = False


@dataclass(frozen=True, slots=True)
class Node:
    """A record of a tree: how many are directly below it."""

    card: Card
    children: int = 0


@dataclass(frozen=True, slots=True)
class Tree:
    """The records of one level; ``parent`` is the id they are below, "" at the top. ``is_flat`` for hits of a search."""

    nodes: tuple[Node, ...]
    parent: str = ""
    next: str | None = None
    is_flat: bool = False

    @property
    def is_empty(self) -> bool:
        """True when there is nothing to show."""
        return not self.nodes
