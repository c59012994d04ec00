"""What a designer works with: one document of the draft, the model it would make, and a view of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from sqlalchemy import select

from tenon.engine.access.rights import Rights
from tenon.engine.context import system_context
from tenon.engine.people import units
from tenon.engine.releases.steps import Designed
from tenon.engine.tables import Tables
from tenon.metamodel.document import Document
from tenon.metamodel.kinds import KINDS
from tenon.metamodel.labels import Text
from tenon.metamodel.model import Entity, Model
from tenon.metamodel.operations import find_item, look, place_of
from tenon.ui.backend.base import View
from tenon.ui.design_shapes import Control, ControlType
from tenon.ui.shapes import Choice

Json = dict[str, Any]


@dataclass
class Design:
    """A document on its way through a designer. ``view`` sees the release in force; ``sketch`` the draft, with every right and no records.

    ``about`` is an entity in which a part of the document is read that is about other records than the whole.
    """

    view: View
    model: Model
    designed: Designed
    chosen: str = ""
    about: Entity | None = None

    @property
    def json(self) -> Json:
        """The document as people read it, with ids."""
        return self.designed.document

    @property
    def kind(self) -> str:
        """Its kind."""
        return str(self.json["kind"])

    @property
    def language(self) -> str:
        """The designer's language."""
        return self.view.language

    @cached_property
    def document(self) -> Document:
        """The document as it is stored, in the model of the draft."""
        return self.model.get(self.kind, self.json["id"])

    @cached_property
    def sketch(self) -> View:
        """The draft as pages would show it; nothing of it may be asked of the database, which does not know it yet."""
        uow = replace(self.view.uow, model=self.model, tables=Tables(self.model, self.view.uow.dialect))
        return View(self.view.platform, uow, system_context(language=self.language), Rights(self.model, None, is_unlimited=True))

    @cached_property
    def fixed(self) -> frozenset[str]:
        """What of the document only administrators change, when the designer is none."""
        return frozenset() if self.view.ctx.is_admin else frozenset(KINDS[self.kind].ADMIN_ONLY or ())

    @cached_property
    def entity(self) -> Entity | None:
        """The entity that the document is about, as the draft has it."""
        if self.about is not None:
            return self.about
        name = self.json["id"] if self.kind == "entity" else self.json.get("entity")
        return self.model.find_entity(name) or self.model.entities.get(str(name)) if name else None

    @cached_property
    def units(self) -> dict[str, str]:
        """The units of the workspace: their names by id, in the order of the names."""
        return {row.id: row.name for row in self.view.uow.connection.execute(select(units.c.id, units.c.name).order_by(units.c.name, units.c.id))}

    def item(self, item_id: str) -> Json | None:
        """Return an item of the document by id, or a part that has none by its place; the document itself for ''."""
        if item_id.startswith("/"):
            found = look(self.json, item_id)
            return found if isinstance(found, dict) else None
        return find_item(self.json, item_id) if item_id else self.json

    def place(self, item_id: str) -> str:
        """Return the place of an item, '' for the document."""
        if item_id.startswith("/"):
            return item_id
        return (place_of(self.json, item_id) or "") if item_id else ""

    def around(self, item_id: str) -> Iterator[Json]:
        """Yield the items that enclose an item, the nearest first."""
        place = self.place(item_id)
        while place:
            place = place.rpartition("/")[0]
            step = place.rpartition("/")[2]
            found = find_item(self.json, step) if len(step) == 36 else None
            if found is not None:
                yield found
        yield self.json

    def show(self, label: Any, fallback: str = "") -> str:
        """Return a label of the document's JSON in the designer's language."""
        return Text.of(label).show(self.language) if label else fallback

    def choices(self, options: Sequence[tuple[str, Text]]) -> tuple[Choice, ...]:
        """Return choices from names and labels."""
        return tuple(Choice(name, label.show(self.language)) for name, label in options)


@dataclass(frozen=True)
class Controls:
    """Makes the properties of one item: places and values come from it."""

    design: Design
    item: Json
    place: str

    def make(self, key: str, type: ControlType, label: Text, **more: Any) -> Control:
        """Return the property ``key``, which may be a path inside of the item such as ``public/slug``."""
        value: Any = self.item
        for step in key.split("/"):
            value = value.get(step) if isinstance(value, dict) else None
        help_text = more.pop("help", None)
        is_fixed = not self.place and key in self.design.fixed
        return Control(
            f"{self.place}/{key}", type, label.show(self.design.language), value, help=help_text.show(self.design.language) if help_text else None, is_fixed=is_fixed, **more,
        )  # fmt: skip
