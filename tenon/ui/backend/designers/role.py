"""The role designer: a matrix of entities and actions, and for each grant which records and which fields it means."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from tenon.engine.people import has_role, users
from tenon.metamodel.kinds.role import ACTIONS
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity, Field
from tenon.ui.backend.designers.base import Controls, Design, Json
from tenon.ui.backend.designers.role_fields import field_rights
from tenon.ui.backend.roles import VERBS
from tenon.ui.design_shapes import Control, ControlGroup, PaletteGroup, PaletteItem, Panel
from tenon.ui.shapes import Choice

LABEL = Text("Role", "角色")
ICON = "shield-check"
TOLD = say("Who may see and do what.", "谁可以查看和操作什么。")
SCRIPT = "design_role"
NEEDS_ENTITY = False
WHERE = say("Empty: every record. user.id is who looks.", "留空则为全部记录；user.id 为当前用户。")
EVERYTHING = ["read", "create", "update", "delete", "restore", "export"]


@dataclass(frozen=True, slots=True)
class Cell:
    """An action of a grant: whether it is given, and the operations that turn it over."""

    action: str
    label: str
    is_on: bool
    operations: str


@dataclass(frozen=True, slots=True)
class DrawnGrant:
    """A row of the matrix: a grant on an entity, or the row where the first one begins; ``notes`` say what of its fields is limited."""

    id: str
    key: str
    where: str | None
    cells: tuple[Cell, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DrawnEntity:
    """An entity with its grants; ``add`` are the operations of one more grant."""

    name: str
    label: str
    icon: str
    grants: tuple[DrawnGrant, ...]
    add: str
    is_granted: bool


@dataclass(frozen=True, slots=True)
class Drawn:
    """The canvas: the actions as columns, the entities as rows, those that are granted first."""

    verbs: tuple[str, ...]
    entities: tuple[DrawnEntity, ...]
    is_builder: bool


def canvas(design: Design) -> Drawn:
    """Return the matrix."""
    language = design.language
    every = sorted((e for e in design.model.entities.values() if not e.is_system), key=lambda e: e.plural.show(language).lower())
    drawn = [_entity(design, e) for e in every]
    known = {e.name for e in every}
    lost = dict.fromkeys(str(g.get("entity")) for g in design.json.get("grants", ()) if g.get("entity") not in known)
    drawn += [_missing(design, name) for name in lost]
    drawn.sort(key=lambda e: not e.is_granted)
    return Drawn(tuple(VERBS[a].show(language) for a in ACTIONS), tuple(drawn), design.json.get("builds") is True)


def palette(design: Design) -> tuple[PaletteGroup, ...]:
    """Return the entities: taking one gives the usual rights on its records."""
    language = design.language
    used = {g.get("entity") for g in design.json.get("grants", ())}
    own = {"read": True, "where": "owner == user.id"}
    every = sorted((e for e in design.model.entities.values() if not e.is_system), key=lambda e: e.plural.show(language).lower())
    whole = tuple(PaletteItem(e.plural.show(language), e.icon or "table-2", "grant", {"entity": e.name, "actions": EVERYTHING}, None, e.name in used) for e in every)
    mine = tuple(
        PaletteItem(e.plural.show(language), e.icon or "table-2", "grant", {"entity": e.name, "actions": EVERYTHING, "where": own["where"]}) for e in every if "owner" in e.fields
    )  # fmt: skip
    groups = [PaletteGroup(say("All records of", "全部记录").show(language), whole)]
    if mine:
        groups.append(PaletteGroup(say("Only their own", "仅本人负责的").show(language), mine))
    return tuple(groups)


def panel(design: Design, item_id: str) -> Panel | None:
    """Return the properties of a grant, or of the role itself."""
    item = design.item(item_id)
    if item is None:
        return None
    controls = Controls(design, item, design.place(item_id))
    return _role_panel(design, controls) if item is design.json else _grant_panel(design, controls)


def start(design_label: Json, name: str, entity: Entity | None, language: str) -> Json:
    """Return a new role: with an entity, one that sees its records."""
    grants = [{"entity": entity.name, "actions": ["read"]}] if entity is not None else []
    return {"kind": "role", "name": name, "label": design_label, "grants": grants}


def shown_at(design: Design) -> str:
    """Return the page that says the role in words."""
    return f"/admin/roles/{design.view.model.documents[design.json['id']].name}"


def _entity(design: Design, entity: Entity) -> DrawnEntity:
    own = [g for g in design.json.get("grants", ()) if g.get("entity") == entity.name]
    rows = tuple(_grant(design, entity, g, f"{entity.name}-{i}") for i, g in enumerate(own)) or (_blank(design, entity),)
    add = json.dumps([{"op": "insert", "at": "/grants", "value": {"entity": entity.name, "actions": ["read"], "where": "False"}}])
    return DrawnEntity(entity.name, entity.plural.show(design.language), entity.icon or "table-2", rows, add, bool(own))


def _missing(design: Design, name: str) -> DrawnEntity:
    """Return an entity that is not there: an app that is not installed may bring it."""
    own = [g for g in design.json.get("grants", ()) if str(g.get("entity")) == name]
    return DrawnEntity(name, name, "triangle-alert", tuple(_grant(design, None, g, f"{name}-{i}") for i, g in enumerate(own)), "", True)


def _blank(design: Design, entity: Entity) -> DrawnGrant:
    cells = tuple(
        Cell(a, VERBS[a].show(design.language), False, json.dumps([{"op": "insert", "at": "/grants", "value": {"entity": entity.name, "actions": _with(a)}}])) for a in ACTIONS
    )  # fmt: skip
    return DrawnGrant("", f"{entity.name}-0", None, cells, ())


def _with(action: str) -> list[str]:
    """Return an action with what it needs: who changes records has to see them."""
    return ["read"] if action == "read" else ["create"] if action == "create" else ["read", action]


def _grant(design: Design, entity: Entity | None, grant: Json, key: str) -> DrawnGrant:
    given: list[str] = grant.get("actions", [])
    cells = []
    for action in ACTIONS:
        left = [a for a in ACTIONS if a in given and a != action] if action in given else [a for a in ACTIONS if a in given or a == action]
        operation: Json = {"op": "set", "at": f"/grants/{grant['id']}/actions", "value": left} if left else {"op": "remove", "item": grant["id"]}
        cells.append(Cell(action, VERBS[action].show(design.language), action in given, json.dumps([operation])))
    return DrawnGrant(grant["id"], key, grant.get("where"), tuple(cells), tuple(_notes(design, grant)))


def _notes(design: Design, grant: Json) -> list[str]:
    language, told = design.language, []
    for key, text in (("hide", say("hides {n}", "隐藏 {n} 个字段", n=len(grant.get("hide", ())))), ("mask", say("masks {n}", "掩码 {n} 个字段", n=len(grant.get("mask", ()))))):
        if grant.get(key):
            told.append(text.show(language))
    if isinstance(grant.get("read"), list):
        told.append(say("sees {n} {n:field|fields}", "可见 {n} 个字段", n=len(grant["read"])).show(language))
    if isinstance(grant.get("write"), list):
        told.append(say("writes {n} {n:field|fields}", "可写 {n} 个字段", n=len(grant["write"])).show(language))
    return told


def _role_panel(design: Design, controls: Controls) -> Panel:
    language = design.language
    apps = tuple(Choice(a.name, a.label.show(language)) for a in design.model.all("app"))
    first = [
        controls.make("label", "label", say("Name", "名称"), required=True),
        controls.make("builds", "switch", say("May build", "可搭建应用"), help=say("Entities, forms, views and scores; not roles.", "可设计对象、表单、视图和评分，不含角色。")),
    ]
    if apps:
        first.append(controls.make("apps", "many", say("Opens the apps", "可打开的应用"), options=apps))
    more = (controls.make("name", "name", say("API name", "API 名称")), controls.make("description", "long_label", say("Description", "说明")))
    return Panel("", LABEL.show(language), ICON, (ControlGroup(None, tuple(first)), ControlGroup(say("More", "更多").show(language), more, True)), tools=_why(design, None))


def _grant_panel(design: Design, controls: Controls) -> Panel:
    language, item = design.language, controls.item
    entity = design.model.find_entity(str(item.get("entity")))
    name = entity.name if entity else None
    which = (
        controls.make("where", "condition", say("Records where", "记录范围"), entity=name, expect="boolean", help=WHERE),
        controls.make("actions", "many", say("May", "允许"), options=tuple(Choice(a, VERBS[a].show(language)) for a in ACTIONS)),
    )
    groups = [ControlGroup(None, which)]
    if entity is not None:
        fields: Sequence[Field] = [f for f in entity.fields.values() if f.part in (None, "score")]
        rights = Control(controls.place, "rights", say("Fields", "字段").show(language), field_rights(design, item, controls.place, fields))
        groups.append(ControlGroup(say("Fields", "字段").show(language), (rights,)))
    title = entity.plural.show(language) if entity else str(item.get("entity"))
    return Panel(item["id"], title, (entity.icon if entity else None) or "table-2", tuple(groups), may_remove=True, tools=_why(design, entity))


def _why(design: Design, entity: Entity | None) -> tuple[Choice, ...]:
    """Return the way to the explanation of what a person with this role can see, and why."""
    published = design.view.model.documents.get(design.json["id"])
    row = design.view.uow.connection.execute(
        select(users.c.id, users.c.name).where(users.c.state == "active", has_role(published.name if published else "")).order_by(users.c.name).limit(1)
    ).first()
    if row is None:
        return ()
    more = f"&entity={entity.name}" if entity is not None and design.view.model.find_entity(entity.name) is not None else ""
    return (Choice(f"/admin/access?user={row[0]}{more}", say("Why can {name} see this?", "{name} 为何能看到？", name=row[1]).show(design.language)),)


