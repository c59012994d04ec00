"""The layout that an address asks for: the open view as another type, with the same conditions, columns and order."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pydantic import BaseModel

from tenon.metamodel.document import Document
from tenon.metamodel.kinds.view import Board, Calendar, Gallery, Tree, ViewKind
from tenon.metamodel.model import Entity
from tenon.ui.backend.base import View
from tenon.ui.backend.cells import column_of
from tenon.ui.backend.views import MADE_BY

PARTS: dict[str, type[BaseModel]] = {"board": Board, "calendar": Calendar, "gallery": Gallery, "tree": Tree}
LIST = "list"


def settings_of(view: View, entity: Entity, layout: str) -> dict[str, Any] | None:
    """Return what a view document says of a layout, ``<type>:<field>``; None for one that cannot be, or by what the reader has not."""
    kind, _, field = layout.partition(":")
    if kind == LIST:
        return {"type": LIST}
    made = MADE_BY.get(kind)
    column = column_of(view, entity, field) if field and "\x00" not in field else None
    if made is None or (column is not None and not made.fits(column)) or (column is None and (field or kind != "gallery")):
        return None
    return {"type": kind, **made.settings(field)}


def laid_out(view: View, entity: Entity, document: Document | None, layout: str) -> Document | None:
    """Return a view, or what shows all records, as the layout that an address asks for."""
    settings = settings_of(view, entity, layout) if layout else None
    if settings is None:
        return document
    parts = {name: PARTS[name].model_validate(value) for name, value in settings.items() if name in PARTS}
    without: dict[str, Any] = dict.fromkeys(PARTS)
    if document is None:
        everything = ViewKind(name="all", entity=entity.id)
        document = Document({"kind": "view", "name": "", "entity": entity.id}, everything)
    return replace(document, body=document.body.model_copy(update={**without, **parts, "type": settings["type"]}))
