"""Rules in words: what wakes one, under which condition, and what it does."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from tenon.metamodel.errors import Invalid
from tenon.metamodel.expressions.check import check
from tenon.metamodel.expressions.conditions.reading import read_checked
from tenon.metamodel.expressions.conditions.wording import say_group
from tenon.metamodel.expressions.scope import Scope
from tenon.metamodel.kinds.message import ROBOTS
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity
from tenon.metamodel.triggers.event import USAGE
from tenon.metamodel.triggers.message_received import COMMENT
from tenon.ui.backend.designers.base import Design, Json
from tenon.ui.backend.designers.listed import label_of
from tenon.ui.backend.designers.rule_offers import known_events

FIRST_OF = re.compile(r"coalesce\(([\w.]+(?:\s*,\s*[\w.]+)*)\)")
DAYS_FROM = 72
SENTENCE = {"red": say("red", "红色"), "yellow": say("yellow", "黄色")}


def said_condition(design: Design, expression: str, entity: Entity | None = None) -> str:
    """Return a condition as a sentence; as it is written where it cannot be said."""
    scope = Scope(design.model, entity or design.entity, use="rule")
    try:
        group = read_checked(check(expression, scope, "boolean"))
    except Invalid:
        return expression
    return say_group(group, scope).show(design.language) if group is not None else expression


def said_trigger(design: Design, trigger: Json) -> str:
    """Return what wakes the rule."""
    say_it = _TRIGGERS.get(str(trigger.get("type")))
    return say_it(design, trigger).show(design.language) if say_it is not None else ""


def said_action(design: Design, action: Json) -> str:
    """Return what an action does."""
    say_it = _ACTIONS.get(str(action.get("type")))
    return say_it(design, action).show(design.language) if say_it is not None else ""


def said_whom(design: Design, whom: Mapping[str, Any] | str | None) -> Text:
    """Return who is meant."""
    if not whom:
        return say("nobody yet", "尚未指定")
    if isinstance(whom, str):
        whom = {"field": whom}
    if whom.get("role"):
        role = design.model.find("role", whom["role"])
        return say("everybody with the role {role}", "角色“{role}”的人员", role=role.label if role is not None else whom["role"])
    if whom.get("manager_of"):
        return say("the manager of {field}", "{field}的上级", field=_field(design, str(whom["manager_of"])))
    if whom.get("expression"):
        return _first_of(design, str(whom["expression"]))
    if whom.get("unit"):
        return say("everybody in the unit {unit}", "部门“{unit}”的人员", unit=design.units.get(str(whom["unit"]), str(whom["unit"])))
    return Text(*[str(whom.get("user") or _field(design, str(whom.get("field"))))] * 2)


def _first_of(design: Design, expression: str) -> Text:
    """Return the people that an expression names: fields of which the first filled one counts by their labels."""
    found = FIRST_OF.fullmatch(expression.strip())
    if found is None:
        return say("whom {expression} names", "由表达式 {expression} 确定", expression=expression)
    labels = [_field(design, path.strip()) for path in found.group(1).split(",")]
    return Text(", else ".join(labels), "，否则".join(labels))


def said_within(step: Json) -> Text:
    """Return by when it is to be done: whole days from three on, else hours; those of working hours as they are."""
    hours = float(step["due_hours"])
    if step.get("business_hours"):
        return say("within {n} working hours", "{n} 个工作小时内", n=f"{hours:g}")
    if hours >= DAYS_FROM and hours % 24 == 0:
        return say("within {n} days", "{n} 天内", n=f"{hours / 24:g}")
    return say("within {n} hours", "{n} 小时内", n=f"{hours:g}")


def _field(design: Design, path: str, entity: Entity | None = None) -> str:
    return label_of(design.model, entity or design.entity, path, design.language)


def _score(design: Design, item: Json) -> Text | str:
    found = design.model.find("score", str(item.get("score")))
    return found.label if found is not None else str(item.get("score") or "")


def _workflow(design: Design, item: Json) -> Text:
    found = design.model.find("workflow", str(item.get("workflow")))
    return found.label if found is not None else Text(*[str(item.get("workflow") or "")] * 2)


def _bands(design: Design, item: Json, side: str) -> str:
    score = design.model.find("score", str(item.get("score")))
    titles = {band.name: band.title().show(design.language) for band in score.body.bands} if score is not None else {}
    return ("、" if design.language == "zh" else " / ").join(titles.get(name, name) for name in item.get(side) or ())


def _band_changed(design: Design, item: Json) -> Text:
    was, now, score = _bands(design, item, "from"), _bands(design, item, "to"), _score(design, item)
    if was and now:
        return say("{score}: from {was} to {now}", "{score}从{was}变为{now}", score=score, was=was, now=now)
    if now:
        return say("{score} becomes {now}", "{score}变为{now}", score=score, now=now)
    if was:
        return say("{score} leaves {was}", "{score}离开{was}", score=score, was=was)
    if item.get("direction"):
        return say("{score} rises", "{score}上升", score=score) if item["direction"] == "up" else say("{score} falls", "{score}下降", score=score)
    return say("Any change of {score}", "{score}的任何等级变化", score=score)


def _value_fell(design: Design, item: Json) -> Text:
    what = _score(design, item) if item.get("score") else _field(design, str(item.get("field")))
    by = f"{item.get('by_percent')} %" if item.get("by_percent") is not None else str(item.get("by"))
    return say("{what} falls by {by} or more within {days} days", "{what}在 {days} 天内下降 {by} 及以上", what=what, by=by, days=item.get("within_days", "?"))


def _date(design: Design, item: Json) -> Text:
    field, days, at = _field(design, str(item.get("field"))), int(item.get("offset_days") or 0), item.get("at") or "09:00"
    if days < 0:
        return say("{days} days before {field}, at {at}", "{field}前 {days} 天的 {at}", days=-days, field=field, at=at)
    if days > 0:
        return say("{days} days after {field}, at {at}", "{field}后 {days} 天的 {at}", days=days, field=field, at=at)
    return say("On the day of {field}, at {at}", "{field}当天的 {at}", field=field, at=at)


def _no_activity(design: Design, item: Json) -> Text:
    days, relation = item.get("days", "?"), design.entity.find_relation(str(item.get("relation"))) if design.entity is not None else None
    if item.get("event"):
        return say("{days} days without the event {event}", "{days} 天没有使用事件“{event}”", days=days, event=_event_name(design, item["event"]))
    return say("{days} days without {records}", "{days} 天没有{records}", days=days, records=relation.label if relation is not None else item.get("relation", "?"))


def _event(design: Design, item: Json) -> Text:
    usage, event = design.model.entities.get(USAGE), _event_name(design, item.get("event"))
    if item.get("where") and usage is not None:
        return say("{event}, where {where}", "{event}（{where}）", event=event, where=said_condition(design, str(item["where"]), usage))
    return Text(event, event)


def _event_name(design: Design, event: object) -> str:
    return dict(known_events(design)).get(str(event), str(event or "?"))


def _webhook(design: Design, item: Json) -> Text:
    field = (item.get("match") or {}).get("field")
    if field:
        return say("A call about the record with that {field}", "按{field}查找记录的外部调用", field=_field(design, str(field)))
    return say("A call, each with a new record", "外部调用，每次新建记录")


def _message_received(design: Design, item: Json) -> Text:
    channel, log = str(item.get("channel") or ""), design.model.entities.get("message_log")
    if channel == COMMENT:
        return say("A comment from outside", "外部评论")
    options = getattr(log.fields["channel"].spec, "options", ()) if log is not None and "channel" in log.fields else ()
    return next((o.title() for o in options if o.name == channel), say("By any channel", "任意渠道"))


def _updated(design: Design, item: Json) -> Text:
    fields = [_field(design, name) for name in item.get("fields") or ()]
    if not fields:
        return say("Any field that people write", "任何可填写的字段")
    return Text(", ".join(fields), "、".join(fields))


def _assigned(design: Design, action: Json, entity: Entity | None = None) -> Text:
    pairs = [f"{_field(design, name, entity)} = {text}" for name, text in (action.get("fields") or {}).items()]
    return Text(", ".join(pairs), "，".join(pairs))


def _far(design: Design, action: Json) -> Entity | None:
    relation = design.entity.find_relation(str(action.get("relation"))) if design.entity is not None else None
    return design.model.find_entity(relation.far_id) if relation is not None else None


def _update_records(design: Design, action: Json) -> Text:
    far = _far(design, action)
    plural, values = far.plural if far is not None else action.get("relation", ""), _assigned(design, action, far)
    if action.get("where"):
        where = said_condition(design, str(action["where"]), far)
        return say("{plural} where {where}: {values}", "{plural}（{where}）：{values}", plural=plural, where=where, values=values)
    return say("All {plural}: {values}", "全部{plural}：{values}", plural=plural, values=values)


def _raise_alert(design: Design, action: Json) -> Text:
    reason = design.show(action.get("reason"))
    level = SENTENCE.get(str(action.get("level")), Text("", ""))
    to = said_whom(design, action.get("assign_to"))
    return say("A {level} alert for {to}: {reason}", "{level}预警，通知{to}：{reason}", level=level, to=to, reason=reason or "–")


def _entity(design: Design, action: Json) -> Entity | None:
    return design.model.entities.get(str(action.get("entity")))


def _create_record(design: Design, action: Json) -> Text:
    entity = _entity(design, action)
    label = entity.label if entity is not None else action.get("entity", "")
    kept = [f"{_field(design, str(f.get('field')), entity)} = {_widget(design, f)}" for f in action.get("figures") or ()]
    values = [_assigned(design, action, entity).show(design.language)] if action.get("fields") else []
    said = ("，" if design.language == "zh" else ", ").join([*values, *kept]) or "–"
    return say("A new {entity}: {values}", "新建{entity}：{values}", entity=label, values=said)


def _widget(design: Design, figure: Json) -> str:
    found = design.model.find("widget", str(figure.get("widget")))
    return found.label.show(design.language) if found is not None else str(figure.get("widget") or "")


def _schedule(_design: Design, trigger: Json) -> Text:
    cron = str(trigger.get("cron"))
    return say("{cron}, once for all records", "{cron}，全部记录只执行一次", cron=cron) if trigger.get("once") else Text(cron, cron)


def _notify(design: Design, action: Json) -> Text:
    people = [said_whom(design, whom) for whom in action.get("to", ())]
    to = Text(", ".join(p.show("en") for p in people), "、".join(p.show("zh") for p in people))
    return say("{to}: {title}", "{to}：{title}", to=to, title=design.show(action.get("title")))


def _send_message(design: Design, action: Json) -> Text:
    found = design.model.find("message", str(action.get("message")))
    what = found.label if found is not None else str(action.get("message") or "")
    if found is not None and found.body.channel in ROBOTS:
        return say("{what}, to the group", "{what}，发送到群", what=what)
    return say("{what}, to {to}", "{what}，发送给 {to}", what=what, to=said_whom(design, action.get("to")))


_Say = Callable[[Design, Json], Text]
_TRIGGERS: dict[str, _Say] = {
    "created": lambda d, _: say("A new {entity}", "新的{entity}", entity=d.entity.label if d.entity else ""),
    "deleted": lambda d, _: say("A {entity} goes to the trash", "{entity}移入回收站", entity=d.entity.label if d.entity else ""),
    "updated": _updated, "band_changed": _band_changed, "value_fell": _value_fell, "date": _date,
    "enters": lambda d, t: Text(*[said_condition(d, str(t.get("when") or ""))] * 2), "leaves": lambda d, t: Text(*[said_condition(d, str(t.get("when") or ""))] * 2),
    "schedule": _schedule, "button": lambda d, t: Text(*[d.show(t.get("label"))] * 2),
    "no_activity": _no_activity, "event": _event, "message_received": _message_received, "webhook": _webhook,
    "form_submitted": lambda d, t: found.label if (found := d.model.find("form", str(t.get("form")))) is not None else Text("", ""),
}  # fmt: skip
_ACTIONS: dict[str, _Say] = {
    "set_fields": _assigned, "create_record": _create_record, "update_records": _update_records, "raise_alert": _raise_alert,
    "refuse": lambda d, a: Text(*[d.show(a.get("message"))] * 2),
    "delete_record": lambda d, _: say("Into the trash", "移入回收站"),
    "assign": lambda d, a: say("{field}: {to}", "{field}：{to}", field=_field(d, str(a.get("field") or "owner")), to=said_whom(d, a.get("to"))),
    "create_task": lambda d, a: say("{title}, for {to}", "{title}，负责人：{to}", title=d.show(a.get("title")), to=said_whom(d, a.get("assign_to"))),
    "close_alert": lambda d, a: say("Outcome: {outcome}", "结果：{outcome}", outcome=a.get("outcome") or "–"),
    "notify": _notify, "send_message": _send_message, "call_webhook": lambda _, a: Text(*[f"{a.get('method') or 'POST'} {a.get('url') or a.get('webhook') or '–'}"] * 2),
    "add_tag": lambda d, a: say("{field}: + {tags}", "{field}：+ {tags}", field=_field(d, str(a.get("field"))), tags=", ".join(a.get("tags", ()))),
    "remove_tag": lambda d, a: say("{field}: − {tags}", "{field}：− {tags}", field=_field(d, str(a.get("field"))), tags=", ".join(a.get("tags", ()))),
    "start_playbook": lambda d, a: found.label if (found := d.model.find("playbook", str(a.get("playbook")))) is not None else Text("", ""),
    "recompute_score": lambda d, a: Text(*[s.show(d.language) if isinstance(s := _score(d, a), Text) else s] * 2),
    "start_workflow": lambda d, a: _workflow(d, a), "exit_workflow": lambda d, a: _workflow(d, a),
}  # fmt: skip
