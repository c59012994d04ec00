"""One browser and one server for all browser tests; every test ends by asserting that the page did nothing forbidden."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tenon.engine.context import Context, User
from tenon.platform import sessions
from tenon.platform.boot import make_worker
from tenon.platform.workspace import Platform
from tenon.server import build as build_app
from tests import browser_binary, world
from tests.browser.contexts import Contexts
from tests.browser.serving import Served, free_port

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
WATCH = """
window.__violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.__violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
});
"""


@pytest.fixture(scope="session")
def fresh_chromium() -> Iterator[Browser]:
    """A browser whose contexts know nothing."""
    path = browser_binary.find() or browser_binary.install()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*browser_binary.FLAGS, "--process-per-site"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def chromium(fresh_chromium: Browser) -> Contexts:
    """A browser whose contexts hold nothing of anybody, but were here before: they know styles and modules."""
    return Contexts(fresh_chromium)


def watch(context: BrowserContext, url: str, cookies: dict[str, str]) -> Page:
    """Open a page with cookies that notes violations and errors in ``page.wrongs``."""
    context.add_cookies([{"name": name, "value": value, "url": url} for name, value in cookies.items()])
    page = context.new_page()
    page.add_init_script(WATCH)
    wrongs: list[str] = []
    page.on("console", lambda message: wrongs.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: wrongs.append(str(error)))
    page.set_default_timeout(6000)
    vars(page)["wrongs"] = wrongs
    return page


def assert_clean(page: Page) -> None:
    """Assert that nothing was refused by the policy and nothing went wrong in the console."""
    assert page.evaluate("window.__violations") == []
    assert vars(page)["wrongs"] == []


@dataclass
class Live:
    """A whole workspace being served: its platform, two people in it, a waiting and a dead job, and the ids of its customers."""

    url: str
    platform: Platform
    ann: User
    sam: User
    jobs: tuple[str, str]
    ids: list[str]

    def cookie_of(self, user: User) -> str:
        """Begin a session of a person and return its token."""
        with self.platform.write() as uow:
            return sessions.begin(uow.connection, Context(None), user.id).token


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A workspace with documents, records and an app that can be installed, shared by all tests over it."""
    home, port = tmp_path_factory.mktemp("live"), free_port()
    platform = world.open_world(home, f"http://127.0.0.1:{port}")
    ann = world.add_person(platform, "ann@example.com", "Ann Lee", ["admin", "builder"])
    sam = world.add_person(platform, "sam@example.com", "Sam Wu", ["seller"])
    ids, jobs = world.fill(platform, ann), world.add_jobs(platform, ann)
    served = Served(build_app(platform, templates=world.write_app(home / "templates")), port)
    worker = make_worker(platform, pause=1.0)  # it is woken for what is put; looked for is only what a clock makes due
    worker.start()
    served.start()
    yield Live(served.url, platform, ann, sam, jobs, ids)
    served.stop()
    worker.stop()
    platform.close()


def open_live(context: BrowserContext, live: Live, user: User | None, *, theme: str = "light", language: str = "en") -> Page:
    """Open a page of the live workspace, signed in as a person, that notes violations and errors."""
    cookies = {"tenon_theme": theme, "tenon_language": language} | ({"tenon_session": live.cookie_of(user)} if user else {})
    return watch(context, live.url, cookies)


@pytest.fixture
def desk(chromium: Contexts, live: Live) -> Iterator[Page]:
    """Ann's page of the live workspace on a desk."""
    context = chromium.new_context(base_url=live.url, viewport={"width": 1280, "height": 800}, accept_downloads=True)
    page = open_live(context, live, live.ann)
    yield page
    assert_clean(page)
    context.close()


@pytest.fixture
def phone(chromium: Contexts, live: Live) -> Iterator[Page]:
    """Ann's page of the live workspace on a phone."""
    context = chromium.new_context(base_url=live.url, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = open_live(context, live, live.ann)
    yield page
    assert_clean(page)
    context.close()
