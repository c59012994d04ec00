"""The trigger webhook: the record is found or made by what was sent, a call of one id is done once."""

from __future__ import annotations

from typing import Any

import pytest

from tenon.engine.rules.book import book_of
from tenon.engine.webhooks import incoming
from tenon.metamodel.errors import Invalid
from tests.engine.rules.world import SYSTEM, Rules, note, rule

TRIGGER: dict[str, Any] = {
    "type": "webhook", "match": {"field": "name", "place": "data.company"}, "take": [{"field": "seats", "place": "data.items.0.seats"}, {"field": "notes", "place": "data.text"}],
    "make_new": True,
}  # fmt: skip


def call(w: Rules, payload: Any, id: str | None = None, name: str = "told") -> dict[str, Any]:
    """Call the address of a rule, and let the worker do what it brings about."""
    with w.platform.write() as uow:
        document = uow.model.get("rule", name)
        if incoming.hook_of(uow, document.id) is None:
            incoming.renew(uow, SYSTEM, document.id, "hash")
        answer = incoming.take(uow, book_of(uow.model).rules[document.id], id, payload)
    w.work()
    return answer


def sent(company: str, seats: Any, **more: Any) -> dict[str, Any]:
    return {"data": {"company": company, "items": [{"seats": seats}], **more}}


def test_a_record_is_found_or_made_and_takes_what_was_sent(w: Rules) -> None:
    w.publish(rule("told", TRIGGER, note("concat('told ', name)"), condition="seats > 1"))
    ann = w.add("customer", name="Ann")
    assert call(w, sent("Ann", 5, text="Hello")) == {"record": {"entity": "customer", "id": ann}, "created": False}
    assert call(w, sent("Bob", "1"))["created"] is True
    assert [(r["name"], r["seats"], r["notes"]) for r in w.records("customer", "name", "seats", "notes")] == [("Ann", 5, "told Ann"), ("Bob", 1, None)]
    call(w, {"data": {"company": "Bob", "text": None}})
    call(w, {"data": {"company": "Ann"}})
    assert [(r["seats"], r["notes"]) for r in w.records("customer", "seats", "notes")] == [(5, "told Ann"), (1, None)]  # what is not sent stays
    assert w.runs()[0]["facts"]["payload"] == '{"data":{"company":"Ann","items":[{"seats":5}],"text":"Hello"}}'


def test_a_call_that_comes_again_is_answered_the_same_and_does_nothing(w: Rules) -> None:
    w.publish(rule("told", TRIGGER, {"type": "set_fields", "fields": {"seats": "seats + 1"}}))
    answers = [call(w, sent("Ann", 5), "msg_1") for _ in range(3)]
    assert answers[0] == answers[1] == answers[2]
    assert w.values("customer", "seats") == [6]


def test_without_a_match_nothing_happens_unless_new_ones_are_made_and_what_does_not_fit_is_refused(w: Rules) -> None:
    w.publish(rule("told", {**TRIGGER, "make_new": False}, note()))
    assert call(w, sent("Nobody", 5)) == {"record": None, "created": False}
    assert call(w, ["anything"]) == {"record": None, "created": False}
    w.publish(rule("told", TRIGGER, note()))
    with pytest.raises(Invalid) as raised:
        call(w, sent("Ann", "many"), "msg_2")
    assert [each.path for each in raised.value.problems] == ["/data/items/0/seats"]
    assert call(w, sent("Ann", 3), "msg_2")["created"] is True
    assert w.refuses(rule("other", {"type": "webhook"}, note())) == [("trigger/match", "required")]
