"""The properties of what wakes a rule."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tenon.engine.webhooks.incoming import places_of
from tenon.metamodel.labels import Text, say
from tenon.metamodel.triggers import TRIGGERS
from tenon.metamodel.triggers.event import USAGE
from tenon.metamodel.triggers.message_received import COMMENT
from tenon.ui.backend.designers.base import Controls, Design, Json
from tenon.ui.backend.designers.rule_offers import ICONS, known_events, offered_triggers, times_of_relations
from tenon.ui.backend.designers.rule_parts import as_json, name_of, score_control, setting_to
from tenon.ui.backend.designers.setting import settable
from tenon.ui.design_shapes import Control, ControlGroup, Line, Ordered, Panel, Pick
from tenon.ui.shapes import Choice


def trigger_panel(design: Design, item: Json) -> Panel:
    """Return what wakes the rule and the properties of that."""
    place = design.place(item["id"])
    controls, language = Controls(design, item, place), design.language
    offers = [(name, {**value, "id": item["id"]}) for name, value in offered_triggers(design)]
    steps = tuple(Choice(as_json(setting_to(place, value)), TRIGGERS[name].LABEL.show(language)) for name, value in offers)
    now = next((choice.name for (name, _), choice in zip(offers, steps, strict=True) if name == item["type"]), "")
    type_ = Control(place, "ways", say("When", "触发方式").show(language), now, steps, empty="")
    make = _MAKERS.get(item["type"])
    made = [type_, *(make(design, controls) if make is not None else ())]
    label, icon, groups = TRIGGERS[item["type"]].LABEL.show(language), ICONS.get(item["type"], "zap"), (ControlGroup(None, tuple(made)),)
    address = (Choice(f"/design/rule/{design.json['name']}/hook", say("Address and sample", "接收地址与示例").show(language)),)
    return Panel(item["id"], label, icon, groups, tools=address if item["type"] == "webhook" and design.kind == "rule" else ())


def _updated(design: Design, controls: Controls) -> list[Control]:
    entity = design.entity
    fields = tuple(Choice(f.name, f.label.show(design.language)) for f in entity.fields.values() if f.origin != "system") if entity is not None else ()
    return [controls.make("fields", "many", say("Fields; none means any", "字段（不选为任意字段）"), options=fields)]


def _turned(design: Design, controls: Controls) -> list[Control]:
    return [controls.make("when", "condition", say("The condition", "条件"), entity=name_of(design.entity), expect="boolean")]


def _band_changed(design: Design, controls: Controls) -> list[Control]:
    score = design.model.find("score", str(controls.item.get("score")))
    bands = tuple(Choice(b.name, b.title().show(design.language)) for b in score.body.bands) if score is not None else ()
    ways = design.choices((("up", say("Upwards", "上升")), ("down", say("Downwards", "下降"))))
    return [
        score_control(design, controls),
        controls.make("from", "many", say("From; none means any", "变化前（不选为任意）"), options=bands),
        controls.make("to", "many", say("To; none means any", "变化后（不选为任意）"), options=bands),
        controls.make("direction", "choice", say("Direction", "方向"), options=ways, empty=say("Either", "不限").show(design.language)),
    ]


def _value_fell(design: Design, controls: Controls) -> list[Control]:
    fields = [*settable(design.entity), *(f for f in (design.entity.fields.values() if design.entity is not None else ()) if f.is_formula)]
    numbers = tuple(Choice(f.name, f.label.show(design.language)) for f in fields if f.type.kind == "number")
    return [
        score_control(design, controls) if controls.item.get("score") else controls.make("field", "choice", say("Number", "数值"), options=numbers),
        controls.make("by", "number", say("By at least", "下降数值")),
        controls.make("by_percent", "number", say("Or by per cent", "或下降百分比")),
        controls.make("within_days", "number", say("Within days", "天数内")),
    ]


def _date(design: Design, controls: Controls) -> list[Control]:
    entity = design.entity
    days = tuple(Choice(f.name, f.label.show(design.language)) for f in entity.fields.values() if f.type.kind in ("date", "datetime")) if entity is not None else ()
    return [
        controls.make("field", "choice", say("Date", "日期"), options=days),
        controls.make("at", "text", say("At", "时间"), empty="09:00"),
        controls.make("offset_days", "number", say("Days after it", "之后的天数"), empty="0", help=say("Negative: before.", "负数表示之前。")),
    ]


def _schedule(_design: Design, controls: Controls) -> list[Control]:
    told = say("Minute, hour, day, month, weekday: 0 9 * * 1 is Mondays at nine.", "分 时 日 月 周：0 9 * * 1 表示每周一 9 点。")
    once = say("It acts for the first record for which the condition holds, not for every one.", "只对首条满足条件的记录执行，而非每条记录。")
    return [controls.make("cron", "text", say("Times", "时间"), help=told), controls.make("once", "switch", say("Once for all records", "全部记录只执行一次"), help=once)]


def _button(design: Design, controls: Controls) -> list[Control]:
    return [
        controls.make("label", "label", say("What it says", "按钮文字"), required=True),
        controls.make("when", "condition", say("Offered when", "显示条件"), entity=name_of(design.entity), expect="boolean"),
        controls.make("confirm", "label", say("Question before", "确认提示")),
    ]


def _form_submitted(design: Design, controls: Controls) -> list[Control]:
    forms = tuple(Choice(d.name, d.label.show(design.language)) for d in design.model.all("form") if design.model.find_entity(d.body.entity) is design.entity)
    return [controls.make("form", "choice", say("Form", "表单"), options=forms)]


def _no_activity(design: Design, controls: Controls) -> list[Control]:
    item, place = controls.item, controls.place
    kept = {key: value for key, value in item.items() if key not in ("relation", "event")}
    ways = [(say("{records}", "{records}", records=label), {**kept, "relation": name}) for name, label in times_of_relations(design)]
    ways += [(say("Event: {event}", "使用事件：{event}", event=label), {**kept, "event": name}) for name, label in known_events(design)]
    steps = tuple(Choice(as_json(setting_to(place, value)), label.show(design.language)) for label, value in ways)
    now = next((step.name for step, (_, value) in zip(steps, ways, strict=True) if all(value.get(k) == item.get(k) for k in ("relation", "event"))), "")
    return [
        controls.make("days", "number", say("For days", "天数")),
        Control(place, "ways", say("Without any", "没有").show(design.language), now, steps, empty=str(item.get("event") or item.get("relation") or "")),
        controls.make("at", "text", say("Looked at", "检查时间"), empty="09:00"),
    ]


def _event(design: Design, controls: Controls) -> list[Control]:
    told = ", ".join(name for name, _ in known_events(design)) or "login"
    return [
        controls.make("event", "text", say("Event", "使用事件"), help=say("Its name, such as {names}.", "事件名称，例如 {names}。", names=told)),
        controls.make("where", "condition", say("Only events where", "仅限满足条件的事件"), entity=USAGE, expect="boolean"),
    ]


def _message_received(design: Design, controls: Controls) -> list[Control]:
    log = design.model.entities.get("message_log")
    options = getattr(log.fields["channel"].spec, "options", ()) if log is not None and "channel" in log.fields else ()
    comment = Choice(COMMENT, say("Comment from outside", "外部评论").show(design.language))
    channels = (*(Choice(o.name, o.title().show(design.language)) for o in options), comment)
    return [controls.make("channel", "choice", say("Channel", "渠道"), options=channels, empty=say("Any", "不限").show(design.language))]


def _webhook(design: Design, controls: Controls) -> list[Control]:
    item, language, place = controls.item, design.language, controls.place
    fields = {f.name: f for f in settable(design.entity)}
    matched, taken, places = item.get("match") or {}, item.get("take") or [], places_of(item.get("sample"))
    match = [(say("Nothing: always a new one", "不查找，总是新建"), {**{k: v for k, v in item.items() if k != "match"}, "make_new": True})]
    match += [(f.label, {**item, "match": {"field": name, "place": matched.get("place") or name}}) for name, f in fields.items() if f.type.kind in ("text", "number", "choice")]
    steps = tuple(Choice(as_json(setting_to(place, value)), label.show(language)) for label, value in match)
    now = next((step.name for step, (_, value) in zip(steps, match, strict=True) if (value.get("match") or {}).get("field") == matched.get("field")), "")
    where = say("Such as data.customer.email.", "例如 data.customer.email。")
    made = [Control(place, "ways", say("The record is found by", "按此字段查找记录").show(language), now, steps, empty="")]
    if matched:
        made += [_place(controls, "match/place", say("It stands at", "值所在位置"), places, where), controls.make("make_new", "switch", say("Make one where there is none", "找不到时新建"))]
    for each in taken:
        label = fields[each["field"]].label if each.get("field") in fields else Text(each.get("field"), each.get("field"))
        made.append(_place(Controls(design, each, f"{place}/take/{each['id']}"), "place", label, places))
    offers = tuple(Pick(f.label.show(language), f.spec.icon, ({"op": "insert", "at": f"{place}/take", "value": {"field": name, "place": _near(name, places)}},)) for name, f in fields.items())
    lines = tuple(Line(str(each.get("field")), None, None, ({"op": "remove", "at": f"{place}/take/{each['id']}"},)) for each in taken)
    made.append(controls.make("take", "ordered", say("Takes", "取值字段")).holding(Ordered(lines, offers)))
    told = say("After Standard Webhooks, with the secret told with the address.", "按 Standard Webhooks 签名，密钥随地址一起给出。")
    made.append(controls.make("signed", "switch", say("Only signed calls", "仅接受签名调用"), help=told))
    return made


def _place(controls: Controls, key: str, label: Text, places: list[tuple[str, object]], help: Text | None = None) -> Control:
    """Return where a value stands in what is sent: one of the places of the sample, or, without one, what is typed."""
    made = controls.make(key, "text", label, help=help, empty="data.")
    known = [place for place, _ in places]
    if not known:
        return made
    others = () if made.value in (None, *known) else (Choice(str(made.value), str(made.value)),)
    return controls.make(key, "choice", label, options=(*others, *(Choice(place, f"{place}: {str(value)[:40]}") for place, value in places)))


def _near(name: str, places: list[tuple[str, object]]) -> str:
    """Return the place of the sample whose last step is the name of a field, else the name."""
    return next((place for place, _ in places if place.rpartition(".")[2].lower() == name.lower()), name)


_MAKERS: dict[str, Callable[[Design, Controls], Sequence[Control]]] = {
    "updated": _updated, "enters": _turned, "leaves": _turned, "band_changed": _band_changed, "value_fell": _value_fell, "date": _date, "schedule": _schedule,
    "button": _button, "form_submitted": _form_submitted, "no_activity": _no_activity, "event": _event, "message_received": _message_received,
    "webhook": _webhook,
}  # fmt: skip
