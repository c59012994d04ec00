"""The kind form: sections of fields for entering and changing a record."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from tenon.metamodel.document import Kind
from tenon.metamodel.item import Item, Label
from tenon.metamodel.marks import AnyExpr, Condition, Expr, FieldPath, Path, Ref


class FormField(Item):
    """A field on a form, with conditions that both sides evaluate."""

    field: FieldPath
    width: int = Field(default=1, ge=1, le=4)
    label: Label | None = None
    help: Label | None = None
    visible: Condition | None = None
    required: Condition | bool | None = None
    read_only: Condition | bool | None = None
    choices_where: AnyExpr | None = None
    default: AnyExpr | None = None


class FormText(Item):
    """A text between the fields."""

    text: Label
    width: int = Field(default=1, ge=1, le=4)
    visible: Condition | None = None


class FormTable(Item):
    """Rows of a to-many relation, edited in place."""

    table: Annotated[str, Path(many=True)]
    columns: list[Annotated[str, Path(of="relation")]] = Field(min_length=1, max_length=40)
    visible: Condition | None = None


class Section(Item):
    """A group of items with a heading."""

    label: Label | None = None
    columns: int = Field(default=2, ge=1, le=4)
    visible: Condition | None = None
    items: list[FormField | FormText | FormTable] = Field(default=[], max_length=200)


class Step(Item):
    """One step of a form in several steps: which sections it shows, by position from 0."""

    label: Label
    sections: list[int] = Field(min_length=1)


class PublicForm(Item):
    """A form that anybody with the address may fill in."""

    slug: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$", examples=["contact-us"])
    match_on: list[FieldPath] = []
    thanks: Label | None = None


class FormKind(Kind):
    """A form of an entity; the first whose ``use_when`` holds is used."""

    kind: Literal["form"] = "form"
    entity: Annotated[str, Ref("entity")]
    use_when: Annotated[str, Expr("boolean")] | None = None
    sections: list[Section] = Field(default=[], max_length=60)
    steps: list[Step] | None = None
    public: PublicForm | None = None
