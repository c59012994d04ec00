"""The workflow designer: steps on a canvas that lays itself out, with branches, people and waiting; and the same as an outline."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity
from tenon.metamodel.triggers import TRIGGERS
from tenon.ui.backend.designers.base import Controls, Design, Json
from tenon.ui.backend.designers.flow_controls import item_panel
from tenon.ui.backend.designers.flow_layout import DOWN, RIGHT, Layout, lay_out
from tenon.ui.backend.designers.flow_offers import beginnings, icon_of, offered_steps, step_label
from tenon.ui.backend.designers.flow_tree import FlowNode, grow
from tenon.ui.backend.designers.rule_controls import STATES, acting_controls, calendar_control
from tenon.ui.backend.designers.rule_offers import ICONS, offered_triggers
from tenon.ui.backend.designers.rule_parts import as_json, name_of, setting_to
from tenon.ui.backend.designers.rule_triggers import trigger_panel
from tenon.ui.backend.designers.rule_words import said_trigger
from tenon.ui.design_shapes import Control, ControlGroup, PaletteGroup, PaletteItem, Panel
from tenon.ui.shapes import Choice

LABEL = Text("Workflow", "流程")
ICON = "workflow"
TOLD = say("Steps over days: approvals, tasks of people, waiting, branches.", "跨越多天的步骤：审批、人工任务、等待与分支。")
SCRIPT = "design_flow"
TYPES = (("process", say("Process", "流程")), ("approval", say("Approval", "审批")), ("journey", say("Journey", "旅程")))


@dataclass(frozen=True, slots=True)
class FlowMenu:
    """What can be put in where the steps are about an entity."""

    about: str
    groups: tuple[PaletteGroup, ...]


@dataclass(frozen=True, slots=True)
class Beginning:
    """A whole workflow to begin from, and what makes it."""

    label: str
    told: str
    icon: str
    operations: Sequence[Json]


@dataclass(frozen=True, slots=True)
class DrawnFlow:
    """The workflow: what starts it, its steps as a tree and on the canvas, and what can be put in where."""

    start: str
    start_label: str
    start_told: str
    start_icon: str
    tree: tuple[FlowNode, ...]
    layout: Layout
    menus: tuple[FlowMenu, ...]
    beginnings: tuple[Beginning, ...]
    state: str
    about: str


def canvas(design: Design) -> DrawnFlow:
    """Return the workflow laid out, downwards or, a journey, to the right."""
    entity = design.entity.name if design.entity is not None else ""
    tree = grow(design, design.json.get("steps") or [], "/steps")
    layout = lay_out(tree, entity, RIGHT if design.json.get("type") == "journey" else DOWN)
    abouts = {entity: design} | {p.about: replace(design, about=far) for p in layout.pluses if p.about != entity and (far := design.model.entities.get(p.about)) is not None}
    menus = tuple(FlowMenu(name, _groups(within)) for name, within in abouts.items())
    begin = () if tree else tuple(Beginning(label.show(design.language), told.show(design.language), icon, ops) for label, told, icon, ops in beginnings(design))
    return DrawnFlow(*_start_words(design), tree, layout, menus, begin, str(design.json.get("state") or "active"), entity)


def _start_words(design: Design) -> tuple[str, str, str, str]:
    """Return the id of what starts the workflow ('' when that is said in the properties of the whole), what it is called, what it says and its icon."""
    language, trigger, enrol = design.language, design.json.get("start"), design.json.get("enrol")
    if trigger:
        return trigger.get("id", ""), TRIGGERS[trigger["type"]].LABEL.show(language), said_trigger(design, trigger), ICONS.get(trigger["type"], "zap")
    segment = design.model.find("segment", str((enrol or {}).get("segment") if isinstance(enrol, dict) else enrol))
    if segment is not None:
        return "", say("Who comes into a segment", "进入分群时").show(language), segment.label.show(language), "users"
    return "", say("Started by a rule or the API", "由规则或 API 启动").show(language), say("Nothing else starts it yet", "尚未设置其他启动方式").show(language), "play"


def _groups(design: Design) -> tuple[PaletteGroup, ...]:
    language = design.language
    return tuple(
        PaletteGroup(label.show(language), tuple(PaletteItem(step_label(value["type"]).show(language), icon_of(value["type"]), "step", value) for value in values))
        for label, values in offered_steps(design) if values
    )  # fmt: skip


def palette(design: Design) -> tuple[PaletteGroup, ...]:
    """Return the steps that a workflow about the entity can have."""
    return _groups(design)


def panel(design: Design, item_id: str) -> Panel | None:
    """Return the properties of a step, a path, what starts the workflow, or the workflow."""
    item = design.item(item_id)
    if item is None:
        return None
    if item is design.json:
        return _whole(design)
    if item_id == (design.json.get("start") or {}).get("id"):
        found = trigger_panel(design, item)
        return replace(found, groups=(ControlGroup(None, (_starts(design),)), *found.groups))
    return item_panel(design, item)


def _starts(design: Design) -> Control:
    """Return the choice of what starts the workflow by itself."""
    now = design.json.get("start")
    offers = [(name, value) for name, value in offered_triggers(design) if name != "deleted"]
    ways = [Choice(as_json(setting_to("/start", None)), say("Nothing: a rule or the API starts it", "无：由规则或 API 启动").show(design.language))]
    for name, value in offers:
        kept = now if now and now["type"] == name else value
        ways.append(Choice(as_json(setting_to("/start", kept)), TRIGGERS[name].LABEL.show(design.language)))
    chosen = next((w.name for w, (name, _) in zip(ways[1:], offers, strict=True) if now and now["type"] == name), ways[0].name)
    return Control("/start", "ways", say("Started by", "启动方式").show(design.language), chosen, tuple(ways), empty="")


def _whole(design: Design) -> Panel:
    controls, language = Controls(design, design.json, ""), design.language
    first = [
        controls.make("label", "label", say("Name", "名称"), required=True), controls.make("type", "segments", say("Type", "类型"), options=design.choices(TYPES), empty="process"),
        controls.make("state", "segments", say("State", "状态"), options=design.choices([s for s in STATES if s[0] != "log_only"]), empty="active"), _starts(design),
        controls.make(
            "exit_when", "condition", say("Given up when", "退出条件"), entity=name_of(design.entity), expect="boolean", use="rule", empty=say("Never", "从不").show(language),
        ),
    ]  # fmt: skip
    hours = (
        calendar_control(design, controls, "calendar", say("Working hours", "工作日历"), say("The usual calendar", "默认日历").show(language)),
        _optional(design, "quiet_hours", say("Quiet hours", "静默时段"), {"from": "22:00", "to": "08:00"}),
        *([controls.make("quiet_hours/from", "text", say("Waits from", "静默开始")), controls.make("quiet_hours/to", "text", say("until", "静默结束"))] if design.json.get("quiet_hours") else ()),
    )  # fmt: skip
    more = (
        *acting_controls(design, controls), controls.make("name", "name", say("API name", "API 名称")),
        controls.make("description", "long_label", say("Description", "说明")),
    )  # fmt: skip
    groups = [ControlGroup(None, tuple(first)), ControlGroup(say("Hours", "时间").show(language), hours, True), ControlGroup(say("More", "更多").show(language), more, True)]
    if design.json.get("type") == "journey":
        groups.insert(1, ControlGroup(say("Journey", "旅程").show(language), tuple(_journey(design, controls))))
    return Panel("", LABEL.show(language), ICON, tuple(groups))


def _journey(design: Design, controls: Controls) -> Iterator[Control]:
    """Yield whom a journey takes by itself, and how often it may reach somebody."""
    language, now = design.language, design.json.get("enrol")
    segments = [d for d in design.model.all("segment") if design.model.find_entity(d.body.entity) is design.entity]
    ways = [Choice(as_json(setting_to("/enrol", None)), say("Nobody: a rule, a person or the API", "无：由规则、人员或 API 加入").show(language))]
    ways += [Choice(as_json(setting_to("/enrol", {**(now or {}), "segment": d.name})), d.label.show(language)) for d in segments]
    chosen = as_json(setting_to("/enrol", now))
    yield Control("/enrol", "ways", say("Takes whoever is in the segment", "自动纳入分群").show(language), chosen, tuple(ways), empty="")
    if now:
        yield controls.make("enrol/existing", "switch", say("Also who is in it already", "包含已在分群中的记录"), empty="on")
    yield _optional(design, "cap", say("Cap over all journeys", "跨旅程触达上限"), {"times": 2, "days": 7})
    if design.json.get("cap"):
        yield controls.make("cap/times", "number", say("Times at most", "最多次数"))
        yield controls.make("cap/days", "number", say("Within days", "天数内"))


def _optional(design: Design, key: str, label: Text, value: Json) -> Control:
    """Return whether there is a part that has to be there as a whole."""
    now = design.json.get(key)
    ways = [Choice(as_json(setting_to(f"/{key}", each)), text.show(design.language)) for each, text in ((None, say("None", "无")), (now or value, say("Set", "已设置")))]
    return Control(f"/{key}", "ways", label.show(design.language), ways[1 if now else 0].name, tuple(ways))


def start(design_label: Json, name: str, entity: Entity, language: str) -> Json:
    """Return a new workflow that a button of its name starts, with nothing in it yet; the canvas offers what to begin from."""
    button = {"type": "button", "label": design_label}
    return {"kind": "workflow", "name": name, "label": design_label, "entity": entity.name, "start": button, "steps": []}



def shown_at(design: Design) -> str | None:
    """Return what runs of it."""
    return f"/design/workflow/{design.json['name']}/runs"


def preview_at(design: Design) -> str:
    """Return where it is tried on a record."""
    return f"/design/workflow/{design.json['name']}/try"
