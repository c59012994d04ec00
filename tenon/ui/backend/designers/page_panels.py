"""The properties of pages: of the whole, of tabs, of blocks by their types, of things to do."""

from __future__ import annotations

import json

from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity
from tenon.ui.backend.designers.base import Controls, Design, Json
from tenon.ui.backend.designers.listed import choices, fitting, ordered
from tenon.ui.backend.designers.page_blocks import BLOCKS, about, buttons, facts, far_of, offers_to_set, relations, widgets
from tenon.ui.backend.designers.setting import beginning, settable
from tenon.ui.design_shapes import Control, ControlGroup, Line, Ordered, Panel, Pick
from tenon.ui.shapes import Choice

SHOWN = say("Shown when", "显示条件")
USED = say("Without a condition it fits every record; the first page that fits is used.", "无条件时适用于所有记录；使用第一个符合条件的页面。")
BUTTON = say("Empty: no button. What it sets is added on the canvas.", "留空则没有按钮；按钮所设置的字段在画布上添加。")
OWN_LABEL = say("Empty: what it shows.", "留空则使用所显示内容的名称。")


def page_panel(design: Design, controls: Controls, label: Text, icon: str) -> Panel:
    """Return the properties of the page itself, with the facts and scores of its head."""
    language = design.language
    first = (
        controls.make("label", "label", say("Name", "名称"), required=True),
        controls.make("use_when", "condition", say("Used when", "使用条件"), entity=_name(design.entity), expect="boolean", help=USED),
    )
    head = (
        ordered(controls, "header/facts", say("Facts", "关键字段"), facts(design)),
        ordered(controls, "header/scores", say("Scores", "评分"), about(design, "score", design.entity)),
        *([ordered(controls, "header/buttons", say("Buttons of rules", "规则按钮"), pressed)] if (pressed := buttons(design)) else []),
    )
    more = (controls.make("name", "name", say("API name", "API 名称")), controls.make("description", "long_label", say("Description", "说明")))
    groups = (
        ControlGroup(None, first), ControlGroup(say("At the top", "页头").show(language), head), ControlGroup(say("More", "更多").show(language), more, True),
    )  # fmt: skip
    return Panel("", label.show(language), icon, groups)


def tab_panel(design: Design, controls: Controls) -> Panel:
    """Return the properties of a tab."""
    made = (controls.make("label", "label", say("Label", "名称"), required=True), _visible(design, controls))
    return Panel(controls.item["id"], design.show(controls.item.get("label")), "folder", (ControlGroup(None, made),), may_remove=True)


def block_panel(design: Design, controls: Controls) -> Panel:
    """Return the properties of a block: those of its type, then what every block has."""
    label, icon = BLOCKS[controls.item["type"]]
    made = (*_own(design, controls), controls.make("label", "label", say("Heading", "标题"), help=OWN_LABEL), _visible(design, controls))
    return Panel(controls.item["id"], label.show(design.language), icon, (ControlGroup(None, made),), may_remove=True)


def action_panel(design: Design, controls: Controls) -> Panel:
    """Return the properties of something to do: about the record or the first one of a relation, when, and how it is told."""
    item, language = controls.item, design.language
    far = far_of(design, item.get("relation"))
    about_far = far or design.entity
    first = (
        controls.make("label", "label", say("What to do", "操作"), required=True), controls.make("reason", "label", say("Why", "原因")),
        controls.make("relation", "choice", say("About", "针对"), options=choices(relations(design)), empty=say("The record itself", "本记录").show(language)),
        controls.make("when", "condition", say("To be done when", "触发条件"), entity=_name(about_far), expect="boolean"),
    )
    told = (
        *([ordered(controls, "sort", say("Which first", "优先顺序"), fitting(design, "sort", entity=far), turns=True)] if far is not None else []),
        ordered(controls, "facts", say("Facts", "关键字段"), fitting(design, None, entity=about_far)),
        controls.make("icon", "icon", say("Icon", "图标")), controls.make("colour", "colour", say("Colour", "颜色")),
    )
    button = (controls.make("button/label", "label", say("What it says", "按钮文字"), help=BUTTON), *_made(design, controls))
    groups = (ControlGroup(None, first), ControlGroup(say("How it is told", "显示内容").show(language), told), ControlGroup(say("Button", "按钮").show(language), button))
    return Panel(item["id"], design.show(item.get("label")), str(item.get("icon") or "circle-check"), groups, may_remove=True)


def _made(design: Design, controls: Controls) -> list[Control]:
    """Return which record a button makes, with the values of its fields, read with the record of the page; without a button it comes with it."""
    language, place = design.language, f"{controls.place}/button/create"
    button, label = controls.item.get("button") or {}, controls.item.get("label") or say("New record", "新建记录").to_json()
    create = button.get("create") or {}
    first = () if button.get("label") else ({"op": "set", "at": f"{controls.place}/button/label", "value": label},)
    ways = {e.name: (*first, {"op": "set", "at": place, "value": {"entity": e.name, "values": []}}) for e in design.model.entities.values() if not e.is_system}
    nothing = json.dumps([{"op": "set", "at": place, "value": None}])
    options = [Choice(nothing, say("No record", "不新建记录").show(language))]
    options += [Choice(json.dumps(operations), design.model.entities[name].label.show(language)) for name, operations in ways.items()]
    chosen = json.dumps(ways[create["entity"]]) if create.get("entity") in ways else nothing
    made = [Control(place, "ways", say("Makes a record of", "新建记录").show(language), chosen, tuple(options), empty="")]
    return [*made, *_values(design, create, place)] if create else made


def _values(design: Design, create: Json, place: str) -> list[Control]:
    """Return the values of a new record, each with its expression, and what else can be set in it."""
    language, target = design.language, design.model.entities.get(str(create.get("entity")))
    values, fields = create.get("values") or [], {f.name: f for f in settable(target)}
    labels = {v["id"]: fields[v["field"]].label.show(language) if v["field"] in fields else str(v["field"]) for v in values}
    made = [Control(f"{place}/values/{v['id']}/value", "expression", labels[v["id"]], v["value"], entity=_name(design.entity), required=True) for v in values]
    lines = tuple(Line(labels[v["id"]], None, None, ({"op": "remove", "item": v["id"]},)) for v in values)
    taken = {v["field"] for v in values}
    offers = tuple(
        Pick(f.label.show(language), f.spec.icon, ({"op": "insert", "at": f"{place}/values", "value": {"field": name, "value": beginning(f)}},))
        for name, f in fields.items() if name not in taken
    )  # fmt: skip
    return [*made, Control(f"{place}/values", "ordered", say("Its fields", "字段").show(language), Ordered(lines, offers))]


def setting_panel(design: Design, controls: Controls) -> Panel:
    """Return the properties of a field that a button sets."""
    action = next((each for each in design.around(controls.item["id"]) if "when" in each), {})
    about_far = far_of(design, action.get("relation")) or design.entity
    made = (
        controls.make("field", "choice", say("Field", "字段"), options=choices(offers_to_set(design, about_far))),
        controls.make("value", "expression", say("Becomes", "设为"), entity=_name(about_far)),
    )
    return Panel(controls.item["id"], say("The button sets", "按钮设置").show(design.language), "pencil", (ControlGroup(None, made),), may_remove=True)


def _own(design: Design, controls: Controls) -> tuple[Control, ...]:
    item, kind, language = controls.item, controls.item["type"], design.language
    if kind in ("score", "form"):
        return (controls.make(kind, "choice", BLOCKS[kind][0], options=choices(about(design, kind, design.entity))),)
    if kind == "widget":
        return (controls.make("widget", "choice", BLOCKS[kind][0], options=choices(widgets(design))),)
    if kind == "related":
        views = choices(about(design, "view", far_of(design, item.get("relation"))))
        return (
            controls.make("relation", "choice", say("Records", "记录"), options=choices(relations(design))),
            controls.make("view", "choice", say("As in the view", "使用视图"), options=views, empty=say("The fields that say most", "默认字段").show(language)),
        )
    if kind == "fields":
        return (ordered(controls, "fields", say("Fields", "字段"), facts(design), help=say("None: all of them.", "留空则显示全部字段。")),)
    return (controls.make("text", "long_label", say("Text", "文字")),) if kind == "text" else ()


def _visible(design: Design, controls: Controls) -> Control:
    return controls.make("visible", "condition", SHOWN, entity=_name(design.entity), expect="boolean")


def _name(entity: Entity | None) -> str | None:
    return entity.name if entity is not None else None
