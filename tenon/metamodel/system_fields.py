"""What every entity has without declaring it: system fields, the fields of scores, and people as entities."""

from __future__ import annotations

import uuid
from decimal import Decimal
from functools import cache
from typing import Any

from tenon.metamodel.document import Document
from tenon.metamodel.fields import FIELD_TYPES
from tenon.metamodel.labels import Text
from tenon.metamodel.model import Entity, Field
from tenon.metamodel.storage import Storage
from tenon.metamodel.types import DATETIME, INTEGER, TEXT, UNIT, USER, Type

_ID = Storage("id")
SYSTEM: tuple[tuple[str, str, Type, Storage, Text], ...] = (
    ("id", "text", TEXT, _ID, Text("Id", "编号")),
    ("created_at", "datetime", DATETIME, Storage("datetime"), Text("Created", "创建时间")),
    ("created_by", "user", USER, _ID, Text("Created by", "创建人")),
    ("updated_at", "datetime", DATETIME, Storage("datetime"), Text("Changed", "修改时间")),
    ("updated_by", "user", USER, _ID, Text("Changed by", "修改人")),
    ("owner", "user", USER, _ID, Text("Owner", "负责人")),
    ("unit", "unit", UNIT, _ID, Text("Unit", "所属部门")),
    ("source", "text", TEXT, Storage("text", length=200), Text("Source", "来源")),
    ("version", "integer", INTEGER, Storage("integer"), Text("Version", "版本")),
    ("deleted_at", "datetime", DATETIME, Storage("datetime"), Text("Deleted", "删除时间")),
)
WRITABLE_SYSTEM = ("owner", "unit", "source")
SCORE_PARTS = ("score", "band", "coverage", "trend", "at")
_PART_LABELS = {
    "score": Text("score", "分数"), "band": Text("band", "等级"), "coverage": Text("coverage", "数据覆盖率"),
    "trend": Text("trend", "趋势"), "at": Text("computed at", "计算时间"),
}


def make_spec(type_name: str, name: str, label: Text, **options: Any) -> Any:
    """Return the spec of a field that no document declares."""
    return FIELD_TYPES[type_name].model_validate({"type": type_name, "name": name, "label": label, **options})


_SPECS = {name: make_spec(type_name, name, label) for name, type_name, _, _, label in SYSTEM}


def may_be_set(field: Field) -> bool:
    """Return whether a field is one that is written, not one that is computed or that the platform keeps itself."""
    return field.is_written or field.name in WRITABLE_SYSTEM


def system_fields(entity_id: str) -> list[Field]:
    """Return the fields on every record; their ids are their names."""
    return [
        Field(
            id=name, name=name, label=label, spec=_SPECS[name], entity_id=entity_id, storage=storage, column=name, origin="system",
            type=Type("reference", entity=entity_id) if name == "id" else type_,
        )
        for name, _, type_, storage, label in SYSTEM
    ]


def score_field_id(score_id: str, part: str) -> str:
    """Return the stable id of a field that a score adds."""
    return str(uuid.uuid5(uuid.UUID(score_id), part))


def score_fields(score: Document, entity_id: str) -> list[Field]:
    """Return the five read-only fields that a score adds to its entity."""
    body = score.body
    low, high = body.scale
    options = [{"name": b.name, "label": b.title(), "colour": b.colour} for b in body.bands]
    number = Type("number", scale=4, low=low, high=high)
    four = Storage("exact", scale=4)
    shapes: dict[str, tuple[str, dict[str, Any], Type, Storage]] = {
        "score": ("decimal", {"scale": 4}, number, four),
        "band": ("choice", {"options": options}, Type("choice", options=tuple(b.name for b in body.bands)), Storage("text")),
        "coverage": ("percent", {"scale": 4}, Type("number", scale=4, low=Decimal(0), high=Decimal(1)), four),
        "trend": ("decimal", {"scale": 4}, Type("number", scale=4, low=low - high, high=high - low), four),
        "at": ("datetime", {}, DATETIME, Storage("datetime")),
    }
    fields = []
    for part, (type_name, extra, type_, storage) in shapes.items():
        name, extra_label, own = f"{score.name}_{part}", _PART_LABELS[part], score.label
        label = own if part == "score" else Text(f"{own.show('en')} {extra_label.en}", f"{own.show('zh')}{extra_label.zh}")
        item_id = score_field_id(score.id, part)
        type_ = Type("choice", options=type_.options, source=item_id) if part == "band" else type_
        fields.append(
            Field(
                id=item_id, name=name, label=label, spec=make_spec(type_name, name, label, id=item_id, **extra), entity_id=entity_id,
                type=type_, storage=storage, column=part, origin="score", app=score.app, score=score.id, part=part,
            )
        )
    return fields


@cache
def people() -> tuple[Entity, ...]:
    """Return the entities "user" and "unit", reached along references only; they are the same in every model."""
    return (
        _person("user", Text("Person", "人员"), "tenon_user", [("name", "text", TEXT), ("email", "text", TEXT), ("unit", "unit", UNIT), ("manager", "user", USER)]),
        _person("unit", Text("Unit", "部门"), "tenon_unit", [("name", "text", TEXT), ("parent", "unit", UNIT)]),
    )


_PEOPLE_LABELS = {
    "name": Text("Name", "姓名"), "email": Text("E-mail", "邮箱"), "unit": Text("Unit", "部门"), "manager": Text("Manager", "上级"),
    "parent": Text("Parent", "上级部门"), "id": Text("Id", "编号"),
}


def _person(key: str, label: Text, table: str, shape: list[tuple[str, str, Type]]) -> Entity:
    fields = [
        Field(
            id=name, name=name, label=_PEOPLE_LABELS[name], spec=make_spec(type_name, name if name != "id" else "key", _PEOPLE_LABELS[name]),
            entity_id=key, type=type_, storage=Storage("text") if type_ is TEXT and name != "id" else _ID, column=name, origin="system",
        )
        for name, type_name, type_ in [("id", "text", Type("reference", entity=key)), *shape]
    ]
    return Entity(
        id=key, name=key, label=label, plural=label, document=Document({"kind": "entity", "name": key, "id": key}, None), title="name",
        search=("name",), time_field="name", keys=(), features=frozenset(), fields={f.name: f for f in fields}, relations={},
        fields_by_id={f.id: f for f in fields}, table_name=table,
    )
