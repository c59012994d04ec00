"""Getting into a real workspace: passwords, links that work once, invitations."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tenon.platform import invitations
from tests import world
from tests.browser.conftest import Live, assert_clean, open_live, watch
from tests.browser.test_access import objections

pytestmark = pytest.mark.browser


def test_signing_in_and_out(chromium: Browser, live: Live) -> None:
    context = chromium.new_context(base_url=live.url)
    page = open_live(context, live, None)
    page.goto("/records/customer?view=big_ones")
    page.get_by_label("E-mail").fill("sam@example.com")
    page.get_by_label("Password").fill("not this one")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("not right")
    vars(page)["wrongs"].clear()  # the browser notes the 401 itself
    page.get_by_label("Password").fill(world.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile(r"view=big_ones"))
    page.get_by_label("Your account").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    page.goto("/")
    expect(page).to_have_url(re.compile("/sign-in"))
    assert_clean(page)
    context.close()


def test_a_demo_link_signs_in_once(chromium: Browser, live: Live) -> None:
    with live.platform.write() as uow:
        token = invitations.make_link(uow.connection, "sign_in", live.ann.id)
    context = chromium.new_context(base_url=live.url)
    page = open_live(context, live, None)
    page.goto(f"/enter/{token}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Hello, Ann Lee")
    context.clear_cookies()
    page.goto(f"/enter/{token}")
    expect(page).to_have_url(re.compile("/sign-in"))
    assert_clean(page)
    context.close()


def test_a_new_password_by_a_link(chromium: Browser, live: Live) -> None:
    person = world.add_person(live.platform, "kim@example.com", "Kim Park", ["seller"])
    with live.platform.write() as uow:
        token = invitations.make_link(uow.connection, "reset", person.id)
    context = chromium.new_context(base_url=live.url)
    page = open_live(context, live, None)
    page.goto(f"/reset#{token}")
    expect(page.get_by_text("kim@example.com")).to_be_visible()
    page.get_by_label("Password", exact=True).fill("another green bottle")
    page.get_by_label("Password again").fill("another green bottle")
    page.get_by_role("button", name="Save and sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Hello, Kim Park")
    assert_clean(page)
    context.close()


def test_somebody_is_invited_and_gets_in(chromium: Browser, desk: Page) -> None:
    desk.goto("/admin/users")
    desk.get_by_role("button", name="Invite", exact=True).click()
    dialog = desk.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Nora Berg")
    dialog.get_by_label("E-mail").fill("nora@example.com")
    dialog.get_by_label("Seller").check()
    assert objections(desk) == []
    dialog.get_by_role("button", name="Invite", exact=True).click()
    link = desk.locator(".alert code").inner_text()
    expect(desk.get_by_role("row", name=re.compile("Nora Berg"))).to_contain_text("Invited")
    other = chromium.new_context(base_url=link.split("/invitation")[0], locale="en")
    page = watch(other, link.split("/invitation")[0], {"tenon_language": "en"})
    page.goto(link)
    expect(page.get_by_label("Your name")).to_have_value("Nora Berg")
    page.get_by_label("Password", exact=True).fill(world.PASSWORD)
    page.get_by_label("Password again").fill(world.PASSWORD)
    page.get_by_role("button", name="Save and sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Hello, Nora Berg")
    expect(page.get_by_role("link", name="Administration")).to_have_count(0)
    assert_clean(page)
    other.close()
    desk.goto("/admin/users")
    desk.get_by_role("button", name="Change Nora Berg").click()
    desk.get_by_role("dialog").get_by_role("button", name="Disable").click()
    expect(desk.get_by_role("row", name=re.compile("Nora Berg"))).to_contain_text("Disabled")
