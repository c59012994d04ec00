"""The app designer: the groups and entries of its menu, as the menu shows them."""

from __future__ import annotations

from dataclasses import dataclass

from tenon.metamodel.document import Document
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity
from tenon.ui.backend.designers.base import Controls, Design, Json
from tenon.ui.backend.menu import APP_ICON, BOARD_ICON, PLAIN_ICON
from tenon.ui.backend.views import TYPES
from tenon.ui.design_shapes import Control, ControlGroup, PaletteGroup, PaletteItem, Panel
from tenon.ui.shapes import Choice

LABEL = Text("App", "应用")
ICON = APP_ICON
TOLD = say("A menu that leads to all of it.", "通向全部内容的菜单。")
NEEDS_ENTITY = False
GROUP, ENTRY = "group", "entry"
TARGETS = ("view", "dashboard", "entity")
LEADS = {"view": say("Leads to the view", "打开视图"), "dashboard": say("Leads to the dashboard", "打开仪表盘"), "entity": say("Leads to the records of", "打开记录列表")}


@dataclass(frozen=True, slots=True)
class DrawnEntry:
    """An entry of the menu; ``told`` says where it leads, None when that is not there."""

    id: str
    label: str
    icon: str
    told: str | None


@dataclass(frozen=True, slots=True)
class DrawnGroup:
    """A heading of the menu with its entries."""

    id: str
    label: str
    entries: tuple[DrawnEntry, ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """The menu."""

    label: str
    icon: str
    groups: tuple[DrawnGroup, ...]


def canvas(design: Design) -> Drawn:
    """Return the menu as it looks."""
    menu = design.json.get("menu", ())
    groups = tuple(DrawnGroup(g["id"], design.show(g.get("label")), tuple(_drawn(design, item) for item in g.get("items", ()))) for g in menu)
    icon = next((str(g["icon"]) for g in menu if g.get("icon")), APP_ICON)
    return Drawn(design.show(design.json.get("label"), design.json["name"]), icon, groups)


def palette(design: Design) -> tuple[PaletteGroup, ...]:
    """Return headings, records of entities, dashboards, and views with what they are about."""
    language = design.language
    used = {(kind, item[kind]) for g in design.json.get("menu", ()) for item in g.get("items", ()) for kind in TARGETS if item.get(kind)}
    heading = PaletteItem(say("Heading", "分组标题").show(language), "layers", GROUP, {"label": say("New group", "新分组").to_json(), "items": []})
    records = tuple(
        PaletteItem(e.plural.show(language), e.icon or PLAIN_ICON, ENTRY, {"entity": e.name}, say("All records", "全部记录").show(language), ("entity", e.name) in used)
        for e in design.model.entities.values() if not e.is_system
    )  # fmt: skip
    boards = tuple(
        PaletteItem(d.label.show(language), BOARD_ICON, ENTRY, {"dashboard": d.name}, None, ("dashboard", d.name) in used) for d in design.model.all("dashboard")
    )
    views = tuple(
        PaletteItem(d.label.show(language), TYPES[d.body.type].ICON, ENTRY, {"view": d.name}, _about(design, d), ("view", d.name) in used) for d in design.model.all("view")
    )
    found = (
        (say("Layout", "布局"), (heading,)), (say("Records", "记录"), records), (say("Dashboards", "仪表盘"), boards), (say("Views", "视图"), views),
    )  # fmt: skip
    return tuple(PaletteGroup(label.show(language), items) for label, items in found if items)


def panel(design: Design, item_id: str) -> Panel | None:
    """Return the properties of a group, an entry, or of the app itself."""
    item, language = design.item(item_id), design.language
    if item is None:
        return None
    controls = Controls(design, item, design.place(item_id))
    if item is design.json:
        first = (controls.make("label", "label", say("Name", "名称"), required=True), controls.make("description", "long_label", say("Description", "说明")))
        more = (
            controls.make("version", "text", say("Version", "版本"), help=say("Raise it with what you hand on: 1.2.0.", "对外发布时请递增，例如 1.2.0。")),
            controls.make("name", "name", say("API name", "API 名称")),
        )
        return Panel("", LABEL.show(language), ICON, (ControlGroup(None, first), ControlGroup(say("More", "更多").show(language), more, True)))
    kind = next((each for each in TARGETS if item.get(each)), None)
    label = controls.make("label", "label", say("Label", "名称"), help=None if kind is None else say("Empty: what it leads to is called.", "留空则使用目标的名称。"))
    icon = controls.make("icon", "icon", say("Icon", "图标"), help=say("That of the first group is the icon of the app.", "第一个分组的图标即应用图标。") if kind is None else None)
    if kind is None:
        return Panel(item_id, design.show(item.get("label")), "layers", (ControlGroup(None, (label, icon)),), may_remove=True)
    drawn = _drawn(design, item)
    target = controls.make(kind, "choice", LEADS[kind], options=_options(design, kind))
    needs = () if kind == "dashboard" else (_needs(controls, language),)
    return Panel(item_id, drawn.label, drawn.icon, (ControlGroup(None, (target, label, icon, *needs)),), may_remove=True)


def _needs(controls: Controls, language: str) -> Control:
    """Return the control of what somebody has to be allowed to have an entry."""
    options = tuple(Choice(name, label.show(language)) for name, label in (("create", say("Who may create some", "可新建的人")), ("update", say("Who may change some", "可修改的人"))))
    return controls.make("needs", "choice", say("Shown to", "对谁显示"), options=options, empty=say("Who may read them", "可查看的人").show(language))


def start(design_label: Json, name: str, entity: Entity | None, language: str) -> Json:
    """Return a new app with one group, and the records of an entity in it."""
    items = [{"entity": entity.name}] if entity is not None else []
    return {"kind": "app", "name": name, "label": design_label, "menu": [{"label": say("Work", "工作").to_json(), "items": items}]}


def shown_at(design: Design) -> str:
    """Return the first page: the menu is at its side."""
    return "/"


def _drawn(design: Design, item: Json) -> DrawnEntry:
    language, label = design.language, design.show(item.get("label"))
    kind = next((each for each in TARGETS if item.get(each)), "entity")
    key = str(item.get(kind) or "")
    entity = design.model.entities.get(key) if kind == "entity" else None
    document: Document | None = design.model.find(kind, key) if kind != "entity" else None
    if entity is None and document is None:
        return DrawnEntry(item["id"], label or key, "triangle-alert", None)
    if entity is not None:
        return DrawnEntry(item["id"], label or entity.plural.show(language), item.get("icon") or entity.icon or PLAIN_ICON, say("All records", "全部记录").show(language))
    assert document is not None
    icon = BOARD_ICON
    if kind == "view":
        about = design.model.find_entity(document.body.entity)
        icon = (about.icon if about is not None else None) or PLAIN_ICON
    return DrawnEntry(item["id"], label or document.label.show(language), item.get("icon") or icon, _about(design, document))


def _about(design: Design, document: Document) -> str:
    """Return what kind of thing a document is and what it is about."""
    if document.kind == "dashboard":
        return say("Dashboard", "仪表盘").show(design.language)
    entity = design.model.find_entity(document.body.entity)
    kind = TYPES[document.body.type].LABEL.show(design.language)
    return f"{entity.label.show(design.language)} · {kind}" if entity is not None else kind


def _options(design: Design, kind: str) -> tuple[Choice, ...]:
    language = design.language
    if kind == "entity":
        return tuple(Choice(e.name, e.plural.show(language)) for e in design.model.entities.values() if not e.is_system)
    return tuple(Choice(d.name, f"{d.label.show(language)} ({_about(design, d)})" if kind == "view" else d.label.show(language)) for d in design.model.all(kind))
