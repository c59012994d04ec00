"""Scratch copies in a browser: made, tried, brought back as decided and discarded, by mouse and by keys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tenon.engine.context import Context, User
from tenon.engine.releases import draft
from tenon.platform import sessions
from tenon.platform.boot import make_worker
from tenon.platform.workspace import Platform
from tenon.server import build
from tests import world
from tests.browser.conftest import assert_clean, watch
from tests.browser.serving import Served, free_port
from tests.browser.test_access import objections

pytestmark = pytest.mark.browser
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Platform, User, str]]:
    """A workspace of its own, with a worker: copies are made of it."""
    port = free_port()
    platform = world.open_world(tmp_path / "home", f"http://127.0.0.1:{port}")
    ann = world.add_person(platform, "ann@example.com", "Ann Lee", ["admin", "builder"])
    world.fill(platform, ann)
    server, worker = Served(build(platform), port), make_worker(platform, pause=0.2)
    worker.start()
    server.start()
    yield platform, ann, server.url
    server.stop()
    worker.stop()
    platform.close()


def open_page(chromium: Browser, served: tuple[Platform, User, str], size: dict[str, int], theme: str, language: str) -> Page:
    platform, ann, url = served
    with platform.write() as uow:
        token = sessions.begin(uow.connection, Context(None), ann.id).token
    context = chromium.new_context(base_url=url, viewport=size)  # type: ignore[arg-type]
    return watch(context, url, {"tenon_theme": theme, "tenon_language": language, "tenon_session": token})


def label_in_draft(platform: Platform) -> str:
    with platform.read() as uow:
        return str(draft.get(uow.connection, uow.model, "view", "big_ones")[0]["label"]["en"])


def rename(page: Page, label: str) -> None:
    """Name the view anew in the draft of wherever the page is."""
    page.goto("/design/view/big_ones")
    page.evaluate(
        """async (label) => {
             const csrf = (await (await fetch("/api/v1/session")).json()).csrf;
             const document = await (await fetch("/api/v1/metadata/view/big_ones")).json();
             document.label.en = label;
             const headers = {"Content-Type": "application/json", "X-CSRF-Token": csrf};
             await fetch("/api/v1/metadata/view/big_ones", {method: "PUT", headers, body: JSON.stringify(document)});
           }""",
        label,
    )


@pytest.mark.parametrize(("language", "theme", "size"), [("en", "light", DESK), ("zh", "dark", PHONE)])
def test_a_copy_is_tried_and_its_changes_come_as_a_draft(
    chromium: Browser, served: tuple[Platform, User, str], language: str, theme: str, size: dict[str, int],
) -> None:
    platform = served[0]
    page = open_page(chromium, served, size, theme, language)
    say = {"en": 0, "zh": 1}[language]
    page.goto("/admin/releases")
    page.get_by_role("link", name=("Scratch copies", "试验副本")[say]).click()
    page.get_by_label(("Name of the copy", "副本名称")[say]).fill("try_out")
    page.keyboard.press("Enter")
    expect(page.locator(".copies li")).to_have_count(1, timeout=30_000)
    assert objections(page) == []
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    page.get_by_role("button", name=("Open try_out", "打开 try_out")[say]).focus()
    page.keyboard.press("Enter")
    bar = page.get_by_role("complementary", name=("Scratch copy", "试验副本")[say])
    expect(bar).to_contain_text(("Scratch copy of Tenon", "“Tenon”的试验副本")[say])
    assert objections(page) == []
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    rename(page, "There")
    bar.get_by_role("link", name=("Leave", "离开")[say]).click()
    expect(bar).to_have_count(0)
    rename(page, "Here")
    page.goto("/admin/copies/try_out")
    assert objections(page) == []
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    page.locator("[name^='decide:'][value=theirs]").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("[name^='decide:'][value=yours]")).to_be_checked()
    page.keyboard.press("ArrowRight")
    page.get_by_role("button", name=("Put into the draft", "放入草稿")[say]).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(("Releases", "版本")[say])
    assert label_in_draft(platform) == "There"
    with platform.read() as uow:
        assert uow.model.get("view", "big_ones").label.show("en") == "Large contracts"
    page.goto("/admin/copies")
    page.get_by_role("link", name=("Discard try_out", "丢弃 try_out")[say]).click()
    assert objections(page) == []
    page.get_by_role("button", name=("Discard", "丢弃")[say], exact=True).click()
    expect(page.locator(".copies li")).to_have_count(0)
    assert not (platform.settings.home / "scratch" / "try_out").exists()
    assert_clean(page)
    page.context.close()
