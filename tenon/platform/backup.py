"""Writing a backup: one zip with every row, document and file of one moment, readable on either database.

    manifest.json          format, version of Tenon, revision of its tables, release, tables, sha256 and size of every member
    rows/<table>.jsonl     one JSON list a row, in the order of the manifest's columns
    files/<key>            the bytes of uploaded files

Sessions, API tokens, links, attempts to sign in and TENON_SECRET are not in it. People are, with the hashes of their passwords, so
that they can sign in after a restore: keep a backup as safe as the database.
"""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, select

from tenon import __version__
from tenon.engine.context import Context, system_context
from tenon.engine.files import files
from tenon.engine.jobs import JobKind, JobRun
from tenon.engine.outside import FileStore
from tenon.engine.releases import load
from tenon.metamodel.errors import NotFound, Problem, Unavailable
from tenon.metamodel.labels import say
from tenon.platform import audit
from tenon.platform.backup_shapes import TableShape, find_shapes
from tenon.platform.clock import real_now
from tenon.platform.migrate import state
from tenon.platform.workspace import Platform

FORMAT = 1
MANIFEST = "manifest.json"
BACKUP = "backup"
ROWS_A_READ = 2_000
CHUNK = 1 << 18
Told = Callable[[str, int], None]


@dataclass
class _Archive:
    """A zip that remembers the size and hash of what is written into it."""

    archive: zipfile.ZipFile
    members: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(self, name: str, chunks: Iterable[bytes]) -> None:
        """Write one member."""
        digest, size = hashlib.sha256(), 0
        entry = zipfile.ZipInfo(name, datetime.now(UTC).timetuple()[:6])
        entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
        with self.archive.open(entry, "w", force_zip64=True) as file:
            for chunk in chunks:
                file.write(chunk)
                digest.update(chunk)
                size += len(chunk)
        self.members[name] = {"sha256": digest.hexdigest(), "size": size}


def _nobody(_what: str, _count: int) -> None:
    """Tell nobody how far it is."""


def write_backup(platform: Platform, path: Path, *, ctx: Context | None = None, tell: Told = _nobody) -> dict[str, Any]:
    """Write a backup of one moment to a new file, whole or not at all, while others go on working; return its manifest.

    ``tell(table, rows)`` hears of every finished table. Unavailable when the file is there already or cannot be written.
    """
    path = path.expanduser().absolute()
    if path.exists():
        raise _refused(say("{path} is there already.", "{path} 已存在。", path=path), say("Choose another name.", "请换一个文件名。"))
    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
                manifest = _write(platform, _Archive(archive), tell)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        why = error.strerror or type(error).__name__
        hint = say("Choose a folder with enough room that you may write to.", "请选择空间充足且可写入的文件夹。")
        raise _refused(say("The backup cannot be written: {why}.", "无法写入备份：{why}。", why=why), hint) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    with platform.database.write() as connection:
        detail = {"release": manifest["release"], "rows": manifest["rows"], "files": manifest["files"]}
        audit.write(connection, ctx or system_context("command"), "workspace.backup", "workspace", None, detail)
    return manifest


def backup_jobs(platform: Platform) -> list[JobKind]:
    """Return the kind of job that writes a backup into the workspace's folder ``backups``; its result names the file."""

    def run_backup(run: JobRun) -> dict[str, Any]:
        moment = real_now().strftime("%Y%m%d-%H%M%S")
        path = platform.settings.home / "backups" / f"tenon-{moment}-{run.id[-6:]}.zip"
        manifest = write_backup(platform, path)
        return {"file": path.name, "size": path.stat().st_size, "release": manifest["release"], "rows": manifest["rows"], "files": manifest["files"]}

    return [JobKind(BACKUP, run_backup)]


def _write(platform: Platform, archive: _Archive, tell: Told) -> dict[str, Any]:
    revision = state(platform.database).revision
    with platform.database.read() as connection:
        model = platform.release(connection).model
        shapes = find_shapes(connection, model, lru_cache(maxsize=8)(lambda number: load(connection, number)))
        counts = {}
        for shape in shapes:
            counts[shape.name] = _write_rows(connection, shape, archive)
            tell(shape.name, counts[shape.name])
        keys = list(connection.execute(select(files.c.key).order_by(files.c.key)).scalars())
        missing = _write_files(platform.outside.files, keys, archive)
        tell("files", len(keys) - len(missing))
        dialect, release = connection.dialect.name, model.release
    manifest = {
        "format": FORMAT, "tenon": __version__, "revision": revision, "release": release, "dialect": dialect, "at": real_now().isoformat(),
        "rows": sum(counts.values()), "files": len(keys) - len(missing), "missing_files": missing,
        "tables": [{**shape.to_json(), "rows": counts[shape.name]} for shape in shapes], "members": archive.members,
    }  # fmt: skip
    archive.add(MANIFEST, [orjson.dumps(manifest, option=orjson.OPT_INDENT_2)])
    return manifest


def _write_rows(connection: Connection, shape: TableShape, archive: _Archive) -> int:
    table, count = shape.build(), 0

    def lines() -> Iterator[bytes]:
        nonlocal count
        statement = select(*[table.c[column.name] for column in shape.columns])
        for rows in connection.execute(statement, execution_options={"yield_per": ROWS_A_READ}).partitions():
            count += len(rows)
            yield b"".join(orjson.dumps(list(row), default=_plain, option=orjson.OPT_PASSTHROUGH_DATETIME) + b"\n" for row in rows)

    archive.add(f"rows/{shape.name}.jsonl", lines())
    return count


def _write_files(store: FileStore, keys: list[str], archive: _Archive) -> list[str]:
    """Write the bytes of the files and return the keys that have none."""
    missing = []
    for key in keys:
        try:
            with store.open(key) as file:
                archive.add(f"files/{key}", iter(lambda: file.read(CHUNK), b""))
        except (NotFound, KeyError):  # swept since, or lost before: the rest is worth having all the same
            missing.append(key)
    return missing


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def _refused(message: Any, hint: Any) -> Unavailable:
    return Unavailable(Problem("/file", "refused", message, hint))
