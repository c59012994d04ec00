"""Scratch copies: a second home beside the workspace, of one moment, to try things in.

On SQLite a copy is a file in its home; on PostgreSQL a schema of its own in the same database. Nothing leaves it: no mail, no calls.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.schema import CreateSchema, DropSchema

from tenon.engine.context import Context
from tenon.engine.files import files
from tenon.engine.jobs import JobKind, JobRun
from tenon.engine.jobs.table import jobs
from tenon.engine.outbox import DELIVER, deliveries
from tenon.engine.outside import new_record_id
from tenon.engine.releases import current_number
from tenon.metamodel.errors import Conflict, Forbidden, Invalid, NotFound, Problem, TenonError, not_found
from tenon.metamodel.labels import say
from tenon.metamodel.names import NAME
from tenon.platform import audit
from tenon.platform.all_tables import metadata
from tenon.platform.backup import write_backup
from tenon.platform.backup_shapes import LEFT_OUT
from tenon.platform.clock import real_now
from tenon.platform.copied import Scratch, read_copy, write_copy
from tenon.platform.database import Database, read_url
from tenon.platform.files import DiskFiles
from tenon.platform.restore import restore_backup
from tenon.platform.settings import Settings
from tenon.platform.workspace import Platform

SCRATCH = "scratch_copy"
FOLDER = "scratch"
PART = ".part"
NOT_DONE_AGAIN = (DELIVER, "account_mail", "backup", SCRATCH)
"""Jobs that waited when the copy was made and belong to the workspace alone."""
Told = Callable[[int, int], None]
MAY_NOT = "42501"


def list_copies(settings: Settings) -> list[Scratch]:
    """Return the copies of a workspace by name."""
    folder = settings.home / FOLDER
    found = [read_copy(each) for each in sorted(folder.iterdir()) if not each.name.endswith(PART)] if folder.is_dir() else []
    return [each for each in found if each is not None]


def find_copy(settings: Settings, name: str) -> Scratch:
    """Return a copy by its name. Raises NotFound."""
    found = next((each for each in list_copies(settings) if each.name == name), None)
    if found is None:
        raise not_found()
    return found


def check_name(settings: Settings, name: str) -> None:
    """Raise Invalid when a copy cannot have that name, Conflict when there is one already."""
    if not NAME.match(name):
        message = say("A name holds a-z, 0-9 and _.", "名称只能包含 a-z、0-9 和 _。")
        raise Invalid(Problem("/name", "bad_format", message, say("Try try_out.", "例如 try_out。")))
    if (settings.home / FOLDER / name).exists():
        message = say("There is a copy {name} already.", "已有副本 {name}。", name=name)
        raise Conflict(Problem("/name", "conflict", message, say("Discard it first, or take another name.", "请先丢弃它，或换一个名称。")))


def free_name(settings: Settings) -> str:
    """Return a name that no copy has."""
    taken = {each.name for each in list_copies(settings)}
    return next(name for name in (f"copy_{number}" for number in range(1, len(taken) + 2)) if name not in taken)


def make_copy(platform: Platform, name: str, *, ctx: Context, tell: Told = lambda done, total: None) -> Scratch:
    """Copy the workspace as it is at this moment, whole or not at all; ``tell(done, total)`` hears how far it is.

    Raises Invalid for the name, Conflict when there is one already or this is a copy itself, Forbidden where no schema can be made.
    """
    settings = platform.settings
    if platform.copy is not None:
        message = say("This is a scratch copy itself.", "这本身就是试验副本。")
        raise Conflict(Problem("", "conflict", message, say("Make another one in the workspace.", "请在原工作区中创建。")))
    check_name(settings, name)
    part = settings.home / FOLDER / (name + PART)
    _remove(settings, part)  # what a process that was killed left
    part.mkdir(parents=True, mode=0o700)
    schema = f"{FOLDER}_{name[:30]}_{new_record_id()[-8:]}" if platform.database.dialect == "postgresql" else None
    copy = Scratch(name, part, 0, real_now(), platform.profile.read().name, settings.base_url, schema)
    write_copy(copy)
    try:
        release = _fill(platform, copy, ctx, tell)
        write_copy(replace(copy, release=release))
        part.rename(settings.home / FOLDER / name)
    except BaseException:
        _remove(settings, part)
        raise
    with platform.database.write() as connection:
        audit.write(connection, ctx, "workspace.copy", "copy", name, {"release": release})
    return find_copy(settings, name)


def drop_copy(settings: Settings, name: str) -> None:
    """Throw a copy away with everything in it. Raises NotFound."""
    _remove(settings, find_copy(settings, name).home)


def database_url(copy: Scratch, settings: Settings) -> str:
    """Return where the database of a copy is."""
    if copy.schema is None:
        return f"sqlite:///{copy.home / 'tenon.db'}"
    url = read_url(settings.database_url)
    before = url.query.get("options", "")
    options = f"{before if isinstance(before, str) else ' '.join(before)} -csearch_path={copy.schema}".strip()
    return url.update_query_dict({"options": options}).render_as_string(hide_password=False)


def settings_over(copy: Scratch, settings: Settings) -> dict[str, str]:
    """Return the settings of a copy over those of the workspace."""
    return {"TENON_HOME": str(copy.home), "TENON_DATABASE_URL": database_url(copy, settings), "TENON_SMTP_URL": "", "TENON_BASE_URL": ""}


def scratch_jobs(platform: Platform) -> list[JobKind]:
    """Return the kind of job that makes a copy; its result names it."""

    def make(run: JobRun) -> dict[str, Any]:
        name, actor = run.payload["name"], Context(None, is_system=True)
        if run.attempt > 1 and read_copy(platform.settings.home / FOLDER / name) is not None:
            return {"name": name}  # made by an attempt that was killed after it
        made = make_copy(platform, name, ctx=actor, tell=run.progress)
        return {"name": made.name, "release": made.release}

    return [JobKind(SCRATCH, make)]


def _fill(platform: Platform, copy: Scratch, ctx: Context, tell: Told) -> int:
    """Fill a copy with everything of one moment and return its release."""
    if copy.schema is None:
        tell(0, 3)
        platform.database.snapshot_copy(copy.home / "tenon.db")
    else:
        _make_schema(platform.database, copy.schema)
    database = Database(database_url(copy, platform.settings))
    try:
        if copy.schema is not None:
            _fill_schema(platform, database, copy, ctx, tell)
        with database.write() as connection:
            for table in (t for t in reversed(metadata.sorted_tables) if t.name in LEFT_OUT):
                connection.execute(delete(table))
            connection.execute(delete(jobs).where(jobs.c.kind.in_(NOT_DONE_AGAIN), jobs.c.state.in_(("queued", "running"))))
            connection.execute(delete(deliveries).where(deliveries.c.ended_at.is_(None)))
            release = current_number(connection)
            keys = list(connection.execute(select(files.c.key)).scalars())
        if copy.schema is None:
            tell(1, 3)
            _copy_files(platform, keys, DiskFiles(copy.home / "files"))
            tell(3, 3)
        return release
    finally:
        database.dispose()


def _copy_files(platform: Platform, keys: list[str], store: DiskFiles) -> None:
    for key in keys:
        with suppress(NotFound, KeyError), platform.outside.files.open(key) as stored:
            store.write(key, stored)


def _make_schema(database: Database, schema: str) -> None:
    try:
        with database.ddl() as connection:
            connection.execute(CreateSchema(schema))
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != MAY_NOT:
            raise
        who, where = database.url.username or "tenon", database.url.database or "tenon"
        message = say("Tenon may not make a schema in the database {where}.", "Tenon 无权在数据库 {where} 中创建模式。", where=where)
        hint = say("Let it: GRANT CREATE ON DATABASE {where} TO {who};", "请授权：GRANT CREATE ON DATABASE {where} TO {who};", where=where, who=who)
        raise Forbidden(Problem("", "forbidden", message, hint)) from error


def _fill_schema(platform: Platform, database: Database, copy: Scratch, ctx: Context, tell: Told) -> None:
    """Fill a schema from a backup, which is one moment of every table; it is gone afterwards."""
    done = 0

    def hear(_table: str, _rows: int) -> None:
        nonlocal done
        done += 1
        tell(done, 0)

    path = copy.home / "copy.zip"
    write_backup(platform, path, ctx=ctx, tell=hear)
    restore_backup(database, DiskFiles(copy.home / "files"), path)
    path.unlink()


def _remove(settings: Settings, home: Path) -> None:
    """Remove the home of a copy and its schema."""
    copy = read_copy(home) if home.is_dir() else None
    if copy is not None and copy.schema is not None:
        database = Database(settings.database_url)
        try:
            with suppress(TenonError), database.ddl() as connection:
                connection.execute(DropSchema(copy.schema, cascade=True, if_exists=True))
        finally:
            database.dispose()
    shutil.rmtree(home, ignore_errors=True)
