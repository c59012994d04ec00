"""The bell counts what comes while a page is looked at, and leaves no connection behind where nobody looks."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tenon.engine.context import Context
from tenon.engine.records import writing
from tenon.platform import sessions
from tenon.server import build as build_app
from tests import desk
from tests.browser.conftest import assert_clean, watch
from tests.browser.serving import Served, free_port

pytestmark = pytest.mark.browser


def test_a_notice_is_counted_without_loading_the_page_again(chromium: Browser, tmp_path: Path) -> None:
    port = free_port()
    office = desk.make(tmp_path, f"http://127.0.0.1:{port}")
    with office.platform.write() as uow:
        token = sessions.begin(uow.connection, Context(None), office.sam.id).token
    served = Served(build_app(office.platform), port)
    served.start()
    context = chromium.new_context(base_url=served.url)
    try:
        page = watch(context, served.url, {"tenon_session": token, "tenon_language": "en"})
        with page.expect_request("**/api/v1/notices/stream"):
            page.goto("/")
        bell = page.locator('[data-count="notices"]').first
        expect(bell).to_be_hidden()
        for number in (1, 2):
            with office.platform.write() as uow:
                values = {"recipient": office.sam.id, "title": f"Look {number}", "record": {"entity": "customer", "id": office.customers[0]}}
                writing.create(uow, Context(office.ann), uow.model.get_entity("notice"), values)
            expect(bell).to_have_text(str(number))
        assert_clean(page)
    finally:
        context.close()
        served.stop()
        office.platform.close()
