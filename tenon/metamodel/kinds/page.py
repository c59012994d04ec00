"""The kind page: what a record's page shows."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from tenon.metamodel.document import Kind
from tenon.metamodel.item import Colour, Icon, Item, Label
from tenon.metamodel.marks import Condition, Expr, FieldPath, Path, Ref

BlockType = Literal[
    "score", "form", "timeline", "related", "widget", "tasks", "history", "files", "comments", "text", "fields", "next_action", "alert", "playbook",
    "forecasts",
]
OwnOrFar = Annotated[str, Expr("boolean", of="relation")]


class SetValue(Item):
    """A field and the value it gets."""

    field: Annotated[str, Path(of="relation")]
    value: Annotated[str, Expr(of="relation")]


class NewValue(Item):
    """A field of a new record and its value, read with the record of the page."""

    field: FieldPath
    value: Annotated[str, Expr(of="document")]


class NewRecord(Item):
    """A record that a button makes."""

    entity: Annotated[str, Ref("entity", soft=True)]
    values: list[NewValue] = Field(default=[], max_length=40)


class ActionButton(Item):
    """A button that does what is to be done: it sets fields of the record found, or makes a record; without either it opens the record found."""

    label: Label
    set: list[SetValue] = Field(default=[], max_length=20)
    create: NewRecord | None = None


class NextAction(Item):
    """Something to do: the first record of a relation (or the record itself) for which a condition holds, why, and how."""

    label: Label
    reason: Label | None = None
    relation: Annotated[str, Path(many=True)] | None = None
    when: OwnOrFar
    sort: list[Annotated[str, Path(of="relation", sort=True)]] = Field(default=[], max_length=6)
    facts: list[Annotated[str, Path(of="relation")]] = Field(default=[], max_length=6)
    icon: Icon | None = None
    colour: Colour | None = None
    button: ActionButton | None = None


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
    actions: list[NextAction] = Field(default=[], max_length=20)


class Tab(Item):
    """A tab of blocks."""

    label: Label
    visible: Condition | None = None
    blocks: list[Block] = Field(default=[], max_length=60)


class Header(Item):
    """Facts and scores at the top, and the buttons of rules that stand there rather than in the menu."""

    facts: list[FieldPath] = Field(default=[], max_length=12)
    scores: list[Annotated[str, Ref("score", soft=True)]] = Field(default=[], max_length=6)
    buttons: list[Annotated[str, Ref("rule", soft=True)]] = Field(default=[], max_length=6)


class PageKind(Kind):
    """The page of a record: header and tabs."""

    kind: Literal["page"] = "page"
    entity: Annotated[str, Ref("entity")]
    use_when: Condition | None = None
    header: Header = Header()
    tabs: list[Tab] = Field(default=[], max_length=20)
