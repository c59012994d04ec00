"""The dashboard designer: tiles on a grid of twelve columns with today's records in them, the filters above, and what it needs."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from tenon.engine.releases.draft import revision_of
from tenon.engine.reports.periods import WORDS
from tenon.metamodel.document import Document
from tenon.metamodel.kinds.dashboard import Period
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity, Field
from tenon.ui.backend.designers.base import Controls, Design, Json
from tenon.ui.backend.designers.widget import TYPES, type_label
from tenon.ui.design_shapes import Control, ControlGroup, PaletteGroup, PaletteItem, Panel
from tenon.ui.shapes import Choice

LABEL = Text("Dashboard", "仪表盘")
ICON = "layout-dashboard"
TOLD = say("Figures and charts side by side.", "并排展示指标与图表。")
NEEDS_ENTITY = False
TAKES_ENTITY = False
TILE, FILTER, NEED = "tile", "filter", "need"
COLUMNS = 12
SIZES = {"number": (3, 2), "gauge": (3, 4), "pie": (4, 4), "funnel": (4, 4), "text": (4, 2), "table": (6, 4), "pivot": (6, 4), "cohort": (12, 5)}
FILTERED = ("choice", "reference", "boolean", "date", "datetime", "text")


@dataclass(frozen=True, slots=True)
class DrawnTile:
    """A tile where it is shown; ``stored`` is where the document has it, ``key`` changes when what is in it does."""

    id: str
    widget: str
    type: str
    label: str
    x: int
    y: int
    w: int
    h: int
    stored: tuple[int, int, int, int]
    url: str | None
    key: str


@dataclass(frozen=True, slots=True)
class DrawnFilter:
    """A filter above the tiles."""

    id: str
    label: str
    icon: str
    period: str


@dataclass(frozen=True, slots=True)
class DrawnNeed:
    """Records that the widgets live on."""

    id: str
    label: str
    icon: str
    why: str


@dataclass(frozen=True, slots=True)
class Board:
    """The canvas: tiles in reading order, filters, needs, and what a new widget may be and be about."""

    name: str
    tiles: tuple[DrawnTile, ...]
    filters: tuple[DrawnFilter, ...]
    needs: tuple[DrawnNeed, ...]
    types: tuple[Choice, ...]
    entities: tuple[Choice, ...]


def canvas(design: Design) -> Board:
    """Return the tiles as the dashboard shows them, empty rows left out."""
    language, layout = design.language, design.json.get("layout", [])
    rows = {row: at for at, row in enumerate(sorted({row for tile in layout for row in range(tile["y"], tile["y"] + tile["h"])}))}
    filters = hashlib.sha256(orjson.dumps(design.json.get("filters", []))).hexdigest()[:8]
    tiles = [_tile(design, tile, rows, filters) for tile in sorted(layout, key=lambda t: (t["y"], t["x"]))]
    entities = sorted((e for e in design.model.entities.values() if not e.is_system), key=lambda e: e.plural.show(language).lower())
    return Board(
        design.json["name"], tuple(tiles), tuple(_drawn_filter(design, each) for each in design.json.get("filters", ())),
        tuple(_drawn_need(design, each) for each in design.json.get("needs", ())),
        tuple(Choice(name, type_label(name).show(language)) for name in TYPES), tuple(Choice(e.name, e.plural.show(language)) for e in entities),
    )  # fmt: skip


def palette(design: Design) -> tuple[PaletteGroup, ...]:
    """Return every widget there is, the fields by which the dashboard can be filtered, and the records it can say it needs."""
    language, layout = design.language, design.json.get("layout", [])
    used, fields = {tile["widget"] for tile in layout}, {each["field"] for each in design.json.get("filters", ())}
    listed = sorted(design.model.all("widget"), key=lambda d: (d.name in used, d.label.show(language).lower()))
    saved = tuple(
        PaletteItem(d.label.show(language), TYPES[d.body.type], TILE, tile_of(d, layout), type_label(d.body.type).show(language), d.name in used) for d in listed
    )
    offered = tuple(
        PaletteItem(f.label.show(language), f.spec.icon, FILTER, {"field": f.name} | ({"period": "this_quarter"} if _is_date(f) else {}), None, f.name in fields)
        for f in _fields(design)
    )  # fmt: skip
    needed = {each["entity"] for each in design.json.get("needs", ())}
    records = tuple(PaletteItem(e.plural.show(language), e.icon or "table-2", NEED, {"entity": e.name}) for e in _needable(design) if e.name not in needed)
    groups = ((say("Widgets there are", "已有组件"), saved), (say("Filters", "筛选"), offered), (say("Data it needs", "所需数据"), records))
    return tuple(PaletteGroup(title.show(language), items) for title, items in groups if items)


def panel(design: Design, item_id: str) -> Panel | None:
    """Return the properties of a tile, a filter, a need, or of the dashboard itself."""
    item = design.item(item_id)
    if item is None:
        return None
    controls = Controls(design, item, design.place(item_id))
    if item is design.json:
        return _board_panel(design, controls)
    return _tile_panel(design, item) if "widget" in item else _need_panel(design, controls) if "entity" in item else _filter_panel(design, controls)


def start(label: Json, name: str, entity: Entity | None, language: str) -> Json:
    """Return a new dashboard with nothing on it."""
    return {"kind": "dashboard", "name": name, "label": label, "layout": []}


def shown_at(design: Design) -> str:
    """Return where the published dashboard is seen."""
    return f"/dashboards/{design.json['name']}"


def tile_of(widget: Document, layout: Sequence[Json]) -> Json:
    """Return a tile of a widget in the first place that is free for its size."""
    width, height = SIZES.get(widget.body.type, (6, 4))
    x, y = free_place(layout, width, height)
    return {"widget": widget.name, "x": x, "y": y, "w": width, "h": height}


def free_place(layout: Sequence[Json], width: int, height: int) -> tuple[int, int]:
    """Return the first column and row, from the top, where nothing lies in the way."""
    bottom = max((t["y"] + t["h"] for t in layout), default=0)
    for y in range(bottom):
        for x in range(COLUMNS - width + 1):
            if not any(x < t["x"] + t["w"] and t["x"] < x + width and y < t["y"] + t["h"] and t["y"] < y + height for t in layout):
                return x, y
    return 0, bottom


def _tile(design: Design, tile: Json, rows: dict[int, int], filters: str) -> DrawnTile:
    found = design.model.find("widget", tile["widget"])
    stored = (tile["x"], tile["y"], tile["w"], tile["h"])
    x, y, w, h = stored
    place = (x, rows[y], min(w, COLUMNS - x), h)
    if found is None:
        return DrawnTile(tile["id"], tile["widget"], "", tile["widget"], *place, stored, None, f"{tile['widget']}-gone")
    url = f"/design/widget/{found.name}/picture?dashboard={design.json['name']}"
    return DrawnTile(tile["id"], found.name, found.body.type, found.label.show(design.language), *place, stored, url, f"{tile['id']}-{revision_of(found)}-{filters}")


def _drawn_filter(design: Design, item: Json) -> DrawnFilter:
    field = next((f for f in _fields(design) if f.name == item["field"]), None)
    label = design.show(item.get("label")) or (field.label.show(design.language) if field else item["field"])
    period = WORDS[item["period"]].show(design.language) if item.get("period") in WORDS else ""
    return DrawnFilter(item["id"], label, field.spec.icon if field else "triangle-alert", period)


def _drawn_need(design: Design, item: Json) -> DrawnNeed:
    entity = design.model.find_entity(item["entity"])
    label = entity.plural.show(design.language) if entity else item["entity"]
    return DrawnNeed(item["id"], label, (entity.icon or "table-2") if entity else "triangle-alert", design.show(item.get("why")))


def _needable(design: Design) -> list[Entity]:
    """Return the entities that can be needed, those that a tile shows first."""
    widgets = [design.model.find("widget", tile["widget"]) for tile in design.json.get("layout", ())]
    shown = {w.body.query.entity for w in widgets if w is not None and w.body.query is not None}
    used = {e.id for name in shown if (e := design.model.find_entity(name)) is not None}
    found = [e for e in design.model.entities.values() if not e.is_system]
    return sorted(found, key=lambda e: (e.id not in used, e.plural.show(design.language).lower()))


def _fields(design: Design) -> list[Field]:
    """Return the fields of the widgets' entities that a dashboard can be filtered by, one of each name."""
    found: dict[str, Field] = {}
    for tile in design.json.get("layout", ()):
        widget = design.model.find("widget", tile["widget"])
        query: Any = widget.body.query if widget is not None else None
        entity = design.model.find_entity(query.entity) if query is not None else None
        for field in entity.fields.values() if entity is not None else ():
            if field.type.kind in FILTERED and not field.is_to_many and (field.type.kind != "text" or field.name == (entity.title if entity else None)):
                found.setdefault(field.name, field)
    return list(found.values())


def _is_date(field: Field) -> bool:
    return field.type.kind in ("date", "datetime")


def _board_panel(design: Design, controls: Controls) -> Panel:
    roles = tuple(Choice(d.name, d.label.show(design.language)) for d in design.model.all("role"))
    first = [controls.make("label", "label", say("Name", "名称"), required=True), controls.make("description", "long_label", say("Description", "说明"))]
    if roles:
        told = say("Nobody chosen: everybody who may see its records. For a role it is the first page of the day.", "未选择时，所有可查看数据的人均可使用。选择的角色会以此作为首页。")
        first.append(controls.make("roles", "many", say("For the roles", "适用角色"), options=roles, help=told))
    more = (controls.make("name", "name", say("API name", "API 名称")),)
    return Panel("", LABEL.show(design.language), ICON, (ControlGroup(None, tuple(first)), ControlGroup(say("More", "更多").show(design.language), more, True)))


def _tile_panel(design: Design, item: Json) -> Panel:
    language, found = design.language, design.model.find("widget", item["widget"])
    told = say(
        "Drag its heading to move it and its corner to make it larger; or use the arrow keys, with Shift for the size.",
        "拖动标题移动，拖动右下角调整大小；也可用方向键移动，按住 Shift 调整大小。",
    )
    note = Control("", "note", say("Place and size", "位置与大小").show(language), told.show(language))
    title, icon = (found.label.show(language), TYPES[found.body.type]) if found else (item["widget"], "triangle-alert")
    tools = (Choice(f"/design/widget/{found.name}", say("Edit widget", "编辑组件").show(language)),) if found else ()
    kind = type_label(found.body.type).show(language) if found else None
    return Panel(item["id"], title, icon, (ControlGroup(None, (note,)),), f"{kind} · {item['widget']}" if kind else None, may_remove=True, tools=tools)


def _need_panel(design: Design, controls: Controls) -> Panel:
    entity = design.model.find_entity(controls.item["entity"])
    told = say("While there are none, the dashboard names them above its tiles, with the way to import a file.", "没有数据时，仪表盘会在组件上方提示，并提供导入入口。")
    made = (controls.make("why", "long_label", say("What they are for", "用途说明"), help=told),)
    title, icon = (entity.plural.show(design.language), entity.icon or "table-2") if entity else (controls.item["entity"], "triangle-alert")
    return Panel(controls.item["id"], title, icon, (ControlGroup(None, made),), controls.item["entity"], may_remove=True)


def _filter_panel(design: Design, controls: Controls) -> Panel:
    field = next((f for f in _fields(design) if f.name == controls.item["field"]), None)
    made = [controls.make("label", "label", say("Label", "标签"), help=say("Empty: the label of the field.", "留空则使用字段的标签。"))]
    if field is not None and _is_date(field):
        words = [w for w in Period.__args__ if w in WORDS]  # type: ignore[attr-defined]
        options = tuple(Choice(w, WORDS[w].show(design.language)) for w in words)
        made.append(controls.make("period", "choice", say("At first", "初始时段"), options=options, empty=say("All time", "全部时间").show(design.language)))
    title = field.label.show(design.language) if field else controls.item["field"]
    return Panel(controls.item["id"], title, field.spec.icon if field else "triangle-alert", (ControlGroup(None, tuple(made)),), controls.item["field"], may_remove=True)
