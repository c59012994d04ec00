"""A database of every released version, and one of today, opens with the code of today and keeps its rows."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

from tenon.migrations.compare import VERSION_TABLE, differences
from tenon.platform.database import Database
from tenon.platform.migrate import migrate
from tests.upgrade.make_sample import make

HERE = Path(__file__).parent


def counts(path: Path) -> dict[str, int]:
    with sqlite3.connect(path) as raw:
        names = [row[0] for row in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'tenon_%'")]
        return {name: raw.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names if name != VERSION_TABLE}


def test_databases_of_every_version_open_and_keep_their_rows(tmp_path: Path) -> None:
    make(tmp_path / "today.db")
    for sample in [tmp_path / "today.db", *sorted(HERE.glob("v*.db"))]:
        before = counts(sample)
        assert before, sample
        assert set(before.values()) != {0}, sample
        path = tmp_path / f"work-{sample.name}"
        shutil.copyfile(sample, path)
        database = Database(f"sqlite:///{path}")
        assert migrate(database).standing == "current"
        with database.read() as connection:
            assert differences(connection) == [], sample
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
        after = counts(path)
        jobs = after.pop("tenon_job"), before.pop("tenon_job")
        assert {name: after.get(name) for name in before} == before
        assert jobs[0] == jobs[1] + 2 * (sample.name != "today.db")  # one renews the search, one keeps the members of segments
