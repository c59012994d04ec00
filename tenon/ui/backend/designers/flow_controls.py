"""The properties of the steps of workflows and of what stands inside them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from tenon.metamodel.actions import ACTIONS
from tenon.metamodel.labels import Text, say
from tenon.ui.backend.designers.base import Controls, Design, Json
from tenon.ui.backend.designers.flow_offers import NEVER, first_person, icon_of, step_label
from tenon.ui.backend.designers.flow_tree import design_at, everything, far_of, grow
from tenon.ui.backend.designers.flow_words import MODES, UNITS, said_duration
from tenon.ui.backend.designers.rule_controls import action_controls, people_control, whom_control
from tenon.ui.backend.designers.rule_parts import as_json, name_of, setting_to
from tenon.ui.backend.designers.setting import settable
from tenon.ui.design_shapes import Control, ControlGroup, Line, Ordered, Panel, Pick
from tenon.ui.shapes import Choice

USUAL = ("1 hour", "4 hours", "1 day", "3 days", "7 days", "14 days", "30 days", "3 months")
PARALLEL_WAITS = (("all", say("all have ended", "全部完成")), ("any", say("the first has ended", "任一完成")))
DECISIONS = (("approve", say("It is approved", "自动同意")), ("reject", say("It is rejected", "自动拒绝")))
Made = Sequence[ControlGroup]


def item_panel(design: Design, item: Json) -> Panel:
    """Return the properties of a step, of a path of one, or of an outcome."""
    place, language = design.place(item["id"]), design.language
    near = design_at(design, item["id"])
    controls = Controls(near, item, place)
    if "type" not in item:
        is_path = place.rpartition("/")[0].endswith("/paths")
        siblings = design.item(place.rpartition("/")[0].rpartition("/")[0]) or {}
        made = tuple(_path(near, controls, siblings)) if is_path else _outcome(controls)
        title = say("Path", "路径") if is_path else say("Outcome", "结果")
        may_remove = not is_path or len(siblings.get("paths", ())) > 1
        return Panel(item["id"], title.show(language), "route", (ControlGroup(None, made),), may_remove=may_remove)
    groups: list[ControlGroup] = []
    if item["type"] in ACTIONS:
        groups.append(ControlGroup(None, tuple(action_controls(near, controls))))
    elif item["type"] in _MAKERS:
        groups += _MAKERS[item["type"]](near, controls)
    name = controls.make("label", "label", say("Name on the canvas", "画布上的名称"))
    return Panel(item["id"], step_label(item["type"]).show(language), icon_of(item["type"]), (ControlGroup(None, (name,)), *groups), may_remove=True)


def _path(design: Design, controls: Controls, holder: Json) -> Sequence[Control]:
    made = [controls.make("label", "label", say("Name", "名称"))]
    if holder.get("type") == "branch":
        help_text = say("Empty: whenever the paths before it are not taken.", "留空：前面的路径都不满足时走此路径。")
        made.append(controls.make("when", "condition", say("Taken if", "进入条件"), entity=name_of(design.entity), expect="boolean", use="rule", help=help_text))
    listed = holder.get("paths", ())
    at = next((n for n, each in enumerate(listed) if each["id"] == controls.item["id"]), 0)
    to = controls.place.rpartition("/")[0]
    ways = [(say("Earlier", "前移"), at - 1), (say("Later", "后移"), at + 1)]
    moves = tuple(Pick(label.show(design.language), None, ({"op": "move", "item": controls.item["id"], "to": to, "index": n},)) for label, n in ways if 0 <= n < len(listed))
    return [*made, controls.make("order", "picks", say("Order", "顺序")).holding(moves)] if moves else made


def _outcome(controls: Controls) -> tuple[Control, ...]:
    return controls.make("label", "label", say("Name", "名称")), controls.make("name", "name", say("API name", "API 名称"))


def _paths(controls: Controls, label: Text) -> Control:
    design, place = controls.design, f"{controls.place}/paths"
    listed = controls.item.get("paths", ())
    lanes = next((n.lanes for n in everything(grow(design, [controls.item], "/steps")) if n.id == controls.item["id"]), ())
    told = {lane.id: lane.label for lane in lanes}

    def moved(item_id: str, n: int) -> tuple[Json, ...]:
        return ({"op": "move", "item": item_id, "to": place, "index": n},)

    lines = tuple(
        Line(
            told.get(each["id"]) or str(n + 1), moved(each["id"], n - 1) if n else None, moved(each["id"], n + 1) if n + 1 < len(listed) else None,
            ({"op": "remove", "item": each["id"]},) if len(listed) > 1 else (),
        )
        for n, each in enumerate(listed)
    )  # fmt: skip
    fresh: Json = {"when": NEVER, "steps": []} if controls.item["type"] == "branch" else {"steps": []}
    offers = (Pick(say("A path", "路径").show(design.language), "plus", ({"op": "insert", "at": place, "index": 0 if fresh.get("when") else len(listed), "value": fresh},)),)
    return controls.make("paths", "ordered", label).holding(Ordered(lines, offers))


def _branch(_: Design, controls: Controls) -> Made:
    return (ControlGroup(None, (_paths(controls, say("Paths, the first that holds is taken", "路径（取首个满足条件的）")),)),)


def _parallel(design: Design, controls: Controls) -> Made:
    waits = controls.make("wait", "segments", say("Goes on when", "何时继续"), options=design.choices(PARALLEL_WAITS), empty="all")
    return (ControlGroup(None, (_paths(controls, say("Paths", "路径")), waits)),)


def _for_each(design: Design, controls: Controls) -> Made:
    relations = [r for r in (design.entity.relations.values() if design.entity is not None else ()) if r.is_reverse]
    far = far_of(design, controls.item)
    made = (
        controls.make("relation", "choice", say("Records", "记录"), options=tuple(Choice(r.name, r.label.show(design.language)) for r in relations)),
        controls.make("where", "condition", say("Only those where", "筛选条件"), entity=name_of(far), expect="boolean", use="rule"),
    )
    return (ControlGroup(None, made),)


def _wait(design: Design, controls: Controls) -> Made:
    place, item, language = controls.place, controls.item, design.language
    days = next((f.name for f in (design.entity.fields.values() if design.entity is not None else ()) if f.type.kind in ("date", "datetime")), "now()")
    sorts = [("for", say("For a time", "一段时间"), "3 days"), ("until", say("Until a date or time", "直到某个时间"), days), ("when", say("Until a condition holds", "直到满足条件"), "False"),
             ("event", say("Until an event", "直到发生事件"), "login")]  # fmt: skip
    chosen = next((key for key, _, _ in sorts if item.get(key) is not None), "")
    steps = []
    for key, label, value in sorts:
        gone = [{"op": "set", "at": f"{place}/{other}", "value": None} for other in ("for", "until", "when", "event") if other != key and item.get(other) is not None]
        gone += [{"op": "set", "at": f"{place}/or_after", "value": None}] if key in ("for", "until") and item.get("or_after") else []
        steps.append(Choice(as_json((*gone, {"op": "set", "at": f"{place}/{key}", "value": item.get(key) or value})), label.show(language)))
    now = next((step.name for step, (key, _, _) in zip(steps, sorts, strict=True) if key == chosen), "")
    entity = name_of(design.entity)
    inputs: dict[str, Callable[[], Sequence[Control]]] = {
        "for": lambda: [_duration(controls, "for", say("How long", "时长")), controls.make("business_hours", "switch", say("Only working hours count", "只计算工作时间"))],
        "until": lambda: [controls.make("until", "expression", say("Date or time", "时间"), entity=entity, use="rule")],
        "when": lambda: [controls.make("when", "condition", say("The condition", "条件"), entity=entity, expect="boolean", use="rule")],
        "event": lambda: [controls.make("event", "text", say("Event", "使用事件"))],
    }  # fmt: skip
    made = [Control(place, "ways", say("Waits", "等待方式").show(language), now, tuple(steps), empty=""), *(inputs[chosen]() if chosen else ())]
    return (ControlGroup(None, tuple(made)), *([_late(controls)] if chosen in ("when", "event") else []))


def _late(controls: Controls) -> ControlGroup:
    """Return what happens when what is waited for does not come."""
    language, at = controls.design.language, f"{controls.place}/or_after"
    now = controls.item.get("or_after")
    ways = [Choice(as_json(setting_to(at, None)), say("It waits on", "继续等待").show(language))]
    ways.append(Choice(as_json(setting_to(at, now or {"for": "7 days", "steps": []})), say("It takes another way", "走超时路径").show(language)))
    made = [Control(at, "ways", say("When it does not come", "未发生时").show(language), ways[1 if now else 0].name, tuple(ways), empty="")]
    made += [_duration(controls, "or_after/for", say("After", "超时时长"))] if now else []
    return ControlGroup(say("Time-out", "超时").show(language), tuple(made))


def _duration(controls: Controls, key: str, label: Text) -> Control:
    language = controls.design.language
    units = ", ".join(f"{unit}s" for unit in UNITS)
    return controls.make(
        key, "text", label, options=tuple(Choice(each, said_duration(each, language)) for each in USUAL),
        help=say("A number and one of {units}, such as 3 days.", "数字加单位（{units}），例如 3 days 表示 3 天。", units=units),
    )  # fmt: skip


def _subflow(design: Design, controls: Controls) -> Made:
    others = [d for d in design.model.all("workflow") if d.id != design.json["id"] and design.model.find_entity(d.body.entity) is design.entity]
    made = (
        controls.make("workflow", "choice", say("Workflow", "流程"), options=tuple(Choice(d.name, d.label.show(design.language)) for d in others)),
        controls.make("wait", "switch", say("Waits until it has ended", "等待其完成"), empty="on"),
    )
    return (ControlGroup(None, made),)


def _forms(design: Design) -> tuple[Choice, ...]:
    return tuple(Choice(d.name, d.label.show(design.language)) for d in design.model.all("form") if design.model.find_entity(d.body.entity) is design.entity)


def _due(design: Design, controls: Controls, decisions: Sequence[tuple[str, Text]]) -> ControlGroup:
    made = [controls.make("due_hours", "number", say("Within hours", "期限（小时）"), numbers=(1, 9600))]
    if controls.item.get("due_hours"):
        nothing = say("Nothing", "不处理").show(design.language)
        made += [
            controls.make("business_hours", "switch", say("Only working hours count", "只计算工作时间")),
            controls.make("on_due/remind", "switch", say("Then whose it is is reminded", "到期后提醒处理人")),
            whom_control(design, controls, "on_due/escalate_to", say("Then somebody else gets it", "到期后升级给"), empty=say("Nobody", "不升级")),
        ]
        made += [controls.make("on_due/decide", "choice", say("Then by itself", "到期后自动"), options=design.choices(decisions), empty=nothing)] if decisions else []
    return ControlGroup(say("Time limit", "期限").show(design.language), tuple(made))


def _approval(design: Design, controls: Controls) -> Made:
    language, item = design.language, controls.item
    more = [(say("Who an expression names", "由表达式确定"), {"expression": first_person(design).get("field", "owner")}), (say("A certain person", "指定人员"), {"user": design.view.ctx.user.email})] \
        if design.view.ctx.user is not None else []
    who = [people_control(design, controls, "approvers", say("Who decides", "审批人"), more=more), *_named(design, controls)]
    who.append(controls.make("mode", "choice", say("How they decide", "审批方式"), options=design.choices(MODES)))
    if item.get("mode") == "vote":
        who.append(controls.make("share", "number", say("Share that approves, 0 to 1", "同意比例（0–1）"), empty="0.5"))
    backs = [Choice(f"back_to:{step['id']}", say("Goes back to {step}", "退回到“{step}”", step=_title(design, step)).show(language)) for step in _earlier(design, item)]
    told = [
        controls.make("title", "label", say("What the approvers read", "审批标题")),
        controls.make("form", "choice", say("Form they see", "审批表单"), options=_forms(design), empty="–"),
        controls.make("editable", "many", say("Fields they may change", "审批人可修改的字段"), options=tuple(Choice(f.name, f.label.show(language)) for f in settable(design.entity))),
    ]
    ends = [Choice("end", say("The workflow ends", "流程结束").show(language)), *backs]
    after = (controls.make("reject", "choice", say("When they reject", "拒绝后"), options=tuple(ends)), people_control(design, controls, "cc", say("Who is told", "抄送"), least=0))
    return (
        ControlGroup(None, tuple(who)), _due(design, controls, DECISIONS), ControlGroup(say("Afterwards", "后续").show(language), after),
        ControlGroup(say("What they see and change", "内容与权限").show(language), tuple(told), True),
    )  # fmt: skip


def _named(design: Design, controls: Controls) -> Iterator[Control]:
    """Yield what says who an approver is that is not one to choose: an expression, an e-mail address."""
    held = controls.item.get("approvers")
    for n, whom in enumerate(held if isinstance(held, list) else [held]):
        at = f"{controls.place}/approvers/{n}" if isinstance(held, list) else f"{controls.place}/approvers"
        if isinstance(whom, dict) and "expression" in whom:
            label = say("Expression {n}", "表达式 {n}", n=n + 1).show(design.language)
            yield Control(f"{at}/expression", "expression", label, whom["expression"], entity=name_of(design.entity), use="rule")
        elif isinstance(whom, dict) and "user" in whom:
            yield Control(f"{at}/user", "text", say("E-mail {n}", "邮箱 {n}", n=n + 1).show(design.language), whom["user"])


def _title(design: Design, step: Json) -> str:
    return design.show(step.get("label") or step.get("title"), step_label(step["type"]).show(design.language))


def _earlier(design: Design, item: Json) -> Sequence[Json]:
    """Return the steps that lead to a step: those before it in its list, and in the lists around it."""
    place, found = design.place(item["id"]), list[Json]()
    while place:
        holder, _, last = place.rpartition("/")
        listed = design.json
        for part in holder.split("/")[1:]:
            listed = next((e for e in listed if e.get("id") == part), {}) if isinstance(listed, list) else (listed or {}).get(part, {})
        if isinstance(listed, list):
            found = [*(e for e in listed[: next((n for n, e in enumerate(listed) if e.get("id") == last), 0)] if "type" in e), *found]
        place = holder
    return found


def _task(design: Design, controls: Controls) -> Made:
    outcomes, place = controls.item.get("outcomes") or [], f"{controls.place}/outcomes"
    lines = tuple(
        Line(
            design.show(o.get("label"), o["name"]), ({"op": "move", "item": o["id"], "to": place, "index": n - 1},) if n else None,
            ({"op": "move", "item": o["id"], "to": place, "index": n + 1},) if n + 1 < len(outcomes) else None, ({"op": "remove", "item": o["id"]},),
        )
        for n, o in enumerate(outcomes)
    )  # fmt: skip
    known = [("done", say("Done", "已完成")), ("not_done", say("Not done", "未完成")), ("no_answer", say("No answer", "未联系上"))]
    number = len(outcomes) + 1
    fresh = [*((name, label) for name, label in known if name not in {o["name"] for o in outcomes}), (f"outcome_{number}", say("Another", "其他结果"))]
    offers = tuple(Pick(label.show(design.language), None, ({"op": "insert", "at": place, "value": {"name": name, "label": label.to_json(), "steps": []}},)) for name, label in fresh)
    first = (
        controls.make("title", "label", say("What to do", "标题"), required=True), whom_control(design, controls, "assign_to", say("For", "负责人")),
        controls.make("description", "long_label", say("Description", "说明")), controls.make("form", "choice", say("Form to fill in", "表单"), options=_forms(design), empty="–"),
        controls.make("outcomes", "ordered", say("How it may go, each with its way on", "结果（各有后续路径）")).holding(Ordered(lines, offers)),
    )  # fmt: skip
    return ControlGroup(None, first), _due(design, controls, [(o["name"], Text.of(o.get("label") or o["name"])) for o in outcomes])


def _form(design: Design, controls: Controls) -> Made:
    first = (
        controls.make("form", "choice", say("Form", "表单"), options=_forms(design)), whom_control(design, controls, "assign_to", say("For", "负责人")),
        controls.make("title", "label", say("What people read", "标题")),
    )  # fmt: skip
    return ControlGroup(None, first), _due(design, controls, ())


_MAKERS: dict[str, Callable[[Design, Controls], Made]] = {
    "branch": _branch, "parallel": _parallel, "for_each": _for_each, "wait": _wait, "subflow": _subflow, "approval": _approval, "task": _task, "form": _form,
}  # fmt: skip
