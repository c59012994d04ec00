"""The properties that only some field types have, out of the types themselves: what a type declares can be set."""

from __future__ import annotations

from typing import Any

from tenon.metamodel.fields.base import FieldSpec
from tenon.metamodel.labels import Text, say
from tenon.ui.backend.designers.base import Controls, Design
from tenon.ui.design_shapes import Control, ControlType
from tenon.ui.shapes import Choice

COMMON = frozenset(FieldSpec.model_fields)
LABELS: dict[str, Text] = {
    "currency": Text("Currency", "币种"), "scale": Text("Decimals", "小数位数"), "min": Text("Smallest", "最小值"), "max": Text("Largest", "最大值"),
    "max_length": Text("Longest", "最大长度"), "pattern": Text("Pattern", "格式（正则）"), "expr": Text("Formula", "公式"), "entity": Text("Links to", "关联对象"),
    "reverse/name": Text("API name on the other side", "反向 API 名称"), "reverse/label": Text("Label on the other side", "反向标签"),
    "on_delete": Text("When that is deleted", "对方删除时"), "format": Text("Pattern of the number", "编号格式"), "unit": Text("Unit", "单位"),
    "multiple": Text("Several", "允许多个"), "many": Text("Several", "允许多个"), "where": Text("Only those where", "仅限"), "level": Text("Level", "级别"),
    "shown_as": Text("Shown as", "显示为"),
}  # fmt: skip
ON_DELETE = (("restrict", Text("Refuse", "禁止删除")), ("clear", Text("Leave this empty", "置空")), ("cascade", Text("Delete together", "一并删除")))
LEFT_OUT = frozenset({"type", "options", "moves", "initial", "finals", "entities", "reverse"})


def own_controls(design: Design, controls: Controls, spec: type[FieldSpec]) -> list[Control]:
    """Return a control for every plain attribute that a field type adds."""
    made: list[Control] = []
    for name, info in spec.model_fields.items():
        key = info.alias or name
        if name in COMMON or name in LEFT_OUT:
            continue
        control = _control(design, controls, key, str(info.annotation))
        if control is not None:
            made.append(control)
    if "reverse" in spec.model_fields:
        made += [controls.make(f"reverse/{key}", "label" if key == "label" else "name", LABELS[f"reverse/{key}"]) for key in ("label", "name")]
    return made


def _control(design: Design, controls: Controls, key: str, annotation: str) -> Control | None:
    label = LABELS.get(key, Text(key.replace("_", " ").capitalize(), key))
    if key == "entity":
        entities = tuple(Choice(e.name, e.label.show(design.language)) for e in design.model.entities.values() if not e.is_system)
        return controls.make(key, "choice", label, options=entities)
    if key == "on_delete":
        return controls.make(key, "choice", label, options=design.choices(ON_DELETE), empty=say("Refuse", "禁止删除").show(design.language))
    if key == "shown_as":
        ways = (("percent", Text("Percent", "百分比")), ("numbers", Text("Text with numbers", "含数字的文本")))
        return controls.make(key, "choice", label, options=design.choices(ways), empty=say("As it is", "原样").show(design.language))
    type_: ControlType
    if key in ("expr", "where"):
        return controls.make(key, "expression", label, entity=design.entity.name if design.entity else None, use="formula" if key == "expr" else "")
    if "bool" in annotation:
        type_ = "switch"
    elif "int" in annotation or "Decimal" in annotation:
        type_ = "number"
    elif "str" in annotation and "list" not in annotation and "dict" not in annotation:
        type_ = "text"
    else:
        return None
    return controls.make(key, type_, label)


def choices_of(values: Any) -> tuple[Choice, ...]:
    """Return plain values as choices."""
    return tuple(Choice(str(value), str(value)) for value in values)
