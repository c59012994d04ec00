"""What a condition is about: the labels along its path, the type that is compared, the records that ``where`` narrows."""

from __future__ import annotations

from dataclasses import dataclass

from tenon.metamodel.expressions.conditions.tree import SUMMARIES, Condition
from tenon.metamodel.expressions.paths import Frame, PathError, resolve
from tenon.metamodel.expressions.scope import Scope
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity, Field, Relation
from tenon.metamodel.types import BOOLEAN, DATE, INTEGER, Type

_USER = {"id": Text("Current user", "当前用户"), "email": Text("Current user's e-mail", "当前用户的邮箱"),
         "roles": Text("Current user's roles", "当前用户的角色"), "unit": Text("Current user's unit", "当前用户的部门")}  # fmt: skip
_BEFORE = {"old": Text("previous ", "原"), "this": Text("this record's ", "本记录的")}


@dataclass(frozen=True)
class Subject:
    """A path that was found: its label, the type compared, its field or relation, and the far entity of a relation."""

    label: Text
    type: Type
    field: Field | None = None
    relation: Relation | None = None
    far: Entity | None = None


def find_subject(scope: Scope, path: str, through: str = "", frame: Frame | None = None) -> Subject | None:
    """Return what a path leads to, None when it leads nowhere."""
    try:
        found = resolve(scope, frame or frame_of(scope), path.split("."))
    except PathError:
        return None
    if found.is_absent:
        return None
    if found.base == "user":
        return Subject(_USER[found.name], found.type)
    label = _joined([item.label for item in found.items if item is not None])
    before = _BEFORE.get(found.base)
    label = Text(before.en + label.show("en").lower(), before.show("zh") + label.show("zh")) if before and before.en else label
    far = scope.model.find_entity(found.relation.far_id) if found.relation is not None else None
    return Subject(label, _type(found.type, through), found.field, found.relation, far)


def frame_of(scope: Scope) -> Frame:
    """Return the frame of plain names in a scope."""
    return Frame(scope.row, scope.entity if scope.far is not None else None)


def frame_inside(scope: Scope, frame: Frame, condition: Condition) -> Frame:
    """Return the frame of the ``where`` of a condition: the far records, with the record at hand as ``this``."""
    subject = find_subject(scope, condition.path, condition.through, frame)
    return Frame(subject.far if subject else None, scope.row, in_aggregate=True)


def _type(type_: Type, through: str) -> Type:
    if through == "exists":
        return BOOLEAN
    if through == "date":
        return DATE
    if through in ("count", "distinct") or (through and through not in SUMMARIES):
        return INTEGER
    return type_


def _joined(labels: list[Text]) -> Text:
    return Text(" › ".join(each.show("en") for each in labels), "的".join(each.show("zh") for each in labels))


def say_subject(scope: Scope, frame: Frame, item: Condition, where: Text | None) -> Text:
    """Return what people call what a condition looks at: "number of orders where (…)"."""
    subject = find_subject(scope, item.path, item.through, frame)
    label = subject.label if subject else Text(item.path, item.path)
    if item.is_summary and subject is not None and subject.relation is not None:
        return _summary(item, subject, where)
    words: dict[str, tuple[str, str]] = {
        "days_since": ("days since {x}", "距{x}的天数"), "len": ("length of {x}", "{x}的长度"), "year": ("year of {x}", "{x}的年份"),
        "quarter": ("quarter of {x}", "{x}的季度"), "month": ("month of {x}", "{x}的月份"), "weekday": ("weekday of {x}", "{x}的星期"),
        "hour": ("hour of {x}", "{x}的小时"),
    }  # fmt: skip
    en, zh = words.get(item.through, ("{x}", "{x}"))
    return say(en, zh, x=label)


def _summary(item: Condition, subject: Subject, where: Text | None) -> Text:
    assert subject.relation is not None
    many, field = subject.relation.label, subject.field.label if subject.field else Text("", "")
    some = say("{many} where ({where})", "满足（{where}）的{many}", many=many, where=where) if where else many
    words: dict[str, tuple[str, str]] = {
        "exists": ("{some}", "{some}"), "count": ("number of {some}", "{some}的数量"), "sum": ("total {field} of {some}", "{some}的{field}合计"),
        "avg": ("average {field} of {some}", "{some}的{field}平均值"), "min": ("smallest {field} of {some}", "{some}的{field}最小值"),
        "max": ("largest {field} of {some}", "{some}的{field}最大值"), "distinct": ("different {field} of {some}", "{some}的不同{field}数"),
        "first": ("first {field} of {some}", "{some}最早的{field}"), "last": ("latest {field} of {some}", "{some}最近的{field}"),
    }  # fmt: skip
    en, zh = words[item.through]
    return say(en, zh, some=some, field=field)
