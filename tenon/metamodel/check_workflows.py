"""What the schema cannot say of a workflow: steps that exist, forms of the right entity, who is meant, no circle of workflows, nothing behind an end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tenon.metamodel.check_rules import check_acting, check_action, check_trigger
from tenon.metamodel.document import Document
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.expressions.check import check
from tenon.metamodel.expressions.scope import Scope
from tenon.metamodel.kinds.workflow import WorkflowKind
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Model
from tenon.metamodel.names import suggest
from tenon.metamodel.steps.approval import Approval
from tenon.metamodel.steps.due import WithDue
from tenon.metamodel.steps.end import End
from tenon.metamodel.steps.for_each import ForEach
from tenon.metamodel.steps.parallel import Parallel
from tenon.metamodel.steps.subflow import Subflow
from tenon.metamodel.steps.task import Task
from tenon.metamodel.steps.wait import Wait
from tenon.metamodel.steps_inside import Standing, lists_in, steps_in
from tenon.metamodel.system_fields import may_be_set

BACK = "back_to:"
DECISIONS = ("approve", "reject")
MOST_EACH = 3
DAYS_OF = {"minute": 1 / 1440, "hour": 1 / 24, "day": 1, "week": 7, "month": 30}
MOST_DAYS = 36_500
_LEAVE_OUT = say("Leave it out.", "请去掉它。")


def check_workflow(document: Document, model: Model) -> Iterator[Problem]:
    """Yield what is wrong with a workflow as a whole."""
    if document.kind != "workflow":
        return
    body: WorkflowKind = document.body
    entity = model.find_entity(body.entity)
    if entity is None:
        return  # the reference is the problem, and is named there
    yield from check_acting(body)
    yield from _check_start(body, model)
    standings = list(steps_in(body, model))
    yield from _check_lists(body, "")
    for standing in standings:
        step = standing.step
        yield from _check_lists(step, standing.pointer)
        if standing.entity is None:
            continue
        yield from check_action(step, standing.pointer, standing.entity, model)
        yield from _check_inside(standing)
        yield from _check_form(standing, model)
        if isinstance(step, Wait):
            yield from _check_wait(standing, model)
        if isinstance(step, WithDue):
            yield from _check_due(standing)
        if isinstance(step, Approval):
            yield from _check_editable(standing)
        if isinstance(step, Approval) and step.reject.startswith(BACK):
            yield from _check_back(standing, standings)
        if isinstance(step, Subflow):
            yield from _check_subflow(document, standing, model)


def _check_start(body: WorkflowKind, model: Model) -> Iterator[Problem]:
    entity = model.get_entity(body.entity)
    if body.start is not None:
        yield from check_trigger(body.start, "after", entity, model, "/start")
        if body.start.type == "deleted":
            message = say("A record that is gone goes through nothing.", "已删除的记录无法进入流程。")
            yield Problem("/start/type", "bad_choice", message, say("Use a rule.", "请使用规则。"))
    if body.type != "journey":
        for name in ("enrol", "cap"):
            if getattr(body, name) is not None:
                yield Problem(f"/{name}", "mixed_model", say("Only a journey has this.", "仅旅程可以设置此项。"), say("Make it a journey.", "请将类型改为旅程。"))
    segment = model.find("segment", body.enrol.segment) if body.enrol is not None else None
    if segment is not None and model.find_entity(segment.body.entity) is not entity:
        message = say("{name} is about other records than {entity}.", "{name} 不属于{entity}。", name=segment.label, entity=entity.label)
        yield Problem("/enrol/segment", "type_mismatch", message, say("Choose a segment of this entity.", "请选择该对象的分群。"))


def _check_lists(part: Any, pointer: str) -> Iterator[Problem]:
    """Yield the steps behind an end: they are never reached."""
    for here, steps in lists_in(part, pointer):
        ends = next((index for index, step in enumerate(steps) if isinstance(step, End)), None)
        if ends is not None and ends + 1 < len(steps):
            message = say("This is never reached: the step before it ends the workflow.", "此步骤永远不会执行：前一步已结束流程。")
            yield Problem(f"{here}/{ends + 1}", "unreachable", message, say("Remove it, or the end.", "请删除它，或删除结束步骤。"))


def _check_inside(standing: Standing) -> Iterator[Problem]:
    """Yield a step for each record of a relation that stands too deep inside others of its kind."""
    if isinstance(standing.step, ForEach) and sum(isinstance(outer.step, ForEach) for outer in standing.enclosing()) >= MOST_EACH:
        message = say("At most {n} steps “For each” stand inside each other.", "“逐条执行”最多嵌套 {n} 层。", n=MOST_EACH)
        yield Problem(f"{standing.pointer}/type", "out_of_range", message, say("Use another workflow for it.", "请使用另一个流程。"))


def _check_form(standing: Standing, model: Model) -> Iterator[Problem]:
    name = getattr(standing.step, "form", None)
    form = model.find("form", name) if isinstance(name, str) else None
    if form is not None and model.find_entity(form.body.entity) is not standing.entity:
        assert standing.entity is not None
        message = say("{form} is no form of {entity}.", "{form} 不是{entity}的表单。", form=form.label, entity=standing.entity.label)
        yield Problem(f"{standing.pointer}/form", "type_mismatch", message, say("Choose a form of this entity.", "请选择该对象的表单。"))


def _check_wait(standing: Standing, model: Model) -> Iterator[Problem]:
    step: Wait = standing.step
    said = [name for name in ("for_", "until", "when", "event") if getattr(step, name) is not None]
    if not said:
        message = say("What does it wait for?", "等待什么？")
        yield Problem(standing.pointer, "required", message, say("Say for how long, until when, or which condition or event.", "请填写时长、时间、条件或事件。"))
    if len({"for_", "until"} & set(said)) == 2:
        message = say("A duration and a time at once cannot be waited for.", "不能同时等待时长和时间。")
        yield Problem(f"{standing.pointer}/until", "mixed_model", message, _LEAVE_OUT)
    for name in ("for", "until") if {"when", "event"} & set(said) else ():
        if name.replace("for", "for_") in said:
            message = say("What is waited for is a condition or an event: it comes when it comes.", "等待条件或事件时，不再等待时长或时间。")
            yield Problem(f"{standing.pointer}/{name}", "mixed_model", message, say("Say in or_after after how long it takes too long.", "请在 or_after 中设置超时时长。"))
    for name, duration in (("for", step.for_), ("or_after/for", step.or_after.for_ if step.or_after is not None else None)):
        if duration is not None and _days(duration) > MOST_DAYS:
            message = say("Nothing is waited for longer than {n} days.", "等待时长不能超过 {n} 天。", n=MOST_DAYS)
            yield Problem(f"{standing.pointer}/{name}", "out_of_range", message, say("Choose a shorter time.", "请缩短时长。"))
    if step.or_after is not None and not {"when", "event"} & set(said):
        message = say("Only waiting for a condition or an event can take too long.", "只有等待条件或事件才会超时。")
        yield Problem(f"{standing.pointer}/or_after", "mixed_model", message, _LEAVE_OUT)
    if step.until is not None:
        try:
            found = check(step.until, Scope(model, standing.entity, use="rule"))
        except Invalid:
            return  # the expression is the problem, and is named there
        if found.type.kind not in ("date", "datetime", "empty"):
            message = say("This has to be a date or a time.", "此处应为日期或时间。")
            yield Problem(f"{standing.pointer}/until", "type_mismatch", message, say("Name a field that holds one.", "请填写日期或时间字段。"))


def _days(duration: str) -> float:
    number, unit = duration.split(" ")
    return int(number) * DAYS_OF[unit.removesuffix("s")]


def _check_editable(standing: Standing) -> Iterator[Problem]:
    """Yield the fields of an approval that nobody can write."""
    assert standing.entity is not None
    for index, key in enumerate(standing.step.editable):
        field = standing.entity.find_field(key)
        if field is not None and not may_be_set(field):
            message = say("{field} cannot be written.", "{field} 不可写入。", field=field.label)
            yield Problem(f"{standing.pointer}/editable/{index}", "read_only", message, _LEAVE_OUT)


def _check_due(standing: Standing) -> Iterator[Problem]:
    step, pointer = standing.step, standing.pointer
    if step.on_due is None:
        return
    if step.due_hours is None:
        message = say("There is no time that could be over.", "没有设置期限。")
        yield Problem(f"{pointer}/due_hours", "required", message, say("Say within how many hours.", "请填写小时数。"))
    decide = step.on_due.decide
    known = list(DECISIONS) if isinstance(step, Approval) else [o.name for o in step.outcomes] if isinstance(step, Task) else []
    if decide is not None and decide not in known:
        message = say("{name} is no outcome of this step.", "{name} 不是此步骤的结果。", name=decide)
        yield Problem(f"{pointer}/on_due/decide", "unknown_name", message, _near(decide, known))


def _check_back(standing: Standing, standings: list[Standing]) -> Iterator[Problem]:
    """Yield a step to go back to that is not there, or not on the way to this one."""
    wanted = standing.step.reject.removeprefix(BACK)
    before = standings[: standings.index(standing)]
    earlier = {s.step.id: s for s in before if s.step.id is not None}
    target = earlier.get(wanted)
    if target is not None and _forks(target) == _forks(standing) and _same_path(target, standing):
        return
    message = say("There is no step {name} before this one to go back to.", "此步骤之前没有可退回的步骤 {name}。", name=wanted)
    yield Problem(f"{standing.pointer}/reject", "unknown_name", message, _near(wanted, [i for i, s in earlier.items() if _same_path(s, standing) and _forks(s) == _forks(standing)]))


def _forks(standing: Standing) -> list[str]:
    """Return the lists of paths side by side in which a step stands: nothing goes back out of them."""
    return [outer.pointer for outer in standing.enclosing() if isinstance(outer.step, ForEach | Parallel)]


def _same_path(target: Standing, standing: Standing) -> bool:
    """True when a step stands in a list that leads to another one: its own, or one around it."""
    head, _, _ = target.pointer.rpartition("/")
    return standing.pointer.startswith(f"{head}/")


def _check_subflow(document: Document, standing: Standing, model: Model) -> Iterator[Problem]:
    other = model.find("workflow", standing.step.workflow)
    if other is None:
        return
    assert standing.entity is not None
    if model.find_entity(other.body.entity) is not standing.entity:
        message = say("{name} is about other records than {entity}.", "{name} 不属于{entity}。", name=other.label, entity=standing.entity.label)
        yield Problem(f"{standing.pointer}/workflow", "type_mismatch", message, say("Choose a workflow of this entity.", "请选择该对象的流程。"))
    seen: set[str] = set()
    waiting = [other]
    while waiting:
        each = waiting.pop()
        if each.id == document.id:
            message = say("This workflow would start itself.", "此流程会启动自身。")
            yield Problem(f"{standing.pointer}/workflow", "circle", message, say("Choose another one.", "请选择其他流程。"))
            return
        if each.id not in seen:
            seen.add(each.id)
            found = (model.find("workflow", s.step.workflow) for s in steps_in(each.body, model) if isinstance(s.step, Subflow))
            waiting += [f for f in found if f is not None]


def _near(name: str, known: list[str]) -> Text:
    near = suggest(name, known)
    if near:
        return say("Did you mean {near}?", "您是否想写 {near}？", near=near)
    return say("There are: {some}.", "可用的有：{some}。", some=", ".join(known[:8]) or "-")
