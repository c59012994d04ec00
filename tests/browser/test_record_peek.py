"""What stands beside a list: the head of a record and what is short of it, as a fragment."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Live, assert_clean, open_live
from tests.browser.test_access import objections

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [1280, 390])
def test_a_record_is_peeked_at(chromium: Browser, live: Live, width: int) -> None:
    context = chromium.new_context(base_url=live.url, viewport={"width": width, "height": 800})
    page = open_live(context, live, live.ann)
    page.goto("/records/customer")
    one = live.ids[7]
    page.evaluate("([url]) => htmx.ajax('GET', url, {target: '#main', swap: 'innerHTML'})", [f"/records/customer/{one}?peek=1"])
    peek = page.locator("#peek")
    expect(peek.get_by_role("heading", level=2).first).to_contain_text("0007")
    expect(peek.locator(".score-badge")).to_be_visible()
    expect(peek).to_contain_text("Contract value")
    assert objections(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    peek.get_by_role("link", name="Open").click()
    expect(page).to_have_url(f"{live.url}/records/customer/{one}")
    assert_clean(page)
    context.close()
