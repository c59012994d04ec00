"""A document: kind, name and body; reading it from JSON and giving it back."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from tenon.metamodel.item import Item, ItemId, Label, Name
from tenon.metamodel.labels import Text

FORMAT = 1


class Kind(Item):
    """The envelope of every document; a kind is a subclass in a file of ``kinds/``."""

    kind: str
    name: Name
    app: Name | None = None
    label: Label | None = None
    description: Label | None = None
    format: int = FORMAT
    id: ItemId | None = None

    plural_name: ClassVar[str] = ""
    FILLED: ClassVar[dict[str, Any]] = {}
    """What is filled in where the document does not say it."""


@dataclass(frozen=True)
class Document:
    """A stored document: its JSON with references and paths by id, and the frozen value read from it."""

    json: dict[str, Any]
    body: Any

    @property
    def kind(self) -> str:
        """The kind, such as "entity"."""
        return str(self.json["kind"])

    @property
    def name(self) -> str:
        """The API name."""
        return str(self.json["name"])

    @property
    def id(self) -> str:
        """The stable id."""
        return str(self.json["id"])

    @property
    def app(self) -> str | None:
        """The app it belongs to, or None for the workspace's own."""
        return self.json.get("app")

    @cached_property
    def label(self) -> Text:
        """The label, or the name."""
        return Text.of(self.json.get("label") or self.name)


def new_item_id() -> str:
    """Return a fresh id for a document or an item."""
    return str(uuid.uuid4())
