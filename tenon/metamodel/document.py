"""A document: kind, name and body; reading it from JSON and giving it back."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from tenon.metamodel.item import Item, ItemId, Label, Name
from tenon.metamodel.labels import Text
from tenon.metamodel.marks import Ref
from tenon.metamodel.names import TOKEN, untoken
from tenon.metamodel.walk import Place, walk

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
    ADMIN_ONLY: ClassVar[tuple[str, ...] | None] = ()
    """The attributes that only administrators change, or set in something new; None where the whole kind is theirs."""


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

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """Every marked text in the order it stands; a document is never changed, so one walk does for all who ask."""
        return tuple(walk(self.json, self.body))

    @cached_property
    def uses(self) -> tuple[Use, ...]:
        """What it names, in the order it stands."""
        return tuple(_uses(self))


@dataclass(frozen=True)
class Use:
    """A place that names an item: the document, the JSON Pointer in it, and the id of what is named."""

    document_id: str
    pointer: str
    target_id: str
    is_soft: bool = False


def _uses(document: Document) -> Iterator[Use]:
    for place in document.places:
        if isinstance(place.mark, Ref):
            yield Use(document.id, place.pointer, place.text, place.mark.soft)
            continue
        for word in dict.fromkeys(TOKEN.findall(place.text)):
            yield Use(document.id, place.pointer, untoken(word) or "")


def guarded(before: Document | None, after: Document | None) -> str | None:
    """Return the pointer to what only administrators may change so, "" for the whole document; None where any builder may."""
    document = after or before
    names = document.body.ADMIN_ONLY if document is not None else ()
    if names is None:
        return ""
    if after is None:
        return None
    fields = type(after.body).model_fields
    was = {name: getattr(before.body, name) if before is not None else fields[name].default for name in names}
    return next((f"/{name}" for name in names if getattr(after.body, name) != was[name]), None)


def new_item_id() -> str:
    """Return a fresh id for a document or an item."""
    return str(uuid.uuid4())
