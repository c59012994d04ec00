"""The kind view: a way to see the records of an entity."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from tenon.metamodel.document import Kind
from tenon.metamodel.item import Colour, Item, Label, ShortForm
from tenon.metamodel.marks import Condition, DayPath, FieldPath, GroupPath, Path, Ref, SortPath


class Column(Item):
    """A column of a list."""

    field: FieldPath
    width: int | None = Field(default=None, ge=40, le=1200)
    label: Label | None = None
    frozen: bool = False
    total: Literal["none", "sum", "average", "min", "max", "count"] | None = None


class ColourRule(Item):
    """The colour of records for which a condition holds."""

    when: Condition
    colour: Colour


class Board(Item):
    """A board: one lane an option of ``by``."""

    by: Annotated[str, Path(fits="lane")]
    card: list[FieldPath] = []


class Calendar(Item):
    """A calendar, timeline or gantt: from which day to which."""

    start: DayPath = Field(alias="from")
    end: DayPath | None = Field(default=None, alias="to")


class Gallery(Item):
    """A gallery: the picture and the lines below it."""

    image: Annotated[str, Path(fits="image")] | None = None
    card: list[FieldPath] = []


class Tree(Item):
    """A tree: the reference to the parent."""

    parent: Annotated[str, Path(fits="parent")]


AnyColumn = Annotated[Column, ShortForm("field")]


class ViewKind(Kind):
    """Columns, filter and order of the records of an entity."""

    kind: Literal["view"] = "view"
    entity: Annotated[str, Ref("entity")]
    type: Literal["list", "board", "calendar", "gallery", "tree", "timeline", "gantt"] = "list"
    columns: list[AnyColumn] = Field(default=[], max_length=100)
    filter: Condition | None = None
    sort: list[SortPath] = Field(default=[], max_length=10)
    group_by: GroupPath | None = None
    board: Board | None = None
    calendar: Calendar | None = None
    gallery: Gallery | None = None
    tree: Tree | None = None
    colours: list[ColourRule] = Field(default=[], max_length=40)
    shared_with: Literal["everyone", "team", "me"] = "everyone"
