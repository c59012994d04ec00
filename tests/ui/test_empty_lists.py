"""Lists without anything: each names what to do next and leads there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests import desk
from tests.ui.conftest import BASE
from tests.ui.test_frame import client_of

BESIDE = {"copies_part.html", "admin_connector_part.html", "admin_access.html", "dashboard.html"}
"""Where what to do next stands right beside the words."""
TEMPLATES = Path(__file__).parents[2] / "tenon/ui/templates"
ACTION = re.compile(r'<div class="empty-actions">.*?(?:<a class="[^"]*" href="(?P<url>[^"]+)"|<button)', re.DOTALL)


@pytest.mark.parametrize("url", [
    "/records/customer?filter=name+%3D%3D+%27nobody%27", "/records/customer/trash", "/settings/tokens", "/admin/audit?until=2001-01-01",
])  # fmt: skip
def test_an_empty_list_leads_on(member: TestClient, url: str) -> None:
    answer = member.get(url)
    assert '<div class="empty">' in answer.text, url
    found = ACTION.search(answer.text[answer.text.index('<div class="empty">') :])
    assert found is not None, url
    if found["url"]:
        assert member.get(found["url"].replace("&amp;", "&")).status_code == 200, found["url"]


def test_an_inbox_and_notices_without_anything_lead_on(tmp_path: Path) -> None:
    office = desk.make(tmp_path, BASE)
    client = client_of(office, office.sam)
    for url in ("/inbox?tab=overdue", "/notices"):
        text = client.get(url).text
        if '<div class="empty">' in text:
            assert ACTION.search(text) is not None, url
    office.platform.close()


def test_every_empty_list_of_the_templates_has_a_next_step() -> None:
    without = []
    for path in (p for p in TEMPLATES.rglob("*.html") if p.name not in BESIDE):
        for call in re.findall(r"\{\{ empty\((.*?)\) \}\}", path.read_text("utf-8"), re.DOTALL):
            texts = re.sub(r'_\("(?:[^"\\]|\\.)*"\)', "_", call)
            if texts.count(",") < 4:
                without.append(f"{path.name}: {call[:60]}")
    assert without == []
