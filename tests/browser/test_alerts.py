"""The alerts of the morning: looked through in their order, taken up and put off from the list, closed on their page; by mouse and keys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tenon.engine.context import system_context
from tenon.engine.messages.unsubscribing import link_for
from tenon.engine.records import writing
from tenon.engine.releases import publish_documents
from tests.browser.designing import wait_for
from tests.browser.offices import open_page, serve_desk
from tests.browser.test_access import objections
from tests.desk import Desk

pytestmark = pytest.mark.browser
RESCUE = {
    "kind": "playbook", "name": "rescue", "label": {"en": "Rescue", "zh": "挽回"}, "for": {"alert": ["threshold"]},
    "steps": [{"title": {"en": "Call", "zh": "电话诊断"}, "due_hours": 24}, {"title": {"en": "Train the new administrator", "zh": "培训新管理员"}}],
}  # fmt: skip


@pytest.fixture
def office(tmp_path: Path) -> Iterator[tuple[Desk, str, dict[str, str]]]:
    """A served workspace with a playbook and four alerts, three of them Ann's."""
    with serve_desk(tmp_path / "home") as (desk, url):
        publish_documents(desk.platform.publisher, system_context(), [RESCUE])
        made = {}
        with desk.platform.write() as uow:
            for title, level, value, who, n in (("Small", "red", 100, desk.ann, 0), ("Watch", "yellow", 900, desk.ann, 1), ("Large", "red", 24000, desk.ann, 1), ("Sam’s", "red", 5, desk.sam, 2)):
                values: dict[str, Any] = {
                    "title": title, "type": "threshold", "level": level, "value_at_risk": value, "assignee": who.id, "record": {"entity": "customer", "id": desk.customers[n]},
                    "score_from": "72", "score_to": "45", "window_days": 14, "reason": f"{title}: fewer people come",
                }
                made[title] = writing.create(uow, system_context(), uow.model.get_entity("alert"), values)
        yield desk, url, made


def test_the_morning_list_by_keys_and_an_alert_by_mouse(chromium: Browser, office: tuple[Desk, str, dict[str, str]]) -> None:
    desk, url, made = office

    def state(title: str) -> Any:
        return desk.stored("alert", made[title])["state"]

    with desk.platform.write() as uow:
        contact = uow.model.get_entity("contact")
        bo = writing.create(uow, system_context(), contact, {"name": "Bo", "email": "bo@x.test", "customer": desk.customers[0], "consent": ["email"]})
        leave = link_for(uow, contact, bo, "en").removeprefix(uow.outside.base_url)
    with open_page(chromium, desk, url, desk.ann) as page:
        page.goto("/records/alert?view=my_alerts")
        rows = page.locator(".sheet [data-tick]")
        expect(rows).to_have_count(3)
        titles = [title for title in page.locator(".sheet tbody").inner_text().split() if title in made]
        assert titles == ["Large", "Small", "Watch"], "red before yellow, then by what is at risk"
        assert "72 → 45 (−27)" in page.locator(".sheet").inner_text()
        assert objections(page) == []
        rows.nth(1).focus()
        page.keyboard.press("Space")
        page.get_by_role("button", name="Put off").first.focus()
        page.keyboard.press("Enter")
        page.get_by_label("Until", exact=True).fill("2099-01-01")
        page.get_by_label("Why it can wait").fill("They are away")
        assert objections(page) == []
        page.keyboard.press("Enter")
        wait_for(page, lambda: state("Small"), "snoozed")
        expect(rows).to_have_count(2)
        page.locator("#toasts").get_by_role("button", name="Undo").click()
        wait_for(page, lambda: state("Small"), "open")
        page.goto(f"/records/alert/{made['Large']}")
        assert objections(page) == []
        expect(page.locator(".play-head")).to_contain_text("0 of 2")
        page.get_by_role("button", name="Complete Call").click()
        expect(page.locator(".play-head")).to_contain_text("1 of 2")
        page.get_by_role("button", name="Take it up").click()
        expect(page.get_by_role("button", name="Take it up")).to_have_count(0)
        assert state("Large") == "in_progress"
        page.get_by_role("button", name="Close the alert").first.click()
        page.get_by_role("dialog").get_by_role("button", name="Close the alert").click()
        assert page.get_by_label("Outcome").evaluate("input => input.validationMessage") == "Choose one.", "in the language of the page"
        assert objections(page) == []
        page.get_by_label("Outcome").select_option(label="Recovered")
        page.get_by_label("Cause").select_option(label="People")
        page.get_by_role("dialog").get_by_role("button", name="Close the alert").click()
        wait_for(page, lambda: state("Large"), "closed")
        expect(page.locator(".alert-desk")).to_contain_text("Recovered · People")
        assert 'class="play-head"><strong>Rescue' in page.request.get(f"/records/customer/{desk.customers[1]}").text(), "the customer shows what goes on"
        page.goto(leave)
        assert objections(page) == []
        page.get_by_role("button", name="Unsubscribe").click()
        expect(page.get_by_role("heading")).to_have_text("You are unsubscribed")
        assert objections(page) == []
