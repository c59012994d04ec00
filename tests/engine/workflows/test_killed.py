"""Workers that are killed anywhere lose nothing and repeat nothing; two of them share what there is to do."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from tenon.engine.jobs.table import jobs
from tenon.engine.outside import Outside, fake_outside
from tenon.engine.workflows import advancing
from tenon.engine.workflows.starting import begin
from tenon.engine.workflows.tables import instances, passages
from tenon.platform.boot import make_worker, start
from tenon.platform.clock import RealClock
from tenon.platform.database import Database
from tenon.platform.files import DiskFiles
from tenon.platform.settings import Settings
from tenon.platform.workspace import Platform
from tests.engine.rules.world import SYSTEM, Rules
from tests.engine.workflows.world import flow, path, put

ROOT = Path(__file__).resolve().parents[3]
LEASE = 1.0
STEPS = (
    put("a"), {"id": "task", "type": "create_task", "title": {"en": "Call"}}, {"type": "branch", "paths": [path("seats > 5", put("large")), path(None, put("small"))]},
    {"type": "parallel", "paths": [path(None, {"id": "left", "type": "create_task", "title": {"en": "Left"}}), path(None, put("b"))]},
    {"type": "for_each", "relation": "tasks", "steps": [{"type": "set_fields", "fields": {"description": "concat(left(description, 50), 'x')"}}]}, put("c"),
)  # fmt: skip


def _open(database: Database, home: Path) -> Platform:
    settings = Settings(home, database.url.render_as_string(hide_password=False), "s" * 40)
    fakes = fake_outside(datetime.now(UTC))
    return start(settings, database, Outside(RealClock(), fakes.mail, DiskFiles(settings.files), fakes.http))


@contextmanager
def _worker(url: str, home: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker, and kill it at the end."""
    child = subprocess.Popen([sys.executable, "-m", "tests.engine.workflows.worker_process", url, str(home), str(LEASE)], stdout=subprocess.PIPE, cwd=ROOT)
    assert child.stdout is not None
    try:
        assert child.stdout.readline() == b"ready\n"
        yield child
    finally:
        child.kill()
        child.wait()
        child.stdout.close()


def _begin(w: Rules, count: int) -> list[str]:
    ids = w.add_all("customer", [{"name": f"c{n}", "seats": n % 10} for n in range(count)])
    with w.platform.write() as uow:
        begin(uow, SYSTEM, uow.model.get("workflow", "long"), ids)
    return ids


def _running(w: Rules) -> int:
    with w.platform.read() as uow:
        return int(uow.connection.execute(select(func.count()).where(instances.c.state == "running")).scalar_one())


def test_every_instance_ends_and_no_effect_is_lost_or_doubled(database: Database, tmp_path: Path, scale: float, monkeypatch: pytest.MonkeyPatch) -> None:
    platform = _open(database, tmp_path)
    w = Rules(platform)
    w.publish(flow("long", *STEPS))
    count = int(1_000 * scale)
    _begin(w, count)
    url, chance = database.url.render_as_string(hide_password=False), random.Random(11)
    for _ in range(max(2, int(20 * scale))):
        with _worker(url, tmp_path):
            time.sleep(chance.uniform(0.02, 0.4))
    with platform.write() as uow:  # the lease of whoever was killed last ends now
        uow.connection.execute(update(jobs).where(jobs.c.state == "running").values(lease_until=uow.real_now - timedelta(seconds=1)))
    monkeypatch.setattr(advancing, "AT_ONCE", 50)
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
        counted = dict(uow.connection.execute(select(title, func.count()).where(described == "x").group_by(title)).all())
        notes = uow.tables.of(customer).c[customer.fields["notes"].column]
        noted = dict(uow.connection.execute(select(notes, func.count()).group_by(notes)).all())
    assert counted == {"Call": count, "Left": count}
    assert noted == {"a large b c ": count * 4 // 10, "a small b c ": count * 6 // 10}


def test_two_workers_share_what_is_ready(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = Rules(_open(database, tmp_path)), _open(database, tmp_path)
    one.publish(flow("long", put("a"), put("b")))
    _begin(one, 10)
    monkeypatch.setattr(advancing, "AT_ONCE", 5)
    with one.platform.read() as uow:
        workflow = uow.model.get("workflow", "long").id
    if database.dialect == "postgresql":  # on SQLite one writes at a time anyway
        with one.platform.write() as first, two.write() as second:
            mine, others = advancing._take(first, workflow), advancing._take(second, workflow)
        assert (len(mine), len(others), len({t.id for t in (*mine, *others)})) == (5, 5, 10)
    assert [make_worker(each).run_until_idle() > 0 for each in (one.platform, two)] == [True, False]
    assert set(one.values("customer", "notes")) == {"a b "}
