"""The demo workspace: every app that comes with Tenon with its sample records, and somebody who administers it."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Callable, Collection
from pathlib import Path

from sqlalchemy import inspect, select

from tenon.engine.apps import available, install_all
from tenon.engine.apps.package import TEMPLATES, Package
from tenon.engine.context import ADMIN, BUILDER, Context
from tenon.engine.people import has_role, users
from tenon.engine.schema import statements as sql
from tenon.metamodel.errors import Conflict, Invalid, Problem
from tenon.metamodel.labels import Text, say
from tenon.migrations.compare import VERSION_TABLE
from tenon.platform import accounts
from tenon.platform.all_tables import metadata
from tenon.platform.backup_shapes import RECORD_NAME
from tenon.platform.boot import make_worker
from tenon.platform.database import Database
from tenon.platform.invitations import link_url, make_link
from tenon.platform.settings import Settings
from tenon.platform.workspace import Platform

EMAIL, NAME = "admin@demo.example", "Demo"
HOME_ROLE = "cs_lead"
"""What the administrator of the demo is besides: their home page is the dashboard of that role."""
MARK = "demo"
PEOPLE = (
    ("lin.yue@demo.example", say("Lin Yue", "林悦"), "cs_lead"), ("chen.mo@demo.example", say("Chen Mo", "陈默"), "csm"),
    ("zhou.qing@demo.example", say("Zhou Qing", "周青"), "csm"), ("anna.berg@demo.example", say("Anna Berg", "Anna Berg"), "csm"),
    ("omar.haddad@demo.example", say("Omar Haddad", "Omar Haddad"), "csm"), ("shen.yi@demo.example", say("Shen Yi", "沈毅"), "cs_director"),
    ("he.ping@demo.example", say("He Ping", "何平"), "cs_viewer"),
)
"""Who works in the demo beside the administrator: e-mail, name, role."""
PORTS = 50
Tell = Callable[[Text], None]


def prepare(platform: Platform, ctx: Context, tell: Tell, *, templates: Path = TEMPLATES, only: Collection[str] = (), loads: bool = True) -> str:
    """Install what is missing (of some apps only, when named) and return the id of the administrator; where all is there this is quick.

    Sample records are loaded before it returns, or, unless it ``loads`` them, by the next worker.
    """
    (platform.settings.home / MARK).touch()
    with platform.read() as uow:
        installed = {document.name for document in uow.model.all("app")}
    packages = [package for package in in_order(available(templates)) if not only or package.name in only]
    if unknown := set(only) - {package.name for package in packages}:
        message = say("There is no app {name} to install.", "没有可安装的应用 {name}。", name=", ".join(sorted(unknown)))
        raise Invalid(Problem("/app", "unknown_name", message, say("`tenon apps list` shows them.", "可用 `tenon apps list` 查看。")))
    missing = [package for package in packages if package.name not in installed]
    for package in missing:
        tell(say("Installing {app} …", "正在安装 {app} …", app=package.app.label))
        install_all(platform.publisher, ctx, package, demo_data=True)
    found = _people(platform, ctx)
    if loads and missing:
        tell(say("Loading sample records and computing scores …", "正在载入示例数据并计算评分 …"))
        make_worker(platform).run_until_idle()
    elif missing:
        tell(say("Sample records come while you look around; the first page shows how far they are.", "示例数据将在浏览时陆续载入，首页会显示进度。"))
    return found


def _people(platform: Platform, ctx: Context) -> str:
    """Add the people that sample records name where they are missing, and return the id of the administrator."""
    with platform.read() as uow:
        roles = {role.name for role in uow.model.all("role")}
    language = platform.settings.language
    with platform.database.write() as connection:
        known = set(connection.execute(select(users.c.email)).scalars())
        for email, name, role in PEOPLE:
            if email not in known and role in roles:
                accounts.create(connection, ctx, email, name.show(language), [role], state="active", language=language, is_role=roles.__contains__)
        admin = select(users.c.id).where(users.c.state == "active", has_role(ADMIN)).order_by(users.c.created_at, users.c.id).limit(1)
        found: str | None = connection.execute(admin).scalar()
        if found is not None:
            return found
        own = [ADMIN, BUILDER, *(role for role in (HOME_ROLE,) if role in roles)]
        return accounts.create(connection, ctx, EMAIL, NAME, own, state="active", language=language, is_role=roles.__contains__)


def in_order(packages: list[Package]) -> list[Package]:
    """Return packages so that each comes after those it requires."""
    names, ordered = {p.name for p in packages}, list[Package]()
    waiting = list(packages)
    while waiting:
        done = {p.name for p in ordered}
        ready = [p for p in waiting if all(r.app in done or r.app not in names for r in p.app.body.requires)]
        if not ready:
            return [*ordered, *waiting]  # they need each other: the install says so
        ordered += ready
        waiting = [p for p in waiting if p not in ready]
    return ordered


def sign_in_link(platform: Platform, user_id: str, base_url: str) -> str:
    """Return a link that signs somebody in once, within an hour."""
    with platform.database.write() as connection:
        return link_url(base_url, "sign_in", make_link(connection, "sign_in", user_id))


def clear(settings: Settings) -> None:
    """Throw a demo workspace away. Conflict when the workspace was not made by a demo."""
    if not (settings.home / MARK).exists():
        message = say("The workspace in {home} was not made by a demo and is not thrown away.", "{home} 中的工作区不是由演示创建的，不会被清除。", home=settings.home)
        hint = say("Set TENON_HOME to another folder.", "请将 TENON_HOME 设为其他文件夹。")
        raise Conflict(Problem("/reset", "conflict", message, hint))
    database = Database(settings.database_url)
    path = database.path
    if path is None:
        _drop_all(database)
    database.dispose()
    if path is not None:
        for each in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
            each.unlink(missing_ok=True)
    shutil.rmtree(settings.files, ignore_errors=True)
    (settings.home / MARK).unlink()


def _drop_all(database: Database) -> None:
    with database.ddl() as connection:
        present = inspect(connection).get_table_names()
        own = [table.name for table in reversed(metadata.sorted_tables)]
        for name in [*[n for n in present if RECORD_NAME.match(n)], *own, VERSION_TABLE]:
            if name in present:
                connection.execute(sql.drop_table(name))


def free_port(host: str, wanted: int) -> int:
    """Return the wanted port, or the next one nobody listens at. Conflict when fifty are taken."""
    for port in range(wanted, min(wanted + PORTS, 65_536)):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    message = say("The ports from {port} on are taken.", "从 {port} 开始的端口均被占用。", port=wanted)
    raise Conflict(Problem("/port", "conflict", message, say("Choose another with --port.", "请用 --port 选择其他端口。")))
