"""The steps of workflows in words: one line that says what each does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tenon.metamodel.labels import Text, say
from tenon.metamodel.naming import find_to_many
from tenon.ui.backend.designers.base import Design, Json
from tenon.ui.backend.designers.rule_words import said_action, said_condition, said_whom, said_within

UNITS = {
    "minute": say("{n} minutes", "{n} 分钟"), "hour": say("{n} hours", "{n} 小时"), "day": say("{n} days", "{n} 天"), "week": say("{n} weeks", "{n} 周"),
    "month": say("{n} months", "{n} 个月"),
}  # fmt: skip
MODES = (
    ("any", say("Any one of them", "任一人同意（或签）")), ("all", say("All of them", "全部同意（会签）")), ("vote", say("A share of them", "按比例（票签）")),
    ("sequence", say("One after the other", "依次审批")),
)  # fmt: skip


def said_duration(text: str, language: str) -> str:
    """Return how long something takes, as people say it: ``3 days`` in either language."""
    count, _, unit = text.partition(" ")
    words = UNITS.get(unit.removesuffix("s"))
    if words is None:
        return text
    return f"1 {unit.removesuffix('s')}" if language == "en" and count == "1" else words.show(language).replace("{n}", count)


def said_step(design: Design, step: Json) -> str:
    """Return what a step does."""
    say_it = _STEPS.get(step["type"])
    return say_it(design, step).show(design.language) if say_it is not None else said_action(design, step)


def said_people(design: Design, whom: Any) -> Text:
    """Return who is meant, one or several."""
    people = [said_whom(design, each) for each in (whom if isinstance(whom, list) else [whom])]
    return Text(", ".join(p.show("en") for p in people), "、".join(p.show("zh") for p in people))


def _within(step: Json) -> Text:
    """Return by when it is to be done, as the end of a sentence."""
    if not step.get("due_hours"):
        return Text("", "")
    return say(", {within}", "，{within}", within=said_within(step))


def _approval(design: Design, step: Json) -> Text:
    who = said_people(design, step.get("approvers"))
    several = isinstance(step.get("approvers"), list) and len(step["approvers"]) > 1
    mode = dict(MODES).get(str(step.get("mode"))) if several or step.get("mode") not in (None, "any") else None
    told = say("{who}: {mode}", "{who}：{mode}", who=who, mode=_lower(mode)) if mode is not None else who
    return say("{told}{within}", "{told}{within}", told=told, within=_within(step))


def _lower(text: Text) -> Text:
    return Text(text.show("en").lower(), text.show("zh"))


def _task(design: Design, step: Json) -> Text:
    return say("{who}{within}", "{who}{within}", who=said_whom(design, step.get("assign_to")), within=_within(step))


def _form(design: Design, step: Json) -> Text:
    form = design.model.find("form", str(step.get("form")))
    name = form.label if form is not None else step.get("form", "")
    return say("{form}, {who}{within}", "{form}，{who}{within}", form=name, who=said_whom(design, step.get("assign_to")), within=_within(step))


def _wait(design: Design, step: Json) -> Text:
    if step.get("for"):
        time = say("{time}", "{time}", time=Text(said_duration(step["for"], "en"), said_duration(step["for"], "zh")))
        return say("{time} of working hours", "{time}（工作时间）", time=time) if step.get("business_hours") else time
    if step.get("until"):
        return say("Until {time}", "直到 {time}", time=step["until"])
    if step.get("when"):
        return say("Until {what}", "直到{what}", what=said_condition(design, step["when"]))
    if step.get("event"):
        return say("Until {what} happens", "直到发生 {what}", what=step["event"])
    return say("Not said for what yet", "尚未设置")


def _for_each(design: Design, step: Json) -> Text:
    relation = find_to_many(design.model, design.entity, str(step.get("relation"))) if design.entity is not None else None
    name = relation.label if relation is not None else step.get("relation", "")
    far = design.model.find_entity(relation.far_id) if relation is not None else None
    if step.get("where"):
        return say("{name} where {where}", "{name}（{where}）", name=name, where=said_condition(design, step["where"], far))
    return say("All {name}", "全部{name}", name=name)


def _branch(_: Design, step: Json) -> Text:
    count = len(step.get("paths", ()))
    return say("{n} paths, the first that holds", "{n} 条路径，取首个满足者", n=count) if count != 1 else say("One path, if it holds", "1 条路径，满足时进入")


def _parallel(_: Design, step: Json) -> Text:
    count = len(step.get("paths", ()))
    return say("{n} paths, until the first ends", "{n} 条路径，任一完成即继续", n=count) if step.get("wait") == "any" else say("{n} paths, until all end", "{n} 条路径，全部完成后继续", n=count)


def _subflow(design: Design, step: Json) -> Text:
    found = design.model.find("workflow", str(step.get("workflow")))
    name = found.label if found is not None else step.get("workflow", "")
    return say("{name}, without waiting", "{name}，不等待完成", name=name) if step.get("wait") is False else Text(*[name if isinstance(name, str) else name.show(design.language)] * 2)


_STEPS: dict[str, Callable[[Design, Json], Text]] = {
    "approval": _approval, "task": _task, "form": _form, "wait": _wait, "for_each": _for_each, "parallel": _parallel, "subflow": _subflow,
    "branch": _branch,
    "end": lambda _, __: say("The workflow is over", "流程到此结束"),
}  # fmt: skip
