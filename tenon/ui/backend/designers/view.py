"""The view designer: columns, order, filter, colours and the type, over records as people will see them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tenon.metamodel.labels import Text, listed, say
from tenon.metamodel.model import Entity, Field as ModelField
from tenon.metamodel.naming import find_path
from tenon.metamodel.totals import NONE, totals_of, usual_total, word_of
from tenon.ui.backend.designers.base import Controls, Design, Json
from tenon.ui.backend.designers.listed import Offer, choices, fitting, label_of, ordered, own_fields, with_chosen
from tenon.ui.backend.designers.samples import Seen, see
from tenon.ui.backend.designers.view_types import types_of
from tenon.ui.design_shapes import Control, ControlGroup, PaletteGroup, PaletteItem, Panel
from tenon.ui.shapes import Choice, Field

LABEL = Text("View", "视图")
ICON = "table-2"
TOLD = say("A list, a board or a calendar of records.", "记录的列表、看板或日历。")
SCRIPT = "design_view"
COLUMN, RULE = "column", "rule"
FIRST = 6
BY_WHOM = frozenset({"created_by", "updated_by"})
LONG = frozenset({"long_text", "rich_text", "json", "address", "file", "image", "references"})
SHARED = (("everyone", Text("Everyone", "所有人")), ("team", Text("Their unit", "本部门")), ("me", Text("One person", "仅本人")))


@dataclass(frozen=True, slots=True)
class DrawnColumn:
    """A column on the canvas: how its cells are shown, None while its field is not published or not for this reader."""

    id: str
    path: str
    label: str
    icon: str
    width: int | None
    is_frozen: bool
    is_known: bool
    field: Field | None
    is_title: bool = False
    total: str = ""
    """What is said in all of it, in words."""


@dataclass(frozen=True, slots=True)
class DrawnRule:
    """A rule of colours on the canvas."""

    id: str
    when: str
    colour: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """The canvas: what the view does, its columns, its rules, and the records it shows."""

    type: str
    says: tuple[tuple[str, str], ...]
    columns: tuple[DrawnColumn, ...]
    rules: tuple[DrawnRule, ...]
    seen: Seen


def canvas(design: Design) -> Drawn:
    """Return the columns with the records of the published entity, or with places for them."""
    rules = tuple(DrawnRule(r["id"], str(r.get("when", "")), str(r.get("colour", ""))) for r in design.json.get("colours", ()))
    seen = see(design)
    stored = {str(c.id): c.field for c in design.document.body.columns}
    columns = tuple(_drawn(design, each, seen, stored.get(each["id"], "")) for each in design.json.get("columns", ()))
    return Drawn(str(design.json.get("type", "list")), _says(design), columns, rules, seen)


def palette(design: Design) -> tuple[PaletteGroup, ...]:
    """Return the fields of the entity, those one step over its references, and rules of colours."""
    entity, language = design.entity, design.language
    if entity is None:
        return ()
    used = {c.get("field") for c in design.json.get("columns", ())}
    groups = [PaletteGroup(say("Columns", "列").show(language), _fields(design, entity, "", used))]
    groups += [
        PaletteGroup(say("Over {name}", "经由{name}", name=link.label).show(language), _fields(design, far, f"{link.name}.", used)) for link, far in _reached(design, entity)
    ]
    rule = PaletteItem(say("Colour rule", "颜色规则").show(language), "palette", RULE, {"when": "False", "colour": "amber"})
    return (*groups[:1], PaletteGroup(say("Rules", "规则").show(language), (rule,)), *groups[1:])


def panel(design: Design, item_id: str) -> Panel | None:
    """Return the properties of a column, a rule, or of the view itself."""
    item = design.item(item_id)
    if item is None:
        return None
    controls = Controls(design, item, design.place(item_id))
    if item is design.json:
        return _view_panel(design, controls)
    if "when" in item:
        made = (
            controls.make("when", "condition", say("Colour records when", "着色条件"), entity=_name(design), expect="boolean"),
            controls.make("colour", "colour", say("Colour", "颜色")),
        )
        return Panel(item["id"], say("Colour rule", "颜色规则").show(design.language), "palette", (ControlGroup(None, made),), may_remove=True)
    return _column_panel(design, controls)


def start(design_label: Json, name: str, entity: Entity, language: str) -> Json:
    """Return a new list with the fields that say most of a record."""
    own = [f for f in own_fields(entity) if f.origin != "system" and f.spec.type not in LONG]
    ordered_fields = sorted(own, key=lambda f: f.name != entity.title)[:FIRST]
    return {"kind": "view", "name": name, "label": design_label, "entity": entity.name, "type": "list", "columns": [{"field": f.name} for f in ordered_fields]}


def shown_at(design: Design) -> str | None:
    """Return the list that opens with this view; None while its entity is not published."""
    entity = design.view.model.find_entity(design.entity.id) if design.entity else None
    return f"/records/{entity.name}?view={design.view.model.documents[design.json['id']].name}" if entity is not None else None


def _name(design: Design) -> str | None:
    return design.entity.name if design.entity else None


def _reached(design: Design, entity: Entity) -> list[tuple[Any, Entity]]:
    """Return the references of an entity that lead to records with fields."""
    found = [(f, design.model.find_entity(f.type.entity)) for f in own_fields(entity) if f.type.kind == "reference" and f.type.entity and f.name not in BY_WHOM]
    return [(f, far) for f, far in found if far is not None]


def _fields(design: Design, entity: Entity, prefix: str, used: set[Any]) -> tuple[PaletteItem, ...]:
    language = design.language
    return tuple(
        PaletteItem(f.label.show(language), f.spec.icon, COLUMN, {"field": prefix + f.name}, f.spec.type_label.show(language), prefix + f.name in used)
        for f in own_fields(entity)
    )


def _drawn(design: Design, column: Json, seen: Seen, stored: str) -> DrawnColumn:
    path, language = str(column["field"]), design.language
    fields = find_path(design.model, design.entity, path) if design.entity is not None else None
    label = design.show(column.get("label")) or (fields[-1].label.show(language) if fields else path)
    icon = fields[-1].spec.icon if fields else "triangle-alert"
    shown = seen.column(stored)
    how = _total_of(column, fields)
    return DrawnColumn(
        column["id"], path, label, icon, column.get("width"), bool(column.get("frozen")), fields is not None, shown,
        design.entity is not None and path == design.entity.title, word_of(how, fields[-1]).show(language) if fields and how != NONE else "",
    )  # fmt: skip


def _total_of(column: Json, fields: list[ModelField] | None) -> str:
    """Return the total of a column: the one that it names, else the usual one; none over references."""
    if not fields or len(fields) > 1:
        return NONE
    return str(column.get("total") or usual_total(fields[0]))


def _says(design: Design) -> tuple[tuple[str, str], ...]:
    """Return icon and words of what the view does to its records."""
    json, language, entity = design.json, design.language, design.entity
    found = []
    if json.get("filter"):
        found.append(("list-filter", str(json["filter"])))
    if json.get("sort"):
        names = [f"{label_of(design.model, entity, s.removeprefix('-'), language)} {'↓' if s.startswith('-') else '↑'}" for s in json["sort"]]
        found.append(("arrow-up-down", listed(names, language)))
    if json.get("group_by"):
        found.append(("layers", label_of(design.model, entity, str(json["group_by"]), language)))
    return tuple(found)


def _far(design: Design, fits: str) -> list[Offer]:
    """Return the fields that a place takes, own ones and those one step over references."""
    entity, language = design.entity, design.language
    if entity is None:
        return []
    far = [
        (f"{link.name}.{name}", f"{link.label.show(language)} · {label}", icon)
        for link, near in _reached(design, entity) for name, label, icon in fitting(design, fits, entity=near)
    ]  # fmt: skip
    return [*fitting(design, fits), *far]


def _view_panel(design: Design, controls: Controls) -> Panel:
    language, chosen = design.language, design.json
    none = say("Nothing", "无").show(language)
    first = (
        controls.make("label", "label", say("Name", "名称"), required=True),
        controls.make("type", "picks", say("Shown as", "显示方式")).holding(types_of(design)),
        *_settings(design, controls),
    )
    records = (
        controls.make("filter", "condition", say("Only records where", "筛选条件"), entity=_name(design), expect="boolean"),
        ordered(controls, "sort", say("Order", "排序"), _far(design, "sort"), turns=True),
        controls.make("group_by", "choice", say("Groups by", "分组"), options=with_chosen(design, _far(design, "group"), chosen.get("group_by")), empty=none),
    )
    more = (
        controls.make("shared_with", "segments", say("For", "可见范围"), options=design.choices(SHARED), empty="everyone"),
        controls.make("name", "name", say("API name", "API 名称")), controls.make("description", "long_label", say("Description", "说明")),
    )
    groups = (ControlGroup(None, first), ControlGroup(say("Records", "记录").show(language), records), ControlGroup(say("More", "更多").show(language), more, True))
    return Panel("", LABEL.show(language), ICON, groups)


def _settings(design: Design, controls: Controls) -> tuple[Control, ...]:
    """Return what the type in force needs to know."""
    kind, language = design.json.get("type", "list"), design.language
    none = say("Nothing", "无").show(language)
    days, facts = choices(fitting(design, "day")), fitting(design, None)
    if kind == "board":
        lanes = with_chosen(design, fitting(design, "lane"), (design.json.get("board") or {}).get("by"))
        return (controls.make("board/by", "choice", say("Lanes by", "分列依据"), options=lanes), ordered(controls, "board/card", say("On the cards", "卡片内容"), facts))
    if kind in ("calendar", "timeline", "gantt"):
        return (
            controls.make("calendar/from", "choice", say("From", "开始"), options=days),
            controls.make("calendar/to", "choice", say("To", "结束"), options=days, empty=none),
        )
    if kind == "gallery":
        return (
            controls.make("gallery/image", "choice", say("Picture", "图片"), options=choices(fitting(design, "image")), empty=none),
            ordered(controls, "gallery/card", say("On the cards", "卡片内容"), facts),
        )
    if kind == "tree":
        return (controls.make("tree/parent", "choice", say("Parent", "上级"), options=choices(fitting(design, "parent"))),)
    return ()


def _column_panel(design: Design, controls: Controls) -> Panel:
    path = str(controls.item["field"])
    fields = find_path(design.model, design.entity, path) if design.entity is not None else None
    made: tuple[Control, ...] = (
        controls.make("label", "label", say("Label", "标签"), help=say("Empty: the label of the field.", "留空则使用字段的标签。")),
        controls.make("width", "number", say("Width in pixels", "宽度（像素）"), empty=say("As wide as it fits", "自动").show(design.language), numbers=(40, 1200)),
        controls.make("frozen", "switch", say("Stays in sight", "冻结"), help=say("It stays at the left when people scroll sideways.", "横向滚动时固定在左侧。")),
    )
    may = totals_of(fields[0]) if fields and len(fields) == 1 else ()
    if fields and may:
        options = tuple(Choice(name, word_of(name, fields[0]).show(design.language)) for name in (NONE, *may))
        usual = say("As usual: {total}", "默认：{total}", total=word_of(usual_total(fields[0]), fields[0])).show(design.language)
        told = say("Below the list and in the rows of its groups.", "显示在列表底部与分组行中。")
        made = (*made, controls.make("total", "choice", say("In all", "汇总"), options=options, empty=usual, help=told))
    title = design.show(controls.item.get("label")) or label_of(design.model, design.entity, path, design.language)
    note = f"{fields[-1].spec.type_label.show(design.language)} · {path}" if fields else path
    return Panel(controls.item["id"], title, fields[-1].spec.icon if fields else "triangle-alert", (ControlGroup(None, made),), note, may_remove=True)


