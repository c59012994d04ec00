"""The kind page: what a record's page shows."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from tenon.metamodel.document import Kind
from tenon.metamodel.item import Item, Label
from tenon.metamodel.marks import Condition, FieldPath, Path, Ref

BlockType = Literal["score", "form", "timeline", "related", "widget", "tasks", "history", "files", "comments", "text", "fields"]


class Block(Item):
    """One block of a tab; which attribute it needs follows from its type."""

    type: BlockType
    label: Label | None = None
    visible: Condition | None = None
    score: Annotated[str, Ref("score", soft=True)] | None = None
    form: Annotated[str, Ref("form", soft=True)] | None = None
    widget: Annotated[str, Ref("widget", soft=True)] | None = None
    relation: Annotated[str, Path(many=True)] | None = None
    view: Annotated[str, Ref("view", soft=True)] | None = None
    fields: list[FieldPath] = []
    text: Label | None = None


class Tab(Item):
    """A tab of blocks."""

    label: Label
    visible: Condition | None = None
    blocks: list[Block] = Field(default=[], max_length=60)


class Header(Item):
    """Facts and scores at the top."""

    facts: list[FieldPath] = Field(default=[], max_length=12)
    scores: list[Annotated[str, Ref("score", soft=True)]] = Field(default=[], max_length=6)


class PageKind(Kind):
    """The page of a record: header and tabs."""

    kind: Literal["page"] = "page"
    entity: Annotated[str, Ref("entity")]
    use_when: Condition | None = None
    header: Header = Header()
    tabs: list[Tab] = Field(default=[], max_length=20)
