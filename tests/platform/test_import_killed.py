"""An import whose worker is killed goes on where it was, and no row is there twice."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tenon.engine.outside import Outside, fake_outside
from tenon.platform.boot import make_worker, start
from tenon.platform.clock import RealClock
from tenon.platform.database import Database
from tenon.platform.files import DiskFiles
from tenon.platform.settings import Settings
from tests.engine.imports.importing import csv_of, job_of, order_import
from tests.shop import SHOP, Shop

ROOT = Path(__file__).resolve().parents[2]
ROWS = 170


def test_a_killed_import_goes_on_and_no_row_is_there_twice(database: Database, tmp_path: Path) -> None:
    settings = Settings(tmp_path, database.url.render_as_string(hide_password=False), "s" * 40)
    fakes = fake_outside(datetime.now(UTC))
    outside = Outside(RealClock(), fakes.mail, DiskFiles(settings.files), fakes.http)
    shop = Shop(start(settings, database, outside), SHOP)
    rows = [f"n{i},{i},{'-1' if i % 50 == 7 else i}" for i in range(ROWS)]
    import_id = order_import(shop.platform, csv_of("name,note,arr", *rows), "customer")

    command = [sys.executable, "-m", "tests.platform.import_process", settings.database_url, str(tmp_path), "2", "slow"]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT)
    assert child.stdout is not None
    assert child.stdout.readline() == b"in the fourth part\n"
    assert len(shop.listed("customer", "note", limit=500)) == 58  # three parts, two refused rows, nothing of the fourth
    child.kill()
    child.wait()
    child.stdout.close()

    worker = make_worker(shop.platform, lease_time=timedelta(seconds=2))
    until = time.monotonic() + 25
    while (job := job_of(shop.platform, import_id))["state"] != "done" and time.monotonic() < until:
        worker.run_until_idle()
        time.sleep(0.1)
    assert job["counts"] == (ROWS - 4, 0, 0, 0, 4)
    assert job["attempts"] == 2
    assert sorted(int(n) for n in shop.listed("customer", "note", limit=500)) == [i for i in range(ROWS) if i % 50 != 7]
