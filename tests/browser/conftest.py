"""One browser and one server for all browser tests; every test ends by asserting that the page did nothing forbidden."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests import browser_binary
from tests.ui.fake_backend import FakeBackend
from tests.ui.look import build

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
WATCH = """
window.__violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.__violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
});
"""


class Site:
    """The pages being served; ``backend`` is fresh for every test."""

    def __init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.app = build(FakeBackend(0))
        self.server = uvicorn.Server(uvicorn.Config(self.app, host="127.0.0.1", port=self.port, log_level="error"))
        self.thread = threading.Thread(target=self.server.run, daemon=True)

    @property
    def backend(self) -> FakeBackend:
        backend: FakeBackend = self.app.state.backend
        return backend

    def start(self) -> None:
        self.thread.start()
        while not self.server.started:
            time.sleep(0.02)

    def renew(self) -> None:
        """Give the site a fresh world with one session in it."""
        self.app.state.backend = FakeBackend(200)
        self.backend.tokens.add("admin-1")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = browser_binary.find() or browser_binary.install()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=browser_binary.FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def running() -> Iterator[Site]:
    site = Site()
    site.start()
    yield site
    site.server.should_exit = True
    site.thread.join(timeout=5)


@pytest.fixture
def site(running: Site) -> Site:
    running.renew()
    return running


def open_page(context: BrowserContext, site: Site, *, theme: str = "light", language: str = "en", signed_in: bool = True) -> Page:
    """Open a page that notes violations and errors in ``page.wrongs``."""
    cookies = {"tenon_theme": theme, "tenon_language": language} | ({"tenon_session": "admin-1"} if signed_in else {})
    context.add_cookies([{"name": name, "value": value, "url": site.url} for name, value in cookies.items()])
    context.add_init_script(WATCH)
    page = context.new_page()
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


@pytest.fixture
def page(chromium: Browser, site: Site) -> Iterator[Page]:
    """A signed-in page on a desk."""
    context = chromium.new_context(base_url=site.url, viewport={"width": 1280, "height": 800})
    page = open_page(context, site)
    yield page
    assert_clean(page)
    context.close()


@pytest.fixture
def phone(chromium: Browser, site: Site) -> Iterator[Page]:
    """A signed-in page on a phone."""
    context = chromium.new_context(base_url=site.url, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = open_page(context, site)
    yield page
    assert_clean(page)
    context.close()
