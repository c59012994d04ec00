"""What a page sends to somebody who was never here, as a browser counts it; what every page sends is counted without one in tests/apps."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser
from starlette.testclient import TestClient

from tenon.server import build
from tests.apps.weighing import MOST, PULSE, Scales
from tests.browser.conftest import Live, open_live

pytestmark = pytest.mark.browser

SENT = """performance.getEntriesByType("resource").concat(performance.getEntriesByType("navigation")).map((e) => [e.name, e.encodedBodySize])"""


@pytest.mark.parametrize("place", ["/records/customer", "/admin/users", "/design/page/customer_360"])
def test_the_first_load_is_small_and_counted_as_a_browser_does(fresh_chromium: Browser, live: Live, place: str) -> None:
    context = fresh_chromium.new_context(base_url=live.url, viewport={"width": 1280, "height": 800})
    page = open_live(context, live, live.ann)
    page.goto(place)
    page.wait_for_load_state("networkidle")
    sent = {url.removeprefix(live.url).partition("#")[0]: size for url, size in page.evaluate(SENT)}
    assert not any(name in url for url in sent for name in ("echarts", "codemirror", "sortable"))
    assert [any(f"styles-{part}" in url for url in sent) for part in ("design", "admin")] == [place.startswith("/design"), place.startswith("/admin")]
    later = {url: sent.pop(url) for url in list(sent) if re.match(r"/pulse|/records/customer/sums|/design/page/customer_360/", url)}
    assert sum(size for url, size in later.items() if url.startswith("/pulse")) <= PULSE
    assert sum(sent.values()) <= MOST, sorted(sent.items(), key=lambda each: -each[1])[:12]
    with TestClient(build(live.platform), base_url=live.url) as client:
        client.cookies.update({"tenon_session": live.cookie_of(live.ann), "tenon_language": "en"})
        counted = Scales(client).weigh(place)
    assert counted.keys() == sent.keys()
    assert abs(sum(counted.values()) - sum(sent.values())) < 200
    context.close()
