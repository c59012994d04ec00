"""Differences of documents in words."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from pydantic import BaseModel

from tenon.metamodel.attribute_words import KEYS
from tenon.metamodel.changes import document_difference
from tenon.metamodel.fields import FIELD_TYPES
from tenon.metamodel.kinds import KINDS
from tenon.metamodel.naming import to_shown
from tenon.metamodel.steps import FLOW_STEPS
from tenon.metamodel.telling import to_told
from tenon.metamodel.wording import line_of, say_difference, say_place, title_of
from tests.metamodel.kinds.contract import world

OLD: dict[str, Any] = {
    "id": "e", "kind": "entity", "name": "customer", "label": {"en": "Customer", "zh": "客户"}, "search": ["name"],
    "fields": [
        {"id": "f1", "name": "city", "type": "text", "label": {"en": "City", "zh": "城市"}},
        {"id": "f2", "name": "stage", "type": "choice", "options": [{"id": "o1", "name": "trial", "label": {"en": "Trial", "zh": "试用"}}]},
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("place", "en", "zh"),
    [
        ("/fields/f1/label/en", "Field City: label (English)", "字段“城市”：名称（英文）"),
        ("/fields/0/label/en", "Field City: label (English)", "字段“城市”：名称（英文）"),
        ("/fields/f2/options/o1/colour", "Field stage › Option Trial: colour", "字段“stage” › 选项“试用”：颜色"),
        ("/label/zh", "label (Chinese)", "名称（中文）"),
        ("/search/name", "Searched field name", "搜索字段“name”"),
        ("/search", "searched fields", "搜索字段"),
        ("/fields/f1", "Field City", "字段“城市”"),
    ],
)
def test_places(place: str, en: str, zh: str) -> None:
    text = say_place(place, None, OLD)
    assert (text.show("en"), text.show("zh")) == (en, zh)


def test_differences() -> None:
    new = {**OLD, "search": ["name", "city"], "fields": [
        {**OLD["fields"][1], "required": True}, {"id": "f3", "name": "size", "type": "integer"},
    ]}  # fmt: skip
    said = [say_difference(each, OLD, new).sentence.show("en") for each in document_difference(OLD, new)]
    assert said == [
        "searched fields changed from “name” to “name, city”", "Field stage: required set to “yes”", "Field size added", "Field City removed",
    ]  # fmt: skip
    assert line_of("/fields/f1/label/en", "City", "Town", OLD).sentence.show("zh") == "字段“城市”：名称（英文）由“City”改为“Town”"


def test_names_of_things_are_told_by_their_labels() -> None:
    page, view = (to_told(world().get(kind, name), world()) for kind, name in (("page", "customer_360"), ("view", "at_risk")))
    assert view == to_shown(world().get("view", "at_risk"), world())  # a name that knows its label is still that name
    pairs = [
        (page, {**page, "header": {**page["header"], "scores": ["grade"]}}),
        (view, {**view, "columns": [c for c in view["columns"] if "health_score" not in (c, c.get("field"))]}),
    ]
    said = [say_difference(each, before, after).sentence for before, after in pairs for each in document_difference(before, after)]
    assert [(each.show("en"), each.show("zh")) for each in said] == [
        ("header: scores changed from “Health, grade” to “grade”", "页首：评分由“健康度、grade”改为“grade”"), ("Column Health removed", "删除列“健康度”"),
    ]  # fmt: skip
    assert line_of("/actions", ["read"], ["read", "export"], None).sentence.show("zh") == "操作由“查看”改为“查看、导出”"
    assert line_of("/tabs/0/blocks/b", {"id": "b", "type": "next_action"}, None, {"tabs": [{"blocks": [{"id": "b", "type": "next_action"}]}]}).where.show("zh") == "标签页 › 区块“下一步”"
    grant = to_told(world().get("role", "csm"), world())["grants"][0]
    assert title_of(grant) == world().get_entity("customer").label


def test_every_attribute_has_a_word_in_both_languages() -> None:
    seen: set[Any] = set()
    names: set[str] = set()

    def look(type_: Any) -> None:
        for each in get_args(type_):
            look(each)
        if isinstance(type_, type) and issubclass(type_, BaseModel) and type_ not in seen:
            seen.add(type_)
            for name, field in type_.model_fields.items():
                names.add(field.alias or name)
                look(field.annotation)

    for each in (*KINDS.values(), *FIELD_TYPES.values(), *FLOW_STEPS.values()):
        look(each)
    assert names - KEYS.keys() == set()
