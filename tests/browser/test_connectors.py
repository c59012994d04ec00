"""A connector in the browser: looked at before it writes, run, let rest and taken up again, by keys and by thumb."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tenon.engine.context import Context, system_context
from tenon.engine.outside import KnownSecrets
from tenon.engine.query.pages import Ask, page as page_of
from tenon.engine.releases import publish_documents
from tenon.platform.boot import make_worker
from tenon.platform.web_client import SafeWebClient
from tests.browser.offices import open_page, serve_desk
from tests.browser.test_access import objections
from tests.desk import Desk
from tests.engine.syncing.far_side import TOKEN, FarSide, serving
from tests.engine.syncing.world import SOURCE

pytestmark = pytest.mark.browser
URL = "/admin/connectors"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[tuple[Desk, str, FarSide]]:
    """A served workspace beside another system that holds two accounts."""
    with serve_desk(tmp_path / "home") as (desk, url), serving() as far:
        platform = desk.platform
        platform.outside = replace(platform.outside, http=SafeWebClient(allow_private=True), secrets=KnownSecrets({"far_token": TOKEN}))
        platform.publisher = replace(platform.publisher, outside=platform.outside)
        far.fill(2)
        document = {
            "kind": "connector", "name": "crm", "label": {"en": "CRM accounts", "zh": "CRM 客户"}, "type": "rest", "entity": "customer", "source": SOURCE,
            "connection": {"base_url": far.url, "auth": {"type": "bearer", "secret": "far_token"}}, "mapping": {"name": "Name"}, "system": "CRM",
        }  # fmt: skip
        publish_documents(platform.publisher, system_context(), [document])
        yield desk, url, far


def names(desk: Desk) -> list[str]:
    """Return the names of the customers that came."""
    with desk.platform.read() as uow:
        found = page_of(uow, Context(desk.ann), uow.model.get_entity("customer"), Ask(fields=["name"], search="Account", limit=50))
    return sorted(record["name"] for record in found.records)


def test_a_connector_is_looked_at_run_and_let_rest(chromium: Browser, office: tuple[Desk, str, FarSide]) -> None:
    desk, url, _ = office
    worker = make_worker(desk.platform)
    with open_page(chromium, desk, url, desk.ann) as page:
        page.goto(URL)
        page.get_by_role("link", name="CRM accounts").click()
        page.get_by_role("button", name="Dry run").press("Enter")
        expect(page.get_by_role("status").filter(has_text="A dry run has begun.")).to_be_visible()
        worker.run_until_idle()
        expect(page.locator(".run").first).to_contain_text("created here", timeout=8000)
        assert names(desk) == []
        page.get_by_role("button", name="Run now").click()
        worker.run_until_idle()
        expect(page.locator(".run")).to_have_count(2, timeout=8000)
        assert names(desk) == ["Account 0", "Account 1"]
        assert objections(page) == []
        page.get_by_role("button", name="Pause").press("Enter")
        expect(page.get_by_role("button", name="Run now")).to_have_count(0)
        page.goto("/records/customer")
        expect(page.get_by_text("from CRM")).to_be_visible()
    with open_page(chromium, desk, url, desk.ann, width=390, language="zh", theme="dark") as page:
        page.goto(f"{URL}/crm")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert objections(page) == []
        page.get_by_role("button", name="恢复").tap()
        expect(page.get_by_role("button", name="立即运行")).to_be_visible()
