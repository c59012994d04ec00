"""What workflows ask of people on the pages: the inbox, the record, links from mails, and being away."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from starlette.testclient import TestClient

from tenon.engine.context import Context, system_context
from tenon.engine.outside import KeptMail
from tenon.engine.releases import publish_documents
from tenon.engine.workflows.starting import begin
from tenon.engine.workflows.tables import human_tasks
from tenon.platform.boot import make_worker
from tenon.platform.clock import real_now
from tenon.platform.decision_links import decision_links, make
from tenon.server import build
from tests import desk
from tests.desk import Desk
from tests.ui.conftest import BASE
from tests.ui.test_frame import client_of

FLOW: dict[str, Any] = {
    "kind": "workflow", "name": "care", "label": {"en": "Care plan", "zh": "关怀计划"}, "entity": "customer", "type": "approval",
    "steps": [{"id": "check", "type": "approval", "title": {"en": "Approve the plan", "zh": "审批计划"}, "approvers": {"user": "sam@example.com"}, "cc": [{"user": "ann@example.com"}],
               "editable": ["website"]}],
}  # fmt: skip

FORM: dict[str, Any] = {
    "kind": "form", "name": "plan", "label": {"en": "Plan", "zh": "计划"}, "entity": "customer",
    "sections": [{"items": [{"field": "website"}, {"field": "notes", "label": {"en": "Why", "zh": "原因"}, "visible": "website == 'https://new.example'", "required": True}]}],
}  # fmt: skip
FILLED: dict[str, Any] = {
    "kind": "workflow", "name": "filled", "label": {"en": "Plan", "zh": "计划"}, "entity": "customer",
    "steps": [{"id": "fill", "type": "form", "title": {"en": "Fill in the plan", "zh": "填写计划"}, "form": "plan", "assign_to": {"user": "sam@example.com"}}],
}  # fmt: skip


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Desk]:
    """A workspace in which Sam is asked about a customer that Ann has submitted; mail is kept."""
    made = desk.make(tmp_path, BASE)
    object.__setattr__(made.platform.outside, "mail", KeptMail())
    publish_documents(made.platform.publisher, system_context("command", "tests"), [FLOW])
    with made.platform.write() as uow:
        begin(uow, Context(made.ann), uow.model.get("workflow", "care"), [made.customers[0]])
    make_worker(made.platform).run_until_idle()
    yield made
    made.platform.close()


def task_of(office: Desk) -> Any:
    """Return the only thing that was asked."""
    with office.platform.read() as uow:
        return uow.connection.execute(select(human_tasks)).one()


def stranger(office: Desk) -> TestClient:
    """Return a client of nobody."""
    return TestClient(build(office.platform), base_url=BASE, follow_redirects=False)


def test_a_link_from_a_mail_decides_once_and_only_by_a_press(office: Desk) -> None:
    mail = office.platform.outside.mail
    assert isinstance(mail, KeptMail)
    (sent,) = [m for m in mail.sent if "Approve the plan" in m.subject]
    assert sent.to == "sam@example.com"
    token = sent.text.partition("/decide#")[2].split()[0]
    nobody = stranger(office)
    page = nobody.get("/decide")
    assert (page.status_code, token in page.text, page.headers["Referrer-Policy"]) == (200, False, "same-origin")
    for _ in range(2):  # looking, by whoever scans the mail too, changes nothing
        shown = nobody.post("/decide", data={"token": token})
        assert shown.status_code == 200
        assert "Aurora Energy" in shown.text
        assert task_of(office).state == "open"
    wrong = nobody.post("/decide", data={"token": token, "what": "perhaps"})
    assert (wrong.status_code, task_of(office).state) == (422, "open")
    done = nobody.post("/decide", data={"token": token, "what": "approve", "comment": "Good"})
    assert done.status_code == 200
    task = task_of(office)
    assert (task.state, task.outcome, task.done_by, task.comment) == ("done", "approve", office.sam.id, "Good")
    assert nobody.post("/decide", data={"token": token}).status_code == 404
    assert "tenon_session" not in nobody.cookies


def test_a_link_is_dead_when_its_time_is_over_and_does_nothing_for_who_is_not_asked(office: Desk) -> None:
    task, nobody = task_of(office), stranger(office)
    with office.platform.write() as uow:
        old, anns = make(uow.connection, task.id, office.sam.id), make(uow.connection, task.id, office.ann.id)
        uow.connection.execute(update(decision_links).where(decision_links.c.person == office.sam.id).values(expires_at=real_now() - timedelta(seconds=1)))
    assert nobody.post("/decide", data={"token": old, "what": "approve"}).status_code == 404
    assert nobody.post("/decide", data={"token": anns, "what": "approve"}).status_code == 403
    assert task_of(office).state == "open"


def test_the_inbox_and_the_record_show_it_to_who_is_asked_and_nobody_else_decides(office: Desk) -> None:
    ann, sam, task = client_of(office, office.ann), client_of(office, office.sam), task_of(office)
    record = f"/records/customer/{office.customers[0]}"
    assert "Approve the plan" in sam.get("/inbox").text
    assert "Approve the plan" not in ann.get("/inbox").text
    assert "Approve the plan" in ann.get("/inbox?tab=copied").text
    assert 'value="approve"' in sam.get(record).text
    shown = ann.get(record).text
    assert 'value="approve"' not in shown
    assert 'value="recall"' in shown
    assert "edit-record" not in shown
    sent_back = ann.get(f"{record}/edit")
    assert (sent_back.status_code, sent_back.headers["location"]) == (303, record)
    assert ann.post(f"/tasks/{task.id}", data={"what": "approve", "inbox": "mine"}, headers={"HX-Request": "true"}).status_code == 403
    sam.post(f"/tasks/{task.id}", data={"what": "approve", "comment": "Yes", "fields": "1", "website": "https://example.com", "entity": "customer", "record": office.customers[0]})
    assert task_of(office).outcome == "approve"
    assert office.stored("customer", office.customers[0])["website"] == "https://example.com"
    assert "“Yes”" in ann.get(f"{record}/timeline").text
    assert "Approve the plan" in sam.get("/inbox?tab=done").text
    assert sam.get(f"/tasks/{task.id}").status_code == 200


def test_a_form_is_shown_again_with_what_was_typed_and_what_is_wrong(office: Desk) -> None:
    publish_documents(office.platform.publisher, system_context("command", "tests"), [FORM, FILLED])
    with office.platform.write() as uow:
        begin(uow, Context(office.ann), uow.model.get("workflow", "filled"), [office.customers[1]])
    make_worker(office.platform).run_until_idle()
    with office.platform.write() as uow:
        task = uow.connection.execute(select(human_tasks).where(human_tasks.c.type == "form")).one()
        token = make(uow.connection, task.id, office.sam.id)
    sam, record = client_of(office, office.sam), {"entity": "customer", "record": office.customers[1]}
    assert "Fill in" in sam.get("/inbox").text
    shown = sam.get(f"/tasks/{task.id}").text
    assert ('name="website"' in shown, 'name="notes"' in shown) == (True, False)
    typed = {"fields": "1", "website": "https://new.example", "comment": "As we said"}
    again = sam.post(f"/tasks/{task.id}/form", data={**typed, **record}, headers={"HX-Request": "true"})
    assert (again.status_code, 'name="notes"' in again.text, 'value="https://new.example"' in again.text) == (200, True, True)
    for headers in ({}, {"HX-Request": "true"}):
        wrong = sam.post(f"/tasks/{task.id}", data={**typed, **record, "what": "done"}, headers=headers)
        assert (wrong.status_code, wrong.headers.get("HX-Retarget")) == (422, f"#asked-{task.id}" if headers else None)
        assert all(text in wrong.text for text in ("Why is missing. Fill it in.", 'value="https://new.example"', "As we said", 'id="error-notes"'))
    nobody = stranger(office)
    by_link = nobody.post("/decide", data={**typed, "token": token, "what": "done"})
    assert (by_link.status_code, "Why is missing." in by_link.text, 'name="notes"' in by_link.text) == (422, True, True)
    assert client_of(office, office.ann).post(f"/tasks/{task.id}", data={**typed, "what": "done"}).status_code != 200
    assert nobody.post("/decide", data={**typed, "token": token, "what": "done", "notes": "They moved"}).status_code == 200
    stored = office.stored("customer", office.customers[1])
    assert (stored["website"], stored["notes"]) == ("https://new.example", "They moved")


def test_who_is_away_says_so_on_their_own_page(office: Desk) -> None:
    sam = client_of(office, office.sam)
    wrong = sam.post("/settings/away", data={"what": "away", "person": office.ann.id, "until": ""})
    assert wrong.status_code == 422
    until = (office.platform.outside.clock.now() + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")
    assert sam.post("/settings/away", data={"what": "away", "person": office.ann.id, "until": until, "move": "1"}).status_code == 303
    assert "Ann Lee acts for you" in sam.get("/settings").text
    assert "for Sam Wu" in client_of(office, office.ann).get("/inbox").text
    assert sam.post("/settings/away", data={"what": "back"}).status_code == 303
    assert "acts for you." not in sam.get("/settings").text


def test_tasks_of_the_app_and_steps_of_workflows_are_one_list_with_the_same_verbs(office: Desk) -> None:
    ann, sam = client_of(office, office.ann), client_of(office, office.sam)
    found = sam.get("/api/v1/tasks?mine=true").json()["tasks"]
    assert [(each["type"], each["title"], each["app"], each["overdue"], each["priority"]) for each in found] == [
        ("approval", "Approve the plan", None, False, "normal"), ("task", "Write to the sponsor", "core", True, "high"),
    ]  # fmt: skip
    assert {frozenset(each) for each in found} == {frozenset(found[0])}
    assert found[1]["record"] == {"entity": "customer", "id": office.customers[1], "title": "创科科技"}
    first = ann.get("/api/v1/tasks?mine=true&limit=3").json()
    rest = ann.get("/api/v1/tasks", params={"mine": "true", "limit": 3, "after": first["next"]}).json()
    assert [each["title"] for each in first["tasks"] + rest["tasks"]] == ["Look into churn", "Plan the workshop", "Send the offer", "Call about the renewal"]
    assert [each["title"] for each in ann.get("/api/v1/tasks?mine=true&overdue=true&app=core").json()["tasks"]] == ["Call about the renewal"]
    sponsor, free = office.tasks["Write to the sponsor"], office.tasks["Sort the duplicates"]
    assert sam.post(f"/api/v1/tasks/{sponsor}/complete", json={"outcome": "lost"}).status_code == 422
    assert sam.post(f"/api/v1/tasks/{sponsor}/complete", json={"outcome": "done", "comment": "Wrote"}).json()["state"] == "done"
    assert sam.post(f"/api/v1/tasks/{sponsor}/complete", json={}).status_code == 409
    assert (office.stored("task", sponsor)["outcome"], office.stored("task", sponsor)["done_at"] is None) == ("Wrote", False)
    assert ann.post(f"/api/v1/tasks/{free}/claim", json={}).status_code == 200
    assert sam.post(f"/api/v1/tasks/{free}/claim", json={}).status_code == 409
    assert ann.post(f"/api/v1/tasks/{free}/delegate", json={"to": "sam@example.com"}).status_code == 200
    assert office.stored("task", free)["assignee"] == office.sam.id
