"""Differences of documents in words."""

from __future__ import annotations

from typing import Any

import pytest

from tenon.metamodel.changes import document_difference
from tenon.metamodel.wording import line_of, say_difference, say_place

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
