from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import inspect

import tenon.migrations
from tenon.metamodel.errors import Unavailable
from tenon.migrations.compare import differences
from tenon.platform.database import Database
from tenon.platform.migrate import migrate, state

Maker = Callable[..., Database]
STEP = """
from alembic import op
import sqlalchemy as sa
import os, time
revision = "{revision}"
down_revision = "{before}"

def upgrade():
    op.create_table("tenon_trial_{revision}_a", sa.Column("a", sa.Integer()))
    if "{revision}" == os.environ.get("TRIAL_HANG"):
        print("half way", flush=True)
        time.sleep(60)
    op.create_table("tenon_trial_{revision}_b", sa.Column("a", sa.Integer()))
"""
KILLED = """
import sys
from pathlib import Path
from tenon.platform.database import Database
from tenon.platform.migrate import migrate
migrate(Database(sys.argv[1]), scripts=Path(sys.argv[2]))
"""


def later_version(folder: Path, *revisions: str) -> Path:
    """Return the revisions of a later Tenon: those of today and trial ones after them."""
    scripts = folder / "later"
    shutil.copytree(Path(tenon.migrations.__file__ or "").parent, scripts, dirs_exist_ok=True)
    before = sorted(file.stem for file in (scripts / "versions").glob("[0-9]*.py"))[-1].split("_")[0]
    for revision in revisions:
        (scripts / "versions" / f"{revision}_trial.py").write_text(STEP.format(revision=revision, before=before))
        before = revision
    return scripts


def trial_tables(database: Database) -> set[str]:
    with database.read() as connection:
        return {name for name in inspect(connection).get_table_names() if name.startswith("tenon_trial")}


def test_an_empty_database_gets_what_the_code_declares(new_database: Maker) -> None:
    database = new_database(bare=True)
    assert state(database).standing == "empty"
    after = migrate(database)
    assert (after.standing, after.pending) == ("current", ())
    with database.read() as connection:
        assert differences(connection) == []
    assert migrate(database) == after


def test_what_is_there_is_copied_before_it_is_changed(database: Database, tmp_path: Path) -> None:
    asked: list[str] = []
    scripts = later_version(tmp_path, "9001")
    before = state(database).revision or ""
    assert state(database, scripts=scripts).standing == "behind"
    migrate(database, backup_to=tmp_path / "backups", backup=lambda _database, revision: asked.append(revision), scripts=scripts)
    assert trial_tables(database) == {"tenon_trial_9001_a", "tenon_trial_9001_b"}
    if database.path is None:
        assert asked == [before]
    else:
        (copy,) = (tmp_path / "backups").iterdir()
        kept = Database(f"sqlite:///{copy}")
        assert state(kept).revision == before
        assert trial_tables(kept) == set()


def test_a_database_of_a_newer_version_is_refused(database: Database, tmp_path: Path) -> None:
    migrate(database, scripts=later_version(tmp_path, "9001"))
    assert state(database).standing == "newer"
    with pytest.raises(Unavailable, match="newer version"):
        migrate(database)


def test_a_migration_that_was_killed_goes_on_at_the_next_start(database: Database, tmp_path: Path) -> None:
    scripts = later_version(tmp_path, "9001", "9002", "9003")
    url = database.url.render_as_string(hide_password=False)
    child = subprocess.Popen(
        [sys.executable, "-c", KILLED, url, str(scripts)], env={**os.environ, "TRIAL_HANG": "9002"}, stdout=subprocess.PIPE, text=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "half way\n"
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    assert trial_tables(database) == {"tenon_trial_9001_a", "tenon_trial_9001_b"}
    assert state(database, scripts=scripts).pending == ("9002", "9003")
    assert migrate(database, scripts=scripts).standing == "current"
    assert len(trial_tables(database)) == 6
