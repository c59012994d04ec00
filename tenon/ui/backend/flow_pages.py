"""A workflow tried on a record, and what runs of it: its canvas with marks on the steps, and the steps beside it in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from tenon.engine.people import names_of
from tenon.engine.query.pages import Ask, page as page_of
from tenon.engine.releases.draft import require_builder
from tenon.engine.releases.drafted import draft_one
from tenon.engine.releases.steps import Designed, look
from tenon.engine.tables import Tables
from tenon.engine.workflows.journal import counts, one_instance, page_of_instances
from tenon.engine.workflows.trying import Held, Trial, Tried, try_on
from tenon.metamodel.errors import Invalid, not_found
from tenon.metamodel.labels import Text, listed, say
from tenon.metamodel.model import Entity
from tenon.metamodel.naming import to_shown
from tenon.platform.rights import require_admin
from tenon.ui.backend.base import View
from tenon.ui.backend.designers.base import Design
from tenon.ui.backend.designers.flow_tree import everything
from tenon.ui.backend.designers.workflow import DrawnFlow, canvas
from tenon.ui.backend.drafted import drafted
from tenon.ui.backend.effects import not_sent
from tenon.ui.backend.home import titles_of
from tenon.ui.backend.rules import Part, parts_in

RECORDS, INSTANCES = 40, 30
HOW: Mapping[str, Text] = {
    "done": say("Done at once", "立即执行"), "asked": say("A person is asked; taken to agree", "交由人员处理（假定同意）"), "time": say("Waits", "等待"),
    "came": say("Holds already: goes on", "条件已满足，直接继续"), "awaited": say("Waits until it comes; taken to come", "等待其发生（假定会发生）"), "taken": say("Takes a path", "进入路径"),
    "none": say("No path is taken", "不进入任何路径"), "beside": say("All paths at the same time", "各路径同时进行"), "each": say("No record of the relation: goes on", "没有关联记录，直接继续"),
    "over": say("The workflow is over", "流程结束"), "flow": say("Another workflow runs", "运行另一个流程"),
}  # fmt: skip
WAITS: Mapping[str, Text] = {
    "time": say("Waits for its time", "等待到期"), "condition": say("Waits for its condition", "等待条件满足"), "event": say("Waits for its event", "等待事件发生"),
    "person": say("Waits for a person", "等待人员处理"), "paths": say("Waits for its paths", "等待各路径完成"), "flow": say("Waits for the other workflow", "等待子流程完成"),
    "hours": say("Waits until it may reach somebody", "等待可触达的时间"),
}  # fmt: skip
OUTCOMES: Mapping[str, Text] = {
    "approve": say("Approved", "已同意"), "reject": say("Rejected", "已拒绝"), "returned": say("Sent back", "已退回"), "came": say("It came", "已发生"),
    "over": say("Took too long", "已超时"), "none": say("No path was taken", "未进入任何路径"),
}  # fmt: skip
STATES: Mapping[str, tuple[Text, str]] = {
    "running": (say("running", "运行中"), "blue"), "done": (say("done", "已完成"), "green"), "exited": (say("given up", "已退出"), "grey"),
    "cancelled": (say("cancelled", "已取消"), "grey"), "failed": (say("failed", "失败"), "red"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mark:
    """What a step on the canvas is marked with: ``is_on`` when it is on the way; a text such as a count."""

    is_on: bool
    text: str = ""
    tone: str = "accent"


@dataclass(frozen=True, slots=True)
class PathCondition:
    """The condition of a path: what the path is called, whether it holds, and its parts with values."""

    label: str
    is_held: bool
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class StepTold:
    """A step on the way in words: its times, and who is asked."""

    title: str
    icon: str
    tone: str
    told: str
    at: datetime | None
    until: datetime | None = None
    people: str = ""
    conditions: tuple[PathCondition, ...] = ()


@dataclass(frozen=True, slots=True)
class TryPage:
    """A workflow tried on a record; without a record it is asked for one."""

    name: str
    label: str
    flow: DrawnFlow
    marks: Mapping[str, Mark]
    records: tuple[tuple[str, str], ...]
    record: str
    steps: tuple[StepTold, ...] = ()
    given_up: PathCondition | None = None
    error: str | None = None
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class InstanceShown:
    """An instance in the list: about what, in which state, since when."""

    id: str
    title: str
    state: str
    tone: str
    at: datetime


@dataclass(frozen=True, slots=True)
class FlowRuns:
    """What runs of a workflow: counts by state and at the steps, the newest instances, and the way of one of them."""

    name: str
    label: str
    flow: DrawnFlow
    marks: Mapping[str, Mark]
    states: tuple[tuple[str, str, int], ...]
    instances: tuple[InstanceShown, ...]
    chosen: InstanceShown | None = None
    steps: tuple[StepTold, ...] = ()
    is_current: bool = True


def try_page(view: View, name: str, record: str) -> TryPage:
    """Return what the way of a record through a workflow as it is drafted would be. Raises NotFound, Forbidden."""
    require_builder(view.ctx, "workflow")
    require_admin(view.ctx)
    design = Design(view, drafted(view), look(view.uow.connection, view.ctx, view.model, "workflow", name))
    flow, label = canvas(design), design.show(design.json.get("label"), name)
    entity = view.model.find_entity(design.entity.id) if design.entity is not None else None
    records = _records(view, entity, record)
    page = TryPage(name, label, flow, {}, records, record or (records[0][0] if records else ""))
    if not page.record or entity is None:
        return page
    try:
        one = draft_one(view.uow.connection, view.model, "workflow", name, None)
        uow = replace(view.uow, model=one.model, tables=Tables(one.model, view.uow.dialect))
        trial = try_on(uow, view.ctx, one.document, page.record)
    except Invalid as error:
        problem = error.problems[0]
        return replace(page, error=problem.message.show(view.language), hint=problem.hint.show(view.language) if problem.hint else None)
    return replace(page, marks=_trial_marks(trial), steps=_trial_steps(view, flow, trial), given_up=_condition(trial.given_up, {}) if trial.given_up is not None else None)


def _records(view: View, entity: Entity | None, chosen: str) -> tuple[tuple[str, str], ...]:
    """Return the newest records that can be tried on, the chosen one among them, by id with their titles."""
    if entity is None:
        return ()
    ids = [str(each["id"]) for each in page_of(view.uow, view.ctx, entity, Ask(fields=["id"], limit=RECORDS)).records]
    known = titles_of(view, entity, [*ids, chosen] if chosen else ids)
    if chosen and chosen not in known:
        raise not_found()
    return tuple((id, known[id]) for id in dict.fromkeys([*([chosen] if chosen else []), *ids]) if id in known)


def _trial_marks(trial: Trial) -> dict[str, Mark]:
    marks = {each.step: Mark(True, str(n)) for n, each in enumerate(trial.steps, 1)}
    return marks | {each.taken: Mark(True) for each in trial.steps if each.taken is not None}


def _trial_steps(view: View, flow: DrawnFlow, trial: Trial) -> tuple[StepTold, ...]:
    names = names_of(view.uow.connection, {person for each in trial.steps for person in each.people})
    nodes = {node.id: node for node in everything(flow.tree)}
    paths = {lane.id: lane.label for node in nodes.values() for lane in node.lanes if lane.id}
    told = []
    for each in trial.steps:
        node = nodes[each.step]
        words = HOW[each.how].show(view.language)
        if each.taken is not None and each.how == "taken":
            words = say("Takes the path {name}", "进入路径“{name}”", name=paths[each.taken]).show(view.language)
        if each.how == "each":
            words = say("{n} records of the relation; the first is walked", "关联记录 {n} 条，以第一条为例", n=len(each.far)).show(view.language) if each.far else HOW["each"].show(view.language)
        conditions = tuple(_condition(held, paths) for held in each.held if held.tree)
        told.append(StepTold(node.title, node.icon, node.tone, words, each.at, each.until, _who(view, each, names), conditions))
    return tuple(told)


def _who(view: View, each: Tried, names: Mapping[str, str]) -> str:
    if each.how != "asked":
        return ""
    if each.people:
        return listed((names.get(person, person) for person in each.people), view.language)
    role = view.model.find("role", each.role) if each.role else None
    return role.label.show(view.language) if role is not None else say("Nobody is found: administrators are asked", "未找到人员，将交由管理员").show(view.language)


def _condition(held: Held, paths: Mapping[str, str]) -> PathCondition:
    return PathCondition(paths.get(held.path, ""), held.holds, tuple(parts_in(held.tree)))


def runs_page(view: View, name: str, instance: str) -> FlowRuns:
    """Return what runs of a published workflow, one instance with its way when it is named. Raises NotFound, Forbidden."""
    require_builder(view.ctx, "workflow")
    require_admin(view.ctx)
    workflow = view.model.get("workflow", name)
    entity = view.model.get_entity(workflow.body.entity)
    found = counts(view.uow, workflow)
    rows = page_of_instances(view.uow, workflow, limit=INSTANCES)
    one = one_instance(view.uow, instance) if instance else None
    titles = titles_of(view, entity, [str(each["record"]) for each in [*rows, *([one] if one is not None else [])]])
    if one is not None and one["workflow"] != name:
        raise not_found()
    document = one["document"] if one is not None else to_shown(workflow, view.model)
    flow = canvas(Design(view, view.model, Designed(document, "", can_undo=False, can_redo=False)))
    marks = {each["step"]: Mark(True, str(each["count"]), "red" if each["failed"] else "accent") for each in found["steps"]}
    states = tuple((STATES[state][0].show(view.language), STATES[state][1], count) for state, count in found["states"].items())
    page = FlowRuns(name, workflow.label.show(view.language), flow, marks, states, tuple(_instance(view, each, titles) for each in rows))
    if one is None:
        return page
    return replace(page, chosen=_instance(view, one, titles), steps=(*_passed(view, flow, one["path"]), *_standing(view, flow, one["stands"])), marks=_passed_marks(one), is_current=one["is_current"])


def _instance(view: View, each: Mapping[str, Any], titles: Mapping[str, str]) -> InstanceShown:
    label, tone = STATES[each["state"]]
    return InstanceShown(each["id"], titles.get(each["record"], str(each["record"])[:8]), label.show(view.language), tone, datetime.fromisoformat(each["started_at"]))


def _passed_marks(one: Mapping[str, Any]) -> dict[str, Mark]:
    marks = {each["step"]: Mark(True, str(n)) for n, each in enumerate(one["path"], 1)}
    return marks | {each["step"]: Mark(True, "●", "red" if each["state"] == "failed" else "amber") for each in one["stands"]}


def _passed(view: View, flow: DrawnFlow, path: Sequence[Mapping[str, Any]]) -> tuple[StepTold, ...]:
    nodes = {node.id: node for node in everything(flow.tree)}
    told = []
    for each in path:
        node = nodes.get(each["step"])
        if node is None:
            continue
        left = datetime.fromisoformat(each["left_at"]) if each["left_at"] else None
        words = OUTCOMES.get(str(each["outcome"]), say("Went on", "已继续"))
        word = ("；" if view.language == "zh" else "; ").join((words.show(view.language), *not_sent(each["effects"], view.language)))
        told.append(StepTold(node.title, node.icon, node.tone, word, datetime.fromisoformat(each["at"]), left))
    return tuple(told)


def _standing(view: View, flow: DrawnFlow, stands: Sequence[Mapping[str, Any]]) -> tuple[StepTold, ...]:
    """Return the steps at which an instance stands, and what each waits for until when."""
    nodes = {node.id: node for node in everything(flow.tree)}
    told = []
    for each in stands:
        node = nodes.get(each["step"])
        if node is None:
            continue
        words = say("Failed here", "在此失败") if each["state"] == "failed" else WAITS.get(str(each["waits_for"]), say("Stands here", "停留在此"))
        until = datetime.fromisoformat(each["due_at"]) if each["due_at"] else None
        told.append(StepTold(node.title, node.icon, node.tone, words.show(view.language), datetime.fromisoformat(each["since"]), until))
    return tuple(told)
