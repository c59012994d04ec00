"""Checking a workspace: what is wrong, and what to do about it; nothing is changed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from sqlalchemy import Connection, func, inspect, select
from sqlalchemy.exc import SQLAlchemyError

from tenon.engine.files import files
from tenon.engine.jobs.table import jobs
from tenon.engine.releases import load
from tenon.engine.schema.trash import trash
from tenon.engine.tables import Tables
from tenon.metamodel.errors import NotFound, TenonError
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Model
from tenon.platform import audit
from tenon.platform.clock import real_now
from tenon.platform.database import Database
from tenon.platform.files import DiskFiles
from tenon.platform.migrate import state
from tenon.platform.settings import Settings, unknown_names

Level = Literal["ok", "warning", "error"]
STUCK_AFTER = timedelta(hours=1)
LITTLE_SPACE = 500_000_000
LISTED = 5


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: how it is, and what to do when it is not well."""

    level: Level
    what: Text
    to_do: Text | None = None


def examine(settings: Settings, environ: Mapping[str, str] = os.environ) -> list[Finding]:
    """Look at everything and return what was found, in the order it was looked at; nothing raises."""
    found = [*_settings(settings, environ), *_space(settings)]
    try:
        database = Database(settings.database_url)
    except TenonError as error:
        return [*found, *_refused(error)]
    try:
        found += _database(settings, database)
    finally:
        database.dispose()
    return found


def is_well(findings: list[Finding]) -> bool:
    """True when nothing is wrong; warnings may be there."""
    return all(finding.level != "error" for finding in findings)


def _settings(settings: Settings, environ: Mapping[str, str]) -> Iterator[Finding]:
    yield _ok(say("Settings are read; the home is {home}.", "设置已读取；工作区目录为 {home}。", home=settings.home))
    for name in unknown_names(environ):
        yield _warn(
            say("{name} sets nothing.", "{name} 不是有效设置。", name=name),
            say("Check its spelling, or remove it.", "请检查拼写，或将其删除。"),
        )
    secret = settings.home / "secret"
    if os.name == "posix" and secret.exists() and secret.stat().st_mode & 0o077:
        yield _bad(
            say("Others can read the secret file {path}.", "其他用户可以读取密钥文件 {path}。", path=secret),
            say("Run: chmod 600 {path}", "请运行：chmod 600 {path}", path=secret),
        )
    if settings.now or settings.now_file:
        yield _warn(
            say("TENON_NOW holds the business clock still.", "TENON_NOW 固定了业务时钟。"),
            say("Remove it outside of trials.", "非试用环境请删除。"),
        )


def _space(settings: Settings) -> Iterator[Finding]:
    try:
        free = shutil.disk_usage(settings.home).free
    except OSError as error:
        yield _bad(
            say("The home {home} cannot be used: {why}.", "无法使用目录 {home}：{why}。", home=settings.home, why=str(error)),
            say("Make it, or set TENON_HOME.", "请创建该目录，或设置 TENON_HOME。"),
        )
        return
    shown = say("{n} MB are free on the disk of the home.", "工作区所在磁盘剩余 {n} MB。", n=free // 1_000_000)
    yield _warn(shown, say("Make room soon.", "请尽快清理空间。")) if free < LITTLE_SPACE else _ok(shown)


def _database(settings: Settings, database: Database) -> Iterator[Finding]:
    try:
        standing = state(database)
    except TenonError as error:
        yield from _refused(error)
        return
    yield _ok(say("The database answers ({kind}).", "数据库可用（{kind}）。", kind=database.dialect))
    if standing.standing == "empty":
        yield _bad(
            say("There is no workspace in this database.", "此数据库中没有工作区。"),
            say("Make one with `tenon init` or `tenon demo`.", "请运行 `tenon init` 或 `tenon demo`。"),
        )
        return
    if standing.standing == "newer":
        yield _bad(
            say("The database belongs to a newer Tenon.", "数据库属于更新版本的 Tenon。"), say("Start that version.", "请使用该版本启动。")
        )
        return
    if standing.standing == "behind":
        yield _bad(
            say("The database is behind by {n} {n:step|steps}.", "数据库落后 {n} 个迁移步骤。", n=len(standing.pending)),
            say("Run `tenon migrate`.", "请运行 `tenon migrate`。"),
        )
        return
    yield _ok(say("The tables are those of this version ({revision}).", "数据表与此版本一致（{revision}）。", revision=standing.head))
    checks: tuple[Callable[[Settings, Connection], Iterator[Finding]], ...] = (_integrity, _release, _chain, _stored_files, _jobs)
    for check in checks:
        try:
            with database.read() as connection:
                yield from check(settings, connection)
        except (TenonError, SQLAlchemyError) as error:
            why = (str(error).splitlines() or [""])[0][:200]
            yield _bad(
                say("This check failed ({name}): {why}", "检查失败（{name}）：{why}", name=check.__name__.strip("_"), why=why),
                say("Restore a backup.", "请恢复备份。"),
            )


def _integrity(_settings: Settings, connection: Connection) -> Iterator[Finding]:
    if connection.dialect.name != "sqlite":
        return
    result = list(connection.exec_driver_sql("PRAGMA quick_check(5)").scalars())
    if result != ["ok"]:
        yield _bad(
            say("The database file is damaged: {why}", "数据库文件已损坏：{why}", why="; ".join(map(str, result))[:300]),
            say("Stop the server and restore the last backup.", "请停止服务并恢复最近的备份。"),
        )
        return
    yield _ok(say("The database file is whole.", "数据库文件完整。"))
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(LISTED)
    if broken:
        yield _bad(
            say(
                "Rows point to rows that are gone: {tables}.",
                "存在指向已删除数据的行：{tables}。",
                tables=", ".join(sorted({str(r[0]) for r in broken})),
            ),
            say("Restore a backup.", "请恢复备份。"),
        )


def _release(_settings: Settings, connection: Connection) -> Iterator[Finding]:
    model = load(connection)
    if model.problems:
        yield _bad(
            say("Release {n} does not load whole.", "版本 {n} 无法完整加载。", n=model.release),
            say("Restore an earlier release.", "请恢复较早的版本。"),
        )
        return
    yield _ok(
        say("Release {n} loads: {count} documents.", "版本 {n} 可加载：{count} 个文档。", n=model.release, count=len(model.documents))
    )
    yield from _shape(connection, model)


def _shape(connection: Connection, model: Model) -> Iterator[Finding]:
    """Compare the tables, columns and indexes that are there with those the release wants."""
    inspector = inspect(connection)
    tables = Tables(model, connection.dialect.name)
    present = set(inspector.get_table_names())
    missing: list[str] = []
    for table in tables.all():
        if table.name not in present:
            missing.append(table.name)
            continue
        have = {column["name"] for column in inspector.get_columns(table.name)}
        missing += [f"{table.name}.{column.name}" for column in table.c if column.name not in have]
    have_indexes = {str(i["name"]) for t in {s.table for s in tables.indexes()} & present for i in inspector.get_indexes(t)}
    lost = [shape.name for shape in tables.indexes() if shape.name not in have_indexes]
    if missing:
        shown = ", ".join(missing[:LISTED])
        yield _bad(
            say("{n} {n:table or column is|tables or columns are} missing: {names}.", "缺少 {n} 个表或列：{names}。", n=len(missing), names=shown),
            say("Restore a backup.", "请恢复备份。"),
        )
    if lost:
        yield _warn(
            say("{n} {n:index is|indexes are} missing.", "缺少 {n} 个索引。", n=len(lost)),
            say("Publish any change: missing indexes are made then.", "发布任意改动即可重建缺失的索引。"),
        )
    if not missing and not lost:
        yield _ok(say("Tables and indexes are those of the release.", "数据表与索引与版本一致。"))
    kept = set(connection.execute(select(trash.c.table_name).where(trash.c.state == "kept", trash.c.kind != "column")).scalars())
    if kept - present:
        yield _warn(
            say("{n} {n:thing in the trash is|things in the trash are} gone.", "回收站中有 {n} 项已丢失。", n=len(kept - present)),
            say("They cannot be brought back.", "这些内容无法恢复。"),
        )


def _chain(_settings: Settings, connection: Connection) -> Iterator[Finding]:
    wrong = audit.verify(connection)
    if wrong is None:
        count = connection.execute(select(func.count()).select_from(audit.audit)).scalar_one()
        yield _ok(say("The audit is unbroken: {n} {n:entry|entries}.", "审计记录完整：{n} 条。", n=count))
        return
    yield _bad(
        say("The audit was changed at entry {n}.", "审计记录在第 {n} 条被改动。", n=wrong),
        say("Compare it with a backup and find out who can write to the database.", "请与备份对比，并排查谁可以写入数据库。"),
    )


def _stored_files(settings: Settings, connection: Connection) -> Iterator[Finding]:
    store = DiskFiles(settings.files)
    count, missing = 0, list[str]()
    for key, name in connection.execute(select(files.c.key, files.c.name)):
        count += 1
        try:
            store.open(key).close()
        except NotFound:
            missing.append(name)
    if missing:
        yield _bad(say("{n} uploaded {n:file is|files are} missing: {names}.", "缺少 {n} 个已上传文件：{names}。", n=len(missing), names=", ".join(missing[:LISTED])),
                   say("Copy {folder} from a backup.", "请从备份中复制 {folder}。", folder=settings.files))  # fmt: skip
        return
    yield _ok(say("All {n} uploaded files are there.", "全部 {n} 个已上传文件均存在。", n=count))


def _jobs(_settings: Settings, connection: Connection) -> Iterator[Finding]:
    now = real_now()
    counts = {
        str(row.state): int(row.n) for row in connection.execute(select(jobs.c.state, func.count().label("n")).group_by(jobs.c.state))
    }
    lost = connection.execute(select(func.count()).where(jobs.c.state == "running", jobs.c.lease_until < now)).scalar_one()
    waiting = connection.execute(
        select(func.count()).where(
            jobs.c.state == "queued", jobs.c.due_at.is_(None), jobs.c.retry_at.is_(None), jobs.c.created_at < now - STUCK_AFTER
        )
    ).scalar_one()
    if lost or waiting:
        shown = say(
            "{waiting} jobs wait for more than an hour, {lost} were left by a worker.",
            "有 {waiting} 个任务等待超过一小时，{lost} 个被工作进程遗留。",
            waiting=waiting,
            lost=lost,
        )
        yield _bad(shown, say("Run a worker: `tenon worker --until-idle`.", "请运行工作进程：`tenon worker --until-idle`。"))
    if counts.get("dead"):
        yield _warn(
            say("{n} {n:job|jobs} failed for good.", "{n} 个任务最终失败。", n=counts["dead"]),
            say("Look at them under Jobs and replay them.", "请在任务页面查看并重新执行。"),
        )
    if not lost and not waiting:
        yield _ok(say("No job is stuck; {n} wait.", "没有卡住的任务；{n} 个等待中。", n=counts.get("queued", 0)))


def _refused(error: TenonError) -> Iterator[Finding]:
    for problem in error.problems:
        yield _bad(problem.message, problem.hint)


def _ok(what: Text) -> Finding:
    return Finding("ok", what)


def _warn(what: Text, to_do: Text | None) -> Finding:
    return Finding("warning", what, to_do)


def _bad(what: Text, to_do: Text | None) -> Finding:
    return Finding("error", what, to_do)
