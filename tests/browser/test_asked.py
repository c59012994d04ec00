"""What workflows ask of people: submitted and decided on the record with the mouse, in the inbox with the keys, by a link from a mail."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tenon.engine.context import Context, system_context
from tenon.engine.releases import publish_documents
from tenon.engine.workflows.starting import begin
from tenon.platform import decision_links
from tenon.platform.boot import make_worker
from tests.browser.offices import open_page, serve_desk
from tests.browser.test_access import objections
from tests.desk import Desk

pytestmark = pytest.mark.browser
Office = tuple[Desk, str]


def label(en: str, zh: str) -> dict[str, str]:
    """Return a label in both languages."""
    return {"en": en, "zh": zh}


FLOW: dict[str, Any] = {
    "kind": "workflow", "name": "care", "label": label("Care plan", "关怀计划"), "entity": "customer", "type": "approval",
    "start": {"type": "button", "label": label("Submit the plan", "提交计划")},
    "steps": [
        {"id": "check", "type": "approval", "title": label("Approve the plan", "审批计划"), "mode": "sequence", "approvers": [{"user": "ann@example.com"}, {"user": "sam@example.com"}],
         "editable": ["notes"]},
        {"type": "create_task", "title": label("Begin", "开始"), "assign_to": {"user": "ann@example.com"}},
    ],
}  # fmt: skip

MENDED: dict[str, Any] = {
    "kind": "workflow", "name": "offer", "label": label("Offer", "报价"), "entity": "customer", "type": "approval",
    "steps": [
        {"id": "mend", "type": "task", "title": label("Mend it", "修改"), "assign_to": {"user": "ann@example.com"}},
        {"id": "check", "type": "approval", "title": label("Approve the offer", "审批报价"), "approvers": {"user": "ann@example.com"}},
    ],
}  # fmt: skip


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """A served workspace in which care plans are approved."""
    with serve_desk(tmp_path / "home") as made:
        publish_documents(made[0].platform.publisher, system_context("command", "tests"), [FLOW, MENDED])
        yield made


def test_a_plan_is_submitted_and_approved_with_mouse_keys_and_a_link(chromium: Browser, office: Office) -> None:
    desk, url = office
    record = f"/records/customer/{desk.customers[0]}"
    with open_page(chromium, desk, url, desk.ann) as page:
        page.goto(record)
        page.get_by_label("More actions").click()
        page.get_by_role("button", name="Submit the plan").click()
        card = page.get_by_role("region", name="Approve the plan")
        expect(card).to_contain_text("The record is locked until it is decided.")
        expect(card.get_by_role("listitem").first).to_contain_text("has the turn")
        expect(page.locator(".edit-record")).to_have_count(0)
        assert objections(page) == []
        page.goto("/inbox")
        row = page.locator(".task.asked")
        expect(row).to_contain_text("Aurora Energy")
        assert objections(page) == []
        row.get_by_role("link", name="Approve the plan", exact=True).focus()
        page.keyboard.press("a")
        expect(row.get_by_label("Your comment").first).to_be_focused()
        page.keyboard.type("Looks right")
        page.keyboard.press("Control+Enter")
        expect(row).to_have_count(0)
        page.goto("/inbox?tab=done")
        expect(page.locator(".task.asked")).to_contain_text("Approve the plan")
    with desk.platform.read() as uow:
        task = uow.connection.exec_driver_sql("select id from tenon_flow_task where state = 'open'").scalar()
    with open_page(chromium, desk, url, desk.sam) as page:
        page.goto(f"/tasks/{task}")
        expect(page.get_by_role("heading", name="Aurora Energy")).to_be_visible()
        assert objections(page) == []
        page.goto("/settings")
        expect(page.get_by_role("region", name="Away")).to_be_visible()
        assert objections(page) == []
    with desk.platform.write() as uow:
        token = decision_links.make(uow.connection, str(task), desk.sam.id)
    with open_page(chromium, desk, url, desk.sam, width=390, language="zh", theme="dark") as page:
        page.goto(record)
        expect(page.get_by_role("region", name="审批计划")).to_contain_text("Looks right")
        page.locator(".remark-form textarea").fill("说到一半")
        page.reload()
        expect(page.locator(".remark-form textarea")).to_have_value("说到一半")
        assert objections(page) == []
        page.goto(f"/decide#{token}")
        expect(page.get_by_role("heading", name="审批计划")).to_be_visible()
        assert token not in page.url
        assert objections(page) == []
        page.get_by_label("审批意见").fill("同意")
        page.get_by_role("button", name="同意").click()
        expect(page.locator("main")).to_contain_text("已同意。")
        page.goto(record)
        expect(page.locator(".asked-card")).to_have_count(0)


def card_of(page: Page, name: str) -> Locator:
    """Return the card of what is asked."""
    return page.get_by_role("region", name=name)


def told(desk: Desk) -> list[tuple[str, str | None, list[tuple[str, str, str | None]]]]:
    """Return what was asked about the offer: each with its state, what came of it, and who sat at it."""
    names = {desk.ann.id: "Ann", desk.sam.id: "Sam"}
    with desk.platform.read() as uow:
        asked = uow.connection.exec_driver_sql("select id, step, state, outcome from tenon_flow_task where record = ? order by id", (desk.customers[1],)).all()
        seats = uow.connection.exec_driver_sql("select task, person, state, side from tenon_flow_task_person order by id").all()
    return [(f"{t.step} {t.state}", t.outcome, [(names[s.person], s.state, s.side) for s in seats if s.task == t.id]) for t in asked]


def test_an_offer_is_handed_over_signed_sent_back_and_recalled(chromium: Browser, office: Office) -> None:
    desk, url = office
    record = f"/records/customer/{desk.customers[1]}"
    with desk.platform.write() as uow:
        begin(uow, Context(desk.ann), uow.model.get("workflow", "offer"), [desk.customers[1]])
    make_worker(desk.platform).run_until_idle()
    with open_page(chromium, desk, url, desk.ann) as ann, open_page(chromium, desk, url, desk.sam, width=390) as sam:
        ann.goto(record)
        card_of(ann, "Mend it").get_by_role("button", name="Done").click()
        card = card_of(ann, "Approve the offer")
        card.locator("summary", has_text="Hand over").click()
        assert objections(ann) == []
        card.get_by_label("To whom").fill("Sam")
        card.get_by_role("option", name="Sam Wu").click()
        card.get_by_role("button", name="Hand over").click()
        expect(card.locator(".seat.open b")).to_have_text("Sam Wu")
        sam.goto(record)
        theirs = card_of(sam, "Approve the offer")
        theirs.locator("summary", has_text="Add a signer").focus()
        sam.keyboard.press("Enter")
        theirs.get_by_label("Who signs too").focus()
        sam.keyboard.type("Ann")
        expect(theirs.get_by_role("option", name="Ann Lee")).to_be_visible()
        assert objections(sam) == []
        sam.keyboard.press("ArrowDown")
        sam.keyboard.press("Enter")
        theirs.get_by_role("button", name="Before me").focus()
        sam.keyboard.press("Enter")
        expect(theirs.locator(".seat.open")).to_contain_text("asked by Sam Wu")
        ann.goto(record)
        card.get_by_role("button", name="Approve", exact=True).click()
        expect(card.locator(".seat.open b")).to_have_text("Sam Wu")
        sam.goto(record)
        theirs.get_by_label("Send back to").select_option(label="Mend it")
        theirs.get_by_label("Your comment").fill("The sum is wrong")
        theirs.get_by_role("button", name="Send back").focus()
        sam.keyboard.press("Space")
        expect(theirs).to_have_count(0)
        ann.goto(record)
        card_of(ann, "Mend it").get_by_role("button", name="Done").click()
        expect(card).to_contain_text("has the turn")
        assert told(desk) == [
            ("mend done", "done", [("Ann", "done", None)]), ("check done", "return:mend", [("Ann", "handed_over", None), ("Sam", "rejected", None), ("Ann", "approved", "before")]),
            ("mend done", "done", [("Ann", "done", None)]), ("check open", None, [("Ann", "open", None)]),
        ]  # fmt: skip
        card.get_by_role("button", name="Recall").click()
        expect(ann.locator(".edit-record")).to_be_visible()
        expect(card).to_have_count(0)
        assert told(desk)[-1] == ("check cancelled", None, [("Ann", "skipped", None)])
