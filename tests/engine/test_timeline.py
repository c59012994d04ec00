"""The timeline of a record: one stream of everything about it, in order, and nothing that its reader may not see."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tenon.engine.context import Context
from tenon.engine.outside import FixedClock
from tenon.engine.scores.overrides import set_override
from tenon.engine.timeline.stream import timeline, types_of
from tenon.metamodel.errors import Invalid, Malformed, NotFound
from tenon.platform.database import Database
from tests.platform.people import add
from tests.shop import SYSTEM, Shop, open_platform, options, person

CUSTOMER: dict[str, Any] = {
    "kind": "entity", "name": "customer", "title": "name", "features": ["timeline"], "fields": [
        {"name": "name", "type": "text"}, {"name": "arr", "type": "money"}, {"name": "secret", "type": "text"},
    ],
}  # fmt: skip
TICKET: dict[str, Any] = {
    "kind": "entity", "name": "ticket", "title": "subject", "time_field": "opened_on", "features": ["timeline"], "fields": [
        {"name": "subject", "type": "text"}, {"name": "opened_on", "type": "date"}, {"name": "status", "type": "choice", "options": options("open", "closed")},
        {"name": "customer", "type": "reference", "entity": "customer", "reverse": {"name": "tickets", "label": {"en": "Tickets"}}},
    ],
}  # fmt: skip
TASK: dict[str, Any] = {
    "kind": "entity", "name": "task", "title": "title", "time_field": "due", "fields": [
        {"name": "title", "type": "text"}, {"name": "due", "type": "datetime"},
        {"name": "customer", "type": "reference", "entity": "customer", "reverse": {"name": "tasks", "label": {"en": "Tasks"}}},
        {"name": "origin", "type": "any_reference", "entities": ["customer", "ticket"], "reverse": {"name": "follow_ups", "label": {"en": "Follow-ups"}}},
    ],
}  # fmt: skip
COMMENT: dict[str, Any] = {
    "kind": "entity", "name": "comment", "title": "text", "fields": [
        {"name": "text", "type": "long_text"}, {"name": "is_private", "type": "boolean"},
        {"name": "about", "type": "any_reference", "entities": ["customer", "ticket"], "reverse": {"name": "comments", "label": {"en": "Comments"}}},
    ],
}  # fmt: skip
NOTE: dict[str, Any] = {
    "kind": "entity", "name": "note", "title": "text", "fields": [
        {"name": "text", "type": "text"}, {"name": "customer", "type": "reference", "entity": "customer", "reverse": {"name": "notes"}},
    ],
}  # fmt: skip
HEALTH: dict[str, Any] = {
    "kind": "score", "name": "health", "entity": "customer", "label": {"en": "Health", "zh": "健康度"}, "bands": [
        {"name": "risk", "from": 0, "colour": "red"}, {"name": "fair", "from": 50, "colour": "amber"}, {"name": "healthy", "from": 80, "colour": "green"},
    ], "variants": [{"name": "default", "measures": [{"name": "arr", "points": 100, "value": "scale(arr, 0, 100)"}]}],
}  # fmt: skip
ROLES: list[dict[str, Any]] = [
    {"kind": "role", "name": "reader", "grants": [
        {"entity": "customer", "actions": ["read"], "hide": ["secret", "arr"], "read": ["name", "health_band"]},
        {"entity": "ticket", "actions": ["read"], "where": "status == 'open'"}, {"entity": "comment", "actions": ["read"], "where": "not is_private"},
        {"entity": "task", "actions": ["read"], "read": ["title", "due", "created_at"]},
    ]},
    {"kind": "role", "name": "narrow", "grants": [{"entity": "customer", "actions": ["read"], "where": "name == 'Other'"}]},
]  # fmt: skip
DOCUMENTS = [CUSTOMER, TICKET, TASK, COMMENT, NOTE, HEALTH, *ROLES]


class Told:
    """A shop whose clock can be moved, and the timeline of its first customer."""

    def __init__(self, shop: Shop, moment: datetime) -> None:
        self.shop, self.moment = shop, moment
        self.clock: FixedClock = shop.platform.outside.clock  # type: ignore[assignment]
        self.customer = shop.create("customer", name="Chuangke", arr=72, secret="canary-1")

    def later(self, **span: int) -> None:
        """Move the clock."""
        self.clock.moment += timedelta(**span)

    def read(self, ctx: Context = SYSTEM, **asked: Any) -> tuple[list[dict[str, Any]], str | None]:
        """Return a page of the timeline."""
        with self.shop.platform.read() as uow:
            return timeline(uow, ctx, uow.model.entities["customer"], self.customer, **asked)

    def types(self, ctx: Context = SYSTEM, **asked: Any) -> list[str]:
        """Return the types of the events of a page."""
        return [e["type"] for e in self.read(ctx, **asked)[0]]


@pytest.fixture
def told(database: Database, tmp_path: Path, moment: datetime) -> Told:
    return Told(Shop(open_platform(database, tmp_path, moment), DOCUMENTS), moment)


def _fill(told: Told) -> None:
    """A call, a fall of the health, a ticket of last week, a hidden one, a task for both relations, comments."""
    told.later(hours=1)
    told.shop.change("customer", told.customer, arr=60)
    told.later(hours=1)
    told.shop.change("customer", told.customer, arr=45, secret="canary-2")
    told.later(hours=1)
    told.shop.create("ticket", subject="Outage", opened_on="2026-02-20", status="open", customer=told.customer)
    told.shop.create("ticket", subject="canary-3", opened_on="2026-02-21", status="closed", customer=told.customer)
    this = {"entity": "customer", "id": told.customer}
    told.later(hours=1)
    told.shop.create("task", title="Call them", due="2026-04-01T09:00:00Z", customer=told.customer, origin=this)
    told.later(hours=1)
    told.shop.create("comment", text="They are unhappy", about=this)
    told.shop.create("comment", text="canary-4", about=this, is_private=True)
    told.shop.create("note", text="not on timelines", customer=told.customer)


def test_one_stream_newest_first(told: Told) -> None:
    _fill(told)
    events, following = told.read()
    assert following is None
    assert [e["type"] for e in events] == ["comment", "comment", "task", "band", "change", "score", "change", "change", "record", "record"]
    assert [e["at"] for e in events] == sorted((e["at"] for e in events), reverse=True)
    comment, task, band, score = events[1], events[2], events[3], events[5]
    assert comment["record"]["title"] == "They are unhappy"
    assert (task["record"]["title"], task["at"]) == ("Call them", told.moment + timedelta(hours=4))  # not yet due: when it was made
    assert {k: band["band"][k] for k in ("score", "label", "from", "to")} == {"score": "health", "label": "Health", "from": "fair", "to": "risk"}
    assert (band["band"]["was"], band["band"]["value"]) == (60, 45)
    assert (score["score"]["from"], score["score"]["to"], score["score"]["band"]) == (72, 60, "fair")
    assert events[4]["change"]["changes"][0] == {"field": "arr", "from": 60, "to": 45}
    outage = events[-1]
    assert outage["record"]["values"] == {"opened_on": "2026-02-20", "status": "open"}
    assert outage["at"] == datetime(2026, 2, 19, 16, tzinfo=UTC)  # the first moment of that day in Shanghai


def test_types_are_chosen(told: Told) -> None:
    _fill(told)
    assert told.types(types=["task", "comment"]) == ["comment", "comment", "task"]
    assert told.types(types=["band"]) == ["band"]
    with told.shop.platform.read() as uow:
        assert types_of(uow, SYSTEM, uow.model.entities["customer"], told.customer) == ["change", "score", "band", "comment", "task", "record"]
    with pytest.raises(Invalid) as error:
        told.read(types=["gossip"])
    assert [(p.path, p.code) for p in error.value.problems] == [("/types", "bad_choice")]


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
def test_pages_hold_every_event_once(told: Told, limit: int) -> None:
    _fill(told)
    for n in range(5):  # at one moment, so that only keys order them
        told.shop.create("comment", text=f"c{n}", about={"entity": "customer", "id": told.customer})
    whole, _ = told.read(limit=100)
    seen: list[str] = []
    cursor: str | None = None
    while True:
        events, cursor = told.read(limit=limit, after=cursor)
        assert len(events) <= limit
        seen += [e["id"] for e in events]
        if cursor is None:
            break
    assert seen == [e["id"] for e in whole]
    assert len(set(seen)) == 15


@pytest.mark.parametrize("cursor", ["x", "", "W10", "WyJhIiwiYiIsImMiLCJkIl0"])
def test_a_cursor_of_something_else_is_refused(told: Told, cursor: str) -> None:
    with pytest.raises(Malformed):
        told.read(after=cursor)


def test_nothing_hidden_is_told(told: Told) -> None:
    _fill(told)
    ann = person(add(told.shop.platform.database, "ann@shop.example"), "reader")
    events, _ = told.read(ann)
    text = json.dumps(events, default=str)
    assert "canary" not in text
    # The score itself is hidden, its band is not; changes of hidden fields alone are no events; what task links is hidden too.
    assert [e["type"] for e in events] == ["comment", "band", "change", "record"]
    assert "value" not in events[1]["band"]
    assert "was" not in events[1]["band"]
    assert events[2]["change"]["action"] == "create"
    with pytest.raises(NotFound):
        told.read(person(add(told.shop.platform.database, "bob@shop.example"), "narrow"))


def test_an_override_says_who_and_why(told: Told) -> None:
    ann = add(told.shop.platform.database, "ann@shop.example", ["admin"])
    told.later(hours=1)
    with told.shop.write() as uow:
        set_override(uow, person(ann, "admin"), "health", told.customer, band="healthy", reason="A good talk")
    band = told.read()[0][0]
    assert (band["type"], band["by"]["id"], band["cause"]) == ("band", ann, {"kind": "override", "reason": "A good talk"})


def test_deleted_records_leave_the_stream(told: Told) -> None:
    note = told.shop.create("comment", text="gone", about={"entity": "customer", "id": told.customer})
    assert told.types() == ["comment", "change"]
    told.shop.delete("comment", note)
    assert told.types() == ["change"]
