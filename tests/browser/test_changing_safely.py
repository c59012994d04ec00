"""The draft, its comments and the merge of two people's changes in a browser: both themes and languages, desk and phone."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Browser, expect

from tenon.engine.context import Context
from tenon.engine.releases import draft, steps
from tests.browser.conftest import Live, assert_clean, open_live
from tests.browser.designing import discard, drafted, partner, publish
from tests.browser.test_access import objections

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("language", "theme", "width"), [("en", "light", 1440), ("zh", "dark", 390)])
def test_a_merge_is_chosen_saved_and_talked_about(chromium: Browser, live: Live, language: str, theme: str, width: int) -> None:
    with live.platform.write() as uow:
        mine, revision = draft.get(uow.connection, uow.model, "entity", "order")
        theirs = {**mine, "label": {**mine["label"], "en": "Purchase"}, "description": {"en": "What they buy"}}
        draft.put(uow.connection, Context(live.sam, is_system=True), uow.model, "entity", "order", theirs, now=uow.now)
    context = chromium.new_context(base_url=live.url, viewport={"width": width, "height": 900})
    page = open_live(context, live, live.ann, theme=theme, language=language)
    page.goto("/admin/releases")
    operations = json.dumps([{"op": "set", "at": "/label/en", "value": "Booking"}, {"op": "set", "at": "/icon", "value": "book"}])
    page.evaluate(
        """([operations, revision]) => {
          const form = Object.assign(document.createElement("form"), {method: "post", action: "/design/entity/order/merge"});
          const csrf = document.querySelector("[name=csrf]").value;
          for (const [name, value] of Object.entries({csrf, operations, revision})) {
            form.append(Object.assign(document.createElement("input"), {type: "hidden", name, value}));
          }
          document.body.append(form); form.submit();
        }""",
        [operations, revision],
    )
    expect(page.get_by_role("heading", level=1)).to_contain_text({"en": "Merge", "zh": "合并"}[language])
    assert objections(page) == []
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    page.locator("[name='decide:/label/en']").first.focus()
    page.keyboard.press("ArrowRight")
    page.locator("button[value=save]").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/design/entity/order")
    with live.platform.read() as uow:
        saved, _ = draft.get(uow.connection, uow.model, "entity", "order")
    assert (saved["label"]["en"], saved["icon"], saved["description"]) == ("Purchase", "book", {"en": "What they buy"})
    page.goto("/admin/releases")
    page.locator(".draft-new summary").press("Enter")
    page.locator("[id^='remark-']").fill("Looks right")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Looks right")).to_be_visible()
    assert objections(page) == []
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    with live.platform.write() as uow:
        draft.discard(uow.connection, Context(live.ann), uow.model)
    assert_clean(page)
    context.close()


def test_undo_under_somebody_elses_step_leads_to_a_merge(chromium: Browser, live: Live) -> None:
    publish(live, partner("ally"))
    context = chromium.new_context(base_url=live.url, viewport={"width": 1440, "height": 900})
    page = open_live(context, live, live.ann)
    page.goto("/design/entity/ally")
    with live.platform.write() as uow:
        steps.operate(uow.connection, Context(live.ann), uow.model, "entity", "ally", [{"op": "set", "at": "/label/en", "value": "Friend"}], now=uow.now)
    with live.platform.write() as uow:
        theirs = drafted(live, "entity", "ally")
        theirs["description"] = {"en": "Who helps us"}
        draft.put(uow.connection, Context(live.sam, is_system=True), uow.model, "entity", "ally", theirs, now=uow.now)
    page.reload()
    expect(page.get_by_role("button", name="Undo")).to_be_enabled()
    page.keyboard.press("Control+z")
    page.get_by_role("button", name="See both and merge").click()
    expect(page.get_by_text("You take your last step back")).to_be_visible()
    expect(page.get_by_role("heading", name="Only Sam Wu changed")).to_be_visible()
    assert objections(page) == []
    page.get_by_role("button", name="Save both").click()
    page.wait_for_url("**/design/entity/ally")
    saved = drafted(live, "entity", "ally")
    assert (saved["label"]["en"], saved["description"]) == ("Ally", {"en": "Who helps us"})
    discard(live)
    vars(page)["wrongs"] = [wrong for wrong in vars(page)["wrongs"] if "409" not in wrong]  # the refusal itself
    assert_clean(page)
    context.close()
