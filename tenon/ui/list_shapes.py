"""What a list of records is asked for and shows: the shell around it, and the body of each type of view."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tenon.ui.alert_shapes import AlertVerbs
from tenon.ui.shapes import Field, Row, RuleButton


@dataclass(frozen=True, slots=True)
class ColumnAsked:
    """A column that an address or a view names: its width in pixels, whether it stays in sight at the left, what is said in all of it."""

    name: str
    width: int | None = None
    frozen: bool = False
    total: str = ""
    """The name of a total, "" for the usual one of the field."""


@dataclass(frozen=True, slots=True)
class Colouring:
    """A rule of colours: the colour of records for which a condition holds."""

    colour: str
    when: str


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What the address of a list asks for; ``chosen`` are the ticked options by field, ``cursor`` a page edge.

    ``sort`` are keys with commas between, ``group`` a field (with ``:month`` or the like for days), ``closed`` the groups that are shut.
    ``seen`` is the group that the page before ended in, None for a page of its own. ``day`` is where a calendar or timeline stands,
    ``span`` how much of it is shown, ``lane`` the lane of a board whose next cards are asked for. ``colours`` are rules in the place of
    those of the view, None for these. ``layout`` shows the view as another type, ``<type>:<field>``.
    """

    search: str = ""
    filter: str = ""
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: str = ""
    cursor: str = ""
    columns: tuple[ColumnAsked, ...] = ()
    view: str = ""
    limit: int = 50
    group: str = ""
    closed: tuple[str, ...] = ()
    seen: str | None = None
    day: str = ""
    span: str = ""
    lane: str | None = None
    colours: tuple[Colouring, ...] | None = None
    layout: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with an expression: the message, what to do, the column from 1."""

    message: str
    hint: str | None = None
    column: int | None = None


WIDTHS = {
    "score": 184, "money": 132, "integer": 112, "decimal": 120, "percent": 104, "rating": 116, "boolean": 92, "date": 124, "datetime": 168,
    "time": 92, "duration": 104, "choice": 136, "stage": 136, "user": 164, "long_text": 260, "rich_text": 260, "tags": 188, "choices": 188,
}  # fmt: skip
TITLE_WIDTH, USUAL_WIDTH = 260, 172
NUMBERS = frozenset({"integer", "decimal", "money", "percent", "duration", "formula"})


@dataclass(frozen=True, slots=True)
class Head:
    """A column of the grid: how its cells are marked (``style``), how wide it is, whether it leads to the record or stays in sight."""

    field: Field
    style: str
    width: int
    is_title: bool
    is_frozen: bool
    is_totalled: bool = False
    """True when something is said in all of its values."""


@dataclass(frozen=True, slots=True)
class Total:
    """What is said in all of a column: how its value is shown, and what it is called; a sum needs no word."""

    field: Field
    value: Any
    how: str = "sum"
    word: str = ""


@dataclass(frozen=True, slots=True)
class TotalOffer:
    """The totals that a column may have as (name, word), the one that it has, and the one where an address says none."""

    options: tuple[tuple[str, str], ...]
    chosen: str
    usual: str


@dataclass(frozen=True, slots=True)
class Section:
    """A group of a list: its key in addresses, the value, how many records, totals by column, the rows of this page."""

    key: str
    field: Field
    value: Any
    bucket: str | None
    count: int
    sums: Mapping[str, Total]
    is_open: bool
    rows: tuple[Row, ...] = ()
    is_begun: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    """The body of a list. ``count`` is capped when ``count_capped``; ``next`` and ``previous`` are cursors or None.

    ``first`` is the position of the first row from 1, None when unknown; ``sections`` hold the rows when they are grouped.
    """

    rows: tuple[Row, ...] = ()
    next: str | None = None
    previous: str | None = None
    count: int | None = None
    count_capped: bool = False
    first: int | None = None
    sections: tuple[Section, ...] | None = None
    editable: frozenset[str] = frozenset()

    @property
    def is_empty(self) -> bool:
        """True when there is nothing to show."""
        return not self.rows and not self.sections


@dataclass(frozen=True, slots=True)
class ViewTab:
    """A view of the entity; the one with the empty name is all records. ``id`` of a saved one, ``may_change`` when it is this person's.

    ``is_narrow`` tells that it shows only some of the records.
    """

    name: str
    label: str
    icon: str = "table-2"
    id: str | None = None
    shared_with: str = "everyone"
    may_change: bool = False
    is_narrow: bool = False


@dataclass(frozen=True, slots=True)
class ViewOffer:
    """A type of view that the records can be shown as, and the fields it can be made by."""

    type: str
    label: str
    icon: str
    by: str = ""
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class Work:
    """A job that writes many records of a list: how far it is, what it did, and where to take that back."""

    id: str
    entity: str
    text: str
    done: int
    total: int | None = None
    is_running: bool = False
    undo: str = ""
    problems: tuple[str, ...] = ()
    may_stop: bool = False
    is_stopping: bool = False


@dataclass(frozen=True, slots=True)
class ListPage:
    """The page around a list: names, tabs, what may be shown and done; ``body`` is what the type of view shows, None beside a fault.

    ``columns`` are shown, ``all_columns`` may be chosen, ``filters`` are the fields with options to tick, ``asked`` the columns' widths.
    ``default_columns`` and ``default_colours`` are those of the view when nobody chose; ``view`` is the name of the view that is open,
    ``totalled`` are the columns of which something is said in all.
    ``script`` is the module that the type of view needs, ``note`` why it is shown as a list, ``offers`` the types it can be shown as,
    ``shown_as`` the one that it is, ``layout`` the one that the address asks for, named in full.
    """

    entity: str
    label: str
    plural: str
    icon: str
    columns: tuple[Field, ...]
    type: str = "list"
    body: Any = None
    all_columns: tuple[Field, ...] = ()
    filters: tuple[Field, ...] = ()
    views: tuple[ViewTab, ...] = ()
    sort: str = ""
    group: str = ""
    group_fields: tuple[Field, ...] = ()
    fault: Fault | None = None
    title_column: str | None = None
    default_columns: tuple[ColumnAsked, ...] = ()
    asked: tuple[ColumnAsked, ...] = ()
    may_create: bool = False
    may_import: bool = False
    may_export: bool = False
    may_build: bool = False
    search_hint: str | None = None
    may_update: bool = False
    may_delete: bool = False
    may_restore: bool = False
    duplicates: int | None = None
    may_merge: bool = False
    view: str = ""
    tab: ViewTab | None = None
    script: str = ""
    note: str | None = None
    offers: tuple[ViewOffer, ...] = ()
    shown_as: ViewOffer | None = None
    layout: str = ""
    colours: tuple[Colouring, ...] = ()
    default_colours: tuple[Colouring, ...] = ()
    totalled: frozenset[str] = frozenset()
    buttons: tuple[RuleButton, ...] = ()
    verbs: AlertVerbs | None = None
    """What can be done with the rows when they are alerts."""
    freshness: str | None = None
    """Which other system the records come from, and how long ago."""

    @property
    def may_tick(self) -> bool:
        """True when something can be done with several rows at once: each has a box to tick."""
        return self.may_update or self.may_delete or self.verbs is not None

    def heads(self) -> list[Head]:
        """Return the columns as the grid shows them."""
        asked = {column.name: column for column in self.asked}
        return [self._head(field, asked.get(field.name) or ColumnAsked(field.name)) for field in self.columns]

    def _head(self, field: Field, asked: ColumnAsked) -> Head:
        is_title = field.name == self.title_column
        is_frozen = is_title or asked.frozen
        least = sum(8 if ord(c) < 256 else 15 for c in field.label) + 50
        width = asked.width or max(least, TITLE_WIDTH if is_title else WIDTHS.get(field.type, USUAL_WIDTH))
        style = " ".join(word for word, holds in (("n", field.type in NUMBERS), ("frozen", is_frozen)) if holds)
        return Head(field, style, width, is_title, is_frozen, field.name in self.totalled)
