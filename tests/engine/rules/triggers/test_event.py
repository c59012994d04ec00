"""The trigger event: by its name, a condition on it, about the customer or the contact it belongs to."""

from __future__ import annotations

from tests.engine.rules.world import Rules, note, rule


def test_an_event_of_the_name_wakes_the_rule_for_its_customer_and_others_do_not(w: Rules) -> None:
    w.publish(rule("used", {"type": "event", "event": "export", "where": "qty > 2"}, note("'exported'")))
    ann, bob, cem = (w.add("customer", name=name) for name in ("Ann", "Bob", "Cem"))
    w.add_all("usage_event", [
        {"customer": ann, "event": "export", "qty": 3}, {"customer": bob, "event": "export", "qty": 2}, {"customer": cem, "event": "login", "qty": 9},
    ])  # fmt: skip
    w.work()
    assert w.values("customer", "notes") == ["exported", None, None]
    (run,) = w.runs()
    assert (run["record"], run["facts"]["event"]) == (ann, "export")


def test_it_may_be_about_the_contact_and_comes_anew_with_each_event(w: Rules) -> None:
    w.publish(rule("invited", {"type": "event", "event": "invite"}, {"type": "set_fields", "fields": {"title": "'Champion'"}}, entity="contact"))
    ann = w.add("customer", name="Ann")
    eva = w.add("contact", name="Eva", customer=ann)
    for _ in range(2):
        w.add("usage_event", customer=ann, contact=eva, event="invite")
        w.work()
    w.add("usage_event", customer=ann, event="invite")
    w.work()
    assert w.values("contact", "title") == ["Champion"]
    assert w.states() == ["done", "done"]


def test_a_condition_reads_the_event(w: Rules) -> None:
    assert w.refuses(rule("used", {"type": "event", "event": "export", "where": "arr > 2"}, note())) == [("trigger/where", "unknown_name")]
