"""The trigger message_received: messages that came in by a channel, comments from outside; never what was sent."""

from __future__ import annotations

from tests.engine.rules.world import Rules, note, rule


def test_what_came_in_by_the_channel_wakes_it_and_what_was_sent_does_not(w: Rules) -> None:
    w.publish(rule("mail", {"type": "message_received", "channel": "email"}, note("'answered'")))
    ann, bob, cem = (w.add("customer", name=name) for name in ("Ann", "Bob", "Cem"))
    for customer, channel, direction in ((ann, "email", "in"), (bob, "email", "out"), (cem, "sms", "in")):
        w.add("message_log", customer=customer, channel=channel, direction=direction, recipient="us@example.com")
    w.work()
    assert w.values("customer", "notes") == ["answered", None, None]
    assert w.runs()[0]["facts"]["channel"] == "email"


def test_a_comment_from_outside_is_about_the_record_it_is_on(w: Rules) -> None:
    w.publish(rule("talk", {"type": "message_received", "channel": "comment"}, note("'asked'")))
    ann, bob = (w.add("customer", name=name) for name in ("Ann", "Bob"))
    w.add("comment", record={"entity": "customer", "id": ann}, text="When?", is_internal=False)
    w.add("comment", record={"entity": "customer", "id": bob}, text="Call them")
    w.work()
    assert w.values("customer", "notes") == ["asked", None]


def test_a_channel_that_is_not_there_is_refused(w: Rules) -> None:
    assert w.refuses(rule("mail", {"type": "message_received", "channel": "pigeon"}, note())) == [("trigger/channel", "unknown_name")]
