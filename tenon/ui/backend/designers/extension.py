"""The designer of extensions: fields and checks of one's own on an entity that belongs to an app, which stays as the app brought it."""

from __future__ import annotations

from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity, Model
from tenon.ui.backend.designers import entity as entities, following
from tenon.ui.backend.designers.base import Controls, Design, Json
from tenon.ui.backend.designers.blank import preview
from tenon.ui.design_shapes import ControlGroup, PaletteGroup, Panel

LABEL = Text("Extension", "扩展")
ICON = "puzzle"
TOLD = say("Fields of your own on what an app brought.", "为应用自带的对象添加自有字段。")
NEEDS_ENTITY = True


def canvas(design: Design) -> entities.Drawn:
    """Return the fields and checks that are added, and the record they make with all the others."""
    fields, checks = entities.draw_fields(design), entities.draw_checks(design)
    return entities.Drawn(fields, checks, preview=preview(design), extended=entities.extended(design))


def palette(design: Design) -> tuple[PaletteGroup, ...]:
    """Return the field types, links and checks, as for the entity itself."""
    return entities.palette(design)


def panel(design: Design, item_id: str) -> Panel | None:
    """Return the properties of a field, an option, a move, a check, or of the extension itself."""
    item = design.item(item_id)
    if item is not design.json:
        return entities.panel(design, item_id)
    controls = Controls(design, design.json, "")
    first = (controls.make("label", "label", say("Name", "名称"), required=True), controls.make("description", "long_label", say("Description", "说明")))
    more = (controls.make("name", "name", say("API name", "API 名称")),)
    far = design.entity
    note = f"→ {far.label.show(design.language)}" if far is not None else None
    return Panel("", LABEL.show(design.language), ICON, (ControlGroup(None, first), ControlGroup(say("More", "更多").show(design.language), more, True)), note)


def start(design_label: Json, name: str, entity: Entity, language: str) -> Json:
    """Return a new extension of an entity that belongs to the workspace."""
    return {"kind": "extension", "name": name, "label": design_label, "entity": entity.name, "fields": []}


def follow(before: Json, after: Json, published: Model) -> list[Json]:
    """Return the operations a step brings along; names in an app's own extension begin with the app, and none is that of another field."""
    entity = published.find_entity(str(before.get("entity")))
    app = before.get("app")
    others = frozenset(f.name for f in entity.fields.values() if f.declared_in != before["id"]) if entity else frozenset()
    return following.follow(before, after, published, prefix=str(app) if app and entity is not None and app != entity.app else "", taken=others)


def shown_at(design: Design) -> str:
    """Return the list of the records that have these fields."""
    found = design.view.model.find_entity(design.document.body.entity)
    return f"/records/{found.name}" if found is not None else "/"
