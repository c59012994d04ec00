"""A text in the reader's language; it asks nothing."""

from __future__ import annotations

from tests.engine.reports.asking import answer
from tests.shop import Shop


def test_a_text(shop: Shop) -> None:
    found = answer(shop, {"kind": "widget", "name": "note", "type": "text", "text": {"en": "# Hello", "zh": "# 你好"}})
    assert (found["text"], found["rows"], found["type"]) == ("# Hello", [], "text")
