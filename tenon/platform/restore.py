"""Restoring a backup into an empty workspace: everything is verified first, then written in one transaction."""

from __future__ import annotations

import hashlib
import re
import zipfile
import zlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, cast

import orjson
from sqlalchemy import Connection, delete, func, insert, inspect, select

from tenon.engine.context import system_context
from tenon.engine.outside import FileStore
from tenon.engine.people import users
from tenon.engine.releases import load
from tenon.engine.releases.tables import releases
from tenon.engine.schema import statements as sql
from tenon.engine.tables import Tables
from tenon.metamodel.errors import Conflict, Invalid, Problem
from tenon.metamodel.labels import Text, say
from tenon.platform import audit
from tenon.platform.all_tables import metadata
from tenon.platform.backup import FORMAT, MANIFEST
from tenon.platform.backup_shapes import TableShape, parents_first, read_shape
from tenon.platform.database import Database
from tenon.platform.migrate import migrate, state

ROWS_A_WRITE = 1_000
CHUNK = 1 << 18
MEMBER = re.compile(r"(?:rows/[a-z0-9_]{1,63}\.jsonl|files/[0-9a-f]{32})\Z")
MAX_MANIFEST = 64_000_000
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, UnicodeDecodeError, ValueError, KeyError, TypeError)


def restore_backup(database: Database, store: FileStore, path: Path) -> dict[str, Any]:
    """Restore a backup into an empty database of either kind and return the backup's manifest.

    Invalid when the file is damaged, altered or newer than this Tenon; Conflict when the workspace is not empty.
    """
    manifest = read_manifest(path)
    shapes = [read_shape(each) for each in manifest["tables"]]
    _refuse_full(database, manifest)
    with zipfile.ZipFile(path) as archive:
        # The revision of the backup first, so that its rows fit; the rest of the way as for any other upgrade.
        migrate(database, to=manifest["revision"])
        _restore_files(archive, manifest, store)
        _restore_rows(database, archive, manifest, shapes)
    migrate(database)
    return manifest


def read_manifest(path: Path) -> dict[str, Any]:
    """Return the manifest of a backup after every member was verified. Raises Invalid."""
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = _read_manifest(archive)
            _verify(archive, manifest)
            return manifest
    except BROKEN as error:
        raise _damaged(say("it cannot be read", "无法读取")) from error
    except OSError as error:
        message = say("{path} cannot be opened: {why}.", "无法打开 {path}：{why}。", path=path, why=error.strerror or type(error).__name__)
        raise Invalid(Problem("/file", "no_such_record", message, say("Check the path.", "请检查路径。"))) from error


def is_empty(database: Database) -> bool:
    """True for a database without people and without a release; a set-up link that nobody used does not count."""
    if state(database).standing == "empty":
        with database.read() as connection:
            return not inspect(connection).get_table_names()
    with database.read() as connection:
        return not any(connection.execute(select(table).limit(1)).first() for table in (users, releases))


def _refuse_full(database: Database, manifest: dict[str, Any]) -> None:
    found = state(database)
    known = (found.revision, *found.pending)
    if manifest["revision"] not in known:
        raise _newer(manifest)
    if not is_empty(database) or (found.revision is not None and found.revision != manifest["revision"]):
        message = say("This workspace is not empty; a restore would mix two workspaces.", "此工作区不为空；恢复会混合两个工作区。")
        hint = say("Set TENON_HOME (and TENON_DATABASE_URL) to a new place and restore there.", "请将 TENON_HOME（及 TENON_DATABASE_URL）设为新位置后再恢复。")
        raise Conflict(Problem("", "conflict", message, hint))


def _read_manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    if MANIFEST not in archive.namelist() or archive.getinfo(MANIFEST).file_size > MAX_MANIFEST:
        raise _damaged(say("it is no backup of Tenon", "它不是 Tenon 的备份"))
    manifest: dict[str, Any] = orjson.loads(archive.read(MANIFEST))
    if manifest["format"] > FORMAT:
        raise _newer(manifest)
    shapes = [read_shape(each) for each in manifest["tables"]]
    wanted = {MANIFEST, *manifest["members"]}
    names = archive.namelist()
    if set(names) != wanted or len(names) != len(wanted) or not all(MEMBER.match(name) for name in manifest["members"]):
        raise _damaged(say("its parts are not those it lists", "其内容与清单不符"))
    if {f"rows/{shape.name}.jsonl" for shape in shapes} != {name for name in names if name.startswith("rows/")}:
        raise _damaged(say("its tables are not those it lists", "其表与清单不符"))
    return manifest


def _verify(archive: zipfile.ZipFile, manifest: dict[str, Any]) -> None:
    for name, expected in manifest["members"].items():
        digest, size = hashlib.sha256(), 0
        with archive.open(name) as file:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
                size += len(chunk)
                if size > expected["size"]:
                    break
        if size != expected["size"] or digest.hexdigest() != expected["sha256"]:
            raise _damaged(say("{name} was changed or is cut off", "{name} 被改动或不完整", name=name))


def _restore_files(archive: zipfile.ZipFile, manifest: dict[str, Any], store: FileStore) -> None:
    # Before the rows: a restore that is killed in between leaves an empty workspace that can be restored into again.
    for name in manifest["members"]:
        if name.startswith("files/"):
            with archive.open(name) as file:
                store.write(name.removeprefix("files/"), cast(BinaryIO, file))


def _restore_rows(database: Database, archive: zipfile.ZipFile, manifest: dict[str, Any], shapes: list[TableShape]) -> None:
    def work(connection: Connection) -> None:
        present = set(inspect(connection).get_table_names())
        for table in reversed(metadata.sorted_tables):
            if table.name in present:
                connection.execute(delete(table))
        for shape in shapes:
            if not shape.is_own:
                connection.execute(sql.create_table(shape.build()))
            _insert(connection, shape, _rows(archive, shape))
        model = load(connection)
        tables = Tables(model, connection.dialect.name)
        built = {table.name: table for table in tables.all()}
        for index in tables.indexes():
            connection.execute(sql.create_index(index, built[index.table]))
        _set_counters(connection, present)
        detail = {"backup_at": manifest["at"], "backup_of": manifest["tenon"], "rows": manifest["rows"]}
        audit.write(connection, system_context("command"), "workspace.restore", "workspace", None, detail)

    database.retry_ddl(work)


def _rows(archive: zipfile.ZipFile, shape: TableShape) -> Iterator[dict[str, Any]]:
    with archive.open(f"rows/{shape.name}.jsonl") as file:
        for line in file:
            values = orjson.loads(line)
            yield {column.name: column.read(value) for column, value in zip(shape.columns, values, strict=True)}


def _insert(connection: Connection, shape: TableShape, rows: Iterator[dict[str, Any]]) -> None:
    table = shape.build()
    own = metadata.tables.get(shape.name)
    upward = [key.parent.name for key in own.foreign_keys if key.column.table is own] if own is not None else []
    if upward:
        rows = iter(parents_first(list(rows), upward[0]))
    while batch := list(islice(rows, ROWS_A_WRITE)):
        connection.execute(insert(table), batch)


def _set_counters(connection: Connection, present: set[str]) -> None:
    """Let PostgreSQL's counters go on after the rows that were written with their numbers; SQLite's do by themselves."""
    if connection.dialect.name != "postgresql":
        return
    for table in metadata.sorted_tables:
        column = table.autoincrement_column
        if column is None or table.name not in present:
            continue
        sequence = connection.execute(select(func.pg_get_serial_sequence(table.name, column.name))).scalar()
        last = connection.execute(select(func.max(column))).scalar()
        if sequence and last:
            connection.execute(select(func.setval(sequence, last)))


def _newer(manifest: dict[str, Any]) -> Invalid:
    version = str(manifest.get("tenon"))[:40]
    message = say("This backup was made by a newer Tenon ({version}).", "此备份由更新版本的 Tenon（{version}）创建。", version=version)
    return Invalid(Problem("/file", "refused", message, say("Restore it with that version or a later one.", "请使用该版本或更高版本恢复。")))


def _damaged(why: Text) -> Invalid:
    message = say("This backup cannot be restored: {why}.", "无法恢复此备份：{why}。", why=why)
    return Invalid(Problem("/file", "bad_format", message, say("Take another backup.", "请使用其他备份。")))

