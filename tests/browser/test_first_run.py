"""The first run in a browser: from the set-up link to an app that is there; one click on the page of apps; removing an app."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tenon.engine.context import Context
from tenon.engine.query.pages import Ask, page as records
from tenon.platform import invitations, sessions
from tenon.platform.boot import make_worker
from tenon.platform.workspace import Platform
from tenon.server import build
from tests import world
from tests.browser.conftest import assert_clean, watch
from tests.browser.serving import Served, free_port
from tests.browser.test_access import objections

pytestmark = pytest.mark.browser
LONG = 120_000  # a whole app with its publish


@dataclass
class Fresh:
    """A served workspace with nothing in it, with a worker."""

    platform: Platform
    url: str

    def administrator(self) -> str:
        """Make an administrator and return the token of a session."""
        ann = world.add_person(self.platform, "ann@example.com", "Ann Lee", ["admin", "builder"])
        with self.platform.write() as uow:
            return sessions.begin(uow.connection, Context(None), ann.id).token

    def apps(self) -> list[str]:
        """The names of the installed apps."""
        with self.platform.read() as uow:
            return sorted(d.name for d in uow.model.all("app"))

    def count(self, entity: str) -> int | None:
        """How many records there are."""
        with self.platform.read() as uow:
            ctx = Context(None, is_system=True)
            return records(uow, ctx, uow.model.get_entity(entity), Ask(fields=["id"], limit=1, count="exact")).count


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Fresh]:
    port = free_port()
    platform = world.open_empty(tmp_path / "home", f"http://127.0.0.1:{port}")
    served, worker = Served(build(platform), port), make_worker(platform, pause=0.2)
    worker.start()
    served.start()
    yield Fresh(platform, served.url)
    served.stop()
    worker.stop()
    platform.close()


def heading(page: Page, text: str) -> None:
    """Wait for the heading of a step and look at the page as axe does."""
    expect(page.get_by_role("heading", level=1)).to_have_text(text)
    assert objections(page) == []
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_the_first_start_with_the_keyboard_on_a_phone(chromium: Browser, fresh: Fresh) -> None:
    with fresh.platform.write() as uow:
        token = invitations.make_link(uow.connection, "setup")
    context = chromium.new_context(base_url=fresh.url, locale="zh-CN", viewport={"width": 390, "height": 844})
    page = watch(context, fresh.url, {"tenon_theme": "dark"})
    page.goto(invitations.link_url(fresh.url, "setup", token))
    heading(page, "工作区使用哪种语言？")
    assert token not in page.url
    page.get_by_role("button", name="English").focus()
    page.keyboard.press("Enter")
    heading(page, "Who looks after this workspace?")
    expect(page.locator("[aria-current=step]")).to_contain_text("Administrator")
    page.reload()
    heading(page, "Who looks after this workspace?")
    page.get_by_role("link", name="Back").click()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_label("Your name")).to_be_focused()
    page.keyboard.type("Lin Yue")
    for text in ("lin@example.com", world.PASSWORD, world.PASSWORD):
        page.keyboard.press("Tab")
        page.keyboard.type(text)
    page.keyboard.press("Enter")
    heading(page, "What do you want to begin with?")
    tutorial = page.get_by_role("checkbox", name=re.compile("Tutorial"))
    tutorial.focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Go on").focus()
    page.keyboard.press("Enter")
    heading(page, "With sample data, to look around?")
    page.get_by_role("link", name="Back").click()
    expect(tutorial).to_be_checked()
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("checkbox", name=re.compile("131 sample records"))).to_be_checked()
    page.reload()
    expect(page.get_by_role("checkbox", name=re.compile("131 sample records"))).to_be_checked()
    page.get_by_role("button", name="Set up the workspace").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your workspace is ready", timeout=LONG)
    assert objections(page) == []
    assert (fresh.apps(), fresh.count("company"), fresh.platform.language) == (["tutorial"], 24, "en")
    page.get_by_role("link", name="Go to the home page").click()
    heading(page, "Hello, Lin Yue")
    expect(page.locator(".steps li")).to_have_count(5)
    expect(page.locator(".steps .done")).to_have_count(1)
    assert_clean(page)
    page.goto(f"/setup#{token}")
    expect(page.get_by_role("alert")).to_contain_text("no longer works")
    context.close()


def test_the_first_start_without_scripts(chromium: Browser, fresh: Fresh) -> None:
    with fresh.platform.write() as uow:
        token = invitations.make_link(uow.connection, "setup")
    context = chromium.new_context(base_url=fresh.url, locale="en", java_script_enabled=False)
    page = context.new_page()
    page.goto("/setup")
    page.get_by_label("Code of the link").fill(token)
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="English").click()
    for label, text in (("Your name", "Lin Yue"), ("E-mail", "lin@example.com"), ("Password", world.PASSWORD), ("Password again", world.PASSWORD)):
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_role("button", name="Create the administrator").click()
    page.get_by_role("checkbox", name=re.compile("Tutorial")).check()
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("checkbox").uncheck()
    page.get_by_role("button", name="Set up the workspace").click()
    for _ in range(300):
        if page.get_by_role("heading", level=1).inner_text() == "Your workspace is ready":
            break
        page.wait_for_timeout(200)
        page.get_by_role("link", name="Show how far it is").click()
    page.get_by_role("link", name="Open Tutorial: customer health").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Health overview")
    assert (fresh.apps(), fresh.count("company")) == (["tutorial"], 0)
    context.close()


def test_an_administrator_installs_the_health_app_in_one_click(chromium: Browser, fresh: Fresh) -> None:
    context = chromium.new_context(base_url=fresh.url, viewport={"width": 1280, "height": 844})
    cookies = {"tenon_language": "en", "tenon_theme": "light", "tenon_start": "empty", "tenon_session": fresh.administrator()}
    page = watch(context, fresh.url, cookies)
    page.goto("/apps")
    page.get_by_role("button", name="Install Customer health", exact=True).click()
    expect(page.get_by_role("heading", name="Installing Customer health")).to_be_visible()
    assert fresh.apps() != ["chm", "core"]  # the answer came before the work was done
    assert objections(page) == []
    expect(page.locator("#app-chm").get_by_role("button", name="Install")).to_have_count(0)
    expect(page.locator(".install-steps .here progress")).to_be_visible(timeout=LONG)
    assert fresh.apps() == ["chm", "core"]
    expect(page.get_by_role("heading", name="Customer health is installed.")).to_be_visible(timeout=2 * LONG)
    assert fresh.count("customer") == 300
    page.locator(".installing").get_by_role("link", name="Open Customer health").click()
    expect(page).to_have_url(re.compile("/dashboards/csm_home"))
    expect(page.get_by_role("navigation", name="Main")).to_contain_text("At risk")
    assert_clean(page)
    context.close()


def test_an_app_is_removed(chromium: Browser, fresh: Fresh) -> None:
    context = chromium.new_context(base_url=fresh.url, viewport={"width": 1280, "height": 844})
    page = watch(context, fresh.url, {"tenon_language": "en", "tenon_theme": "dark", "tenon_session": fresh.administrator()})
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("What do you want to begin with?")
    page.get_by_role("button", name="Start empty").click()
    expect(page.get_by_role("heading", name="First steps")).to_be_visible()
    page.get_by_role("button", name="Hide").click()
    expect(page.get_by_role("heading", name="First steps")).to_have_count(0)
    page.goto("/apps")
    tutorial = page.locator("#app-tutorial")
    tutorial.get_by_role("checkbox").uncheck()
    tutorial.get_by_role("button", name="Install").click()
    expect(page.get_by_role("heading", name="Tutorial: customer health is installed.")).to_be_visible(timeout=LONG)
    page.get_by_role("button", name="Remove Tutorial").click()
    dialog = page.get_by_role("dialog", name="Remove Tutorial: customer health?")
    expect(dialog.get_by_text("It has no records.")).to_be_visible()
    dialog.get_by_label("Remove them now").check()
    assert objections(page) == []
    dialog.get_by_role("button", name="Remove", exact=True).click()
    expect(page.locator("#toasts")).to_contain_text("The app is removed.", timeout=LONG)
    assert fresh.apps() == []
    assert_clean(page)
    context.close()
