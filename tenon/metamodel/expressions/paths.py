"""What a dotted path is: references followed, a field, a to-many relation, who acts, or a value given with the call."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field as attribute, replace
from typing import cast

from tenon.metamodel.expressions.functions import find_function
from tenon.metamodel.expressions.scope import MAX_STEPS, USER_NAMES, Scope
from tenon.metamodel.expressions.tree import Base, ValuePath
from tenon.metamodel.expressions.wording import Refusal, conversion, kind_name, unknown
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity, Field, Relation
from tenon.metamodel.names import SYSTEM_FIELDS
from tenon.metamodel.types import EMPTY, Type

_PYTHON_WORDS = {"true": "True", "false": "False", "null": "None", "none": "None", "TRUE": "True", "FALSE": "False", "NULL": "None"}


@dataclass(frozen=True)
class Frame:
    """Where a name stands: ``row`` the entity of plain names, ``this`` the near one inside an aggregate."""

    row: Entity | None
    this: Entity | None = None
    in_aggregate: bool = False


@dataclass
class Resolved:
    """What the parts of a path were found to be; ``items`` has one entry a part (None for words and given values)."""

    base: Base
    type: Type = EMPTY
    steps: list[Field] = attribute(default_factory=list)
    relation: Relation | None = None
    far_steps: list[Field] = attribute(default_factory=list)
    field: Field | None = None
    name: str = ""
    is_absent: bool = False
    items: list[Field | Relation | None] = attribute(default_factory=list)

    def value_path(self) -> ValuePath:
        """Return the path of a single value."""
        return ValuePath(self.base, tuple(self.steps), self.field, self.name, self.is_absent)

    def far_path(self) -> ValuePath | None:
        """Return the path from the far record of a to-many path, or None when it is the records themselves."""
        return ValuePath("row", tuple(self.far_steps), self.field) if self.field is not None else None


class PathError(Exception):
    """A path that leads nowhere: which part of it, why, and what was found before."""

    def __init__(self, part: int, refusal: Refusal, found: Resolved) -> None:
        super().__init__()
        self.part, self.refusal, self.found = part, refusal, found


def parts_of(node: ast.expr) -> list[ast.Name | ast.Attribute] | None:
    """Return the nodes of a dotted path from left to right, or None when the node is none."""
    parts: list[ast.Name | ast.Attribute] = []
    while isinstance(node, ast.Attribute):
        parts.append(node)
        node = node.value
    return [node, *reversed(parts)] if isinstance(node, ast.Name) else None


def names_of(parts: list[ast.Name | ast.Attribute]) -> list[str]:
    """Return the identifiers of a dotted path."""
    return [p.id if isinstance(p, ast.Name) else p.attr for p in parts]


def resolve(scope: Scope, frame: Frame, names: list[str]) -> Resolved:
    """Return what a path is; raises `PathError`."""
    first = names[0]
    if first == "user":
        return _resolve_user(scope, names)
    if first in ("this", "old", "record"):
        return _resolve_word(scope, frame, names)
    if frame.row is not None and (scope.find_field(frame.row, first) or scope.find_relation(frame.row, first)):
        return _walk(scope, frame.row, names, Resolved("row"))
    if scope.values is not None and first in scope.values:
        return _resolve_value(scope.values, names)
    if scope.is_absent(first):
        return Resolved("row", is_absent=True, items=[None] * len(names))
    raise PathError(0, _unknown_name(scope, frame, first), Resolved("row"))


def _unknown_name(scope: Scope, frame: Frame, name: str) -> Refusal:
    known = [*scope.names(frame.row), *(scope.values or ()), "user", "record", *(["this"] if frame.this else [])]
    if name in _PYTHON_WORDS:
        known.insert(0, _PYTHON_WORDS[name])
        message = say("Unknown name `{name}`.", "没有名为 `{name}` 的名称。", name=name)
        return Refusal("unknown_name", message, say("Did you mean `{name}`?", "您是否想写 `{name}`？", name=_PYTHON_WORDS[name]))
    function = find_function(name)
    if function is not None:
        message = say("`{name}` is a function and needs brackets.", "`{name}` 是函数，需要括号。", name=name)
        return Refusal("unknown_name", message, say("Write {call}.", "请写 {call}。", call=function.signature()))
    return _unknown_field(scope, name, known)


def _unknown_field(scope: Scope, name: str, known: list[str]) -> Refusal:
    return replace(unknown("field", "字段", name, known), code=scope.unknown_field)


def _resolve_user(scope: Scope, names: list[str]) -> Resolved:
    found = Resolved("user", items=[None] * len(names))
    if scope.is_stored:
        message = say("Who acts is not known here: the result is stored for everybody.", "此处不能使用操作人：结果为所有人存储。")
        raise PathError(0, Refusal("bad_expression", message, say("Use it in a filter or condition.", "请在筛选或条件中使用。")), found)
    if len(names) == 1:
        raise PathError(0, _needs_part("user", list(USER_NAMES)), found)
    if names[1] not in USER_NAMES:
        raise PathError(1, unknown("part of user", "user 的属性", names[1], list(USER_NAMES)), found)
    if len(names) > 2:
        raise PathError(2, _no_parts(names[1], USER_NAMES[names[1]]), found)
    found.name, found.type = names[1], USER_NAMES[names[1]]
    return found


def _resolve_word(scope: Scope, frame: Frame, names: list[str]) -> Resolved:
    """Resolve ``this.x``, ``old.x`` and ``record.x``."""
    word = names[0]
    found = Resolved("row" if word == "record" else cast(Base, word), items=[None])
    entity = {"this": frame.this, "old": scope.entity, "record": frame.row}[word]
    if word == "this" and entity is None:
        message = say("`this` is the near record, inside where= only.", "`this` 指当前记录，只能用在 where= 内。")
        raise PathError(0, Refusal("unknown_name", message, say("Leave out `this.`", "请去掉 `this.`")), found)
    if word == "old" and scope.use != "rule":
        message = say("`old` is known in rules and validation only.", "`old` 只能用于规则与校验。")
        raise PathError(0, Refusal("bad_expression", message, say("Leave out `old.`", "请去掉 `old.`")), found)
    if entity is None:
        hint = say("Use the names given with the call.", "请使用随调用提交的名称。")
        raise PathError(0, Refusal("unknown_name", say("There is no record here.", "此处没有记录。"), hint), found)
    if word == "record" and len(names) == 1 and scope.find_field(entity, word) is not None:
        return _walk(scope, entity, names, Resolved("row"))
    if len(names) == 1:
        raise PathError(0, _needs_part(word, scope.names(entity)), found)
    if word == "record" and names[1] not in SYSTEM_FIELDS:
        raise PathError(1, unknown("system field", "系统字段", names[1], list(SYSTEM_FIELDS)), found)
    return _walk(scope, entity, names, found)


def _walk(scope: Scope, entity: Entity | None, names: list[str], found: Resolved) -> Resolved:
    """Follow the parts that are left, from an entity on."""
    for index in range(len(found.items), len(names)):
        key, is_last = names[index], index == len(names) - 1
        if entity is None:
            raise PathError(index, _no_parts(names[index - 1], found.type), found)
        field, relation = scope.find_field(entity, key), scope.find_relation(entity, key)
        if relation is not None and (field is None or field.is_to_many):
            if found.relation is not None:
                raise PathError(index, _one_relation(), found)
            found.relation, found.type = relation, Type("list", entity=relation.far_id)
            found.items.append(relation)
            entity = scope.model.find_entity(relation.far_id)
            continue
        if field is None:
            if scope.is_absent(key):
                return Resolved(found.base, is_absent=True, items=[*found.items, *([None] * (len(names) - index))])
            raise PathError(index, _unknown_field(scope, key, scope.names(entity)), found)
        found.items.append(field)
        found.type = field.type
        if is_last:
            found.field = field
            break
        entity = scope.entity_of(field.type)
        if entity is None:
            raise PathError(index + 1, _no_parts(key, field.type), found)
        (found.steps if found.relation is None else found.far_steps).append(field)
        if len(found.steps) + len(found.far_steps) > MAX_STEPS:
            message = say("A path follows at most {n} references.", "路径最多经过 {n} 个引用。", n=MAX_STEPS)
            raise PathError(index, Refusal("over_limit", message, say("Add a formula field on the way.", "请在中途增加公式字段。")), found)
    return found


def _resolve_value(values: Mapping[str, object], names: list[str]) -> Resolved:
    """Resolve a name given with the call; an object is a record."""
    found, place = Resolved("value", name=".".join(names), items=[None] * len(names)), cast("object", values)
    for index, name in enumerate(names):
        if place == EMPTY:
            return found
        if not isinstance(place, Mapping):
            raise PathError(index, _no_parts(names[index - 1], cast(Type, place)), found)
        if name not in place:
            raise PathError(index, unknown("value", "值", name, list(place)), found)
        place = place[name]
    if isinstance(place, Mapping):
        raise PathError(len(names) - 1, _needs_part(names[-1], list(place)), found)
    found.type = cast(Type, place)
    return found


def _needs_part(name: str, known: list[str]) -> Refusal:
    message = say("`{name}` is a record; name one of its fields.", "`{name}` 是记录，请写出它的字段。", name=name)
    some = f"{name}.{known[0]}" if known else name
    return Refusal("type_mismatch", message, say("For example {some}.", "例如 {some}。", some=some))


def _no_parts(name: str, type_: Type) -> Refusal:
    message = say("`{name}` is {kind} and has no fields.", "`{name}` 是{kind}，没有字段。", name=name[:60], kind=kind_name(type_))
    return Refusal("unknown_name", message, say("Remove the dot and what follows.", "请删除点号及其后的内容。"))


def _one_relation() -> Refusal:
    message = say("A path goes through one to-many relation only.", "路径只能经过一个一对多关系。")
    return Refusal("bad_expression", message, say("Add a formula field to the records between.", "请在中间的记录上增加公式字段。"))


def single(found: Resolved) -> None:
    """Refuse a path that leads to many records where one value is needed; raises `Refusal`."""
    if found.relation is not None or (found.field is not None and found.field.is_to_many):
        message = say("This leads to many records, not to one value.", "此路径通向多条记录，而不是一个值。")
        raise Refusal("type_mismatch", message, conversion("list", "text"))
