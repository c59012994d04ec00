"""What dashboards show: tiles on a grid, filters above them, and the picture of a widget."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tenon.ui.shapes import Choice, Link


@dataclass(frozen=True, slots=True)
class Tile:
    """A widget and where it lies: column, row, width and height in grid cells; ``url`` answers what is in it."""

    widget: str
    type: str
    label: str
    x: int
    y: int
    w: int
    h: int
    url: str


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter above the tiles; ``chosen`` as it stands in the address, ``picked`` the references among it with titles."""

    field: str
    label: str
    type: str
    entity: str
    options: tuple[Choice, ...] = ()
    chosen: tuple[str, ...] = ()
    picked: tuple[Link, ...] = ()
    own: str = ""

    @property
    def name(self) -> str:
        """The parameter in the address."""
        return f"where[{self.field}]"


@dataclass(frozen=True, slots=True)
class Condition:
    """Something chosen: what it says and the address without it."""

    label: str
    value: str
    url: str


@dataclass(frozen=True, slots=True)
class Lack:
    """Records that are missing: what they are for, and whether the reader may add some."""

    entity: str
    plural: str
    label: str
    icon: str
    why: str
    may_create: bool
    may_import: bool


@dataclass(frozen=True, slots=True)
class Dashboard:
    """A dashboard for one reader; ``others`` are chosen values that no filter shows (clicked in a chart)."""

    name: str
    label: str
    description: str
    tiles: tuple[Tile, ...]
    filters: tuple[Filter, ...]
    conditions: tuple[Condition, ...]
    others: tuple[tuple[str, str], ...]
    url: str
    is_home: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """A value to read: its text, the list of the records behind it, what choosing it filters by; ``heat`` is 0 to 6, ``size`` its share."""

    text: str
    url: str | None = None
    cross: str | None = None
    colour: str | None = None
    heat: int = 0
    value: Any = None


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table: its cells, and whether it is a total."""

    cells: tuple[Cell, ...]
    is_total: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: headings, whether a column holds numbers, rows."""

    heads: tuple[str, ...]
    numeric: tuple[bool, ...]
    lines: tuple[Line, ...]
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """What a widget shows; ``kind`` names the template, ``chart`` is the picture for the browser, ``sheet`` the same as a table."""

    widget: str
    kind: str
    label: str
    is_empty: bool = False
    chart: Mapping[str, Any] | None = None
    sheet: Sheet | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    records: str | None = None
    export: str | None = None
    summary: str = ""
    note: str = ""
    fault: tuple[str, str] | None = None
    missed: tuple[str, ...] = ()
    """What is chosen above it and its records do not have."""
