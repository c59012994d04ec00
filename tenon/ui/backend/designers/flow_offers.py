"""What a workflow can be made of: steps with values to begin with, as the entity allows, and whole workflows to begin from."""

from __future__ import annotations

from collections.abc import Iterator

from tenon.metamodel.labels import Text, say
from tenon.metamodel.steps import FLOW_STEPS, STEPS
from tenon.ui.backend.designers.base import Design, Json
from tenon.ui.backend.designers.rule_offers import ICONS, offered_actions, people_fields

FLOW, PEOPLE = ("branch", "parallel", "for_each", "wait", "subflow", "end"), ("approval", "task", "form")
OWN_ICONS = {"parallel": "columns-2"}
NEVER = "False"
"""The condition of a path until its maker says another one."""
WARNS = ("raise_alert", "delete_record", "exit_workflow")
MORE_TONES = {"notify": "sky", "send_message": "sky", "call_webhook": "sky"}


def step_label(type_: str) -> Text:
    """Return what a sort of step is called."""
    found = STEPS.get(type_)
    return found.LABEL if found is not None else Text(type_, type_)


def icon_of(type_: str) -> str:
    """Return the icon of a sort of step."""
    return OWN_ICONS.get(type_) or (FLOW_STEPS[type_].ICON if type_ in FLOW_STEPS else ICONS.get(type_, "zap"))


def tone_of(type_: str) -> str:
    """Return the tone of a step's icon: people, the way of the flow, what warns, what tells, and other things that are done."""
    if type_ in FLOW:
        return "amber"
    if type_ in PEOPLE or type_ == "create_task":
        return "green"
    return "red" if type_ in WARNS else MORE_TONES.get(type_, "plain")


def offered_steps(design: Design) -> Iterator[tuple[Text, list[Json]]]:
    """Yield headings and the steps below them, each with values to begin with."""
    flow, people = dict(_flow_steps(design)), dict(_people_steps(design))
    yield say("Flow", "流程控制"), [{"type": name, **flow[name]} for name in FLOW if name in flow]
    yield say("People", "人员"), [{"type": name, **people[name]} for name in PEOPLE if name in people]
    yield say("Actions", "操作"), [value for _, value in offered_actions(design)]


def _flow_steps(design: Design) -> Iterator[tuple[str, Json]]:
    entity = design.entity
    relation = next((r for r in (entity.relations.values() if entity is not None else ()) if r.is_reverse), None)
    others = [d for d in design.model.all("workflow") if d.id != design.json.get("id") and design.model.find_entity(d.body.entity) is entity]
    yield "branch", {"paths": [{"label": say("First", "路径一").to_json(), "when": NEVER, "steps": []}, {"label": say("Otherwise", "其他情况").to_json(), "steps": []}]}
    yield "parallel", {"paths": [{"steps": []}, {"steps": []}]}
    if relation is not None:
        yield "for_each", {"relation": relation.name, "steps": []}
    yield "wait", {"for": "3 days"}
    if others:
        yield "subflow", {"workflow": others[0].name}
    yield "end", {}


def _people_steps(design: Design) -> Iterator[tuple[str, Json]]:
    whom = first_person(design)
    form = next((d.name for d in design.model.all("form") if design.model.find_entity(d.body.entity) is design.entity), None)
    boss: Json = {"manager_of": whom["field"]} if "field" in whom else whom
    yield "approval", {"approvers": boss, "mode": "any"}
    yield "task", {"title": say("What to do", "待办事项").to_json(), "assign_to": whom}
    if form is not None:
        yield "form", {"form": form, "assign_to": whom}


def first_person(design: Design) -> Json:
    """Return who something is for until its maker says otherwise: whose record it is, or a role."""
    field = next((f.name for f in people_fields(design.entity)), None)
    if field is not None:
        return {"field": field}
    role = next(iter(design.model.all("role")), None)
    return {"role": role.name} if role is not None else {"field": "owner"}


def beginnings(design: Design) -> Iterator[tuple[Text, Text, str, list[Json]]]:
    """Yield whole workflows to begin from: what each is called and does, its icon, and the operations that make it."""
    whom = first_person(design)
    boss: Json = {"manager_of": whom["field"]} if "field" in whom else whom
    told: Json = {"type": "notify", "to": [whom], "title": say("It was approved", "已获批准").to_json()}
    refused: Json = {**told, "title": say("It was not approved", "未获批准").to_json()}
    approval: Json = {"type": "approval", "label": say("Approval by the manager", "上级审批").to_json(), "approvers": boss, "due_hours": 48, "on_due": {"remind": True}}
    has_notices = "notice" in design.model.entities
    yield (
        say("Approval by the manager", "上级审批"), say("The manager decides within two days; whoever owns the record is told.", "上级在两天内审批，并通知负责人。"), "stamp",
        _made("approval", [{**approval, "rejected": [refused]}, told] if has_notices else [approval]),
    )  # fmt: skip
    welcome: Json = {"type": "task", "title": say("Welcome call", "欢迎电话").to_json(), "assign_to": whom, "due_hours": 24, "business_hours": True}
    review: Json = {"type": "task", "title": say("Look how it goes", "回访使用情况").to_json(), "assign_to": whom, "due_hours": 48, "business_hours": True}
    yield (
        say("Onboarding journey", "入门旅程"), say("A call, a week of quiet, a review.", "先致电，一周后回访。"), "route",
        _made("journey", [welcome, {"type": "wait", "for": "7 days"}, review]),
    )  # fmt: skip
    yield (
        say("One task", "单个任务"), say("A person does something and says that it is done.", "由一个人完成一项任务。"), "user-check",
        _made("process", [{"type": "task", "title": say("What to do", "待办事项").to_json(), "assign_to": whom}]),
    )  # fmt: skip


def _made(type_: str, steps: list[Json]) -> list[Json]:
    return [{"op": "set", "at": "/type", "value": type_}, {"op": "set", "at": "/steps", "value": steps}]
