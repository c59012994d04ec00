"""The action send_message."""

from __future__ import annotations

from typing import Any

import pytest

from tenon.engine import outbox
from tenon.engine.messages import previewing
from tenon.engine.messages.sending import body_of
from tenon.engine.outside import KeptMail
from tests.engine.rules.world import Rules, rule

ON_SQLITE = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
ROLE = {
    "kind": "role", "name": "seller", "label": {"en": "Seller", "zh": "销售"}, "grants": [
        {"entity": "customer", "actions": ["read"], "where": "owner == user.id", "read": ["name", "owner", "status"], "hide": ["seats"]},
        {"entity": "notice", "actions": ["read"]},
    ],
}  # fmt: skip


def message(name: str = "hello", **more: Any) -> dict[str, Any]:
    """Return the document of a message about customers."""
    return {
        "kind": "message", "name": name, "channel": "email", "entity": "customer", "subject": {"en": "About {{ record.name }}", "zh": "关于 {{ record.name }}"},
        "body": {"en": "{{ recipient }}: {{ record.status }}, {{ record.seats }} seats", "zh": "{{ recipient }}：{{ record.status }}，{{ record.seats }} 席"}, **more,
    }  # fmt: skip


def sending(to: Any, **more: Any) -> dict[str, Any]:
    """Return a rule that sends the message when a record is made."""
    return rule("send", "created", {"type": "send_message", "message": "hello", "to": to}, **more)


def mails(w: Rules) -> set[tuple[str, str, str]]:
    """Return what was mailed: to whom, the subject, the text."""
    assert isinstance(w.platform.outside.mail, KeptMail)
    return {(mail.to, mail.subject, mail.text) for mail in w.platform.outside.mail.sent}


def logged(w: Rules, *fields: str) -> list[tuple[Any, ...]]:
    """Return fields of the log, sorted."""
    return sorted(tuple(row[f] for f in fields) for row in w.records("message_log", *fields))


def test_each_reads_what_they_may_in_their_language_and_the_log_has_it_once(w: Rules) -> None:
    w.publish(ROLE, message())
    lee, kim = w.person("lee", "seller", language="zh"), w.person("kim", "admin")
    w.publish(sending({"field": "owner"}))
    ann, bob, _ = w.add_all("customer", [{"name": "Ann", "seats": 5, "owner": lee}, {"name": "Bob", "seats": 7, "owner": kim}, {"name": "Nobody"}])
    w.work()
    assert {(to, subject) for to, subject, _ in mails(w)} == {("lee@tenon.example", "关于 Ann"), ("kim@tenon.example", "About Bob")}
    texts = {to: text.partition("：")[2] or text.partition(": ")[2] for to, _, text in mails(w)}
    # What Lee may not see reads as empty, though the rule itself sees everything.
    assert texts["lee@tenon.example"].endswith("， 席")
    assert texts["kim@tenon.example"].endswith(", 7 seats")
    found = [(row["recipient"], row["state"], row["customer"]["id"], row["record"]["id"], row["message"]) for row in w.records("message_log", "recipient", "state", "customer", "record", "message")]
    assert sorted(found) == [("kim@tenon.example", "sent", bob, bob, "hello"), ("lee@tenon.example", "sent", ann, ann, "hello")]
    effect = next(run for run in w.runs("send") if run["record"] == ann)["effects"][0]
    assert (effect["type"], effect["sent"][0]["state"]) == ("send_message", "waiting")
    w.work()
    assert len(mails(w)) == 2


@ON_SQLITE
def test_a_person_who_may_not_read_the_record_hears_nothing_of_it(w: Rules) -> None:
    w.publish(ROLE, message(channel="in_app"))
    lee, kim = w.person("lee", "seller"), w.person("kim", "seller")
    w.publish(sending({"role": "seller"}))
    w.add("customer", name="Ann", owner=lee)
    w.work()
    assert [n["recipient"]["id"] for n in w.records("notice", "recipient")] == [lee]
    assert w.values("notice", "title") == ["About Ann"]
    assert logged(w, "channel", "state") == [("in_app", "sent")]
    assert kim not in str(w.records("notice", "recipient"))


@ON_SQLITE
def test_the_rights_of_who_acts_bind_what_is_read(w: Rules) -> None:
    role = {**ROLE, "grants": [{"entity": "customer", "actions": ["read", "create"], "read": "*", "write": "*", "hide": ["seats"]}]}
    w.publish(role, message())
    w.person("boss", "admin")
    lee = w.context(w.person("lee", "seller"))
    w.publish(sending({"user": "boss@tenon.example"}, run_as="person"))
    w.add("customer", by=lee, name="Ann")
    w.work()
    assert [text.rpartition(", ")[2] for _, _, text in mails(w)] == [" seats"]


@ON_SQLITE
def test_contacts_that_want_nothing_get_nothing(w: Rules) -> None:
    on_ticket = {"entity": "ticket", "subject": {"en": "Got {{ record }}"}, "body": {"en": "Dear {{ recipient }}"}}
    w.publish(message(**on_ticket), message("offer", category="marketing", **on_ticket))
    customer = w.add("customer", name="Ann")
    contact = {"customer": customer}
    kept = w.add("contact", name="Kim", email="kim@x.test", consent=["email"], **contact)
    plain = w.add("contact", name="Lee", email="lee@x.test", **contact)
    gone = w.add("contact", name="Max", email="max@x.test", since="2020-01-01", **contact)
    tickets = w.add_all("ticket", [{"subject": f"T{n}", "customer": customer, "contact": each} for n, each in enumerate((kept, plain, gone))])
    w.change("contact", gone, left_at="2021-01-01")
    actions = [{"type": "send_message", "message": name, "to": "contact"} for name in ("hello", "offer")]
    w.publish(rule("send", "updated", *actions, entity="ticket"))
    for each in tickets:
        w.change("ticket", each, description="more")
    w.work()
    assert sorted((to, text) for to, _, text in mails(w)) == [("kim@x.test", "Dear Kim"), ("lee@x.test", "Dear Lee")]
    assert isinstance(w.platform.outside.mail, KeptMail)
    assert sorted(mail.to for mail in w.platform.outside.mail.sent) == ["kim@x.test", "kim@x.test", "lee@x.test"]
    assert logged(w, "recipient", "message", "state") == [
        ("kim@x.test", "hello", "sent"), ("kim@x.test", "offer", "sent"), ("lee@x.test", "hello", "sent"), ("lee@x.test", "offer", "suppressed"),
        ("max@x.test", "hello", "suppressed"), ("max@x.test", "offer", "suppressed"),
    ]  # fmt: skip


def test_lists_hold_what_each_reader_may_see_in_order_and_no_more_than_their_limit(w: Rules) -> None:
    role = {**ROLE, "grants": [*ROLE["grants"], {"entity": "task", "actions": ["read"], "where": "priority != 'high'", "read": ["title", "customer", "state"]}]}
    listed = {"name": "open_tasks", "relation": "tasks", "where": "state == 'open'", "sort": ["-title"], "limit": 3}
    text = {"en": "{% for each in open_tasks %}{{ each.title }}/{{ each.due|default('-') }}/{{ each.customer.name }} {% else %}nothing to do{% endfor %}"}
    w.publish(role, message(lists=[listed], body=text, subject={"en": "{{ record.name }}"}))
    lee, kim = w.person("lee", "seller"), w.person("kim", "admin")
    ann, bob, eve = w.add_all("customer", [{"name": "Ann", "owner": kim}, {"name": "Bob", "owner": lee}, {"name": "Eve", "owner": lee}])
    due = "2026-03-09T10:00:00+08:00"
    w.add_all("task", [{"title": f"T{n}", "customer": c, "due": due, "priority": "high" if n == 4 else "normal"} for c in (ann, bob) for n in range(5)])
    w.add("task", title="T9", customer=bob, state="done")
    w.publish(rule("send", "updated", {"type": "send_message", "message": "hello", "to": "owner"}))
    for each in (ann, bob, eve):
        w.change("customer", each, notes="x")
    w.work()
    told = {subject: text.split() for _, subject, text in mails(w)}
    assert [each.partition("/")[0] for each in told["Ann"] if each.startswith("T")] == ["T4", "T3", "T2"]
    # Lee may not see urgent tasks, nor when they are due; what Lee may not see takes no place of the three.
    assert told["Bob"] == ["T3/-/Bob", "T2/-/Bob", "T1/-/Bob"]
    assert told["Eve"] == ["nothing", "to", "do"]
    with w.platform.read() as uow:
        entity, body = uow.model.get_entity("customer"), body_of(uow.model, uow.model.get("message", "hello"))
        assert previewing.preview(uow, w.context(lee), entity, body, bob, "en").text.split() == told["Bob"]


def test_mail_that_is_down_holds_up_no_record(w: Rules) -> None:
    w.publish(message())
    kim = w.person("kim", "admin")
    w.publish(sending({"field": "owner"}))
    mail = w.platform.outside.mail
    assert isinstance(mail, KeptMail)
    mail.is_down = True
    w.add("customer", name="Ann", owner=kim)
    w.work()
    assert w.states("send") == ["done"]
    assert [row["state"] for row in w.records("message_log", "state")] == ["waiting"]
    mail.is_down = False
    with w.platform.write() as uow:
        [row] = outbox.list_page(uow.connection)
        assert (row["state"], row["record"] is not None, row["cause"]["kind"]) == ("failed", True, "rule")
        outbox.replay(uow.connection, row["id"])
    w.work()
    assert logged(w, "state", "error") == [("sent", None)]
    assert len(mails(w)) == 1


@ON_SQLITE
def test_what_does_not_fit_is_refused_when_it_is_saved(w: Rules) -> None:
    w.publish(message(), message("app", channel="in_app"))
    assert ("actions/0/to/field", "type_mismatch") in w.refuses(sending("name"))
    assert ("actions/0/to/field", "unknown_name") in w.refuses(sending("nmae"))
    assert ("actions/0/to", "required") in w.refuses(rule("send", "created", {"type": "send_message", "message": "hello"}))
    assert ("actions/0/message", "unknown_name") in w.refuses(rule("send", "created", {"type": "send_message", "message": "helo", "to": "owner"}))
    assert ("actions/0/message", "type_mismatch") in w.refuses(sending("owner", entity="contact"))
    assert w.refuses(rule("send", "created", {"type": "send_message", "message": "app", "to": "owner"})) == []
