"""The kind app: a set of documents that is installed, upgraded and removed together."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from tenon.metamodel.document import Kind
from tenon.metamodel.item import Item, Label, Name
from tenon.metamodel.marks import Ref

VERSION = r"^\d{1,5}\.\d{1,5}\.\d{1,5}$"


class Requirement(Item):
    """Another app that has to be there, in at least that version."""

    app: Name
    version: str = Field(default=">=0.0", pattern=r"^>=\d{1,5}(\.\d{1,5}){0,2}$", examples=[">=1.0"])


class MenuItem(Item):
    """One entry of a menu: a view, a dashboard or an entity."""

    label: Label | None = None
    icon: str | None = None
    view: Annotated[str, Ref("view", soft=True)] | None = None
    dashboard: Annotated[str, Ref("dashboard", soft=True)] | None = None
    entity: Annotated[str, Ref("entity", soft=True)] | None = None
    needs: Literal["create", "update"] | None = None
    """Only who may do this with the records of a view or an entity has the entry: a list of one's own work says nothing to who only reads."""


class MenuGroup(Item):
    """A heading of the menu with its entries."""

    label: Label
    icon: str | None = None
    items: list[MenuItem] = Field(default=[], max_length=60)


class Sample(Item):
    """A file of sample records inside the package; with ``match_on``, a declared key, rows change the records they meet. A column ``title.zh`` holds the text of a language."""

    entity: Annotated[str, Ref("entity", soft=True)]
    file: str = Field(pattern=r"^[a-z0-9_]+(/[a-z0-9_]+)*\.(csv|jsonl)$", examples=["sample/customer.csv"])
    match_on: list[Name] = Field(default=[], max_length=8)


class AppKind(Kind):
    """An app: version, needs, menu and sample data."""

    kind: Literal["app"] = "app"
    version: str = Field(default="0.1.0", pattern=VERSION, examples=["1.0.0"])
    requires: list[Requirement] = []
    optional: list[Name] = []
    menu: list[MenuGroup] = Field(default=[], max_length=40)
    sample: list[Sample] = Field(default=[], max_length=200)
    sample_days: int = Field(default=0, ge=0, le=3650)
    """For how many days back scores are computed once the sample records are there."""
