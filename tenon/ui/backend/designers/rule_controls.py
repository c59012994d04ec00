"""The properties of rules and of their actions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tenon.metamodel.actions import ACTIONS
from tenon.metamodel.check_messages import has_address, is_person
from tenon.metamodel.kinds.message import ROBOTS
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity
from tenon.ui.backend.designers.base import Controls, Design, Json
from tenon.ui.backend.designers.rule_offers import ICONS, lists, messages, people_fields, playbooks
from tenon.ui.backend.designers.rule_parts import as_json, name_of, score_control, setting_to, workflow_control
from tenon.ui.backend.designers.rule_words import said_whom
from tenon.ui.backend.designers.setting import beginning, settable
from tenon.ui.design_shapes import Control, ControlGroup, Line, Ordered, Panel, Pick
from tenon.ui.shapes import Choice

STATES = (("active", say("In force", "启用")), ("log_only", say("Only noted", "仅记录")), ("paused", say("Paused", "暂停")))
ONCE = (
    ("record", say("Once for a record", "每条记录一次")),
    ("entry", say("Each time the condition becomes true", "条件每次成立时")),
    ("day", say("Once a day", "每天一次")),
)
RUN_AS = (
    ("system", say("The platform", "系统")), ("person", say("The person who caused it", "触发的人员")),
    ("owner", say("The owner of the record", "记录负责人")), ("role", say("A role, with its rights alone", "指定角色（仅其权限）")),
)
LEVELS = (("yellow", say("Yellow", "黄色")), ("red", say("Red", "红色")))
URGENCY = (("info", say("To know", "一般")), ("warning", say("Important", "重要")), ("urgent", say("Urgent", "紧急")))
HOW = (("round_robin", say("In turn", "轮流")), ("least_load", say("Who has least", "数量最少者")), ("first", say("The first", "第一位")))
TIMES = (("after", say("After it is stored", "保存之后")), ("before", say("Before it is stored", "保存之前")))


def rule_panel(design: Design, label: Text, icon: str) -> Panel:
    """Return the properties of the rule itself."""
    controls, language, entity = Controls(design, design.json, ""), design.language, name_of(design.entity)
    first = (
        controls.make("label", "label", say("Name", "名称"), required=True),
        controls.make("state", "segments", say("State", "状态"), options=design.choices(STATES), empty="active"),
        controls.make("condition", "condition", say("Only if", "条件"), entity=entity, expect="boolean", use="rule"),
    )
    limits = (
        controls.make("limits/once_per", "choice", say("How often", "执行频率"), options=design.choices(ONCE), empty=say("Every time", "每次").show(language)),
        controls.make("limits/cooldown_hours", "number", say("Not again for hours", "冷却时长（小时）")),
        calendar_control(design, controls, "limits/calendar", say("Only in the hours of", "仅在工作时间执行"), say("Any hours", "不限").show(language)),
        controls.make("limits/quiet_hours/from", "text", say("Waits from", "静默开始"), empty="22:00"),
        controls.make("limits/quiet_hours/to", "text", say("until", "静默结束"), empty="08:00"),
    )
    more = (
        controls.make("timing", "segments", say("When it acts", "执行时机"), options=design.choices(TIMES), empty="after"),
        *acting_controls(design, controls),
        controls.make(
            "order", "number", say("Order", "顺序"), empty="100", help=say("Of rules on the same event, the lowest first.", "同一事件的规则，数值小者先执行。")
        ),
        controls.make("name", "name", say("API name", "API 名称")),
        controls.make("description", "long_label", say("Description", "说明")),
    )
    groups = (ControlGroup(None, first), ControlGroup(say("Limits", "限制").show(language), limits, True), ControlGroup(say("More", "更多").show(language), more, True))
    name = design.json["name"]
    tools = (Choice(f"/design/rule/{name}/past", say("Try it over the past", "用历史数据试运行").show(language)),)
    return Panel("", label.show(language), icon, groups, tools=tools)


def acting_controls(design: Design, controls: Controls) -> list[Control]:
    """Return who acts, and the role where one does."""
    made = [controls.make("run_as", "choice", say("Acts as", "执行身份"), options=design.choices(RUN_AS))]
    if design.json.get("run_as") == "role" or design.json.get("role"):
        options = tuple(Choice(d.name, d.label.show(design.language)) for d in design.model.all("role"))
        made.append(controls.make("role", "choice", say("Role", "角色"), options=options, required=True))
    return made


def action_panel(design: Design, item: Json) -> Panel:
    """Return the properties of an action."""
    controls, language = Controls(design, item, design.place(item["id"])), design.language
    made = tuple(action_controls(design, controls))
    return Panel(item["id"], ACTIONS[item["type"]].LABEL.show(language), ICONS.get(item["type"], "zap"), (ControlGroup(None, made),), may_remove=True)


def action_controls(design: Design, controls: Controls) -> Sequence[Control]:
    """Return the properties of an action, whether a rule does it or a workflow."""
    make = _MAKERS.get(controls.item["type"])
    return make(design, controls) if make is not None else ()


def _set_fields(design: Design, controls: Controls) -> list[Control]:
    return _values(design, controls, design.entity)


def _create_record(design: Design, controls: Controls) -> list[Control]:
    options = tuple(Choice(e.name, e.label.show(design.language)) for e in design.model.entities.values() if not e.is_system)
    made = design.model.entities.get(controls.item.get("entity", ""))
    told = say("Where a record with the same key is there already, none is made.", "已有相同唯一键的记录时不再新建。")
    return [
        controls.make("entity", "choice", say("What is made", "新建的对象"), options=options),
        *_values(design, controls, made), *_figures(design, controls, made),
        controls.make("skip_existing", "switch", say("Never twice", "不重复新建"), help=told),
    ]


def _figures(design: Design, controls: Controls, made: Entity | None) -> list[Control]:
    """Return which numbers of the new record keep what number widgets show, and what adds one and takes one away."""
    language, at = design.language, f"{controls.place}/figures"
    numbers = tuple(Choice(f.name, f.label.show(language)) for f in settable(made) if f.type.kind == "number")
    widgets = tuple(Choice(d.name, d.label.show(language)) for d in design.model.all("widget") if d.body.type == "number" and d.body.query is not None)
    figures: list[Json] = list(controls.item.get("figures") or ())
    if not (figures or (numbers and widgets)):
        return []
    parts, shown = list[Control](), {choice.name: choice.label for choice in (*numbers, *widgets)}
    for figure in figures:
        own = Controls(design, figure, f"{at}/{figure['id']}")
        parts += [own.make("field", "choice", say("Number", "数值"), options=numbers), own.make("widget", "choice", say("keeps what is shown by", "记录该组件的数值"), options=widgets)]
    lines = tuple(Line(f"{shown.get(f['field'], f['field'])}: {shown.get(f['widget'], f['widget'])}", None, None, ({"op": "remove", "item": f["id"]},)) for f in figures)
    offers = tuple(Pick(w.label, None, ({"op": "insert", "at": at, "value": {"field": numbers[0].name, "widget": w.name}},)) for w in widgets) if numbers else ()
    more = controls.make("figures", "ordered", say("Figures that are kept", "记录的指标"), help=say("What number widgets show at that moment.", "数字组件在当时的数值。"))
    return [*parts, more.holding(Ordered(lines, offers))]


def _update_records(design: Design, controls: Controls) -> list[Control]:
    relations = [r for r in (design.entity.relations.values() if design.entity is not None else ()) if r.is_reverse]
    relation = next((r for r in relations if r.name == controls.item.get("relation")), None)
    far = design.model.find_entity(relation.far_id) if relation is not None else None
    options = tuple(Choice(r.name, r.label.show(design.language)) for r in relations)
    return [
        controls.make("relation", "choice", say("Records", "记录"), options=options),
        controls.make("where", "condition", say("Only those where", "筛选条件"), entity=name_of(far), expect="boolean"),
        *_values(design, controls, far, read_in=far),
    ]


def _refuse(design: Design, controls: Controls) -> list[Control]:
    fields = tuple(Choice(f.name, f.label.show(design.language)) for f in settable(design.entity))
    people = tuple(Choice(f.name, f.label.show(design.language)) for f in people_fields(design.entity))
    return [
        controls.make("message", "label", say("What people read", "提示信息"), required=True),
        controls.make("fields", "many", say("At the fields", "提示所在字段"), options=fields),
        controls.make("held_by", "choice", say("Only where who has it, in", "仅当归属人（字段）"), options=people, empty="–"),
        controls.make("capacity", "number", say("has this many others", "已有的其他记录数达到")),
        controls.make("open_when", "condition", say("Counted are those where", "计入数量的条件"), entity=name_of(design.entity), expect="boolean"),
    ]


def _assign(design: Design, controls: Controls) -> list[Control]:
    fields = tuple(Choice(f.name, f.label.show(design.language)) for f in people_fields(design.entity) if f.name in {w.name for w in settable(design.entity)})
    return [
        controls.make("field", "choice", say("Whose it becomes", "分派字段"), options=fields),
        whom_control(design, controls, "to", say("Among", "候选人员")),
        controls.make("how", "segments", say("Chosen", "选择方式"), options=design.choices(HOW), empty="first"),
        controls.make("capacity", "number", say("At most, each", "每人上限")),
        controls.make("open_when", "condition", say("Counted are those where", "计入数量的条件"), entity=name_of(design.entity), expect="boolean"),
    ]


def _create_task(design: Design, controls: Controls) -> list[Control]:
    return [
        controls.make("title", "label", say("What to do", "标题"), required=True),
        whom_control(design, controls, "assign_to", say("For", "负责人")),
        controls.make(
            "due",
            "expression",
            say("Due", "截止时间"),
            entity=name_of(design.entity),
            expect="datetime",
            use="rule",
            help=say("date_add(now(), 24, 'hour') is in 24 hours.", "date_add(now(), 24, 'hour') 表示 24 小时后。"),
        ),
        controls.make("due_hours", "number", say("Or due after hours", "或多少小时后到期")),
        controls.make("business_hours", "switch", say("Only working hours count", "只计算工作时间")),
        calendar_control(design, controls, "calendar", say("Whose working hours", "工作日历"), say("The usual calendar", "默认日历").show(design.language)),
        controls.make("priority", "choice", say("Priority", "优先级"), options=options_of(design, "task", "priority"), empty="–"),
        controls.make("description", "long_label", say("Description", "说明")),
    ]


def _raise_alert(design: Design, controls: Controls) -> list[Control]:
    return [
        controls.make("level", "segments", say("Level", "级别"), options=design.choices(LEVELS)),
        *_about(design, controls), controls.make("reason", "label", say("Reason", "原因")),
        controls.make("alert", "choice", say("Type", "类型"), options=options_of(design, "alert", "type")),
        whom_control(design, controls, "assign_to", say("For", "负责人")),
        controls.make("value_at_risk", "expression", say("Value at risk", "受影响金额"), entity=name_of(design.entity), expect="number", use="rule"),
        *_escalation(design, controls),
    ]


def _about(design: Design, controls: Controls) -> list[Control]:
    """Return which record an alert is about: that of the rule, or one that it refers to and an alert may be about."""
    alert = design.model.entities.get("alert")
    known = set(alert.fields["record"].targets) if alert is not None and "record" in alert.fields else set()
    fields = design.entity.fields.values() if design.entity is not None else ()
    options = tuple(Choice(f.name, f.label.show(design.language)) for f in fields if f.storage.kind != "pair" and not f.is_to_many and known.intersection(f.targets))
    told = say("Each record of the rule is then a cause of its own: a second one makes the open alert red.", "此时规则的每条记录都是独立原因：再次出现会使未关闭的预警升级为红色。")
    own = say("This record", "当前记录").show(design.language)
    return [controls.make("about", "choice", say("About", "关于"), options=options, empty=own, help=told)] if options else []


def _escalation(design: Design, controls: Controls) -> list[Control]:
    """Return who is told when nobody takes an alert up: after how many hours, and what adds one and takes one away."""
    steps: list[Json] = list(controls.item.get("escalate") or ())
    at, made = f"{controls.place}/escalate", list[Control]()
    for number, step in enumerate(steps, 1):
        own = Controls(design, step, f"{at}/{step['id']}")
        made += [
            own.make("after_hours", "number", say("{n}. After hours", "第 {n} 级：多少小时后", n=number), required=True),
            own.make("business_hours", "switch", say("Only working hours count", "只计算工作时间")), whom_control(design, own, "to", say("Tell", "通知")),
        ]
    lines = tuple(Line(say("{n}. Escalation", "第 {n} 级", n=n).show(design.language), None, None, ({"op": "remove", "item": s["id"]},)) for n, s in enumerate(steps, 1))
    hours = float(steps[-1].get("after_hours") or 0) + 24 if steps else 24
    offers = tuple(
        Pick(said_whom(design, w).show(design.language), None, ({"op": "insert", "at": at, "value": {"after_hours": int(hours), "to": w}},)) for w in everybody(design)
    )
    more = controls.make("escalate", "ordered", say("When nobody takes it up, tell", "无人处理时升级给"), help=say("Counted from when it was raised.", "从预警触发时起算。"))
    return [*made, more.holding(Ordered(lines, offers))]


def _start_playbook(design: Design, controls: Controls) -> list[Control]:
    options = tuple(Choice(name, design.model.get("playbook", name).label.show(design.language)) for name in playbooks(design))
    return [controls.make("playbook", "choice", say("Playbook", "行动手册"), options=options)]


def _close_alert(design: Design, controls: Controls) -> list[Control]:
    every = say("All", "全部").show(design.language)
    return [
        controls.make("alert", "choice", say("Type", "类型"), options=options_of(design, "alert", "type"), empty=every),
        controls.make("outcome", "choice", say("Outcome", "结果"), options=options_of(design, "alert", "outcome"), empty="–"),
        controls.make("cause", "choice", say("Cause", "原因分类"), options=options_of(design, "alert", "cause"), empty="–"),
    ]


def _notify(design: Design, controls: Controls) -> list[Control]:
    return [
        people_control(design, controls, "to", say("Who", "对象")),
        controls.make("title", "label", say("Title", "标题"), required=True),
        controls.make("text", "long_label", say("Text", "内容")),
        controls.make("level", "segments", say("Urgency", "紧急程度"), options=design.choices(URGENCY), empty="info"),
    ]


def _send_message(design: Design, controls: Controls) -> list[Control]:
    found = messages(design)
    chosen = next((d for d in found if d.name == controls.item.get("message")), None)
    channel = chosen.body.channel if chosen is not None else "email"
    made = [controls.make("message", "choice", say("Message", "消息"), options=tuple(Choice(d.name, d.label.show(design.language)) for d in found))]
    fields = design.entity.fields.values() if design.entity is not None else ()
    others = [{"field": f.name} for f in fields if not is_person(f) and not f.is_to_many and has_address(f, channel, design.model)]
    return made if channel in ROBOTS else [*made, whom_control(design, controls, "to", say("Who gets it", "接收方"), others)]


def _tags(design: Design, controls: Controls) -> list[Control]:
    found = lists(design.entity)
    field = next((f for f in found if f.name == controls.item.get("field")), None)
    options = tuple(Choice(o.name, o.title().show(design.language)) for o in getattr(field.spec, "options", ())) if field is not None else ()
    return [
        controls.make("field", "choice", say("Field", "字段"), options=tuple(Choice(f.name, f.label.show(design.language)) for f in found)),
        controls.make("tags", "many", say("Entries", "条目"), options=options),
    ]


def _call_webhook(design: Design, controls: Controls) -> list[Control]:
    place, language, near = controls.place, design.language, name_of(design.entity)
    sent: dict[str, str] = controls.item.get("body") or {}
    plain = say("Empty it to leave it out.", "清空则不发送。")
    methods = tuple(Choice(m, m) for m in ("PUT", "PATCH", "DELETE", "GET"))
    made = [
        controls.make("url", "text", say("Address", "地址"), help=say("Or a webhook of the workspace, below.", "或在下方填写工作区的 Webhook。")),
        controls.make("webhook", "text", say("Webhook of the workspace, by its name", "工作区 Webhook 名称")),
        controls.make("method", "choice", say("Method", "请求方法"), options=methods, empty="POST"),
        *(controls.make(f"body/{name}", "expression", Text(name, name), entity=near, use="rule", help=plain if n == 0 else None) for n, name in enumerate(sent)),
    ]
    fields = design.entity.fields.values() if design.entity is not None else ()
    offers = tuple(Pick(f.label.show(language), f.spec.icon, setting_to(f"{place}/body/{f.name}", f.name)) for f in fields if f.name not in sent)
    made.append(controls.make("body", "ordered", say("One more value", "添加发送内容")).holding(Ordered((), offers)))
    told = say("A file of that name in the folder secrets of TENON_HOME.", "TENON_HOME 下 secrets 目录中的同名文件。")
    return [
        *made, controls.make("headers", "pairs", say("Headers", "请求头"), empty=say("Value", "值").show(language)), _secrets(design, controls),
        controls.make("signed_with", "text", say("Signed with the secret", "签名密钥"), help=told),
    ]


def _secrets(design: Design, controls: Controls) -> Control:
    """Return the headers whose values are secrets: their names stand here, what they are stands in files that no page reads out."""
    named: dict[str, str] = controls.item.get("secrets") or {}
    kept = design.view.uow.outside.secrets
    lacking = [name for name in dict.fromkeys(named.values()) if kept.read(name) is None]
    told = say("Names of files in the folder secrets of TENON_HOME; what they hold is never shown.", "TENON_HOME 下 secrets 目录中的文件名；内容不会显示。")
    if lacking:
        told = say("There is no such file yet: {names}.", "尚无以下密钥文件：{names}。", names=", ".join(lacking))
    return controls.make("secrets", "pairs", say("Headers with secrets", "密钥请求头"), help=told, empty=say("Name of the secret", "密钥名称").show(design.language))


def _values(design: Design, controls: Controls, target: Entity | None, *, read_in: Entity | None = None) -> list[Control]:
    """Return the fields that get values, each with its expression, and what else can be set."""
    values: dict[str, str] = controls.item.get("fields") or {}
    fields = {f.name: f for f in settable(target)}
    near = name_of(read_in or design.entity)
    made = [
        controls.make(
            f"fields/{name}",
            "expression",
            fields[name].label if name in fields else Text(name, name),
            entity=near,
            use="rule",
            help=say("Empty it to leave the field alone.", "清空则不设置该字段。") if n == 0 else None,
        )
        for n, name in enumerate(values)
    ]
    offers = tuple(
        Pick(f.label.show(design.language), f.spec.icon, setting_to(f"{controls.place}/fields/{name}", beginning(f))) for name, f in fields.items() if name not in values
    )
    more = controls.make("fields", "ordered", say("One more field", "添加字段")).holding(Ordered((), offers))
    return [*made, more] if offers else made


def people_control(design: Design, controls: Controls, key: str, label: Text, *, least: int = 1, more: Sequence[tuple[Text, Json]] = ()) -> Control:
    """Return the property of several people, in their order; ``more`` are ways to name somebody beyond fields, managers and roles."""
    held = controls.item.get(key)
    listed: list[Json] = [w if isinstance(w, dict) else {"field": w} for w in (held if isinstance(held, list) else [held] if held else [])]
    at = f"{controls.place}/{key}"
    places = range(len(listed))

    def swapped(n: int) -> tuple[Json, ...]:
        return setting_to(at, [*listed[: n - 1], listed[n], listed[n - 1], *listed[n + 1 :]])

    lines = tuple(
        Line(
            said_whom(design, w).show(design.language), swapped(n) if n else None, swapped(n + 1) if n + 1 in places else None,
            setting_to(at, (listed[:n] + listed[n + 1 :]) or None) if len(listed) > least else (),
        )
        for n, w in enumerate(listed)
    )  # fmt: skip
    known = [(said_whom(design, w), w) for w in everybody(design) if w not in listed]
    offers = tuple(Pick(label.show(design.language), None, setting_to(at, [*listed, w])) for label, w in (*known, *more))
    return controls.make(key, "ordered", label).holding(Ordered(lines, offers))


def whom_control(design: Design, controls: Controls, key: str, label: Text, others: Sequence[Json] = (), *, empty: Text | None = None) -> Control:
    """Return the property of who is meant; with ``empty`` nobody may be."""
    now: Any = controls.item
    for step in key.split("/"):
        now = now.get(step) if isinstance(now, dict) else None
    value = {"field": now} if isinstance(now, str) else now
    at, offered = f"{controls.place}/{key}", [*everybody(design), *others]
    if value and value not in offered:
        offered.insert(0, value)
    steps = tuple(Choice(as_json(setting_to(at, w)), said_whom(design, w).show(design.language)) for w in offered)
    if empty is not None:
        steps = (Choice(as_json(setting_to(at, None)), empty.show(design.language)), *steps)
    return Control(at, "ways", label.show(design.language), as_json(setting_to(at, value or None)), steps, empty="")


def everybody(design: Design) -> list[Json]:
    """Return those whom something can be for: people in fields, their managers, roles, units."""
    people = [{"field": f.name} for f in people_fields(design.entity)]
    managers = [{"manager_of": f.name} for f in people_fields(design.entity) if f.name in ("owner", "csm")]
    return [*people, *managers, *({"role": d.name} for d in design.model.all("role")), *({"unit": unit} for unit in design.units)]


def options_of(design: Design, entity: str, field: str) -> tuple[Choice, ...]:
    """Return the options of a field."""
    found = design.model.entities.get(entity)
    options: Any = getattr(found.fields[field].spec, "options", ()) if found is not None and field in found.fields else ()
    return tuple(Choice(o.name, o.title().show(design.language)) for o in options)


def calendar_control(design: Design, controls: Controls, key: str, label: Text, empty: str) -> Control:
    """Return a calendar to choose."""
    """Return the choice of a calendar."""
    options = tuple(Choice(d.name, d.label.show(design.language)) for d in design.model.all("calendar"))
    return controls.make(key, "choice", label, options=options, empty=empty)


_MAKERS: dict[str, Callable[[Design, Controls], Sequence[Control]]] = {
    "set_fields": _set_fields, "create_record": _create_record, "update_records": _update_records, "refuse": _refuse, "assign": _assign, "create_task": _create_task,
    "start_playbook": _start_playbook, "raise_alert": _raise_alert, "close_alert": _close_alert, "notify": _notify, "send_message": _send_message, "call_webhook": _call_webhook,
    "add_tag": _tags, "remove_tag": _tags,
    "recompute_score": lambda design, controls: [score_control(design, controls)],
    "start_workflow": lambda design, controls: [workflow_control(design, controls)],
    "exit_workflow": lambda design, controls: [workflow_control(design, controls)],
}  # fmt: skip
