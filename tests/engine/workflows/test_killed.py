"""Workers that are killed anywhere lose nothing and repeat nothing; two of them share what there is to do."""

from __future__ import annotations

import random
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import case, func, select, update

from tenon.engine.jobs.table import jobs, schedules
from tenon.engine.outbox import deliveries
from tenon.engine.workflows import advancing
from tenon.engine.workflows.starting import begin
from tenon.engine.workflows.sweeping import SWEEPING
from tenon.engine.workflows.tables import instances, passages
from tenon.platform.boot import make_worker, open_outside, start
from tenon.platform.database import Database
from tenon.platform.settings import Settings
from tenon.platform.workspace import Platform
from tests.engine.rules.world import SYSTEM, Rules
from tests.engine.workflows.world import flow, path, put
from tests.serving import Quiet, serving_on

ROOT = Path(__file__).resolve().parents[3]
LEASE = 0.3
WORDS = re.compile(rb'"customer": ?"([^"]+)"')
STEPS = (
    put("a"), {"id": "task", "type": "create_task", "title": {"en": "Call"}}, {"type": "branch", "paths": [path("seats > 5", put("large")), path(None, put("small"))]},
    {"type": "parallel", "paths": [path(None, {"id": "left", "type": "create_task", "title": {"en": "Left"}}), path(None, put("b"))]},
    {"type": "for_each", "relation": "tasks", "steps": [{"type": "set_fields", "fields": {"description": "concat(left(description, 50), 'x')"}}]}, put("c"),
    {"type": "for_each", "relation": "tasks", "where": "title == 'Left'", "steps": [
        {"type": "for_each", "relation": "customer.tasks", "where": "title == 'Call'", "steps": [
            {"type": "set_fields", "fields": {"description": "concat(left(description, 50), 'd')"}}]}]},
)  # fmt: skip


@dataclass
class Ear:
    """Another system that is called: it keeps the id that each call carries, by what the call is about."""

    url: str = ""
    heard: list[tuple[str, str]] = field(default_factory=list)


@pytest.fixture
def ear() -> Iterator[Ear]:
    hearing = Ear()

    class Answering(Quiet):
        def do_POST(self) -> None:
            found = WORDS.search(self.read_body())
            hearing.heard.append((found[1].decode() if found else "", self.headers["webhook-id"]))
            self.send_response(204)
            self.end_headers()

    with serving_on(Answering) as url:
        hearing.url = f"{url}/heard"
        yield hearing


def _open(database: Database, home: Path) -> Platform:
    settings = Settings(home, database.url.render_as_string(hide_password=False), "s" * 40, allow_private_addresses=True)
    return start(settings, database, open_outside(settings))


def _kill_workers(url: str, home: Path, points: Sequence[int]) -> list[str]:
    """Let one worker after the other work until it is killed at its so many-eth statement; return how each ended."""
    words = [sys.executable, "-m", "tests.engine.workflows.worker_process", url, str(home), str(LEASE), *map(str, points)]
    return subprocess.run(words, stdout=subprocess.PIPE, cwd=ROOT, check=True, text=True).stdout.split()


def _begin(w: Rules, count: int) -> list[str]:
    ids = w.add_all("customer", [{"name": f"c{n}", "seats": n % 10} for n in range(count)])
    with w.platform.write() as uow:
        begin(uow, SYSTEM, uow.model.get("workflow", "long"), ids)
    return ids


def _running(w: Rules) -> int:
    with w.platform.read() as uow:
        return int(uow.connection.execute(select(func.count()).where(instances.c.state == "running")).scalar_one())


def test_every_instance_ends_and_no_effect_is_lost_or_doubled(database: Database, tmp_path: Path, scale: float, ear: Ear) -> None:
    platform = _open(database, tmp_path)
    w = Rules(platform)
    w.publish(flow("long", *STEPS, {"id": "call", "type": "call_webhook", "url": ear.url, "body": {"customer": "name"}}))
    count = int(1_000 * scale)
    _begin(w, count)
    url, chance = database.url.render_as_string(hide_password=False), random.Random(11)
    points = [chance.randrange(10, 300) for _ in range(max(3, int(60 * scale)))]
    assert _kill_workers(url, tmp_path, points) == ["killed"] * len(points)
    with platform.read() as uow:  # they were killed in the midst of it
        assert uow.connection.execute(select(passages.c.id).limit(1)).first() is not None
    assert not _are_all_called(platform)
    with platform.write() as uow:  # the leases of whoever was killed last end now, and it is time to look for what was left behind
        ended = {"lease_until": uow.real_now - timedelta(seconds=1)}
        uow.connection.execute(update(jobs).where(jobs.c.state == "running").values(ended))
        uow.connection.execute(update(deliveries).where(deliveries.c.lease_until.is_not(None)).values(ended))
        uow.connection.execute(update(jobs).where(jobs.c.state == "queued").values(retry_at=None))
        uow.connection.execute(update(schedules).where(schedules.c.name == SWEEPING.name).values(next_at=uow.now))
    make_worker(platform).run_until_idle()
    assert _running(w) == 0
    with platform.read() as uow:
        states = dict(uow.connection.execute(select(instances.c.state, func.count()).group_by(instances.c.state)).all())
        twice = select(passages.c.instance, passages.c.step, passages.c.record).group_by(passages.c.instance, passages.c.step, passages.c.record).having(func.count() > 1)
        assert uow.connection.execute(twice).all() == []
    assert states == {"done": count}
    with platform.read() as uow:
        task, customer = (uow.model.get_entity(name) for name in ("task", "customer"))
        title, described = (uow.tables.of(task).c[task.fields[name].column] for name in ("title", "description"))
        counted = dict(uow.connection.execute(select(title, func.count()).where(described == case((title == "Call", "xd"), else_="x")).group_by(title)).all())
        notes = uow.tables.of(customer).c[customer.fields["notes"].column]
        noted = dict(uow.connection.execute(select(notes, func.count()).group_by(notes)).all())
    assert counted == {"Call": count, "Left": count}
    assert noted == {"a large b c ": count * 4 // 10, "a small b c ": count * 6 // 10}
    _each_was_called_under_one_id(w, ear, count)


def _are_all_called(platform: Platform) -> bool:
    with platform.read() as uow:
        return not _running(Rules(platform)) and uow.connection.execute(select(deliveries.c.id).where(deliveries.c.ended_at.is_(None))).first() is None


def _each_was_called_under_one_id(w: Rules, ear: Ear, count: int) -> None:
    """What goes outside may be heard twice, but then under the id that it had the first time; none is left out, and none was put twice."""
    called = dict(ear.heard)
    assert set(called) == {f"c{n}" for n in range(count)}
    assert set(ear.heard) == set(called.items())
    with w.platform.read() as uow:
        sent = uow.connection.execute(select(deliveries.c.id, deliveries.c.state)).all()
    assert {row.state for row in sent} == {"sent"}
    assert sorted(row.id for row in sent) == sorted(called.values())


def test_two_workers_share_what_is_ready(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = Rules(_open(database, tmp_path)), _open(database, tmp_path)
    one.publish(flow("long", put("a"), put("b")))
    _begin(one, 10)
    monkeypatch.setattr(advancing, "AT_ONCE", 5)
    with one.platform.read() as uow:
        workflow = uow.model.get("workflow", "long").id
    if database.dialect == "postgresql":  # on SQLite one writes at a time anyway
        with one.platform.write() as first, two.write() as second:
            mine, others = advancing._take(first, workflow, 5), advancing._take(second, workflow, 5)
        assert (len(mine), len(others), len({t.id for t in (*mine, *others)})) == (5, 5, 10)
    assert [make_worker(each).run_until_idle() > 0 for each in (one.platform, two)] == [True, False]
    assert set(one.values("customer", "notes")) == {"a b "}
