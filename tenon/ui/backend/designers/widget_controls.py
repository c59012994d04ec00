"""The properties of a widget: of a group, of a measure, and what each type of it can be told."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import orjson

from tenon.engine.reports.periods import WORDS
from tenon.metamodel.fitting import can_group
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity, Field
from tenon.ui.backend.designers.base import Controls, Design, Json
from tenon.ui.backend.designers.listed import label_of
from tenon.ui.design_shapes import Control, ControlGroup, Panel
from tenon.ui.shapes import Choice

SPANS = (("day", say("Day", "按天")), ("week", say("Week", "按周")), ("month", say("Month", "按月")), ("quarter", say("Quarter", "按季")), ("year", say("Year", "按年")))
HOW = {
    "count": say("Number of records", "记录数"), "sum": say("Sum", "合计"), "avg": say("Average", "平均值"), "min": say("Smallest", "最小值"), "max": say("Largest", "最大值"),
    "distinct": say("Different values", "不同值个数"),
}  # fmt: skip
OF: dict[str, Callable[[Text], Text]] = {
    "sum": lambda name: name, "avg": lambda name: say("Average {name}", "平均{name}", name=name), "min": lambda name: say("Smallest {name}", "最小{name}", name=name),
    "max": lambda name: say("Largest {name}", "最大{name}", name=name), "distinct": lambda name: say("Different {name}", "不同{name}数", name=name),
}  # fmt: skip
SIMPLE = re.compile(r"(count|sum|avg|min|max|distinct)\((\w+)?\)")
SERIES = ("line", "area", "bar", "stacked_bar")
COMPARED = (*SERIES, "number", "gauge")


def measure_label(entity: Entity, expr: str) -> Text:
    """Return what a simple measure is called: "Records", "Average worth"; an expression is its own name."""
    found = SIMPLE.fullmatch(expr.strip())
    if found is None:
        return Text(expr, expr)
    how, name = found.groups()
    field = entity.fields.get(name or "")
    return say("{what}", "{what}数", what=entity.plural) if how == "count" else OF[how](_inside(field.label) if field and how != "sum" else field.label if field else Text(name, name))


def _inside(label: Text) -> Text:
    """Return a label as it stands inside of a sentence."""
    en = label.show("en")
    return Text(en[:1].lower() + en[1:] if en[1:2].islower() else en, label.show("zh"))


def numbers_of(entity: Entity) -> list[Field]:
    """Return the fields that can be added up."""
    return [f for f in entity.fields.values() if f.type.kind == "number" and f.origin != "system" and not f.is_to_many]


def panel_of_group(design: Design, entity: Entity | None, item: Json) -> Panel:
    """Return the properties of a group: its field, also one of what it refers to, and the span of a date."""
    controls, language = Controls(design, item, design.place(item["id"])), design.language
    options, is_day = [], False
    for field in entity.fields.values() if entity else ():
        if can_group(field):
            options.append(Choice(field.name, field.label.show(language)))
            is_day = is_day or (field.name == item["field"] and field.type.kind in ("date", "datetime"))
        far = design.model.find_entity(field.type.entity) if field.type.kind == "reference" and field.type.entity and not field.is_to_many else None
        for inner in far.fields.values() if far is not None and not far.is_system else ():
            if can_group(inner) and inner.origin != "system":
                path = f"{field.name}.{inner.name}"
                options.append(Choice(path, f"{field.label.show(language)} · {inner.label.show(language)}"))
                is_day = is_day or (path == item["field"] and inner.type.kind in ("date", "datetime"))
    made = [controls.make("field", "choice", say("Field", "字段"), options=tuple(options))]
    if is_day or item.get("by"):
        made.append(controls.make("by", "choice", say("Put together by", "时间粒度"), options=design.choices(SPANS), empty=say("Every value", "不合并").show(language)))
    return Panel(item["id"], say("Group", "分组").show(language), "layers", (ControlGroup(None, tuple(made)),), str(item["field"]), may_remove=True)


def panel_of_measure(design: Design, entity: Entity | None, item: Json) -> Panel:
    """Return the properties of a measure: what is calculated of which field, or any expression."""
    controls, language = Controls(design, item, design.place(item["id"])), design.language
    found = SIMPLE.fullmatch(item["expr"].strip())
    how, name = found.groups() if found else ("", None)
    made = []
    if entity is not None:
        numbers = numbers_of(entity)
        first = name or next((f.name for f in numbers), "")
        ways = [(way, "count()" if way == "count" else f"{way}({first})") for way in HOW if way == "count" or first]
        made.append(_steps(design, entity, item, say("Calculate", "计算方式"), [(HOW[way].show(language), expr) for way, expr in ways], _own(language)))
        if how not in ("", "count"):
            fields = [f for f in entity.fields.values() if how == "distinct" and can_group(f)] if how == "distinct" else numbers
            made.append(_steps(design, entity, item, say("Of", "字段"), [(f.label.show(language), f"{how}({f.name})") for f in fields], _own(language)))
    named = [controls.make("label", "label", say("Label", "标签"))]
    told = say("Such as sum(amount) / count(), or count(where=stage == 'won').", "例如 sum(amount) / count()，或 count(where=stage == 'won')。")
    more = (
        controls.make("expr", "expression", say("Expression", "表达式"), entity=entity.name if entity else None, help=told),
        controls.make("name", "name", say("API name", "API 名称")),
    )
    groups = (ControlGroup(None, (*made, *named)), ControlGroup(say("Expression", "表达式").show(language), more, is_folded=bool(found)))
    return Panel(item["id"], say("Measure", "度量").show(language), "sigma", groups, item["expr"], may_remove=True)


def panel_of(design: Design, entity: Entity | None, label: Text, icon: str) -> Panel:
    """Return the properties of a widget: its name, what its type can be told, and how it is read."""
    controls, language = Controls(design, design.json, ""), design.language
    first = [controls.make("label", "label", say("Name", "名称"), required=True)]
    if design.json["type"] == "text":
        first.append(controls.make("text", "long_label", say("Text", "文字"), help=say("# makes a heading, - a line of a list.", "# 表示标题，- 表示列表项。")))
    groups = [ControlGroup(None, tuple(first))]
    shown = _of_type(design, controls, entity)
    if shown:
        groups.append(ControlGroup(say("How it is shown", "显示方式").show(language), tuple(shown)))
    if entity is not None and design.json["type"] != "text":
        groups.append(ControlGroup(say("Time", "时间").show(language), tuple(_time(design, controls, entity))))
        groups.append(ControlGroup(say("Order", "排序").show(language), tuple(_order(design, controls))))
    told = [controls.make("name", "name", say("API name", "API 名称")), controls.make("description", "long_label", say("Description", "说明"))]
    if entity is not None:
        told.insert(0, controls.make("query/filter", "condition", say("Only records where", "筛选条件"), entity=entity.name, expect="boolean"))
    groups.append(ControlGroup(say("More", "更多").show(language), tuple(told), True))
    return Panel("", label.show(language), icon, tuple(groups))


def _of_type(design: Design, controls: Controls, entity: Entity | None) -> list[Control]:
    """Return what one type of widget can be told."""
    type, language, made = design.json["type"], design.language, []
    query = design.json.get("query") or {}
    if type in ("number", "gauge", *SERIES):
        made.append(controls.make("target", "text", say("Target", "目标"), help=say("A number, or a share such as 90%.", "数值，或如 90% 的占比。")))
    if type == "number":
        tones = design.choices((("up", say("More", "增加")), ("down", say("Less", "减少")), ("", say("Neither", "不区分"))))
        made.append(controls.make("options/good", "segments", say("Good is", "向好方向"), options=tones, empty=""))
    if type == "gauge":
        made += [controls.make("options/min", "number", say("From", "最小值")), controls.make("options/max", "number", say("To", "最大值"))]
    if type == "funnel":
        told = say("Who came further was here too.", "走得更远的记录也计入前面的步骤。")
        made.append(controls.make("options/cumulative", "switch", say("Count everybody who came this far", "累计到达人数"), help=told))
    if type in ("transition", "sankey"):
        told = say("A day such as 2026-01-01, or a period such as last_quarter.", "日期（如 2026-01-01）或时段（如 last_quarter）。")
        made += [controls.make("options/from", "text", say("From", "起"), help=told), controls.make("options/to", "text", say("To", "止"))]
    if type == "falls":
        made += [controls.make("options/least", "number", say("Points at least", "最少下滑分数")), controls.make("options/days", "number", say("In days", "天数"))]
    if type == "attribution":
        made.append(controls.make("options/days", "number", say("In days before", "之前的天数"), empty="90"))
    if type == "table" and entity is not None and not query.get("group_by") and not query.get("measures"):
        columns = tuple(Choice(f.name, f.label.show(language)) for f in entity.fields.values() if f.origin != "system" and not f.is_to_many)
        made.append(controls.make("options/columns", "many", say("Columns", "列"), options=columns))
        if scores := _scores(design, entity):
            told = say("A last column names the measure that costs a record most points.", "末列显示每条记录失分最多的指标。")
            made.append(controls.make("options/losses", "choice", say("What it loses most on", "失分最多的指标"), options=scores, empty=say("No such column", "不显示").show(language), help=told))
    if type not in ("text", "transition", "sankey", "falls", "attribution") and query.get("measures"):
        kinds = design.choices((("percent", say("Percent", "百分比")), ("duration", say("Duration", "时长"))))
        made.append(controls.make("options/format", "choice", say("Numbers as", "数值格式"), options=kinds, empty=say("As the field says", "按字段设置").show(language)))
    return made


def _time(design: Design, controls: Controls, entity: Entity) -> list[Control]:
    language, type = design.language, design.json["type"]
    words = design.choices(tuple(WORDS.items()))
    told = say("A period chosen on the dashboard goes before it.", "仪表盘上选择的时段优先。")
    made = [controls.make("options/period", "choice", say("Period", "时段"), options=words, empty=say("All time", "全部时间").show(language), help=told)]
    days = tuple(Choice(f.name, f.label.show(language)) for f in entity.fields.values() if f.type.kind in ("date", "datetime") and not f.is_to_many)
    if (design.json.get("options") or {}).get("period"):
        made.append(controls.make("options/period_field", "choice", say("Of the date", "依据日期"), options=days, empty=say("As the groups say", "按分组").show(language)))
    if type in COMPARED:
        ways = design.choices((("previous_period", say("The period before", "上一周期")), ("previous_year", say("The year before", "去年同期"))))
        made.append(controls.make("compare/to", "choice", say("Hold against", "对比"), options=ways, empty=say("Nothing", "不对比").show(language)))
    scores = _scores(design, entity)
    if scores and type in COMPARED:
        made.append(controls.make("options/history", "choice", say("Over the history of", "评分历史"), options=scores, empty=say("Nothing: as it is now", "不使用：按当前数据").show(language)))
    return made


def _scores(design: Design, entity: Entity) -> tuple[Choice, ...]:
    return tuple(Choice(d.name, d.label.show(design.language)) for d in design.model.all("score") if d.json.get("entity") == entity.id)


def _order(design: Design, controls: Controls) -> list[Control]:
    query = design.json.get("query") or {}
    language = design.language
    ways: list[tuple[str, list[str]]] = []
    for measure in query.get("measures", ()):
        label = design.show(measure.get("label")) or measure["name"]
        ways.append((say("{name}, largest first", "{name}，从大到小", name=label).show(language), [f"-{measure['name']}"]))
        ways.append((say("{name}, smallest first", "{name}，从小到大", name=label).show(language), [measure["name"]]))
    options = [Choice(_json([{"op": "set", "at": "/query/sort", "value": each}]), text) for text, each in ways]
    now = _json([{"op": "set", "at": "/query/sort", "value": query.get("sort")}])
    natural = Choice(_json([{"op": "set", "at": "/query/sort", "value": None}]), say("As the groups come", "按分组顺序").show(language))
    known = {o.name for o in options}
    entity, labels = design.model.entities.get(str(query.get("entity"))), {m["name"]: design.show(m.get("label")) or m["name"] for m in query.get("measures", ())}

    def said(name: str) -> str:
        plain = name.removeprefix("-")
        label = labels.get(plain) or label_of(design.model, entity, plain, language)
        return say("{name}, largest first", "{name}，从大到小", name=label).show(language) if name != plain else say("{name}, smallest first", "{name}，从小到大", name=label).show(language)

    kept = () if now in known or not query.get("sort") else (Choice(now, "; ".join(said(each) for each in query["sort"])),)
    made = Control("", "ways", say("Sorted by", "排序方式").show(language), now, (natural, *kept, *options), empty="")
    return [made, controls.make("query/limit", "number", say("At most", "最多显示"), help=say("So many groups or records.", "分组或记录的数量上限。"))]


def _steps(design: Design, entity: Entity, item: Json, label: Text, ways: Sequence[tuple[str, str]], own: str) -> Control:
    """Return a choice between expressions of a measure; a label that only says what is calculated follows."""
    is_told = not item.get("label") or item["label"] == measure_label(entity, item["expr"]).to_json()
    place = design.place(item["id"])

    def operations(expr: str) -> str:
        steps: list[dict[str, Any]] = [{"op": "set", "at": f"{place}/expr", "value": expr}]
        return _json([*steps, {"op": "set", "at": f"{place}/label", "value": measure_label(entity, expr).to_json()}] if is_told else steps)

    options = [Choice(operations(expr), text) for text, expr in ways]
    now = operations(item["expr"])
    if now not in {o.name for o in options}:
        options.append(Choice(now, own))
    return Control("", "ways", label.show(design.language), now, tuple(options), empty="")


def _own(language: str) -> str:
    return say("An expression", "自定义表达式").show(language)


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
