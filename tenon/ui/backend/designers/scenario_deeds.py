"""What somebody does in a story: records of an entity for which a condition holds get values; in words, and as properties."""

from __future__ import annotations

import json
from typing import Any

from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity
from tenon.ui.backend.designers.base import Controls, Design, Json
from tenon.ui.backend.designers.rule_words import said_condition
from tenon.ui.backend.designers.scenario_rows import first_value, is_told, more_values, say_value, value_control
from tenon.ui.design_shapes import Control, ControlGroup
from tenon.ui.shapes import Choice

OFTEN_DONE = "task"


def first_deed(design: Design, entity: Entity | None = None) -> Json | None:
    """Return something that somebody can do to begin with: of an entity, else of tasks, else of the first that can be changed."""
    known = [e for e in design.model.entities.values() if not e.is_system]
    for each in [entity] if entity is not None else sorted(known, key=lambda e: e.name != OFTEN_DONE):
        for field in each.fields.values():
            value = first_value(design, field) if is_told(field) and field.name != each.title else None
            if value is not None:
                return {"entity": each.name, "set": {field.name: value}}
    return None


def say_deed(design: Design, deed: Json) -> str:
    """Return what somebody does in words."""
    entity = _entity(design, deed)
    label = entity.label.show(design.language) if entity is not None else str(deed.get("entity"))
    told = []
    for key, value in (deed.get("set") or {}).items():
        field = entity.find_field(key) if entity is not None else None
        told.append(f"{field.label.show(design.language) if field is not None else key} = {say_value(design, entity, key, value)}")
    values = ("，" if design.language == "zh" else ", ").join(told) or "–"
    if not deed.get("filter"):
        return say("Somebody sees to every {entity}: {values}", "有人处理每条{entity}：{values}", entity=label, values=values).show(design.language)
    where = said_condition(design, str(deed["filter"]), entity)
    return say("Somebody sees to each {entity} where {where}: {values}", "有人处理满足“{where}”的{entity}：{values}", entity=label, where=where, values=values).show(design.language)


def deed_group(design: Design, step: Json, place: str) -> ControlGroup:
    """Return the properties of what somebody does in a step."""
    deed: Json | None = step.get("do")
    at, language = f"{place}/do", design.language
    ways = [Choice(_set(at, None), say("Nothing", "无").show(language))]
    for each in design.model.entities.values():
        found = deed if deed is not None and each is _entity(design, deed) else first_deed(design, each) if not each.is_system else None
        if found is not None:
            ways.append(Choice(_set(at, found), each.label.show(language)))
    made = [Control("", "ways", say("Sees to records of", "处理的对象").show(language), _set(at, deed), tuple(ways), empty="")]
    if deed is not None:
        made += _of(design, deed, at)
    return ControlGroup(say("Somebody does something", "人员操作").show(language), tuple(made))


def _of(design: Design, deed: Json, at: str) -> list[Control]:
    entity, controls = _entity(design, deed), Controls(design, deed, at)
    values: Json = deed.get("set") or {}
    named = entity.name if entity is not None else str(deed.get("entity"))
    made = [controls.make("filter", "condition", say("Of those for which this holds", "符合条件的记录"), entity=named, expect="boolean")]
    inner = Controls(design, values, f"{at}/set")
    made += [value_control(design, inner, entity, key) for key in values]
    return [*made, *(more_values(design, entity, values, f"{at}/set") if entity is not None else ())]


def _entity(design: Design, deed: Json) -> Entity | None:
    return design.model.find_entity(str(deed.get("entity"))) or design.model.entities.get(str(deed.get("entity")))


def _set(at: str, value: Any) -> str:
    return json.dumps([{"op": "set", "at": at, "value": value}], ensure_ascii=False)
