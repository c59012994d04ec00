"""The action create_record."""

from __future__ import annotations

from tests.engine.rules.world import Rules, rule


def test_values_are_read_with_the_record_of_the_rule(w: Rules) -> None:
    w.publish(rule("welcome", "created", {"type": "create_record", "entity": "task", "fields": {"title": "concat('Welcome ', name)", "customer": "id", "due": "date_add(now(), 3, 'day')"}}))
    ann, bob = w.add_all("customer", [{"name": "Ann"}, {"name": "Bob"}])
    w.work()
    tasks = w.records("task", "title", "customer", "due")
    assert sorted((t["title"], t["customer"]["id"], t["due"][:10]) for t in tasks) == [("Welcome Ann", ann, "2026-03-05"), ("Welcome Bob", bob, "2026-03-05")]
    assert {run["effects"][0]["created"]["id"] for run in w.runs()} == {t["id"] for t in tasks}


def test_what_widgets_show_is_kept_once(w: Rules) -> None:
    """At the end of a quarter, once for all records: a figure with a value is kept, one that is there already is not made again."""
    shown = {"kind": "widget", "type": "number"}
    count, average = {"name": "n", "expr": "count()"}, {"name": "a", "expr": "avg(seats)"}
    w.publish(
        {"kind": "entity", "name": "kept", "title": "what", "keys": [["what", "on"]], "features": ["append_only"], "fields": [
            {"name": "what", "type": "text"}, {"name": "on", "type": "date"}, {"name": "value", "type": "decimal", "scale": 4}]},
        {**shown, "name": "how_many", "query": {"entity": "customer", "filter": "name != 'Bob'", "group_by": [{"field": "created_at", "by": "month"}], "measures": [count, average]}},
        {**shown, "name": "mean", "query": {"entity": "customer", "measures": [average]}},
    )  # fmt: skip
    keep = [
        {"type": "create_record", "entity": "kept", "fields": {"what": f"'{widget}'", "on": "date_add(start_of(today(), 'quarter'), -1, 'day')"},
         "figures": [{"field": "value", "widget": widget}], "skip_existing": True} for widget in ("how_many", "mean")
    ]  # fmt: skip
    trigger = {"type": "schedule", "cron": "10 0 1 1,4,7,10 *", "once": True}
    assert w.refuses(rule("bad", trigger, {**keep[0], "figures": [{"field": "what", "widget": "mean"}]})) == [("actions/0/figures/0/field", "type_mismatch")]
    w.publish(rule("quarter", trigger, *keep, condition="name != 'Ann'"))
    w.add_all("customer", [{"name": "Ann"}, {"name": "Bob"}, {"name": "Cyd"}])
    w.work()
    w.pass_time(days=40)
    w.work()
    assert [(r["what"], r["on"], r["value"]) for r in w.records("kept", "what", "on", "value")] == [("how_many", "2026-03-31", 2)]
    assert w.states("quarter") == ["done"]
    w.publish(rule("again", "updated", *keep))
    w.change("customer", w.records("customer")[0]["id"], seats=3)
    w.work()
    assert w.values("kept", "value") == [2, 3]
