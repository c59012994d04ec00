"""Merging in the browser: ticked rows side by side, by mouse and by keys, taken back from the message; on a phone one under the other."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tenon.engine.context import Context
from tenon.engine.records import writing
from tests.browser.conftest import Live
from tests.browser.test_access import objections

pytestmark = pytest.mark.browser


def make_two(live: Live, name: str) -> tuple[str, str]:
    """Make two customers of one name, the second with notes."""
    with live.platform.write() as uow:
        entity, ctx = uow.model.get_entity("customer"), Context(live.ann)
        first = writing.create(uow, ctx, entity, {"name": name, "industry": "saas", "arr": "10"})
        second = writing.create(uow, ctx, entity, {"name": f"{name} Ltd", "industry": "energy", "arr": "20", "notes": "From the fair"})
        for number in range(3):
            writing.create(uow, ctx, uow.model.get_entity("contact"), {"name": f"P{number}", "customer": second})
    return first, second


def test_ticked_rows_are_merged_and_taken_back(live: Live, desk: Page) -> None:
    first, second = make_two(live, "Zebra")
    desk.goto("/records/customer?q=Zebra")
    desk.locator(".sheet [data-tick]").first.click()
    merge = desk.locator("[data-bulk-merge]")
    expect(merge).to_be_hidden()  # one alone has nothing to be merged with
    desk.locator(".sheet [data-tick]").nth(1).click()
    merge.click()
    desk.wait_for_url("**/merge?ids=*")
    outcome = desk.locator("[data-outcome]")
    expect(outcome).to_have_text("Zebra Ltd stays. It keeps all its values.")  # more belongs to it
    assert objections(desk) == []
    desk.get_by_role("group", name="Which record stays?").get_by_role("radio", name="Zebra", exact=True).check()
    expect(outcome).to_have_text("Zebra stays. One value comes from the other side. Records that follow: 3.")  # the notes it does not have
    desk.get_by_role("group", name="Industry").get_by_role("radio", checked=True).focus()
    desk.keyboard.press("ArrowDown")
    expect(outcome).to_have_text("Zebra stays. 2 values come from elsewhere. Records that follow: 3.")
    desk.get_by_role("button", name="Merge", exact=True).click()
    desk.wait_for_url(f"**/records/customer/{first}")
    expect(desk.locator("#toasts")).to_contain_text("Merged into Zebra.")
    assert desk.request.get(f"/api/v1/records/customer/{first}").json()["industry"] == "energy"
    assert desk.request.get(f"/api/v1/records/customer/{second}", max_redirects=0).status == 301
    desk.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(desk.locator("#toasts")).to_contain_text("records are as they were before.")
    assert desk.request.get(f"/api/v1/records/customer/{first}").json()["industry"] == "saas"
    assert desk.request.get(f"/api/v1/records/customer/{second}").json()["notes"] == "From the fair"


def test_a_whole_side_is_taken_on_a_phone(live: Live, phone: Page) -> None:
    first, _ = make_two(live, "Yak")
    phone.goto(f"/records/customer/{first}")
    phone.locator("#record-more summary").click()
    phone.get_by_role("button", name="Merge with…").click()
    phone.get_by_role("combobox").fill("Yak Ltd")
    phone.get_by_role("option", name="Yak Ltd").click()
    phone.get_by_role("button", name="Compare").click()
    phone.wait_for_url("**/merge?ids=*")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    assert objections(phone) == []
    phone.get_by_role("radio", name="Yak", exact=True).first.check()
    phone.get_by_role("button", name="Take all its values Yak Ltd").click()
    expect(phone.locator("[data-outcome]")).to_have_text("Yak stays. 4 values come from elsewhere. Records that follow: 3.")
    phone.get_by_role("button", name="Merge", exact=True).click()
    phone.wait_for_url(f"**/records/customer/{first}")
    assert phone.request.get(f"/api/v1/records/customer/{first}").json()["name"] == "Yak Ltd"
