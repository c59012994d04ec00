"""A large write whose worker is killed goes on where it was: every record is changed once, by one batch."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tenon.engine import jobs
from tenon.engine.outside import Outside, fake_outside
from tenon.engine.records import ranges
from tenon.engine.records.large import Doors, change_matching
from tenon.platform.boot import make_worker, start
from tenon.platform.clock import RealClock
from tenon.platform.database import Database
from tenon.platform.files import DiskFiles
from tenon.platform.settings import Settings
from tests.shop import SHOP, SYSTEM, Shop

ROOT = Path(__file__).resolve().parents[2]
ROWS = 18


def test_a_killed_write_goes_on_and_changes_every_record_once(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranges, "AT_ONCE", 6)
    monkeypatch.setattr(ranges, "RANGE", 4)
    settings = Settings(tmp_path, database.url.render_as_string(hide_password=False), "s" * 40)
    fakes = fake_outside(datetime.now(UTC))
    shop = Shop(start(settings, database, Outside(RealClock(), fakes.mail, DiskFiles(settings.files), fakes.http)), SHOP)
    shop.many("customer", [{"name": str(i), "arr": i} for i in range(ROWS)])
    doors = Doors(shop.platform.read, shop.platform.write)
    asked = change_matching(doors, SYSTEM, "customer", "True", {"arr": {"expr": "arr + 100"}}, ROWS)
    assert asked.job is not None

    command = [sys.executable, "-m", "tests.platform.large_process", settings.database_url, str(tmp_path), "2"]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT)
    assert child.stdout is not None
    assert child.stdout.readline() == b"in the third range\n"
    assert sum(v >= 100 for v in shop.listed("customer", "arr")) == 8  # two ranges, nothing of the third
    child.kill()
    child.wait()
    child.stdout.close()

    worker = make_worker(shop.platform, lease_time=timedelta(seconds=2))
    until = time.monotonic() + 25
    while True:
        worker.run_until_idle()
        with shop.platform.read() as uow:
            job = jobs.get(uow.connection, asked.job)
        if job["state"] == "done" or time.monotonic() > until:
            break
        time.sleep(0.1)
    assert (job["state"], job["attempts"], job["result"]) == ("done", 2, {"updated": ROWS, "skipped": 0, "batch": asked.batch})
    assert sorted(shop.listed("customer", "arr")) == [100 + i for i in range(ROWS)]
