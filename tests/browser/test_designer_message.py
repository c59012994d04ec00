"""The message designer in a browser: a text is written, a field put in by the menu, the preview follows, a test goes to oneself."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tenon.engine import outbox
from tests.browser.conftest import Live
from tests.browser.test_access import objections

pytestmark = pytest.mark.browser
URL, API = "/design/message/welcome_mail", "/api/v1/metadata/message/welcome_mail"


def stored(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = page.request.get(API).json()
    return found


def test_a_message_is_written_with_a_field_of_the_menu_and_read_at_once(desk: Page, live: Live) -> None:
    desk.goto("/design?entity=customer")
    token = desk.locator("input[name=csrf]").first.input_value()
    desk.request.post("/design", form={"csrf": token, "kind": "message", "label": "Welcome mail", "entity": "customer"})
    desk.goto(URL)
    preview = desk.locator("#message-preview")
    expect(preview).to_contain_text("Hello Ann Lee")
    text = desk.locator("#body-en")
    text.fill("Your contract is worth ")
    desk.locator(".message-offers summary").first.click()
    desk.get_by_role("button", name="Contract value").first.click()
    expect(text).to_be_focused()
    assert text.input_value() == "Your contract is worth {{ record.arr }}"
    expect(preview.locator(".message-read").first).to_contain_text("Your contract is worth ¥")
    assert stored(desk)["body"]["en"] == "Your contract is worth {{ record.arr }}"
    desk.locator("#subject-zh").fill("您好 {{ record.name }}")
    expect(preview.locator(".message-read").nth(1)).to_contain_text("您好")
    second = desk.locator("#message-record option").nth(1).inner_text()
    desk.locator("#message-record").select_option(index=1)
    expect(preview.locator(".message-read").nth(1)).to_contain_text(f"您好 {second}")
    desk.get_by_role("button", name="Send a test to me").click()
    expect(desk.locator("#message-tested")).to_contain_text("on its way")
    with live.platform.read() as uow:
        assert outbox.list_page(uow.connection, kind="test")[0]["payload"]["to"] == "ann@example.com"
    desk.locator("#body-en").focus()
    desk.locator("[data-way=undo]").click()
    expect(desk.locator("#subject-zh")).to_have_value("关于{{ record.name }}")
    assert objections(desk) == []
