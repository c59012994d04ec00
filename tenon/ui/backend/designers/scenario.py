"""The scenario designer: the records a story begins with, its steps by date, and what has to come out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta

from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity
from tenon.ui.backend.designers.base import Controls, Design, Json
from tenon.ui.backend.designers.scenario_deeds import deed_group, first_deed, say_deed
from tenon.ui.backend.designers.scenario_expects import expect_group, first_expect, say_expect
from tenon.ui.backend.designers.scenario_rows import (
    DrawnRow,
    draw_changes,
    draw_rows,
    escape,
    first_row,
    first_value,
    is_told,
    records_of,
    row_panel,
)
from tenon.ui.design_shapes import Control, ControlGroup, PaletteGroup, PaletteItem, Panel
from tenon.ui.shapes import Choice

LABEL = Text("Scenario", "场景")
ICON = "list-checks"
TOLD = say("A story with what has to come out, tried at every publish.", "带有预期结果的场景，每次发布都会验证。")
NEEDS_ENTITY = True
SCRIPT = "design_scenario"
STEP, RECORD = "step", "record"
BEGINS = "2025-01-15"


@dataclass(frozen=True, slots=True)
class DrawnStep:
    """A step of the story: how many days pass, the day it is then, what is changed and added, what somebody does, and what is expected."""

    id: str
    days: int
    day: str
    changes: tuple[DrawnRow, ...]
    added: tuple[DrawnRow, ...]
    expected: str | None
    done: str | None = None


@dataclass(frozen=True, slots=True)
class Drawn:
    """The story: the day it begins, its people, its records and its steps."""

    day: str
    people: tuple[str, ...]
    records: tuple[DrawnRow, ...]
    steps: tuple[DrawnStep, ...]


def canvas(design: Design) -> Drawn:
    """Return the story in its order."""
    given = design.json.get("given", {})
    steps, passed = [], 0
    for step in design.json.get("then", ()):
        days, place = int(step.get("advance_days") or 0), f"/then/{step['id']}"
        passed += days
        expected = say_expect(design, step["expect"]) if step.get("expect") else None
        changes, added = draw_changes(design, step.get("set"), f"{place}/set"), draw_rows(design, step.get("add"), f"{place}/add")
        steps.append(DrawnStep(step["id"], days, _day(given.get("clock"), passed), changes, added, expected, say_deed(design, step["do"]) if step.get("do") else None))
    people = tuple(f"{name} ({', '.join(_roles(design, person))})" for name, person in (given.get("people") or {}).items())
    return Drawn(str(given.get("clock", "")), people, draw_rows(design, given.get("records"), "/given/records"), tuple(steps))


def palette(design: Design) -> tuple[PaletteGroup, ...]:
    """Return steps, what can be expected, and records of entities."""
    language = design.language
    steps = [PaletteItem(say("Time passes", "推进时间").show(language), "clock", STEP, {"advance_days": 7}, say("A week later", "一周以后").show(language))]
    change = _first_change(design)
    if change is not None:
        steps.append(PaletteItem(say("Something changes", "数据变化").show(language), "pencil", STEP, {"set": change}))
    deed = first_deed(design)
    if deed is not None:
        steps.append(PaletteItem(say("Somebody does something", "人员操作").show(language), "user-check", STEP, {"do": deed}))
    expects = []
    for score in design.model.all("score"):
        found = first_expect(design, "score", score.name)
        if found is not None:
            expects.append(PaletteItem(score.label.show(language), "gauge", STEP, {"expect": found}, say("A score is so", "期望评分").show(language)))
    many = say("There are so many records", "期望记录数量")
    for sort, label, icon in (("field", say("A value is so", "期望字段值"), "equal"), ("records", many, "list-checks"), ("right", say("Somebody may", "期望权限"), "lock")):
        found = first_expect(design, sort)
        if found is not None:
            expects.append(PaletteItem(label.show(language), icon, STEP, {"expect": found}))
    records = tuple(
        PaletteItem(e.label.show(language), e.icon or "table-2", RECORD, first_row(design, e), say("A record of the story", "场景中的记录").show(language), below=escape(e.name))
        for e in design.model.entities.values() if not e.is_system
    )  # fmt: skip
    named = ((say("Steps", "步骤"), tuple(steps)), (say("Expect that", "期望"), tuple(expects)), (say("Records", "记录"), records))
    return tuple(PaletteGroup(label.show(language), items) for label, items in named if items)


def panel(design: Design, item_id: str) -> Panel | None:
    """Return the properties of a step, of a record of the story, or of the scenario itself."""
    item = design.item(item_id)
    if item is None:
        return None
    if item is design.json:
        return _story_panel(design, Controls(design, item, ""))
    if item_id.startswith("/"):
        return row_panel(design, item_id, item)
    return _step_panel(design, Controls(design, item, design.place(item_id)))


def start(design_label: Json, name: str, entity: Entity, language: str) -> Json:
    """Return a story with one record that a week passes for."""
    title = entity.fields.get(entity.title) if entity.title else None
    first = f"{entity.label.show(language)[:60]} 1"
    row = {title.name: first} if title is not None and title.type.kind == "text" and title.is_written else {"as": first}
    given = {"clock": BEGINS, "records": {entity.name: [row]}}
    return {"kind": "scenario", "name": name, "label": design_label, "given": given, "then": [{"advance_days": 7}]}


def _day(clock: object, days: int) -> str:
    try:
        return (date.fromisoformat(str(clock)[:10]) + timedelta(days=days)).isoformat()
    except (ValueError, OverflowError):
        return ""


def _roles(design: Design, person: Json) -> list[str]:
    found = [(name, design.model.find("role", str(name))) for name in person.get("roles", ())]
    return [role.label.show(design.language) if role is not None else str(name) for name, role in found] or ["-"]


def _first_change(design: Design) -> Json | None:
    """Return a change of the first record of the story that can be changed."""
    for entity, record in records_of(design):
        for field in entity.fields.values():
            value = first_value(design, field) if is_told(field) and field.name != entity.title else None
            if value is not None:
                return {entity.name: {record: {field.name: value}}}
    return None


def _story_panel(design: Design, controls: Controls) -> Panel:
    language = design.language
    first = (
        controls.make("label", "label", say("Name", "名称"), required=True),
        controls.make("given/clock", "date", say("The day it begins", "开始日期")),
    )
    people = tuple(_person(design, name) for name in design.json.get("given", {}).get("people") or {})
    more = (controls.make("name", "name", say("API name", "API 名称")), controls.make("description", "long_label", say("Description", "说明")))
    groups = [
        ControlGroup(None, first), ControlGroup(say("People of the story", "场景中的人员").show(language), (*people, _new_person(design))),
        ControlGroup(say("More", "更多").show(language), more, True),
    ]  # fmt: skip
    return Panel("", LABEL.show(language), ICON, tuple(groups))


def _person(design: Design, name: str) -> Control:
    roles = tuple(Choice(d.name, d.label.show(design.language)) for d in design.model.all("role"))
    value = design.json["given"]["people"][name].get("roles")
    return Control(f"/given/people/{escape(name)}/roles", "many", name, value, roles)


def _new_person(design: Design) -> Control:
    taken = design.json.get("given", {}).get("people") or {}
    name = next(f"person_{n}" for n in range(1, len(taken) + 2) if f"person_{n}" not in taken)
    operations = [{"op": "set", "at": f"/given/people/{name}", "value": {"roles": []}}]
    return Control("", "ways", say("Somebody else", "添加人员").show(design.language), None, (Choice(json.dumps(operations), say("Add a person", "添加人员").show(design.language)),))


def _step_panel(design: Design, controls: Controls) -> Panel:
    language, step, place = design.language, controls.item, controls.place
    number = next((n for n, each in enumerate(design.json.get("then", ()), 1) if each["id"] == step["id"]), 0)
    time = controls.make("advance_days", "number", say("Days that pass first", "先经过的天数"), empty="0")
    changes = []
    for entity, record in records_of(design):
        field = next((f for f in entity.fields.values() if is_told(f) and f.name != entity.title and first_value(design, f) is not None), None)
        if field is not None and record not in (step.get("set") or {}).get(entity.name, {}):
            operation = {"op": "set", "at": f"{place}/set/{escape(entity.name)}/{escape(record)}", "value": {field.name: first_value(design, field)}}
            changes.append(Choice(json.dumps([operation], ensure_ascii=False), f"{record} ({entity.label.show(language)})"))
    happens = [time, controls.make("advance_hours", "number", say("And hours", "另加小时数"), empty="0")]
    if changes:
        happens.append(Control("", "ways", say("Change a record", "修改记录").show(language), None, tuple(changes), empty=say("Choose a record…", "选择记录…").show(language)))
    title = say("Step {n}", "第 {n} 步", n=number).show(language)
    return Panel(step["id"], title, "clock", (ControlGroup(None, tuple(happens)), deed_group(design, step, place), expect_group(design, step, place)), may_remove=True)
