"""How the system is, for administrators: database, disk, worker, mail, backups; and writing and fetching a backup."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select

import tenon
from tenon.engine import outbox
from tenon.engine.formats import Formats
from tenon.engine.jobs import put
from tenon.engine.jobs.table import jobs
from tenon.metamodel.errors import not_found
from tenon.metamodel.labels import Text, say
from tenon.platform import audit
from tenon.platform.backup import BACKUP
from tenon.platform.doctor import LITTLE_SPACE, STUCK_AFTER, examine
from tenon.platform.rights import require_admin
from tenon.platform.workspace import Platform
from tenon.ui.admin_shapes import BackupFile, Sign, SystemPage
from tenon.ui.backend.base import View

OLD_DAYS = 7
MB = 1_000_000


def system_page(view: View) -> SystemPage:
    """Return what can be seen at a glance. Raises Forbidden."""
    require_admin(view.ctx)
    found = backups(view.platform)
    signs = (_version(view), _database(view), _disk(view), *_jobs(view), _outgoing(view), _mail(view), _backup(view, found))
    return SystemPage(signs, tuple(found), str(_folder(view.platform)))


def examined(view: View) -> tuple[Sign, ...]:
    """Return what a thorough look finds; it reads the whole database. Raises Forbidden."""
    require_admin(view.ctx)
    return tuple(
        Sign(f.level, f.what.show(view.language), "", f.to_do.show(view.language) if f.to_do else None) for f in examine(view.platform.settings)
    )


def backups(platform: Platform) -> list[BackupFile]:
    """Return the backups in the folder of the workspace, newest first."""
    folder = _folder(platform)
    files = [path for path in folder.glob("*.zip") if path.is_file()] if folder.is_dir() else []
    found = [BackupFile(path.name, path.stat().st_size, datetime.fromtimestamp(path.stat().st_mtime, UTC)) for path in files]
    return sorted(found, key=lambda each: each.at, reverse=True)


def start_backup(view: View) -> str:
    """Put a job that writes a backup, one at a time, and return its id. Raises Forbidden."""
    require_admin(view.ctx)
    return put(view.uow.connection, BACKUP, {}, unique_key=BACKUP, key_until="ended", created_by=view.ctx.user_id)


def backup_path(view: View, name: str) -> Path:
    """Return the path of a backup and note who fetches it. Raises NotFound, Forbidden."""
    require_admin(view.ctx)
    if name not in {each.name for each in backups(view.platform)}:
        raise not_found()
    audit.write(view.uow.connection, view.ctx, "backup.download", "backup", name)
    return _folder(view.platform) / name


def _folder(platform: Platform) -> Path:
    return platform.settings.home / "backups"


def _version(view: View) -> Sign:
    return Sign("ok", say("Version", "版本").show(view.language), f"Tenon {tenon.__version__}")


def _database(view: View) -> Sign:
    connection = view.uow.connection
    if connection.dialect.name == "sqlite":
        pages = int(connection.exec_driver_sql("PRAGMA page_count").scalar_one()) * int(connection.exec_driver_sql("PRAGMA page_size").scalar_one())
        kind = "SQLite"
    else:
        pages = int(connection.execute(select(func.pg_database_size(func.current_database()))).scalar_one())
        kind = "PostgreSQL"
    return Sign("ok", say("Database", "数据库").show(view.language), f"{kind}, {_size(view, pages)}")


def _disk(view: View) -> Sign:
    free = shutil.disk_usage(view.platform.settings.home).free
    to_do = say("Make room, or move the workspace to a larger disk.", "请清理空间，或将工作区迁移到更大的磁盘。")
    value = say("{n} free", "剩余 {n}", n=_size(view, free)).show(view.language)
    level = "error" if free < LITTLE_SPACE else "ok"
    return Sign(level, say("Disk", "磁盘").show(view.language), value, to_do.show(view.language) if level != "ok" else None)


def _jobs(view: View) -> list[Sign]:
    connection, now, language = view.uow.connection, view.uow.real_now, view.language
    counts = {row.state: int(row.n) for row in connection.execute(select(jobs.c.state, func.count().label("n")).group_by(jobs.c.state))}
    at_once = (jobs.c.state == "queued", jobs.c.due_at.is_(None), jobs.c.retry_at.is_(None))
    waiting = int(connection.execute(select(func.count()).where(*at_once)).scalar_one())
    late = int(connection.execute(select(func.count()).where(*at_once, jobs.c.created_at < now - STUCK_AFTER)).scalar_one())
    last = connection.execute(select(func.max(jobs.c.ended_at))).scalar_one()
    to_do = say("Start a worker: tenon worker, or tenon serve with one.", "请启动工作进程：tenon worker，或使用带工作进程的 tenon serve。")
    dead_do = say("Look at the failed jobs and start them again.", "请查看失败的任务并重新执行。")
    running = say("{n} running, {m} waiting", "{n} 个运行中，{m} 个等待", n=counts.get("running", 0), m=waiting)
    worker = Text("works", "正常") if not late else say("{n} {n:job waits|jobs wait} for more than an hour", "{n} 个任务等待超过一小时", n=late)
    shown = worker.show(language) + (f" ({last.astimezone(view.uow.timezone):%Y-%m-%d %H:%M})" if last else "")
    dead = counts.get("dead", 0)
    failed = say("{n} failed for good", "{n} 个最终失败", n=dead) if dead else Text("none failed", "无失败")
    return [
        Sign("error" if late else "ok", say("Worker", "工作进程").show(language), shown, to_do.show(language) if late else None),
        Sign("ok", say("Queue", "队列").show(language), running.show(language)),
        Sign("warning" if dead else "ok", say("Failed jobs", "失败任务").show(language), failed.show(language), dead_do.show(language) if dead else None),
    ]  # fmt: skip


def _outgoing(view: View) -> Sign:
    found = outbox.counts(view.uow.connection)
    waiting, dead = found.get("waiting", 0) + found.get("failed", 0), found.get("dead", 0)
    value = say("{n} {n:waits|wait}, {m} dead {m:letter|letters}", "{n} 条等待，{m} 条死信", n=waiting, m=dead)
    to_do = say("Look at what goes out: why it failed, and try it again.", "请查看向外投递：失败原因，并可重试。")
    return Sign("warning" if dead else "ok", say("Outgoing", "向外投递").show(view.language), value.show(view.language), to_do.show(view.language) if dead else None)


def _mail(view: View) -> Sign:
    is_set_up = view.platform.outside.mail.is_set_up
    to_do = say("Set TENON_SMTP_URL; until then links are shown to hand over.", "请设置 TENON_SMTP_URL；在此之前链接会直接显示，由您转交。")
    value = Text("set up", "已配置") if is_set_up else Text("not set up", "未配置")
    level = "ok" if is_set_up else "warning"
    return Sign(level, say("Mail", "邮件").show(view.language), value.show(view.language), None if is_set_up else to_do.show(view.language))


def _backup(view: View, found: list[BackupFile]) -> Sign:
    label = say("Last backup", "最近备份").show(view.language)
    to_do = say("Write one now, and keep a copy on another machine.", "请立即备份，并在其他机器上保留副本。").show(view.language)
    if not found:
        return Sign("warning", label, Text("none yet", "暂无").show(view.language), to_do)
    days = (view.uow.real_now - found[0].at).days
    return Sign("warning" if days > OLD_DAYS else "ok", label, f"{found[0].at.astimezone(view.uow.timezone):%Y-%m-%d %H:%M}", to_do if days > OLD_DAYS else None)


def _size(view: View, size: int) -> str:
    return Formats(view.language, str(view.uow.timezone), lambda: view.uow.real_now).size(size)
