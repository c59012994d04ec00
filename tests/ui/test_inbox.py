"""The inbox: whose tasks it shows, and what completing, putting off and assigning leaves behind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert
from starlette.testclient import TestClient

from tenon.engine.approvals import listing
from tenon.engine.context import Context
from tenon.engine.query import pages
from tenon.engine.records import writing
from tenon.engine.workflows.tables import human_tasks, task_people
from tenon.ui.backend import inbox
from tests import desk, world
from tests.desk import Desk
from tests.ui.conftest import BASE
from tests.ui.test_frame import client_of


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Desk]:
    """A workspace with tasks."""
    made = desk.make(tmp_path, BASE)
    yield made
    made.platform.close()


def titles(client: TestClient, tab: str) -> list[str]:
    """Return the titles of the tasks of a tab in their order."""
    return re.findall(r'class="task-title"[^>]*>([^<]+)<', client.get(f"/inbox?tab={tab}").text)


def test_tabs_show_whose_tasks(office: Desk) -> None:
    ann, sam = client_of(office, office.ann), client_of(office, office.sam)
    assert titles(ann, "mine") == ["Call about the renewal", "Send the offer", "Plan the workshop", "Look into churn"]
    assert titles(ann, "team") == ["Write to the sponsor"]
    assert titles(ann, "free") == ["Sort the duplicates"]
    assert titles(ann, "late") == ["Call about the renewal", "Write to the sponsor"]
    assert titles(sam, "mine") == ["Write to the sponsor"]
    assert titles(sam, "team") == []
    assert titles(sam, "late") == ["Write to the sponsor"]
    assert titles(ann, "all") == titles(sam, "all") == [
        "Call about the renewal", "Write to the sponsor", "Send the offer", "Sort the duplicates", "Plan the workshop", "Look into churn",
    ]  # fmt: skip
    assert "Call about the renewal" in ann.get("/").text


def test_a_task_is_completed_put_off_and_assigned(office: Desk) -> None:
    ann = client_of(office, office.ann)
    call, offer, churn = (office.tasks[t] for t in ("Call about the renewal", "Send the offer", "Look into churn"))
    answer = ann.post(f"/inbox/{call}", data={"what": "complete", "version": "1", "tab": "mine"}, headers={"HX-Request": "true"})
    assert (answer.status_code, "Call about the renewal" in answer.text) == (200, False)
    assert office.stored("task", call)["state"] == "done"
    assert office.stored("task", call)["done_at"] is not None
    assert ann.post(f"/inbox/{call}/undo").headers["Location"] == "/inbox"
    assert (office.stored("task", call)["state"], office.stored("task", call)["done_at"]) == ("open", None)
    before = office.stored("task", offer)["due"]
    ann.post(f"/inbox/{offer}", data={"what": "snooze", "version": "1", "until": "week"})
    now = world.NOW.astimezone(office.platform.settings.timezone)
    after = office.stored("task", offer)["due"]
    assert isinstance(before, datetime)
    assert isinstance(after, datetime)
    assert after.astimezone(now.tzinfo).date() == now.date() + timedelta(days=7)
    assert after.astimezone(now.tzinfo).time() == before.astimezone(now.tzinfo).time()
    ann.post(f"/inbox/{churn}", data={"what": "assign", "version": "1", "person": office.sam.id})
    assert office.stored("task", churn)["assignee"] == office.sam.id
    ann.post(f"/inbox/{churn}", data={"what": "assign", "version": "2", "person": ""})
    assert office.stored("task", churn)["assignee"] is None


def test_a_task_that_changed_meanwhile_or_a_wrong_day_is_refused_in_the_list(office: Desk) -> None:
    ann = client_of(office, office.ann)
    offer = office.tasks["Send the offer"]
    htmx = {"HX-Request": "true"}
    answer = ann.post(f"/inbox/{offer}", data={"what": "complete", "version": "7", "tab": "mine"}, headers=htmx)
    assert (answer.status_code, "Somebody else changed this record." in answer.text, "Send the offer" in answer.text) == (412, True, True)
    answer = ann.post(f"/inbox/{offer}", data={"what": "snooze", "version": "1", "until": "someday"}, headers=htmx)
    assert (answer.status_code, "This is no day." in answer.text) == (422, True)
    assert ann.post(f"/inbox/{office.customers[0]}", data={"what": "complete", "version": "1"}).status_code == 404
    assert office.stored("task", offer)["state"] == "open"


def add_task(office: Desk, title: str, **values: object) -> str:
    """Add a task that nobody has."""
    with office.platform.write() as uow:
        return writing.create(uow, Context(office.ann), uow.model.get_entity("task"), {"title": title, **values})


def test_tasks_for_a_role_or_a_unit_wait_for_whoever_takes_them(office: Desk) -> None:
    ann, sam = client_of(office, office.ann), client_of(office, office.sam)
    call = add_task(office, "Call new customers", for_role="core_member")
    add_task(office, "For managers", for_role="core_manager")
    add_task(office, "Tidy the north", unit=office.units["north"])
    assert titles(sam, "roles") == ["Call new customers", "Tidy the north"]
    assert titles(ann, "roles") == ["Sort the duplicates"]
    assert "Customer team member" in sam.get("/inbox?tab=roles").text
    htmx = {"HX-Request": "true"}
    answer = sam.post(f"/inbox/{call}", data={"what": "take", "version": "1", "tab": "roles"}, headers=htmx)
    assert (answer.status_code, "Call new customers" in answer.text) == (200, False)
    assert office.stored("task", call)["assignee"] == office.sam.id
    assert "Call new customers" in titles(sam, "mine")
    late = ann.post(f"/inbox/{call}", data={"what": "take", "version": "2", "tab": "free"}, headers=htmx)
    assert (late.status_code, "Somebody has this task already." in late.text) == (409, True)
    assert office.stored("task", call)["assignee"] == office.sam.id


def test_a_task_is_put_off_to_any_day_and_to_later_today(office: Desk) -> None:
    ann = client_of(office, office.ann)
    zone = office.platform.settings.timezone
    now = world.NOW.astimezone(zone)
    call = office.tasks["Call about the renewal"]
    day = now.date() + timedelta(days=45)
    assert 'type="date"' in ann.get("/inbox").text
    ann.post(f"/inbox/{call}", data={"what": "snooze", "version": "1", "until": day.isoformat()})
    due = office.stored("task", call)["due"]
    assert isinstance(due, datetime)
    assert due.astimezone(zone).date() == day
    ann.post(f"/inbox/{call}", data={"what": "snooze", "version": "2", "until": "today"})
    due = office.stored("task", call)["due"]
    assert isinstance(due, datetime)
    assert due.astimezone(zone).date() == now.date()
    assert due > world.NOW


def ask_sam(office: Desk, numbers: range) -> None:
    """Let a workflow ask Sam so many things; the higher the number the sooner it is due, the first never."""
    with office.platform.write() as uow:
        blank = {"instance": "i", "token": "t", "workflow": "w", "version": "v", "step": "s", "type": "approval", "entity": "gone", "record": "r", "mode": "any", "state": "open"}
        asked = [
            {**blank, "id": f"{n:036}", "title": {"en": f"Ask {n}"}, "due_at": uow.now + timedelta(minutes=1_000 - n) if n else None, "created_at": uow.now} for n in numbers
        ]
        uow.connection.execute(insert(human_tasks), asked)
        uow.connection.execute(insert(task_people), [{"id": a["id"], "task": a["id"], "person": office.sam.id, "order": 0, "state": "open"} for a in asked])


def test_more_than_a_page_of_what_workflows_ask_is_counted_and_shown_by_when_it_is_due(office: Desk) -> None:
    ask_sam(office, range(230))
    sam = client_of(office, office.sam)
    page = sam.get("/inbox").text
    assert sam.get("/pulse").json()["inbox"] == 231
    assert titles(sam, "mine") == ["Write to the sponsor", *(f"Ask {n}" for n in range(229, 130, -1))]
    assert 'href="/inbox?tab=mine:200"' in page
    assert titles(sam, "mine:300") == ["Write to the sponsor", *(f"Ask {n}" for n in range(229, 0, -1)), "Ask 0"]
    assert "There are more" not in sam.get("/inbox?tab=mine:300").text
    assert titles(sam, "mine:9999999") == titles(sam, "mine")
    listed = sam.get("/api/v1/tasks?mine=true&limit=200").json()
    assert len(listed["tasks"]) == 200
    assert len(sam.get(f"/api/v1/tasks?mine=true&limit=200&after={listed['next']}").json()["tasks"]) == 31


def test_every_page_of_thousands_comes_once_and_in_order(office: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    ask_sam(office, range(730))
    with office.platform.write() as uow:
        mine = {"assignee": office.sam.id, "title": "Own", "due": (uow.now + timedelta(minutes=600)).isoformat()}
        writing.write_many(uow, Context(None, is_system=True), uow.model.get_entity("task"), [mine] * 520)
    sam, seen, tab = client_of(office, office.sam), [], "mine:500"
    for _ in range(5):
        seen.append(titles(sam, tab))
        page = sam.get(f"/inbox?tab={tab}").text
        assert ("Back to the first" in page) == (tab != "mine:500")
        following = re.findall(r'href="/inbox\?tab=([^"]+)">Show more<', page)
        if not following:
            break
        tab = re.sub("^mine:[0-9]+", "mine:500", following[0])
    assert [len(part) for part in seen] == [500, 500, 251]
    assert [t for part in seen for t in part] == ["Write to the sponsor", *(f"Ask {n}" for n in range(729, 400, -1)), *sorted(["Own"] * 520 + ["Ask 400"], key=lambda t: t == "Own"),
                                                  *(f"Ask {n}" for n in range(399, 0, -1)), "Ask 0"]  # fmt: skip
    assert titles(sam, "mine:100:broken") == titles(sam, "mine")
    listed = sam.get("/api/v1/tasks?mine=true&limit=500&count=exact").json()
    ids = [each["id"] for each in listed["tasks"]]
    while listed["next"]:
        listed = sam.get(f"/api/v1/tasks?mine=true&limit=500&count=capped&after={listed['next']}").json()
        ids += [each["id"] for each in listed["tasks"]]
    assert (len(ids), len(set(ids)), listed["count"]) == (1251, 1251, 1251)
    monkeypatch.setattr(pages, "CAP", 900)
    monkeypatch.setattr(listing, "CAP", 900)
    monkeypatch.setattr(inbox, "CAP", 900)
    capped = sam.get("/api/v1/tasks?limit=1&count=capped").json()
    assert (capped["count"], capped["count_capped"]) == (900, True)
    assert '<span class="count">900+</span>' in sam.get("/inbox").text
