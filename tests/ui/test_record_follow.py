"""Following a record: who hears of what happens to it, and who does not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tenon.engine.context import Context, system_context
from tenon.engine.query.pages import Ask, page
from tenon.engine.records import writing
from tenon.engine.releases import publish_documents
from tests import desk
from tests.desk import Desk
from tests.ui.conftest import BASE
from tests.ui.test_frame import client_of

SIZE = {
    "kind": "score", "name": "reach", "entity": "customer", "label": {"en": "Size", "zh": "规模"}, "bands": [
        {"name": "small", "label": {"en": "Small", "zh": "小"}, "from": 0, "colour": "grey"},
        {"name": "big", "label": {"en": "Big", "zh": "大"}, "from": 50, "colour": "green"},
    ], "variants": [{"name": "standard", "measures": [
        {"name": "seats", "label": {"en": "Seats", "zh": "席位"}, "points": 100, "value": "scale(seats, 0, 100)", "missing": "zero"}]}],
}  # fmt: skip
WATCHER = {
    "kind": "role", "name": "watcher", "label": {"en": "Watcher", "zh": "观察者"}, "grants": [
        {"entity": "customer", "actions": ["read"], "where": "owner == user.id", "hide": ["notes"]},
        {"entity": "notice", "actions": ["read"], "where": "recipient == user.id"}],
}  # fmt: skip


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Desk]:
    """A workspace with ``core`` and a score."""
    made = desk.make(tmp_path, BASE)
    publish_documents(made.platform.publisher, system_context(), [SIZE, WATCHER])
    yield made
    made.platform.close()


def told(office: Desk, who: str) -> list[tuple[str, str | None]]:
    """Return the notices about following that somebody has: title and text, oldest first."""
    with office.platform.read() as uow:
        found = page(uow, system_context(), uow.model.get_entity("notice"), Ask([f"recipient == '{who}'"], sort=["created_at"])).records
        return [(n["title"], n["text"]) for n in found if n["id"] not in office.notices.values()]


def change(office: Desk, ctx: Context, **values: object) -> None:
    """Change the first customer."""
    with office.platform.write() as uow:
        writing.change(uow, ctx, uow.model.get_entity("customer"), office.customers[0], values)


def follow(client: TestClient, office: Desk, what: str = "follow") -> str:
    """Press the button on the page of the first customer."""
    url = f"/records/customer/{office.customers[0]}"
    answer = client.post(f"{url}/follow", data={"what": what}, headers={"HX-Request": "true"})
    assert answer.status_code == 200, answer.text
    return str(answer.text)


def test_followers_hear_of_changes_comments_and_bands_and_not_of_their_own(office: Desk) -> None:
    ann, sam = client_of(office, office.ann), client_of(office, office.sam)
    assert 'aria-pressed="false"' in ann.get(f"/records/customer/{office.customers[0]}").text
    assert 'value="unfollow"' in follow(ann, office)
    by_sam = Context(office.sam, is_system=True)
    change(office, by_sam, notes="Call them")
    change(office, Context(office.ann), notes="I know")
    sam.post(f"/records/customer/{office.customers[0]}/comments", data={"text": "They are unhappy"})
    sam.post(f"/records/customer/{office.customers[0]}/comments", data={"text": "@Ann Lee look"})
    assert told(office, office.ann.id) == [
        ("Sam Wu changed Aurora Energy", "Notes"), ("Sam Wu commented on Aurora Energy", "They are unhappy"),
        ("Sam Wu mentioned you: Aurora Energy", "@Ann Lee look"),
    ]  # fmt: skip
    change(office, Context(office.ann), seats=10)  # a first band is no change
    change(office, Context(office.ann), seats=80)
    assert told(office, office.ann.id)[3:] == [("Aurora Energy: Size is now Big", None)]
    assert told(office, office.sam.id) == []
    assert 'value="follow"' in follow(ann, office, "unfollow")
    change(office, by_sam, notes="Again")
    assert len(told(office, office.ann.id)) == 4


def test_going_on_changing_a_record_tells_of_it_once_until_it_is_read(office: Desk) -> None:
    ann = client_of(office, office.ann)
    follow(ann, office)
    by_sam = Context(office.sam, is_system=True)
    for values in ({"notes": "One"}, {"seats": 3}, {"notes": "Two", "seats": 4}):
        change(office, by_sam, **values)
    assert told(office, office.ann.id) == [("Sam Wu changed Aurora Energy", "Notes, Seats")]
    ann.post("/notices/read", data={})
    change(office, by_sam, notes="Three")
    assert told(office, office.ann.id) == [("Sam Wu changed Aurora Energy", "Notes, Seats"), ("Sam Wu changed Aurora Energy", "Notes")]
    sam = client_of(office, office.sam)
    for text in ("First", "Second"):
        sam.post(f"/records/customer/{office.customers[0]}/comments", data={"text": text})
    assert [text for _, text in told(office, office.ann.id)][2:] == ["First", "Second"]


def test_nobody_hears_of_what_they_may_not_see(office: Desk) -> None:
    with office.platform.write() as uow:
        uow.connection.exec_driver_sql("UPDATE tenon_user SET roles = '[\"watcher\"]' WHERE email = 'sam@example.com'")
    sam = client_of(office, office.sam)
    url = f"/records/customer/{office.customers[0]}/follow"
    assert sam.post(url, data={"what": "follow"}).status_code == 404
    change(office, Context(office.ann), owner=office.sam.id)
    assert sam.post(url, data={"what": "follow"}).status_code == 303
    change(office, Context(office.ann), notes="hidden from Sam")
    assert told(office, office.sam.id) == []
    change(office, Context(office.ann), seats=3)
    assert told(office, office.sam.id) == [("Ann Lee changed Aurora Energy", "Seats")]
    change(office, Context(office.ann), owner=office.ann.id)
    change(office, Context(office.ann), seats=4)
    assert len(told(office, office.sam.id)) == 1
