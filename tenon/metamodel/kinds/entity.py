"""The kind entity: what records of one sort hold."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from tenon.metamodel.document import Kind
from tenon.metamodel.fields import AnyField
from tenon.metamodel.item import Icon, Item, Label
from tenon.metamodel.marks import Expr, Path

Feature = Literal["timeline", "comments", "files", "import", "append_only"]
OwnPath = Annotated[str, Path(of="document")]


class Check(Item):
    """A condition that refuses a record when it is true, with the message people read."""

    when: Annotated[str, Expr("boolean", of="document", use="rule")]
    message: Label
    fields: list[OwnPath] = []


class EntityKind(Kind):
    """An entity: fields, checks, keys and what its records can do."""

    kind: Literal["entity"] = "entity"
    plural: Label | None = None
    icon: Icon | None = None
    title: Annotated[str, Path(of="document", fits="title")] | None = None
    search: list[Annotated[str, Path(of="document", fits="search")]] = Field(default=[], max_length=20)
    time_field: Annotated[str, Path(of="document", fits="day")] = "created_at"
    keys: list[Annotated[list[Annotated[str, Path(of="document", fits="key")]], Field(min_length=1, max_length=10)]] = Field(default=[], max_length=20)
    features: list[Feature] = []
    fields: list[AnyField] = Field(default=[], max_length=400)
    checks: list[Check] = Field(default=[], max_length=100)


