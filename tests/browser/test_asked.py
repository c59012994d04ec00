"""What workflows ask of people: submitted and decided on the record with the mouse, in the inbox with the keys, by a link from a mail."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tenon.engine.context import system_context
from tenon.engine.releases import publish_documents
from tenon.platform import decision_links
from tests.browser.offices import open_page, serve_desk
from tests.browser.test_access import objections
from tests.desk import Desk

pytestmark = pytest.mark.browser
Office = tuple[Desk, str]


def label(en: str, zh: str) -> dict[str, str]:
    """Return a label in both languages."""
    return {"en": en, "zh": zh}


FLOW: dict[str, Any] = {
    "kind": "workflow", "name": "care", "label": label("Care plan", "关怀计划"), "entity": "customer", "type": "approval",
    "start": {"type": "button", "label": label("Submit the plan", "提交计划")},
    "steps": [
        {"id": "check", "type": "approval", "title": label("Approve the plan", "审批计划"), "mode": "sequence", "approvers": [{"user": "ann@example.com"}, {"user": "sam@example.com"}],
         "editable": ["notes"]},
        {"type": "create_task", "title": label("Begin", "开始"), "assign_to": {"user": "ann@example.com"}},
    ],
}  # fmt: skip


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """A served workspace in which care plans are approved."""
    with serve_desk(tmp_path / "home") as made:
        publish_documents(made[0].platform.publisher, system_context("command", "tests"), [FLOW])
        yield made


def test_a_plan_is_submitted_and_approved_with_mouse_keys_and_a_link(chromium: Browser, office: Office) -> None:
    desk, url = office
    record = f"/records/customer/{desk.customers[0]}"
    with open_page(chromium, desk, url, desk.ann) as page:
        page.goto(record)
        page.get_by_label("More actions").click()
        page.get_by_role("button", name="Submit the plan").click()
        card = page.get_by_role("region", name="Approve the plan")
        expect(card).to_contain_text("The record is locked until it is decided.")
        expect(card.get_by_role("listitem").first).to_contain_text("has the turn")
        expect(page.locator(".edit-record")).to_have_count(0)
        assert objections(page) == []
        page.goto("/inbox")
        row = page.locator(".task.asked")
        expect(row).to_contain_text("Aurora Energy")
        assert objections(page) == []
        row.get_by_role("link", name="Approve the plan", exact=True).focus()
        page.keyboard.press("a")
        expect(row.get_by_label("Your comment").first).to_be_focused()
        page.keyboard.type("Looks right")
        page.keyboard.press("Control+Enter")
        expect(row).to_have_count(0)
        page.goto("/inbox?tab=done")
        expect(page.locator(".task.asked")).to_contain_text("Approve the plan")
    with desk.platform.read() as uow:
        task = uow.connection.exec_driver_sql("select id from tenon_flow_task where state = 'open'").scalar()
    with open_page(chromium, desk, url, desk.sam) as page:
        page.goto(f"/tasks/{task}")
        expect(page.get_by_role("heading", name="Aurora Energy")).to_be_visible()
        assert objections(page) == []
        page.goto("/settings")
        expect(page.get_by_role("region", name="Away")).to_be_visible()
        assert objections(page) == []
    with desk.platform.write() as uow:
        token = decision_links.make(uow.connection, str(task), desk.sam.id)
    with open_page(chromium, desk, url, desk.sam, width=390, language="zh", theme="dark") as page:
        page.goto(record)
        expect(page.get_by_role("region", name="审批计划")).to_contain_text("Looks right")
        assert objections(page) == []
        page.goto(f"/decide#{token}")
        expect(page.get_by_role("heading", name="审批计划")).to_be_visible()
        assert token not in page.url
        assert objections(page) == []
        page.get_by_label("审批意见").fill("同意")
        page.get_by_role("button", name="同意").click()
        expect(page.locator("main")).to_contain_text("已同意。")
        page.goto(record)
        expect(page.locator(".asked-card")).to_have_count(0)
