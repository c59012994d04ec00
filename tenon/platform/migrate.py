"""Brings Tenon's own tables to the version of the code: a backup first, one transaction a revision, resumable."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any, Literal

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, inspect, select

import tenon.migrations
from tenon.engine.sql.postgres_functions import postgres_setup
from tenon.metamodel.errors import Problem, Unavailable
from tenon.metamodel.labels import say
from tenon.migrations.compare import VERSION_TABLE
from tenon.platform.database import Database

FUNCTIONS_LOCK = 7_366_002
Standing = Literal["empty", "behind", "current", "newer"]
Backup = Callable[[Database, str], None]


@dataclass(frozen=True, slots=True)
class State:
    """Where a database stands: its revision (None when empty), the code's, and the revisions still to run."""

    standing: Standing
    revision: str | None
    head: str
    pending: tuple[str, ...]


def state(database: Database, *, scripts: Path | None = None) -> State:
    """Return where the database stands against the code."""
    with database.read() as connection:
        return _state(connection, _revisions(scripts))


def migrate(database: Database, *, backup_to: Path | None = None, backup: Backup | None = None, scripts: Path | None = None,
            to: str | None = None) -> State:  # fmt: skip
    """Bring the tables up to the code and return the new state.

    A database that holds something is copied first: SQLite beside its file, or into the folder ``backup_to``; on PostgreSQL
    ``backup(database, revision)`` is called when given. ``scripts`` is another folder of revisions than Tenon's own; ``to`` ends at
    an earlier revision than the last.
    Unavailable when the database is newer than the code.
    """
    before = state(database, scripts=scripts)
    refuse_newer(before)
    if before.standing == "current":
        _create_functions(database)
        return before
    if before.revision is not None:
        _keep_copy(database, before.revision, backup_to, backup)
    for revision in before.pending:
        # In its own transaction each: a kill leaves whole revisions, and the next start goes on from there.
        database.retry_ddl(partial(_run, target=revision, scripts=scripts))
        if revision == to:
            break
    _create_functions(database)
    return state(database, scripts=scripts)


def _create_functions(database: Database) -> None:
    """Bring the functions that expressions use on PostgreSQL up to the code; SQLite gets them with every connection."""
    if database.dialect != "postgresql":
        return

    def create(connection: Connection) -> None:
        connection.execute(select(func.pg_advisory_xact_lock(FUNCTIONS_LOCK)))
        for statement in postgres_setup():
            connection.exec_driver_sql(statement)

    database.retry_ddl(create)


def refuse_newer(found: State) -> None:
    """Raise Unavailable when the database was made by a newer Tenon than this code."""
    if found.standing != "newer":
        return
    message = say(
        "This database belongs to a newer version of Tenon (revision {found}; this one knows up to {head}).",
        "此数据库属于更新版本的 Tenon（修订 {found}，当前程序只支持到 {head}）。", found=found.revision or "?", head=found.head,
    )
    hint = say("Start the newer version, or restore a backup made before the upgrade.", "请使用更新版本启动，或恢复升级前的备份。")
    raise Unavailable(Problem("", "blocked", message, hint))


def _config(scripts: Path | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(scripts or Path(tenon.migrations.__file__ or "").parent).replace("%", "%%"))
    return config


@cache
def _own() -> ScriptDirectory:
    """Return Tenon's own revisions, read once a process."""
    return ScriptDirectory.from_config(_config(None))


def _revisions(scripts: Path | None) -> ScriptDirectory:
    return _own() if scripts is None else ScriptDirectory.from_config(_config(scripts))


def _state(connection: Connection, script: ScriptDirectory) -> State:
    order = [item.revision for item in script.walk_revisions()][::-1]
    head = order[-1]
    revision: str | None = None
    if inspect(connection).has_table(VERSION_TABLE):
        revision = connection.exec_driver_sql(f"SELECT version_num FROM {VERSION_TABLE}").scalar()  # noqa: S608 - a constant
    if revision is None:
        return State("empty", None, head, tuple(order))
    if revision not in order:
        return State("newer", revision, head, ())
    pending = tuple(order[order.index(revision) + 1 :])
    return State("behind" if pending else "current", revision, head, pending)


def _keep_copy(database: Database, revision: str, folder: Path | None, backup: Backup | None) -> None:
    if database.path is not None:
        target = (folder or database.path.parent) / f"{database.path.stem}.before-{revision}{database.path.suffix}"
        # A migration that was killed half-way starts again: the copy from before its first step is the one to keep.
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            database.snapshot_copy(target)
    elif backup is not None:
        backup(database, revision)


def _run(connection: Connection, target: str, scripts: Path | None) -> None:
    script, config = _revisions(scripts), _config(scripts)
    if target not in _state(connection, script).pending:
        return  # another process was quicker
    config.attributes["connection"] = connection

    def steps(revision: Any, _context: Any) -> Any:
        return script._upgrade_revs(target, revision)

    with EnvironmentContext(config, script, fn=steps, destination_rev=target):
        script.run_env()
