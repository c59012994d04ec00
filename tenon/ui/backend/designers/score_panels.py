"""The properties of a score and of what it is made of: variants, measures, ceilings, bands, and how a band may move."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tenon.engine.scores.groups import GROUPS
from tenon.metamodel.labels import Text, say
from tenon.ui.backend.designers.base import Controls, Design, Json
from tenon.ui.backend.designers.score_forecasts import forecast_group, forecast_panel
from tenon.ui.backend.designers.score_measures import WAYS, group_label, is_weighted, plain, way_of
from tenon.ui.design_shapes import Control, ControlGroup, Panel
from tenon.ui.shapes import Choice

TIMINGS = (("immediate", Text("At once", "立即")), ("period", Text("At the period's end", "周期末")), ("never", Text("Never", "从不")))
PERIODS = (("month", Text("Month", "月")), ("quarter", Text("Quarter", "季度")), ("year", Text("Year", "年")))
MISSING = (("exclude", Text("Leave out", "不计入")), ("zero", Text("Nothing", "计 0 分")), ("neutral", Text("Half", "计一半")))
STALE = (("hold", Text("Hold", "保持")), ("move", Text("Move", "照常变动")))
FRESH: dict[str, Json] = {
    "when": {"when": "True"}, "value": {"value": "1"}, "bands": {"of": "1", "bands": [{"from": 1, "share": 1}, {"share": 0}]}, "manual": {"manual": True, "expires_days": 90},
}  # fmt: skip
SOURCES = ("when", "value", "of", "bands", "manual", "expires_days")


def panel(design: Design, item_id: str) -> Panel | None:
    """Return the properties of the score, a variant, a measure, a ceiling or a band."""
    item = design.item(item_id)
    if item is None:
        return None
    controls = Controls(design, item, design.place(item_id))
    step = controls.place.split("/")[1:]
    if not step:
        return _score_panel(design, controls)
    if step[0] == "caps":
        return _cap_panel(design, controls)
    if step[0] == "forecasts":
        return forecast_panel(design, controls)
    if step[0] == "bands":
        return _band_panel(design, controls)
    return _variant_panel(design, controls) if len(step) == 2 else _measure_panel(design, controls, step)


def _score_panel(design: Design, controls: Controls) -> Panel:
    entity, language = design.entity.name if design.entity else None, design.language
    scale = design.json.get("scale") or [0, 100]
    ends = design.choices((("low", say("From", "最低")), ("high", say("To", "最高"))))
    first = (
        controls.make("label", "label", say("Name", "名称"), required=True),
        controls.make("where", "condition", say("Scored", "评分范围"), entity=entity, expect="boolean", help=say("Empty: every record.", "留空则为全部记录。")),
        Control("/scale", "pair", say("Scale", "分值范围").show(language), [plain(n) for n in scale], ends),
        controls.make(
            "min_coverage", "number", say("Data needed for a band", "给出等级所需的数据"), empty="0.6",
            help=say("A share from 0 to 1: with less the band stays empty.", "0 到 1 的比例：数据不足时不给出等级。"),
        ),
        controls.make("trend_days", "number", say("Trend over days", "趋势天数"), empty="14"),
    )  # fmt: skip
    runs = (
        controls.make("realtime", "switch", say("Follow every change at once", "随数据变化即时更新"), empty="on"),
        controls.make("schedule", "text", say("Whole run (cron)", "全量计算时间（cron）"), empty="0 2 * * *"),
        controls.make("shadow", "switch", say("Beside the score in use", "影子评分"), help=say("Computed and stored, but not the one for its purpose.", "计算并保存，但不作为该用途的正式评分。")),
    )
    more = (
        controls.make("name", "name", say("API name", "API 名称")), controls.make("purpose", "name", say("Purpose", "用途"), empty="health"),
        controls.make("description", "long_label", say("Description", "说明")),
    )
    kept = forecast_group(design, controls)
    groups = (
        ControlGroup(None, first), ControlGroup(say("How a band may move", "等级变动规则").show(language), tuple(_movement(design, controls)), True),
        ControlGroup(say("What it is to foresee", "需要预见的结果").show(language), tuple(_foresight(design, controls, entity)), True), *((kept,) if kept else ()),
        ControlGroup(say("When it is computed", "计算时机").show(language), runs, True), ControlGroup(say("More", "更多").show(language), more, True),
    )
    return Panel("", say("Score", "评分").show(language), "gauge", groups)


def _foresight(design: Design, controls: Controls, entity: str | None) -> Iterator[Control]:
    yield controls.make(
        "foresees/outcome", "condition", say("Outcome", "结果"), entity=entity, expect="boolean",
        help=say("How well the score foresees it is looked at every quarter.", "每季度检查评分对它的预见效果。"),
    )  # fmt: skip
    if (design.json.get("foresees") or {}).get("outcome"):
        yield controls.make("foresees/horizon_days", "number", say("Days later", "观察天数"), empty="90")
        yield controls.make("foresees/is_wanted", "switch", say("High scores stand for it", "高分代表该结果"))
        yield controls.make("foresees/schedule", "text", say("Looked at (cron)", "校准时间（cron）"), empty="0 3 1 1,4,7,10 *")


def _movement(design: Design, controls: Controls) -> Iterator[Control]:
    language = design.language
    yield controls.make("movement/up", "choice", say("A better band comes", "升级生效"), options=design.choices(TIMINGS[1:]), empty=TIMINGS[0][1].show(language))
    yield controls.make("movement/down", "choice", say("A worse band comes", "降级生效"), options=design.choices(TIMINGS[1:]), empty=TIMINGS[0][1].show(language))
    yield controls.make("movement/period", "segments", say("Period", "周期"), options=design.choices(PERIODS), empty="month")
    yield controls.make(
        "movement/margin", "number", say("Margin", "缓冲分值"), empty="0",
        help=say("A band is left only when the score passes its edge by more than this, both ways.", "评分越过等级边界超过此值才变动，双向适用。"),
    )
    yield controls.make("movement/min_dwell_days", "number", say("Days in a band at least", "等级最短保持天数"), empty="0")
    yield controls.make("movement/grace_days", "number", say("Days of grace", "宽限天数"), empty="0")
    yield controls.make("movement/max_step", "number", say("Bands at once at most", "一次最多变动级数"), empty=say("Any number", "不限").show(language))
    yield controls.make("movement/on_stale", "segments", say("When data is old", "数据过期时"), options=design.choices(STALE), empty="hold")


def _variant_panel(design: Design, controls: Controls) -> Panel:
    language, entity = design.language, design.entity.name if design.entity else None
    is_last = design.json["variants"][-1] is controls.item
    made = [controls.make("label", "label", say("Name", "名称"))]
    if not is_last or controls.item.get("when") is not None:
        made.append(controls.make(
            "when", "condition", say("For records where", "适用条件"), entity=entity, expect="boolean",
            help=say("The first variant that fits is used.", "使用第一个符合条件的版本。"),
        ))
    else:
        told = say("The default: for every record that no other variant fits.", "默认版本：适用于不符合其他版本的记录。").show(language)
        made.append(Control(f"{controls.place}/when", "note", say("For records where", "适用条件").show(language), told))
    made.append(controls.make("name", "name", say("API name", "API 名称")))
    return Panel(controls.item["id"], say("Variant", "版本").show(language), "layers", (ControlGroup(None, tuple(made)),), may_remove=len(design.json["variants"]) > 1)


def _measure_panel(design: Design, controls: Controls, step: list[str]) -> Panel:
    language, item = design.language, controls.item
    if len(step) > 4:  # a step of its ladder
        item = next(each for each in design.around(item["id"]) if "name" in each)
        controls = Controls(design, item, design.place(item["id"]))
    variant = next(each for each in design.around(item["id"]) if "measures" in each)
    taken = {m.get("group") for v in design.json.get("variants", ()) for m in v.get("measures", ()) if m.get("group")}
    known = tuple(Choice(name, group_label(name, language)) for name in dict.fromkeys([*sorted(taken), *GROUPS]))
    first = (
        controls.make("label", "label", say("Name", "名称")),
        controls.make("group", "text", say("Dimension", "维度"), options=known),
        controls.make("weight" if is_weighted(variant) else "points", "number", say("Weight", "权重") if is_weighted(variant) else say("Points", "分值")),
    )
    now = way_of(item)
    ways = {name: Choice(json.dumps(list(_change_way(controls, name))), label.show(language)) for name, (_, label) in WAYS.items()}
    judged = (Control(controls.place, "ways", say("Counts", "计分方式").show(language), ways[now].name, tuple(ways.values())), *_source(design, controls, now))
    groups = (
        ControlGroup(None, first), ControlGroup(say("How it is judged", "如何评判").show(language), judged),
        ControlGroup(say("Missing data", "数据缺失").show(language), tuple(_missing(design, controls))),
        ControlGroup(say("More", "更多").show(language), (controls.make("name", "name", say("API name", "API 名称")),), True),
    )
    return Panel(item["id"], design.show(item.get("label"), item["name"]), WAYS[now][0], groups, item["name"], may_remove=True)


def _change_way(controls: Controls, way: str) -> Iterator[Json]:
    for name in SOURCES:
        value = FRESH[way].get(name)
        if value is not None or name in controls.item:
            yield {"op": "set", "at": f"{controls.place}/{name}", "value": value}


def _source(design: Design, controls: Controls, way: str) -> Iterator[Control]:
    """Yield what a measure is judged by."""
    entity, language = design.entity.name if design.entity else None, design.language
    if way == "when":
        yield controls.make("when", "condition", say("All points when", "得全部分值的条件"), entity=entity, expect="boolean")
    elif way == "value":
        yield controls.make(
            "value", "expression", say("Share of the points", "得分比例"), entity=entity,
            help=say("0 is nothing, 1 everything: scale(arr, 0, 100000).", "0 为零分，1 为满分：scale(arr, 0, 100000)。"),
        )
    elif way == "manual":
        yield controls.make("expires_days", "number", say("A rating lasts days", "评分有效天数"))
    else:
        yield controls.make("of", "expression", say("Number", "数值"), entity=entity)
        yield from _ladder(controls, language)


def _ladder(controls: Controls, language: str) -> Iterator[Control]:
    """Yield the steps of a measure that goes by steps, from the highest down."""
    steps: list[Json] = controls.item.get("bands", [])
    for each in steps:
        at = f"{controls.place}/bands/{each['id']}"
        if each.get("from") is not None:
            yield Control(f"{at}/from", "number", say("From", "起始值").show(language), plain(each["from"]))
            yield Control(f"{at}/share", "number", say("Share from {edge} on", "达到 {edge} 的比例", edge=plain(each["from"])).show(language), plain(each.get("share")))
        else:
            yield Control(f"{at}/share", "number", say("Share of the rest", "其余的比例").show(language), plain(each.get("share")))
    edges = [float(each["from"]) for each in steps if each.get("from") is not None]
    lower = edges[-1] / 2 if edges else 1.0
    add = [{"op": "insert", "at": f"{controls.place}/bands", "index": len(edges), "value": {"from": int(lower) if lower.is_integer() else lower, "share": 0.5}}] if edges else []
    buttons = [Choice(json.dumps(add), say("Add a step", "添加一档").show(language))] if add else []
    if len(steps) > 2:
        buttons.append(Choice(json.dumps([{"op": "remove", "item": steps[len(edges) - 1]["id"]}]), say("Remove the lowest", "移除最低档").show(language)))
    yield Control(f"{controls.place}/bands", "ways", say("Steps", "档位").show(language), None, tuple(buttons))


def _missing(design: Design, controls: Controls) -> Iterator[Control]:
    entity = design.entity.name if design.entity else None
    yield controls.make(
        "missing", "segments", say("Without data it counts", "无数据时"), options=design.choices(MISSING), empty="exclude",
        help=say("Left out: the other measures count for more, and the coverage says so.", "不计入：其他指标按比例放大，覆盖率会体现。"),
    )
    yield controls.make("needs", "condition", say("Has data when", "有数据的条件"), entity=entity, expect="boolean")
    yield controls.make("max_age_days", "number", say("Too old after days", "超过天数视为过期"))
    yield controls.make(
        "as_of", "expression", say("Day of the newest data", "最新数据日期"), entity=entity, expect="date", use="score",
        help=say("Left out: the newest of the rows it reads. While data is too old, the band stays.", "不填则取所读记录的最新日期。数据过期期间等级保持不变。"),
    )


def _cap_panel(design: Design, controls: Controls) -> Panel:
    made = (
        controls.make("label", "label", say("Reason", "原因")),
        controls.make("when", "condition", say("While", "条件"), entity=design.entity.name if design.entity else None, expect="boolean"),
        controls.make("at_most", "number", say("At most", "至多")), controls.make("at_least", "number", say("At least", "至少")),
    )
    return Panel(controls.item["id"], say("Limit", "上下限").show(design.language), "arrow-up-down", (ControlGroup(None, made),), may_remove=True)


def _band_panel(design: Design, controls: Controls) -> Panel:
    language, name = design.language, controls.item["name"]
    kept: dict[str, Any] = (design.json.get("movement") or {}).get("keep", {}).get(name, {})
    made = (
        controls.make("label", "label", say("Name", "名称")), controls.make("from", "number", say("From", "起始值")), controls.make("colour", "colour", say("Colour", "颜色")),
        controls.make("name", "name", say("API name", "API 名称")),
    )
    entity = design.entity.name if design.entity else None
    keep = (
        Control(f"/movement/keep/{name}/from", "number", say("Kept from", "保级分值").show(language), plain(kept["from"]) if kept.get("from") is not None else None),
        Control(f"/movement/keep/{name}/when", "condition", say("Kept while", "保级条件").show(language), kept.get("when"), entity=entity, expect="boolean"),
    )
    groups = (ControlGroup(None, made), ControlGroup(say("What it takes to stay", "保级要求").show(language), keep, True))
    return Panel(controls.item["id"], design.show(controls.item.get("label"), name), "circle-dot", groups, name, may_remove=len(design.json["bands"]) > 1)
