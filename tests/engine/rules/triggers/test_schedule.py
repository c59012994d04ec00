"""The trigger schedule."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import select

from tenon.engine.jobs.table import jobs
from tenon.engine.rules.timing import PREFIX
from tenon.platform.boot import make_worker, start
from tenon.platform.database import Database
from tenon.platform.workspace import Platform
from tests.engine.rules.world import Rules, note, rule


def test_at_each_time_it_looks_at_every_record(w: Rules) -> None:
    w.publish(rule("daily", {"type": "schedule", "cron": "0 9 * * *"}, {"type": "set_fields", "fields": {"seats": "coalesce(seats, 0) + 1"}}, condition="name != 'Bob'"))
    w.add_all("customer", [{"name": "Ann"}, {"name": "Bob"}])
    w.work()
    w.pass_time(days=1)
    w.work()
    w.work()
    assert w.values("customer", "seats") == [1, None]
    w.pass_time(days=1)
    w.work()
    assert w.values("customer", "seats") == [2, None]


def test_a_rule_that_is_gone_has_no_times_any_more(w: Rules) -> None:
    w.publish(rule("daily", {"type": "schedule", "cron": "0 9 * * *"}, note()))
    w.work()
    w.publish(rule("daily", {"type": "schedule", "cron": "0 9 * * *"}, note(), state="paused"))
    w.add("customer", name="Ann")
    w.pass_time(days=2)
    w.work()
    assert w.runs() == []


def test_two_workers_do_every_tick_once(w: Rules, database: Database) -> None:
    adding = {"type": "set_fields", "fields": {"seats": "coalesce(seats, 0) + 1"}}
    w.publish(*(rule(name, {"type": "schedule", "cron": "* * * * *"}, adding) for name in ("one", "two")))
    w.add_all("customer", [{"name": "Ann"}, {"name": "Bob"}])
    w.work()
    other = Database(database.url.render_as_string(hide_password=False))
    second = start(w.platform.settings, other, w.platform.outside)
    ticks, together = 5, threading.Barrier(2)

    def work(platform: Platform) -> None:
        for _ in range(ticks):
            together.wait(60)
            make_worker(platform).run_until_idle()
            if together.wait(60) == 0:
                w.pass_time(minutes=1)

    w.pass_time(minutes=1)
    with ThreadPoolExecutor(2) as pool:
        for each in [pool.submit(work, platform) for platform in (w.platform, second)]:
            each.result()
    second.close()
    assert w.values("customer", "seats") == [2 * ticks, 2 * ticks]
    with database.read() as connection:
        due = [row.payload for row in connection.execute(select(jobs.c.payload).where(jobs.c.kind == "rule_look"))]
    seen = [(each["schedule"].removeprefix(PREFIX), each["due"]) for each in due]
    assert len(seen) == len(set(seen)) == 2 * ticks
    assert len({due for _, due in seen}) == ticks
