"""A served workspace with tasks and notices, one for each module of tests that changes them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page

from tenon.engine.context import Context, User
from tenon.platform import sessions
from tenon.server import build
from tests import desk
from tests.browser.conftest import assert_clean, watch
from tests.browser.serving import Served, free_port
from tests.desk import Desk


@contextmanager
def serve_desk(home: Path) -> Iterator[tuple[Desk, str]]:
    """Make and serve a workspace; yield it with its address."""
    port = free_port()
    made = desk.make(home, f"http://127.0.0.1:{port}")
    served = Served(build(made.platform), port)
    served.start()
    yield made, served.url
    served.stop()
    made.platform.close()


@contextmanager
def open_page(
    browser: Browser, office: Desk, url: str, user: User, *, width: int = 1280, language: str = "en", theme: str = "light"
) -> Iterator[Page]:
    """Open a page of the workspace as a person; at the end nothing may have gone wrong in it."""
    with office.platform.write() as uow:
        token = sessions.begin(uow.connection, Context(None), user.id).token
    is_phone = width < 800
    context = browser.new_context(base_url=url, viewport={"width": width, "height": 844}, has_touch=is_phone, is_mobile=is_phone)
    page = watch(context, url, {"tenon_theme": theme, "tenon_language": language, "tenon_session": token})
    yield page
    assert_clean(page)
    context.close()
