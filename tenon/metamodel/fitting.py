"""Which fields a place takes that names one: a day for a calendar, options for a board, what can be sorted, grouped or unique."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity, Field

SEARCHED = ("text", "number", "duration", "date", "datetime", "time", "choice", "choices")
DAYS = ("date", "datetime")
COMPARED = ("text", "integer", "exact", "date", "datetime", "id")


@dataclass(frozen=True)
class Fit:
    """What a place takes: a test of a field of an entity, the sentence about one that does not fit, and what to do."""

    takes: Callable[[Field, Entity], bool]
    refusal: Callable[[str], Text]
    hint: Text


def can_sort(field: Field) -> bool:
    """Return whether records have an order by a field."""
    return field.spec.is_sortable and not field.is_to_many


def can_group(field: Field) -> bool:
    """Return whether records can be counted by the values of a field."""
    kinds = ("json", "choices", "list", "file", "time", "references")
    return not field.is_to_many and field.type.kind not in kinds and field.storage.kind != "pair"


def _can_be_key(field: Field, _: Entity) -> bool:
    """A yes or no makes sense among several; texts of any length are too long for an index."""
    return not field.spec.is_computed and field.origin != "score" and (field.spec.may_be_unique or field.type.kind == "boolean")


def _is_parent(field: Field, entity: Entity) -> bool:
    return field.type.kind == "reference" and field.type.entity in (entity.id, entity.name)


OTHER = say("Choose another field.", "请选择其他字段。")
FITS: dict[str, Fit] = {
    "sort": Fit(lambda f, _: can_sort(f), lambda n: say("A list cannot be sorted by {name}.", "无法按 {name} 排序。", name=n), OTHER),
    "group": Fit(lambda f, _: can_group(f), lambda n: say("Records cannot be grouped by {name}.", "无法按 {name} 分组。", name=n), OTHER),
    "day": Fit(
        lambda f, _: f.type.kind in DAYS, lambda n: say("{name} is no date.", "{name} 不是日期。", name=n),
        say("Name a field of the type date or datetime.", "请填写日期或日期时间类型的字段。"),
    ),
    "lane": Fit(
        lambda f, _: f.type.kind in ("choice", "reference", "boolean") and not f.is_to_many and f.storage.kind != "pair",
        lambda n: say("A board has no lanes by {name}.", "看板无法按 {name} 分列。", name=n),
        say("Name a choice, a stage, a person, a record or a yes-or-no field.", "请填写单选、阶段、人员、引用或是非字段。"),
    ),
    "image": Fit(
        lambda f, _: f.type.kind == "file", lambda n: say("{name} holds no picture.", "{name} 不含图片。", name=n),
        say("Name a field of the type image.", "请填写图片类型的字段。"),
    ),
    "parent": Fit(
        _is_parent, lambda n: say("{name} leads to no parent.", "{name} 不指向上级。", name=n),
        say("Name a reference to the same entity.", "请填写指向同一对象的引用字段。"),
    ),
    "record": Fit(
        lambda f, _: f.type.kind == "reference" and not f.is_to_many and f.storage.kind != "pair" and f.type.entity != "user",
        lambda n: say("{name} leads to no record.", "{name} 不指向记录。", name=n), say("Name a reference to one record.", "请填写指向单条记录的引用字段。"),
    ),
    "title": Fit(
        lambda f, _: not f.is_to_many and f.type.kind not in ("json", "file", "choices", "references", "list"),
        lambda n: say("{name} is no title: it is not one short value.", "{name} 不能作为标题：它不是单个简短的值。", name=n), OTHER,
    ),
    "search": Fit(
        lambda f, _: f.is_written and not f.is_to_many and f.type.kind in SEARCHED,
        lambda n: say("Search cannot look into {name}.", "无法在 {name} 中搜索。", name=n),
        say("Name a text, a number, a date or a choice that people write.", "请填写由人录入的文本、数字、日期或选项字段。"),
    ),
    "compared": Fit(
        lambda f, _: f.is_stored and f.storage.kind in COMPARED and f.type.kind not in ("file", "choices", "list", "rich_text"),
        lambda n: say("{name} cannot be compared.", "{name} 不能用于比较。", name=n), say("Name a field that holds one short value.", "请填写单个简短值的字段。"),
    ),
    "key": Fit(
        _can_be_key, lambda n: say("{name} cannot be part of a key.", "{name} 不能作为唯一键的一部分。", name=n),
        say("Name a short value that people write.", "请填写由人录入的简短字段。"),
    ),
}  # fmt: skip
"""The places, by the name that a mark of a path gives them."""
