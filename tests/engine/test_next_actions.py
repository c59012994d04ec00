"""What to do next: the first declared action that is due, as far as its reader may see, and the button that does it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tenon.engine.context import Context
from tenon.engine.next_actions import act, next_action
from tenon.metamodel.errors import Conflict, Forbidden
from tenon.platform.database import Database
from tests.platform.people import add
from tests.shop import SYSTEM, Shop, open_platform, options, person

CUSTOMER: dict[str, Any] = {
    "kind": "entity", "name": "customer", "title": "name", "fields": [
        {"name": "name", "type": "text"}, {"name": "seats", "type": "integer"}, {"name": "used", "type": "integer"},
    ],
}  # fmt: skip
TASK: dict[str, Any] = {
    "kind": "entity", "name": "task", "title": "title", "fields": [
        {"name": "title", "type": "text"}, {"name": "due", "type": "datetime"}, {"name": "done_at", "type": "datetime"},
        {"name": "state", "type": "choice", "default": "'open'", "options": options("open", "done")},
        {"name": "customer", "type": "reference", "entity": "customer", "reverse": {"name": "tasks", "label": {"en": "Tasks"}}},
    ],
}  # fmt: skip
PAGE: dict[str, Any] = {
    "kind": "page", "name": "customer_page", "entity": "customer", "tabs": [{"label": {"en": "Overview"}, "blocks": [{"type": "next_action", "actions": [
        {"label": {"en": "Overdue task"}, "relation": "tasks", "when": "state == 'open' and due < now()", "sort": ["due"], "button": {
            "label": {"en": "Done"}, "set": [{"field": "state", "value": "'done'"}, {"field": "done_at", "value": "now()"}]}},
        {"label": {"en": "Expansion"}, "when": "used > seats * 0.9 and not exists(tasks, where=state == 'open')", "button": {
            "label": {"en": "Plan it"}, "create": {"entity": "task", "values": [
                {"field": "title", "value": "concat('Offer more seats to ', name)"}, {"field": "customer", "value": "id"}]}}},
    ]}]}],
}  # fmt: skip
READER: dict[str, Any] = {"kind": "role", "name": "reader", "grants": [
    {"entity": "customer", "actions": ["read"]}, {"entity": "task", "actions": ["read"], "where": "title != 'Secret'"},
]}  # fmt: skip
BLIND: dict[str, Any] = {"kind": "role", "name": "blind", "grants": [
    {"entity": "customer", "actions": ["read"], "hide": ["used"]}, {"entity": "task", "actions": ["read"], "hide": ["due"]},
]}  # fmt: skip


@pytest.fixture
def filling() -> None:
    """Nothing: the documents are these."""


@pytest.fixture
def shop(database: Database, tmp_path: Path, moment: datetime) -> Shop:
    return Shop(open_platform(database, tmp_path, moment), [CUSTOMER, TASK, PAGE, READER, BLIND])


def due(shop: Shop, customer: str, ctx: Context = SYSTEM) -> tuple[int, str, str] | None:
    """The action that is due: its place, label and record."""
    with shop.platform.read() as uow:
        actions = uow.model.get("page", "customer_page").body.tabs[0].blocks[0].actions
        found = next_action(uow, ctx, uow.model.entities["customer"], customer, actions)
    return None if found is None else (found.index, found.action.label.en, found.record["id"])


def do(shop: Shop, customer: str, index: int, record: str, ctx: Context = SYSTEM) -> tuple[str, str]:
    """Press the button."""
    with shop.write() as uow:
        actions = uow.model.get("page", "customer_page").body.tabs[0].blocks[0].actions
        entity, made = act(uow, ctx, uow.model.entities["customer"], customer, actions, index, record)
    return entity.name, made


def test_the_first_that_is_due_and_its_button(shop: Shop) -> None:
    customer = shop.create("customer", name="Chuangke", seats=100, used=95)
    late = [shop.create("task", title=f"T{day}", due=f"2026-02-{day}T00:00:00Z", customer=customer) for day in (20, 10)]
    shop.create("task", title="Later", due="2026-04-01T00:00:00Z", customer=customer)
    assert due(shop, customer) == (0, "Overdue task", late[1])
    assert do(shop, customer, 0, late[1]) == ("task", late[1])
    done = shop.get("task", late[1])
    assert (done["state"], done["done_at"]) == ("done", "2026-03-02T01:30:00Z")
    with pytest.raises(Conflict):
        do(shop, customer, 0, late[1])
    assert due(shop, customer) == (0, "Overdue task", late[0])


def test_the_record_itself_and_a_record_to_make(shop: Shop) -> None:
    customer = shop.create("customer", name="Chuangke", seats=100, used=95)
    assert due(shop, customer) == (1, "Expansion", customer)
    entity, made = do(shop, customer, 1, customer)
    assert entity == "task"
    task = shop.get("task", made)
    assert (task["title"], task["customer"]["id"], task["state"]) == ("Offer more seats to Chuangke", customer, "open")
    assert due(shop, customer) is None


def test_nobody_is_told_of_what_they_may_not_see(shop: Shop) -> None:
    customer = shop.create("customer", name="Chuangke", seats=100, used=95)
    secret = shop.create("task", title="Secret", due="2026-02-20T00:00:00Z", customer=customer)
    assert due(shop, customer) == (0, "Overdue task", secret)
    reader = person(add(shop.platform.database, "ann@shop.example"), "reader")
    # To this reader there is no task: neither the late one nor one that would hold the hint back.
    assert due(shop, customer, reader) == (1, "Expansion", customer)
    with pytest.raises(Conflict):
        do(shop, customer, 0, secret, reader)
    with pytest.raises(Forbidden):
        do(shop, customer, 1, customer, reader)
    assert due(shop, customer, person(add(shop.platform.database, "bob@shop.example"), "blind")) is None
