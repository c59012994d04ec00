"""The kind widget: one number, table or chart over a query."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from tenon.metamodel.document import Kind
from tenon.metamodel.item import Item, Label, Name, ShortForm
from tenon.metamodel.marks import Condition, Expr, GroupPath, Path, Ref

WidgetType = Literal[
    "number", "table", "line", "area", "bar", "stacked_bar", "pie", "funnel", "gauge", "heatmap", "pivot", "scatter", "cohort",
    "transition", "sankey", "falls", "attribution", "text",
]
Bucket = Literal["day", "week", "month", "quarter", "year", "hour"]


class Group(Item):
    """A field to group by; dates may be put in buckets."""

    field: GroupPath
    by: Bucket | None = None


class Measure(Item):
    """A number for each group."""

    name: Name
    label: Label | None = None
    expr: Annotated[str, Expr(use="report")]


AnyGroup = Annotated[Group, ShortForm("field")]


class Query(Item):
    """A question over the records of an entity: what to count, by what."""

    entity: Annotated[str, Ref("entity")]
    filter: Condition | None = None
    group_by: list[AnyGroup] = Field(default=[], max_length=6)
    measures: list[Measure] = Field(default=[], max_length=40)
    sort: list[Annotated[str, Path(sort=True, beside="measures")]] = Field(default=[], max_length=10)
    limit: int | None = Field(default=None, ge=1, le=10_000)


class Comparison(Item):
    """What a number is held against."""

    to: Literal["previous_period", "previous_year"]


class WidgetKind(Kind):
    """A number, table or chart."""

    kind: Literal["widget"] = "widget"
    type: WidgetType
    query: Query | None = None
    compare: Comparison | None = None
    target: str | None = Field(default=None, max_length=40)
    text: Label | None = None
    options: dict[str, Any] = {}
