"""The widget designer: a question built step by step, what can show it, and today's answer beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tenon.engine.reports.types import TYPES as ANSWERS
from tenon.engine.reports.types.base import Asking
from tenon.metamodel.fitting import can_group
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity, Field
from tenon.ui.backend.designers.base import Design, Json
from tenon.ui.backend.designers.widget_controls import SPANS, measure_label, numbers_of, panel_of, panel_of_group, panel_of_measure
from tenon.ui.design_shapes import PaletteGroup, PaletteItem, Panel
from tenon.ui.shapes import Link

LABEL = Text("Widget", "组件")
ICON = "chart-column"
TOLD = say("One figure or chart of records.", "关于记录的一个指标或图表。")
LONGEST = 200
"""How long the label of a measure is at most; that of its field may be endless."""
GROUP, MEASURE = "group", "measure"
COUNT = say("Number of records", "记录数")
KEPT = ("owner", "unit", "created_at", "updated_at")
"""Fields that every entity has and that records are counted by."""
TYPES = {
    "number": "hash", "table": "table-2", "bar": "chart-column", "stacked_bar": "chart-column", "line": "chart-line", "area": "chart-line", "pie": "contrast",
    "funnel": "funnel", "gauge": "gauge", "heatmap": "layout-grid", "pivot": "table", "scatter": "activity", "cohort": "layers", "transition": "arrow-right-left",
    "sankey": "waypoints", "falls": "trending-down", "attribution": "scan-search", "text": "text",
}  # fmt: skip
"""The types with their icons, in the order of the gallery."""
LABELS = {
    "number": say("Number", "数值"), "table": say("Table", "表格"), "bar": say("Bars", "柱状图"), "stacked_bar": say("Stacked bars", "堆叠柱状图"),
    "line": say("Line", "折线图"), "area": say("Area", "面积图"), "pie": say("Ring", "环形图"), "funnel": say("Funnel", "漏斗图"), "gauge": say("Gauge", "仪表"),
    "heatmap": say("Heat map", "热力图"), "pivot": say("Cross table", "透视表"), "scatter": say("Points", "散点图"), "cohort": say("Cohorts", "同期群"),
    "transition": say("Movements", "迁移矩阵"), "sankey": say("River", "流向图"), "falls": say("Behind falls", "骤降原因"),
    "attribution": say("Why lost", "流失归因"), "text": say("Text", "文字"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class DrawnPart:
    """A group or a measure on the canvas; ``detail`` says how."""

    id: str
    label: str
    detail: str
    icon: str


@dataclass(frozen=True, slots=True)
class DrawnType:
    """A type in the gallery; ``lacks`` says why the question cannot be shown as it."""

    name: str
    label: str
    lacks: str | None


@dataclass(frozen=True, slots=True)
class Asked:
    """The canvas: the question in steps, the gallery, and where it is used."""

    name: str
    label: str
    type: str
    entity: str
    entity_label: str
    filter: str
    groups: tuple[DrawnPart, ...]
    measures: tuple[DrawnPart, ...]
    types: tuple[DrawnType, ...]
    entities: tuple[tuple[str, str, Json], ...]
    """What it can be about, each with the question to begin with."""
    boards: tuple[Link, ...]
    has_question: bool
    can_build: bool
    """False for an entity that is not published yet: conditions are then written by hand."""


def type_label(name: str) -> Text:
    """Return what people call a type."""
    return LABELS[name]


def canvas(design: Design) -> Asked:
    """Return the question, with every type and why it does not fit."""
    language, query = design.language, design.json.get("query") or {}
    entity = entity_of(design)
    groups = tuple(_group(design, entity, each) for each in query.get("group_by", ()))
    measures = tuple(
        DrawnPart(m["id"], design.show(m.get("label")) or m["name"], m["expr"], "sigma") for m in query.get("measures", ())
    )
    asking = asking_of(entity, query)
    lacks = {name: ANSWERS[name].lacks(name, asking) for name in TYPES}
    types = tuple(DrawnType(name, LABELS[name].show(language), told.show(language) if (told := lacks[name]) else None) for name in TYPES)
    known = sorted((e for e in design.model.entities.values() if not e.is_system), key=lambda e: e.plural.show(language).lower())
    options = tuple((e.name, e.plural.show(language), question(e, design.json["type"])) for e in known)
    boards = tuple(
        Link(d.name, d.label.show(language)) for d in design.model.all("dashboard") if any(t.widget in (design.json["id"], design.json["name"]) for t in d.body.layout)
    )
    return Asked(
        design.json["name"], design.show(design.json.get("label"), design.json["name"]), design.json["type"], entity.name if entity else "", entity.plural.show(language) if entity else "",
        query.get("filter") or "", groups, measures, types, options, boards, design.json["type"] != "text", entity is not None and entity.id in design.view.model.entities_by_id,
    )  # fmt: skip


def palette(design: Design) -> tuple[PaletteGroup, ...]:
    """Return what can be grouped by and what can be measured."""
    entity, language = entity_of(design), design.language
    if entity is None or design.json["type"] == "text":
        return ()
    query = design.json.get("query") or {}
    grouped, named = {g["field"] for g in query.get("group_by", ())}, {m["name"] for m in query.get("measures", ())}
    groups = tuple(PaletteItem(f.label.show(language), f.spec.icon, GROUP, group_by(f), f.spec.type_label.show(language), f.name in grouped) for f in group_fields(entity))
    measures = tuple(
        PaletteItem(_taken_as(entity, each["expr"]).show(language), "sigma", MEASURE, each | {"name": _free(each["name"], named)}, each["expr"])
        for each in measures_of(entity)
    )
    return PaletteGroup(say("Measure", "度量").show(language), measures), PaletteGroup(say("Group by", "分组").show(language), groups)


def panel(design: Design, item_id: str) -> Panel | None:
    """Return the properties of a group, a measure, or of the widget with the options of its type."""
    item = design.item(item_id)
    if item is None:
        return None
    if item is design.json:
        return panel_of(design, entity_of(design), LABELS[design.json["type"]], TYPES[design.json["type"]])
    make = panel_of_measure if "expr" in item else panel_of_group
    return make(design, entity_of(design), item)


def start(label: Json, name: str, entity: Entity, language: str, type: str = "number") -> Json:
    """Return a new widget of a type with a question that it can show."""
    made: Json = {"kind": "widget", "name": name, "type": type, "label": label}
    if type == "text":
        return made | {"text": say("What there is to say.", "在此填写说明。").to_json()}
    return made | {"query": question(entity, type)}


def entity_of(design: Design) -> Entity | None:
    """Return the entity that a widget asks, as the draft has it."""
    name = (design.json.get("query") or {}).get("entity")
    return design.model.find_entity(name) if name else None


def asking_of(entity: Entity | None, query: Json) -> Asking:
    """Return the outline of a question: what its groups are and how many measures it has."""
    fields = [(entity.find_field(g["field"]) if entity else None, g.get("by")) for g in query.get("group_by", ())]
    return Asking(tuple((f is not None and f.type.kind == "choice", by) for f, by in fields), len(query.get("measures", ())))


def question(entity: Entity, type: str) -> Json:
    """Return the first question about an entity that a type of widget can show."""
    choices = [f for f in group_fields(entity) if f.type.kind == "choice"]
    others = [f for f in group_fields(entity) if f.type.kind in ("reference", "boolean") and f.origin != "system"]
    listed, measures = choices + others, measures_of(entity)
    day = entity.fields.get(entity.time_field or "created_at")
    dated = [group_by(day)] if day is not None else []
    dates = [group_by(f) for f in group_fields(entity) if f.type.kind in ("date", "datetime")]
    by: list[Json] = [{"field": f.name} for f in listed]
    groups = {
        "number": [], "gauge": [], "table": by[:1], "text": [], "line": dated, "area": dated, "cohort": dates[:2], "heatmap": by[:2], "pivot": by[:2], "stacked_bar": by[:2],
    }.get(type, by[:1])  # fmt: skip
    return {"entity": entity.name, "group_by": groups, "measures": measures[: 2 if type == "scatter" else 1]}


def group_fields(entity: Entity) -> list[Field]:
    """Return the fields that records can be counted by, those with few values first."""
    order = {"choice": 0, "reference": 1, "boolean": 2, "date": 3, "datetime": 3}
    found = [f for f in entity.fields.values() if can_group(f) and (f.name in KEPT if f.origin == "system" else f.type.kind in order or f.name == entity.title)]
    return sorted(found, key=lambda f: (f.origin == "system", order.get(f.type.kind, 9)))


def group_by(field: Field) -> Json:
    """Return a group by a field; days are put in months."""
    return {"field": field.name} | ({"by": "month"} if field.type.kind in ("date", "datetime") else {})


def measures_of(entity: Entity) -> list[Json]:
    """Return the measures to begin with: the count, and the sum or the average of each number."""
    found: list[Json] = [{"name": "count", "expr": "count()"}]
    for field in numbers_of(entity):
        how = "avg" if field.spec.type in ("percent", "rating") or field.origin == "score" else "sum"
        found.append({"name": field.name, "expr": f"{how}({field.name})"})
    return [each | {"label": {code: text[:LONGEST] for code, text in measure_label(entity, each["expr"]).to_json().items()}} for each in found]


def _taken_as(entity: Entity, expr: str) -> Text:
    """Return what a measure is called in the palette."""
    return COUNT if expr == "count()" else measure_label(entity, expr)


def _group(design: Design, entity: Entity | None, item: Json) -> DrawnPart:
    near, label, icon = entity, [], "triangle-alert"
    for step in str(item["field"]).split("."):
        field = near.find_field(step) if near is not None else None
        label.append(field.label.show(design.language) if field else step)
        icon = field.spec.icon if field else "triangle-alert"
        near = design.model.find_entity(field.type.entity) if field is not None and field.type.entity else None
    spans: dict[Any, Text] = dict(SPANS)
    return DrawnPart(item["id"], " · ".join(label), spans[item["by"]].show(design.language) if item.get("by") in spans else "", icon)



def _free(name: str, taken: set[str]) -> str:
    return next(found for n in range(1, 100) if (found := name if n == 1 else f"{name}_{n}") not in taken)
