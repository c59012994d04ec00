"""Records of a story: what they are called, what they hold, and the properties of one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tenon.metamodel.check_scenarios import CALLED, name_of
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity, Field
from tenon.ui.backend.designers.base import Controls, Design, Json
from tenon.ui.design_shapes import Control, ControlGroup, Panel
from tenon.ui.shapes import Choice

PLAIN = frozenset({"text", "number", "boolean", "date", "datetime", "choice", "reference"})
"""Kinds of values that can be put in by a control; others stay as they are written."""


@dataclass(frozen=True, slots=True)
class DrawnValue:
    """A field of a record of the story and what it holds."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class DrawnRow:
    """A record of the story; ``place`` is where it stands in the document."""

    place: str
    icon: str
    about: str
    name: str
    values: tuple[DrawnValue, ...]


def escape(step: str) -> str:
    """Return a step of a place."""
    return step.replace("~", "~0").replace("/", "~1")


def draw_rows(design: Design, rows: Any, place: str) -> tuple[DrawnRow, ...]:
    """Return the records of a part of the story, entity by entity."""
    found = []
    for name, listed in (rows or {}).items():
        entity = design.model.entities.get(name)
        for index, row in enumerate(listed):
            called = (name_of(entity, row) if entity is not None else None) or ""
            hidden = {CALLED, entity.title if entity is not None else None}
            found.append(_row(design, entity, name, called, {k: v for k, v in row.items() if k not in hidden}, f"{place}/{escape(name)}/{index}"))
    return tuple(found)


def draw_changes(design: Design, changes: Any, place: str) -> tuple[DrawnRow, ...]:
    """Return the changes of records of a step."""
    return tuple(
        _row(design, design.model.entities.get(name), name, record, values, f"{place}/{escape(name)}/{escape(record)}")
        for name, records in (changes or {}).items() for record, values in records.items()
    )  # fmt: skip


def _row(design: Design, entity: Entity | None, name: str, called: str, values: Json, place: str) -> DrawnRow:
    about = entity.label.show(design.language) if entity is not None else name
    shown = tuple(DrawnValue(_label(design, entity, key), say_value(design, entity, key, value)) for key, value in values.items())
    return DrawnRow(place, (entity.icon if entity is not None else None) or "table-2", about, called or about, shown)


def _label(design: Design, entity: Entity | None, key: str) -> str:
    field = entity.fields.get(key) if entity is not None else None
    return field.label.show(design.language) if field is not None else key


def say_value(design: Design, entity: Entity | None, key: str, value: Any) -> str:
    """Return a value of a record of the story as people read it."""
    field = entity.find_field(key) if entity is not None else None
    if isinstance(value, bool):
        return (say("yes", "是") if value else say("no", "否")).show(design.language)
    if field is not None and field.type.kind == "choice":
        return next((o.label for o in _options(design, field) if o.name == value), str(value))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def records_of(design: Design, entity: Entity | None = None) -> Iterator[tuple[Entity, str]]:
    """Yield every record that the story names, given or added later, of one entity or of all."""
    parts = [design.json.get("given", {}).get("records") or {}, *(s.get("add") or {} for s in design.json.get("then", ()))]
    for rows in parts:
        for name, listed in rows.items():
            found = design.model.entities.get(name)
            if found is None or (entity is not None and found.id != entity.id):
                continue
            for row in listed:
                called = name_of(found, row)
                if called:
                    yield found, called


def first_row(design: Design, entity: Entity) -> Json:
    """Return a new record of an entity, called so that no other is."""
    taken = {name for _, name in records_of(design, entity)}
    label = entity.label.show(design.language)[:60]
    name = next(f"{label} {n}" for n in range(1, len(taken) + 2) if f"{label} {n}" not in taken)
    title = entity.fields.get(entity.title) if entity.title else None
    return {title.name: name} if title is not None and title.type.kind == "text" and title.is_written else {CALLED: name}


def row_panel(design: Design, place: str, row: Json) -> Panel | None:
    """Return the properties of a record of the story, or of the change of one: its values, fields to add, and taking it out."""
    steps = place.split("/")
    is_change = steps[1] == "then" and steps[3] == "set"
    entity_name = steps[-2].replace("~1", "/").replace("~0", "~")
    entity = design.model.entities.get(entity_name)
    controls = Controls(design, row, place)
    made = [] if is_change or CALLED not in row else [controls.make(CALLED, "text", say("Called", "称呼"))]
    made += [value_control(design, controls, entity, key) for key in row if key != CALLED]
    if entity is not None:
        made += more_values(design, entity, row, place)
    group = ControlGroup(None, (*made, _out(design, place, is_change=is_change)))
    called = steps[-1].replace("~1", "/").replace("~0", "~") if is_change else (name_of(entity, row) if entity is not None else None)
    label = entity.label.show(design.language) if entity is not None else entity_name
    note = say("Changed in this step", "在此步骤中修改") if is_change else say("Of the story", "场景中的记录")
    return Panel(place, called or label, (entity.icon if entity is not None else None) or "table-2", (group,), f"{label} · {note.show(design.language)}")


def value_control(design: Design, controls: Controls, entity: Entity | None, key: str, *, at: str | None = None, of: str | None = None) -> Control:
    """Return the property of a value of a field: ``at`` where it stands below the item, ``of`` the field it is of."""
    field = entity.find_field(of or key) if entity is not None else None
    label = field.label if field is not None else Text(of or key, of or key)
    where, kind = at or escape(key), field.type.kind if field is not None else "text"
    value = controls.item.get(at or key)
    control = controls.make(where, "text", label).holding(value)
    if not isinstance(value, str | int | float | bool | None) or kind not in PLAIN:
        return controls.make(where, "note", label).holding(json.dumps(value, ensure_ascii=False))
    if kind == "number":
        return controls.make(where, "number", label).holding(value)
    if kind == "date":
        return controls.make(where, "date", label).holding(value)
    if field is not None and kind in ("boolean", "choice", "reference"):
        options = _choices(design, field)
        if kind == "boolean":
            return _either(design, controls, where, label, value)
        known = options if any(o.name == value for o in options) or value is None else (*options, Choice(str(value), str(value)))
        return controls.make(where, "choice", label, options=known, empty=say("Nothing", "无").show(design.language)).holding(value)
    return control


def _either(design: Design, controls: Controls, where: str, label: Text, value: Any) -> Control:
    at = f"{controls.place}/{where}"
    ways = tuple((json.dumps([{"op": "set", "at": at, "value": is_on}]), text.show(design.language)) for is_on, text in ((True, say("yes", "是")), (False, say("no", "否"))))
    chosen = None if value is None else ways[0 if value else 1][0]
    return Control(at, "ways", label.show(design.language), chosen, tuple(Choice(name, text) for name, text in ways))


def _choices(design: Design, field: Field) -> tuple[Choice, ...]:
    if field.type.kind == "choice":
        return _options(design, field)
    if field.type.entity == "user":
        return tuple(Choice(name, name) for name in design.json.get("given", {}).get("people") or {})
    far = design.model.find_entity(field.type.entity) if field.type.entity else None
    return tuple(Choice(name, name) for _, name in records_of(design, far)) if far is not None else ()


def _options(design: Design, field: Field) -> tuple[Choice, ...]:
    labels = {o.name: o.label.show(design.language) if o.label else o.name for o in getattr(field.spec, "options", None) or ()}
    return tuple(Choice(name, labels.get(name, name)) for name in field.type.options)


def is_told(field: Field) -> bool:
    """True for a field that a story says something of: not what the system gives."""
    return field.is_written and field.origin != "system" and field.spec.type != "autonumber"


def first_value(design: Design, field: Field) -> Any:
    """Return a value that a field can have, None when there is none to give."""
    kind = field.type.kind
    if kind in ("choice", "reference"):
        return next((c.name for c in _choices(design, field)), None)
    day = str(design.json.get("given", {}).get("clock") or "2025-01-01")[:10]
    return {"text": field.label.show(design.language), "number": 0, "boolean": True, "date": day, "datetime": f"{day}T09:00:00"}.get(kind)


def more_values(design: Design, entity: Entity, row: Json, place: str) -> list[Control]:
    """Return the fields that the record can have beside those it has."""
    offers = []
    for field in entity.fields.values():
        if field.name in row or not (is_told(field) or field.name == "owner"):
            continue
        value = first_value(design, field)
        if value is not None:
            operation = {"op": "set", "at": f"{place}/{escape(field.name)}", "value": value}
            offers.append(Choice(json.dumps([operation], ensure_ascii=False), field.label.show(design.language)))
    if not offers:
        return []
    return [Control("", "ways", say("Add a value", "添加字段值").show(design.language), None, tuple(offers), empty=say("Choose a field…", "选择字段…").show(design.language))]


def _out(design: Design, place: str, *, is_change: bool) -> Control:
    operations = [{"op": "set", "at": place, "value": None}]
    text = say("Change nothing of it", "不再修改它") if is_change else say("Take it out", "移出场景")
    return Control("", "ways", say("Remove", "移除").show(design.language), None, (Choice(json.dumps(operations), text.show(design.language)),))
