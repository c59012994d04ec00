"""The kind dashboard: widgets on a grid of twelve columns."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from tenon.metamodel.document import Kind
from tenon.metamodel.item import Item, Label
from tenon.metamodel.marks import Path, Ref

Period = Literal[
    "today", "yesterday", "this_week", "last_week", "this_month", "last_month", "this_quarter", "last_quarter", "this_year", "last_year",
    "last_7_days", "last_30_days", "last_90_days", "last_365_days",
]


class Tile(Item):
    """A widget and where it lies, in grid cells."""

    widget: Annotated[str, Ref("widget", soft=True)]
    x: int = Field(ge=0, le=11)
    y: int = Field(ge=0, le=999)
    w: int = Field(ge=1, le=12)
    h: int = Field(ge=1, le=40)


class DashboardFilter(Item):
    """A filter above all widgets: a field name that their entities have, and for dates a period."""

    field: Annotated[str, Path(of="widgets")]
    label: Label | None = None
    period: Period | None = None


class Need(Item):
    """Records that the widgets live on, and what they are for; the dashboard names them, with the way to bring them in, while there are none."""

    entity: Annotated[str, Ref("entity", soft=True)]
    why: Label | None = None


class DashboardKind(Kind):
    """A dashboard."""

    kind: Literal["dashboard"] = "dashboard"
    layout: list[Tile] = Field(default=[], max_length=100)
    filters: list[DashboardFilter] = Field(default=[], max_length=20)
    needs: list[Need] = Field(default=[], max_length=12)
    roles: list[Annotated[str, Ref("role", soft=True)]] = []
