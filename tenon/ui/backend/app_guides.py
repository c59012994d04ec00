"""The guide of an installed app, made from the documents in force: what of them the reader may see, nothing else."""

from __future__ import annotations

from typing import Any

from tenon.engine.releases import draft
from tenon.engine.reports.dashboards import listed
from tenon.metamodel.app_reference import HEADS, WITHHELD, Section, app_sections
from tenon.metamodel.copying import copied
from tenon.metamodel.document import Document
from tenon.metamodel.errors import Invalid, not_found
from tenon.metamodel.expressions.check import check
from tenon.metamodel.expressions.scope import Scope
from tenon.metamodel.labels import Text
from tenon.metamodel.marks import Expr
from tenon.metamodel.model import Entity
from tenon.metamodel.naming import entity_at, to_shown
from tenon.metamodel.parse import reread
from tenon.metamodel.walk import Place, walk
from tenon.ui.app_shapes import AppGuide
from tenon.ui.backend import menu
from tenon.ui.backend.apps import icon_of
from tenon.ui.backend.base import View

BUILT = ("rule", "workflow", "message", "calendar", "connector", "scenario", "role")
"""Kinds that only who builds them sees: they work behind what others use."""
SAID = ("expr", "when", "value", "of", "filter")
"""Where the expressions stand that a guide shows."""


def guide(view: View, name: str) -> AppGuide:
    """Return the guide of an app as the reader may see it. Raises NotFound for an app that is not there, or has nothing for the reader."""
    app, language = view.model.get("app", name), view.language
    shown = _Shown(view)
    documents = [each for d in view.model.documents.values() if d.app == app.name and d.kind in HEADS and (each := shown.document(d)) is not None]
    if not documents and not draft.may_build(view.ctx, "app"):
        raise not_found()
    sections = app_sections(documents, language)
    urls = {f"{d.kind}-{d.name}": url for d in documents if (url := _url(d)) is not None}
    opens = next((each.url for each in menu.apps(view) if each.name == app.name), None)
    description = Text.of(app.json.get("description")).show(language)
    partial = not view.rights.is_unlimited
    return AppGuide(app.name, app.label.show(language), icon_of(app), str(app.body.version), description, sections, _anchors(sections), urls, opens, partial)


def _anchors(sections: tuple[Section, ...]) -> dict[str, str]:
    """Return where the entities of a guide stand in it, by name."""
    return {entry.name: f"entity-{entry.name}" for section in sections if section.kind == "entity" for entry in section.entries}


def _url(document: Document) -> str | None:
    """Return the address of what a document of names is used at."""
    name = document.name
    if document.kind == "view":
        return f"/records/{document.json['entity']}?view={name}"
    return {"entity": f"/records/{name}", "extension": f"/records/{document.json.get('entity')}", "dashboard": f"/dashboards/{name}"}.get(document.kind)


class _Shown:
    """What one reader may see of documents, with names for ids."""

    def __init__(self, view: View) -> None:
        self.view, self.model, self.rights = view, view.model, view.rights
        boards = listed(view.uow, view.ctx)
        self.boards = {body.name for body in boards}
        self.tiles = {tile.widget for body in boards for tile in body.layout}

    def document(self, document: Document) -> Document | None:
        """Return what may be seen of a document; None for nothing."""
        entity = self._entity(document)
        if not self._is_seen(document, entity):
            return None
        named = self._named(document)
        if self.rights.is_unlimited:
            return named
        found = Document(copied(named.json), named.body)
        for place in list(walk(found.json, found.body)):
            if isinstance(place.mark, Expr) and place.key in SAID and not self._may_read(place, place.mark):
                place.write(WITHHELD)
        if document.kind in ("entity", "extension"):
            assert entity is not None
            found.json["fields"] = [seen for raw in found.json.get("fields", ()) if (seen := self._field(entity, raw)) is not None]
            found.json["keys"] = [key for key in found.json.get("keys", ()) if all(self.rights.may_read(entity, entity.get_field(name)) for name in key)]
        return found if found.json.get("fields", True) or document.kind == "entity" else None

    def _named(self, document: Document) -> Document:
        """Return a document with names for ids, kept with the release."""
        kept: dict[str, Document] = self.model.cache.setdefault("guides", {})
        if document.id not in kept:
            kept[document.id] = reread(to_shown(document, self.model))
        return kept[document.id]

    def _entity(self, document: Document) -> Entity | None:
        key = _key(document)
        return self.model.find_entity(key) if key else None

    def _is_seen(self, document: Document, entity: Entity | None) -> bool:
        if document.kind in BUILT and not draft.may_build(self.view.ctx, document.kind):
            return False
        if _key(document):
            if entity is None or entity.is_system or not self.rights.may(entity, "read"):
                return False
            return document.kind != "score" or any(f.score == document.id and f.part == "score" and self.rights.may_read(entity, f) for f in entity.fields.values())
        if document.kind == "widget":
            return self.rights.is_unlimited or document.name in self.tiles
        return document.kind != "dashboard" or document.name in self.boards

    def _may_read(self, place: Place, mark: Expr) -> bool:
        """Return whether an expression names nothing that is out of the reader's sight."""
        try:
            check(place.text, Scope(self.model, entity_at(place, self.model), use=mark.use, may_read=self.rights.may_read))
        except Invalid:
            return False
        return True

    def _field(self, entity: Entity, raw: dict[str, Any]) -> dict[str, Any] | None:
        """Return what may be seen of a field: of a masked one that it is there, of a reference only targets in sight."""
        field = entity.fields_by_id.get(str(raw.get("id")))
        state = self.rights.state(entity, field) if field is not None else "hidden"
        if state == "hidden":
            return None
        gone = ("options", "expr") if state == "masked" else ()
        found = {key: value for key, value in raw.items() if key not in (*gone, "entity", "entities")}
        named = raw.get("entities") or ([raw["entity"]] if raw.get("entity") else [])
        seen = [name for name in named if (target := self.model.find_entity(name)) is not None and self.rights.may(target, "read")]
        return found | ({"entities": seen} if seen else {})


def _key(document: Document) -> str:
    """Return the entity that a document is about, '' for one about none."""
    if document.kind == "entity":
        return document.id
    query = getattr(document.body, "query", None)
    return str(getattr(document.body, "entity", None) or (query.entity if query is not None else "") or "")
