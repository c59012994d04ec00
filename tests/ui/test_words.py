"""Values that are read otherwise than they are kept: known words of a text by their labels, shares of formulas as percentages, numbers in texts grouped."""

from __future__ import annotations

import re

from starlette.testclient import TestClient

from tenon.engine.context import system_context
from tenon.engine.releases import publish_documents
from tests.ui.conftest import Site

VISIT = {
    "kind": "entity", "name": "visit", "label": {"en": "Visit", "zh": "访问"}, "title": "event",
    "fields": [
        {"name": "event", "type": "text", "required": True, "words": [{"name": "login", "label": {"en": "Signed in", "zh": "登录"}}]},
        {"name": "part", "type": "integer"}, {"name": "whole", "type": "integer"},
        {"name": "share", "type": "formula", "expr": "part / whole", "shown_as": "percent"},
        {"name": "span", "type": "formula", "expr": "concat('¥', text(whole * 4304), ' – ¥', text(whole * 4615.5), ' (', text(0 - part), ', 2026-01-31)')", "shown_as": "numbers"},
    ],
}  # fmt: skip
BY_EVENT = {
    "kind": "widget", "name": "by_event", "type": "table",
    "query": {"entity": "visit", "group_by": ["event"], "measures": [{"name": "n", "expr": "count()"}, {"name": "most", "expr": "max(share)"}]},
}  # fmt: skip


def test_words_and_shares_are_read_everywhere(site: Site, member: TestClient) -> None:
    publish_documents(site.platform.publisher, system_context(), [VISIT, BY_EVENT])
    made = [member.post("/api/v1/records/visit", json=values).json() for values in ({"event": "login", "part": 1, "whole": 8}, {"event": "Left at noon"})]
    assert made[0]["event"] == "login"  # programs read what is kept
    for language, word in (("en", "Signed in"), ("zh", "登录")):
        member.cookies.set("tenon_language", language)
        page = member.get("/records/visit").text
        assert word in page
        assert "Left at noon" in page
        assert "12.5%" in page
        record = member.get(f"/records/visit/{made[0]['id']}").text
        assert re.search(rf"<h1>{word}</h1>", record)
        assert "12.5%" in record
        assert all("¥34,432 – ¥36,924.0 (\u22121, 2026-01-31)" in shown for shown in (page, record))
        widget = member.get("/widgets/by_event").text
        assert word in widget
        assert "12.5%" in widget
