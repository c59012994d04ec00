"""What a page sends to somebody who was never here: packed, with styles, scripts, icons and font; charts come when they are shown."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import Live, open_live

pytestmark = pytest.mark.browser

MOST = 120 * 1024
SENT = """performance.getEntriesByType("resource").concat(performance.getEntriesByType("navigation")).map((e) => [e.name, e.encodedBodySize])"""
PLACES = (
    "/", "/inbox", "/records/customer", "/records/customer?view=by_stage", "/records/customer?as=board:industry",
    "/records/customer?as=gallery:", "/records/customer?group=stage", "/records/customer/new", "/records/customer/{one}", "/admin/users", "/design", "/design/entity/customer",
    "/design/page/customer_360",
)


@pytest.mark.parametrize("place", PLACES)
def test_the_first_load_is_small(fresh_chromium: Browser, live: Live, place: str) -> None:
    context = fresh_chromium.new_context(base_url=live.url, viewport={"width": 1280, "height": 800})
    page = open_live(context, live, live.ann)
    page.goto(place.replace("{one}", live.ids[0]))
    page.wait_for_load_state("networkidle")
    sent = dict(page.evaluate(SENT))
    assert not any(name in url for url in sent for name in ("echarts", "codemirror", "sortable"))
    assert [any(f"styles-{part}" in url for url in sent) for part in ("design", "admin")] == [place.startswith("/design"), place.startswith("/admin")]
    assert sum(sent.values()) <= MOST, sorted(sent.items(), key=lambda each: -each[1])[:12]
    context.close()
