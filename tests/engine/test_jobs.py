from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tenon.engine import jobs
from tenon.engine.jobs import Claim, Lost, NewJob, Schedule, lease
from tenon.metamodel.errors import Invalid, NotFound, Problem
from tenon.metamodel.labels import say
from tenon.platform.database import Database

REAL = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PROBLEM = Problem("/file", "wrong_type", say("Not a number.", "不是数字。"), say("Write 1.", "请写 1。"))


def take(
    database: Database, limit: int = 10, *, now: datetime = REAL, real_now: datetime = REAL, worker: str = "w1", **more: Any
) -> list[Claim]:
    kinds = more.pop("kinds", ("mail", "import"))
    return jobs.claim(database, worker, limit, now=now, real_now=real_now, lease=MINUTE, kinds=kinds, **more)


def row(database: Database, job_id: str) -> dict[str, Any]:
    with database.read() as connection:
        return jobs.get(connection, job_id)


def test_a_job_goes_in_with_its_transaction_and_out_with_it(database: Database) -> None:
    with pytest.raises(RuntimeError), database.write() as connection:
        gone = jobs.put(connection, "mail", {"to": "a"})
        raise RuntimeError
    with database.write() as connection:
        kept = jobs.put(connection, "mail", {"to": "王"}, created_by="u1")
    with database.read() as connection:
        assert jobs.find(connection, gone) is None
        with pytest.raises(NotFound):
            jobs.get(connection, gone)
    claim = take(database)[0]
    assert (claim.id, claim.payload, claim.attempts, claim.created_by) == (kept, {"to": "王"}, 1, "u1")
    assert row(database, kept)["state"] == "running"
    assert take(database, worker="w2") == []


def test_the_most_urgent_go_first_and_timers_wait_for_business_time(database: Database) -> None:
    with database.write() as connection:
        slow = jobs.put(connection, "mail", priority=200)
        normal = jobs.put(connection, "mail")
        timer = jobs.put(connection, "mail", due_at=REAL + timedelta(days=3))
        urgent = jobs.put(connection, "import", priority=1)
    assert [claim.id for claim in take(database, 2)] == [urgent, normal]
    assert [claim.id for claim in take(database)] == [slow]
    assert take(database) == []
    assert [claim.id for claim in take(database, now=REAL + timedelta(days=3))] == [timer]


def test_workers_take_only_kinds_and_queues_they_know(database: Database) -> None:
    with database.write() as connection:
        jobs.put_all(connection, [NewJob("mail", {}), NewJob("import", {}, queue="long"), NewJob("unknown", {})])
    assert [claim.kind for claim in take(database, queues=("long",))] == ["import"]
    assert [claim.kind for claim in take(database, kinds=("import",))] == []
    assert [claim.kind for claim in take(database)] == ["mail"]


@pytest.mark.parametrize(("until", "while_running", "after_end"), [("started", True, True), ("ended", False, True), ("ever", False, False)])
def test_a_key_holds_one_job(database: Database, until: Any, while_running: bool, after_end: bool) -> None:
    def put() -> str:
        with database.write() as connection:
            return jobs.put(connection, "mail", unique_key="k", key_until=until)

    first = put()
    assert put() == first
    claim = take(database)[0]
    second = put()
    assert (second != first) is while_running
    with database.write() as connection:
        lease.finish(connection, claim, {"sent": 1}, [], real_now=REAL)
    assert (put() != first) is after_end
    assert (take(database) != []) is (while_running or after_end)


def test_many_jobs_with_repeated_keys_are_put_as_a_set(database: Database) -> None:
    with database.write() as connection:
        first = jobs.put(connection, "mail", unique_key="k3")
        ids = jobs.put_all(connection, [NewJob("mail", {"n": n}, unique_key=f"k{n % 1500}") for n in range(2500)] + [NewJob("import", {})])
    assert len(set(ids)) == 1501
    assert ids[3] == ids[1503] == first
    with database.read() as connection:
        assert all(jobs.find(connection, ids[n]) for n in (0, 7, 1499, 2500))


def test_an_ended_lease_is_taken_over_and_the_first_worker_can_change_nothing(database: Database) -> None:
    with database.write() as connection:
        job = jobs.put(connection, "import", {"file": "f"})
    first = take(database)[0]
    with database.write() as connection:
        lease.checkpoint(connection, first, {"row": 100}, done=100, total=300)
    assert take(database, worker="w2", real_now=REAL + timedelta(seconds=59)) == []
    second = take(database, worker="w2", real_now=REAL + MINUTE)[0]
    assert (second.id, second.checkpoint, second.attempts) == (job, {"row": 100}, 2)
    for change in (
        lambda c: lease.checkpoint(c, first, {"row": 200}),
        lambda c: lease.progress(c, first, 200),
        lambda c: lease.finish(c, first, None, [], real_now=REAL),
        lambda c: lease.fail(c, first, [PROBLEM], real_now=REAL, may_retry=True),
    ):
        with pytest.raises(Lost), database.write() as connection:
            change(connection)
    with database.write() as connection:
        assert lease.renew(connection, [first, second], REAL + 2 * MINUTE) == {(job, first.fence)}
    assert row(database, job)["checkpoint"] == {"row": 100}
    assert row(database, job)["worker"] == "w2"


def test_a_step_of_a_lost_job_is_rolled_back(database: Database) -> None:
    with database.write() as connection:
        jobs.put(connection, "import")
    first = take(database)[0]
    take(database, worker="w2", real_now=REAL + MINUTE)
    with pytest.raises(Lost), database.write() as connection:
        effect = jobs.put(connection, "mail", {"effect": True})
        lease.checkpoint(connection, first, {"step": 1})
    with database.read() as connection:
        assert jobs.find(connection, effect) is None


def test_a_renewed_lease_keeps_the_job(database: Database) -> None:
    with database.write() as connection:
        jobs.put(connection, "import")
    claim = take(database)[0]
    with database.write() as connection:
        assert lease.renew(connection, [claim], REAL + 5 * MINUTE) == set()
    assert take(database, worker="w2", real_now=REAL + 4 * MINUTE) == []


def test_failures_pause_longer_each_time_and_end_dead(database: Database) -> None:
    with database.write() as connection:
        job = jobs.put(connection, "mail", max_attempts=3, unique_key="k")
    real_now, states, pauses = REAL, [], []
    for _ in range(3):
        claim = take(database, real_now=real_now)[0]
        with database.write() as connection:
            states.append(lease.fail(connection, claim, [PROBLEM], real_now=real_now, may_retry=True))
        if states[-1] == "queued":
            pauses.append(row(database, job)["retry_at"] - real_now)
            assert take(database, real_now=row(database, job)["retry_at"] - timedelta(seconds=1)) == []
            real_now = row(database, job)["retry_at"]
    assert states == ["queued", "queued", "dead"]
    assert pauses[0] < pauses[1]
    shown = jobs.job_json(row(database, job), "zh")
    assert shown["state"] == "dead"
    assert shown["errors"][0] == {"path": "/file", "code": "wrong_type", "message": "不是数字。", "hint": "请写 1。"}
    with database.write() as connection:
        assert jobs.replay(connection, job)["state"] == "queued"
    assert take(database, real_now=real_now)[0].attempts == 1


def test_what_another_attempt_cannot_help_has_failed(database: Database) -> None:
    with database.write() as connection:
        jobs.put(connection, "mail")
    claim = take(database)[0]
    with database.write() as connection:
        assert lease.fail(connection, claim, [PROBLEM], real_now=REAL, may_retry=False) == "failed"


def test_a_job_that_takes_every_worker_with_it_is_dead(database: Database) -> None:
    with database.write() as connection:
        job = jobs.put(connection, "import", max_attempts=2)
    take(database)
    take(database, real_now=REAL + MINUTE)
    assert take(database, real_now=REAL + 2 * MINUTE) == []
    assert row(database, job)["state"] == "dead"
    assert jobs.job_json(row(database, job))["errors"][0]["hint"]


def test_cancel_ends_a_waiting_job_and_asks_a_running_one(database: Database) -> None:
    with database.write() as connection:
        running = jobs.put(connection, "mail", unique_key="a")
    claim = take(database)[0]
    with database.write() as connection:
        waiting = jobs.put(connection, "mail", unique_key="b")
        assert jobs.cancel(connection, waiting, real_now=REAL)["state"] == "cancelled"
        assert jobs.put(connection, "mail", unique_key="b", due_at=REAL + MINUTE) != waiting
        assert jobs.cancel(connection, running, real_now=REAL)["state"] == "running"
        assert lease.checkpoint(connection, claim, None) is True
        lease.finish(connection, claim, {"half": True}, [], real_now=REAL, was_stopped=True)
        assert jobs.cancel(connection, running, real_now=REAL)["state"] == "cancelled"
        with pytest.raises(NotFound):
            jobs.cancel(connection, "none", real_now=REAL)


def test_a_cancelled_job_of_a_dead_worker_ends(database: Database) -> None:
    with database.write() as connection:
        job = jobs.put(connection, "mail")
    take(database)
    with database.write() as connection:
        jobs.cancel(connection, job, real_now=REAL)
    assert take(database, real_now=REAL + MINUTE) == []
    assert row(database, job)["state"] == "cancelled"


def test_timers_are_taken_back_by_key(database: Database) -> None:
    with database.write() as connection:
        jobs.put_all(connection, [NewJob("mail", {}, due_at=REAL, unique_key=key) for key in ("t1", "t2")])
        jobs.cancel_waiting(connection, ["t1", "t9"])
    assert len(take(database)) == 1


def test_jobs_given_back_lose_no_attempt(database: Database) -> None:
    with database.write() as connection:
        jobs.put(connection, "mail")
    claim = take(database)[0]
    with database.write() as connection:
        lease.give_back(connection, [claim])
    again = take(database)[0]
    assert (again.attempts, again.fence) == (1, 2)


def test_a_job_is_shown_as_the_contract_says(database: Database) -> None:
    with database.write() as connection:
        job = jobs.put(connection, "import")
    claim = take(database)[0]
    with database.write() as connection:
        lease.progress(connection, claim, 2, 3)
        lease.finish(connection, claim, {"rows": 3}, jobs.keep_problems([PROBLEM]), real_now=REAL + MINUTE)
    assert jobs.job_json(row(database, job)) == {
        "id": job, "kind": "import", "state": "done", "progress": {"done": 2, "total": 3}, "result": {"rows": 3},
        "errors": [{"path": "/file", "code": "wrong_type", "message": "Not a number.", "hint": "Write 1."}],
        "started_at": "2026-03-02T01:00:00.000000Z", "ended_at": "2026-03-02T01:01:00.000000Z",
    }


def test_pages_are_newest_first_and_old_jobs_are_forgotten(database: Database) -> None:
    with database.write() as connection:
        ids = [jobs.put(connection, "mail", unique_key=key, key_until="ever" if key == "once" else "ended") for key in ("a", "b", "once")]
    for claim in take(database):
        with database.write() as connection:
            lease.finish(connection, claim, None, [], real_now=REAL)
    with database.write() as connection:
        assert [each["id"] for each in jobs.list_page(connection, limit=2)] == [ids[2], ids[1]]
        assert [each["id"] for each in jobs.list_page(connection, before=ids[1], states=("done",), kinds=("mail",))] == [ids[0]]
        assert jobs.forget_ended(connection, REAL) == 0
        assert jobs.forget_ended(connection, REAL + MINUTE) == 2
        assert [each["id"] for each in jobs.list_page(connection)] == [ids[2]]


def ticks(database: Database, now: datetime, zone: str = "Asia/Shanghai") -> list[str]:
    with database.write() as connection:
        jobs.tick(connection, now=now, zone=ZoneInfo(zone))
    return [claim.payload["due"][:16] for claim in take(database, now=now, kinds=("sweep", "digest"))]


def test_ticks_missed_while_nothing_ran_come_once_or_each(database: Database) -> None:
    daily = Schedule("core:sweep", "0 7 * * *", "sweep")
    with database.write() as connection:
        jobs.set_schedules(connection, [daily, Schedule("core:digest", "0 8 * * *", "digest", {"a": 1}, catch_up="all")])
    assert ticks(database, REAL) == []
    missed = ticks(database, REAL + timedelta(days=3))
    assert sorted(missed) == ["2026-03-03T00:00", "2026-03-04T00:00", "2026-03-04T23:00", "2026-03-05T00:00"]
    assert ticks(database, REAL + timedelta(days=3)) == []
    with database.write() as connection:
        jobs.set_schedules(connection, [daily], prefix="core:")
    assert ticks(database, REAL + timedelta(days=4)) == ["2026-03-05T23:00"]


def test_one_tick_is_put_once_and_knows_the_one_before(database: Database) -> None:
    with database.write() as connection:
        jobs.set_schedules(connection, [Schedule("s", "*/10 * * * *", "sweep")])
        jobs.tick(connection, now=REAL, zone=ZoneInfo("UTC"))
        assert [jobs.tick(connection, now=REAL + 25 * MINUTE, zone=ZoneInfo("UTC")) for _ in range(3)] == [1, 0, 0]
        assert jobs.tick(connection, now=REAL + 31 * MINUTE, zone=ZoneInfo("UTC")) == 1
    first, second = take(database, kinds=("sweep",))
    assert (first.payload["due"][11:16], first.payload["since"][11:16]) == ("01:20", "01:10")
    assert (second.payload["due"][11:16], second.payload["since"][11:16]) == ("01:30", "01:20")


@pytest.mark.parametrize(("cron", "due", "since"), [
    ("*/15 * * * *", "2027-03-02T01:00", "2026-03-02T01:15"), ("0 5 * * *", "2027-03-01T05:00", "2026-03-02T05:00"),
    ("0 5 3 * *", "2027-02-03T05:00", "2026-03-03T05:00"), ("0 5 3 9 *", "2026-09-03T05:00", "2026-09-03T05:00"),
])  # fmt: skip
def test_of_a_year_that_was_missed_the_last_tick_comes(database: Database, cron: str, due: str, since: str) -> None:
    with database.write() as connection:
        jobs.set_schedules(connection, [Schedule("s", cron, "sweep")])
        jobs.tick(connection, now=REAL, zone=ZoneInfo("UTC"))
        assert jobs.tick(connection, now=REAL + timedelta(days=365, minutes=7), zone=ZoneInfo("UTC")) == 1
    (claim,) = take(database, kinds=("sweep",))
    assert (claim.payload["due"][:16], claim.payload["since"][:16]) == (due, since)


def test_a_changed_line_starts_afresh_and_a_kept_one_keeps_its_next_time(database: Database) -> None:
    zone = ZoneInfo("UTC")
    with database.write() as connection:
        jobs.set_schedules(connection, [Schedule("s", "0 5 * * *", "sweep")])
        jobs.tick(connection, now=REAL, zone=zone)
        jobs.set_schedules(connection, [Schedule("s", "0 5 * * *", "digest")])
        assert jobs.tick(connection, now=REAL + timedelta(hours=5), zone=zone) == 1
        jobs.set_schedules(connection, [Schedule("s", "0 2 * * *", "digest")])
        assert jobs.tick(connection, now=REAL + timedelta(hours=6), zone=zone) == 0
        assert jobs.tick(connection, now=REAL + timedelta(days=1, hours=2), zone=zone) == 1
        with pytest.raises(Invalid):
            jobs.set_schedules(connection, [Schedule("s", "0 2 31 2 *", "digest")])
