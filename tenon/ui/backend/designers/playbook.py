"""The playbook designer: ordered steps, each for somebody, by when, and under which condition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity
from tenon.ui.backend.designers.base import Controls, Design, Json
from tenon.ui.backend.designers.rule_controls import calendar_control, options_of, whom_control
from tenon.ui.backend.designers.rule_words import said_condition, said_whom, said_within
from tenon.ui.design_shapes import ControlGroup, PaletteGroup, PaletteItem, Panel
from tenon.ui.shapes import Choice

LABEL = Text("Playbook", "行动手册")
ICON = "list-ordered"
TOLD = say("What to do, step by step, when an alert is raised or a stage begins.", "预警触发或进入某阶段时，按步骤执行的任务。")
OWNER: Json = {"field": "owner"}
CALL = {"title": {"en": "Call the customer", "zh": "电话联系客户"}, "assign_to": OWNER, "due_hours": 24}
STEPS: tuple[tuple[Text, str, Json], ...] = (
    (say("Step", "步骤"), "list-checks", {"title": {"en": "New step", "zh": "新步骤"}, "assign_to": OWNER}), (say("Call", "电话"), "phone", CALL),
    (say("Meeting", "会议"), "calendar", {"title": {"en": "Meet the customer", "zh": "与客户会面"}, "assign_to": OWNER, "due_hours": 48, "business_hours": True}),
    (say("Review", "复盘"), "eye", {"title": {"en": "Look back at it", "zh": "复盘总结"}, "assign_to": OWNER, "required": False}),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DrawnStep:
    """A step: what, for whom, by when, and when it is needed."""

    id: str
    title: str
    who: str | None
    due: str | None
    when: str | None
    is_optional: bool


@dataclass(frozen=True, slots=True)
class Drawn:
    """The playbook: what it begins for, and its steps in their order."""

    begins: str
    steps: tuple[DrawnStep, ...]


def canvas(design: Design) -> Drawn:
    """Return the playbook as its steps."""
    return Drawn(_begins(design), tuple(_step(design, step) for step in design.json.get("steps", ())))


def _begins(design: Design) -> str:
    given: dict[str, Any] = design.json.get("for") or {}
    named = {c.name: c.label for c in options_of(design, "alert", "type")}
    said = [named.get(name, name) for name in given.get("alert", ())]
    stage = given.get("stage") or {}
    if design.entity is not None and stage.get("field"):
        labels = {c.name: c.label for c in options_of(design, design.entity.name, stage["field"])}
        said += [labels.get(name, name) for name in stage.get("options", ())]
    if not said:
        return say("Begun by hand or by a rule", "手动或由规则启动").show(design.language)
    separator = "、" if design.language == "zh" else ", "
    return say("Begins by itself: {what}", "自动启动：{what}", what=separator.join(said)).show(design.language)


def _step(design: Design, step: Json) -> DrawnStep:
    due = said_within(step).show(design.language) if step.get("due_hours") is not None else None
    when = said_condition(design, str(step["when"])) if step.get("when") else None
    who = said_whom(design, step["assign_to"]).show(design.language) if step.get("assign_to") else None
    return DrawnStep(step["id"], design.show(step.get("title")), who, due, when, step.get("required") is False)


def palette(design: Design) -> tuple[PaletteGroup, ...]:
    """Return steps to begin with."""
    items = tuple(PaletteItem(label.show(design.language), icon, "step", value) for label, icon, value in STEPS)
    return (PaletteGroup(say("Steps", "步骤").show(design.language), items),)


def panel(design: Design, item_id: str) -> Panel | None:
    """Return the properties of a step, or of the playbook."""
    item = design.item(item_id)
    if item is None:
        return None
    return _whole(design) if item is design.json else _of_step(design, item)


def _of_step(design: Design, item: Json) -> Panel:
    controls, entity = Controls(design, item, design.place(item["id"])), design.entity.name if design.entity is not None else None
    made = (
        controls.make("title", "label", say("What to do", "要做的事"), required=True), controls.make("description", "long_label", say("How", "具体做法")),
        whom_control(design, controls, "assign_to", say("For", "负责人"), empty=say("Nobody yet", "暂不指定")),
        controls.make("due_hours", "number", say("Due after hours", "多少小时后到期")),
        controls.make("business_hours", "switch", say("Only working hours count", "只计算工作时间")),
        controls.make(
            "when", "condition", say("Only if", "条件"), entity=entity, expect="boolean",
            help=say("Looked at when the playbook begins, and again when the step comes.", "启动时判断一次，轮到该步骤时再判断一次。"),
        ),
        controls.make("required", "switch", say("Has to be done", "必须完成"), empty="on"),
    )  # fmt: skip
    return Panel(item["id"], LABEL.show(design.language), ICON, (ControlGroup(None, made),), may_remove=len(design.json.get("steps", ())) > 1)


def _whole(design: Design) -> Panel:
    controls, language, entity = Controls(design, design.json, ""), design.language, design.entity
    staged = tuple(Choice(f.name, f.label.show(language)) for f in (entity.fields.values() if entity is not None else ()) if f.spec.type in ("stage", "choice") and f.is_written)
    stage = ((design.json.get("for") or {}).get("stage") or {}).get("field")
    begins = [
        controls.make("for/alert", "many", say("For alerts of these types", "适用的预警类型"), options=options_of(design, "alert", "type")),
        controls.make("for/stage/field", "choice", say("For a stage", "适用的阶段字段"), options=staged, empty="–"),
    ]
    if stage and entity is not None:
        begins.append(controls.make("for/stage/options", "many", say("In these", "处于以下阶段"), options=options_of(design, entity.name, stage)))
    groups = (
        ControlGroup(None, (controls.make("label", "label", say("Name", "名称"), required=True),)),
        ControlGroup(say("Begins by itself", "自动启动").show(language), tuple(begins)),
        ControlGroup(
            say("More", "更多").show(language),
            (
                calendar_control(design, controls, "calendar", say("Whose working hours", "工作日历"), say("The usual calendar", "默认日历").show(language)),
                controls.make("name", "name", say("API name", "API 名称")), controls.make("description", "long_label", say("Description", "说明")),
            ), True,
        ),
    )  # fmt: skip
    return Panel("", LABEL.show(language), ICON, groups)


def follow(before: Json, after: Json, model: Any) -> list[Json]:
    """Return what goes with a change: a stage needs options, and none is left without its field."""
    was, now = (((doc.get("for") or {}).get("stage") or {}) for doc in (before, after))
    if now and not now.get("field"):
        return [{"op": "set", "at": "/for/stage", "value": None}]
    entity = model.entities.get(str(after.get("entity")))
    field = entity.fields.get(now["field"]) if entity is not None and now.get("field") else None
    options = [o.name for o in getattr(field.spec, "options", ())] if field is not None else []
    if now.get("field") and options and (now.get("field") != was.get("field") or not now.get("options")):
        return [{"op": "set", "at": "/for/stage/options", "value": options[:1]}]
    return []


def start(design_label: Json, name: str, entity: Entity, _language: str) -> Json:
    """Return a new playbook with one step."""
    return {"kind": "playbook", "name": name, "label": design_label, "entity": entity.name, "steps": [CALL]}
