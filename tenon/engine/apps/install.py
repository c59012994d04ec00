"""Installing and removing apps: publishes with a few more questions asked before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection, delete as delete_rows

from tenon.engine.apps.bases import keep_base
from tenon.engine.apps.clashes import Choice, check_clashes, merge_package
from tenon.engine.apps.package import TEMPLATES, Package, available, read_package, version_of
from tenon.engine.apps.sample_job import put_samples
from tenon.engine.apps.sample_marks import forget_entities
from tenon.engine.context import Context
from tenon.engine.releases.draft import require_builder
from tenon.engine.releases.publish import AfterPublish, Order, Publisher, Release, carry_out
from tenon.engine.releases.store import load
from tenon.engine.releases.tables import drafts
from tenon.engine.schema.trash import KEEP, empty_trash
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.document import Document
from tenon.metamodel.errors import Conflict, Problem, not_found
from tenon.metamodel.labels import say
from tenon.metamodel.model import Model

Data = Literal["keep", "archive", "remove"]


def find_app(name: str, folder: Path = TEMPLATES) -> Package:
    """Return the package of that name that comes with Tenon; raises NotFound."""
    found = next((p for p in available(folder) if p.name == name), None)
    if found is None:
        raise not_found()
    return found


def list_apps(model: Model, folder: Path = TEMPLATES) -> list[dict[str, Any]]:
    """Return the apps that are installed or could be: name, label, description, version, installed, requires."""
    packages = {p.name: p.app for p in available(folder)}
    installed = {d.name: d for d in model.all("app")}
    listed = []
    for name in sorted({*packages, *installed}):
        app, there = packages.get(name), installed.get(name)
        document = there or app
        assert document is not None
        description = document.json.get("description")
        listed.append({
            "name": name, "label": document.label.to_json(), "description": description,
            "version": app.body.version if app else None, "installed": there.body.version if there else None,
            "can_upgrade": bool(app and there and version_of(app) > version_of(there)),
            "requires": [r.app for r in document.body.requires],
        })  # fmt: skip
    return listed


@dataclass(frozen=True)
class Installed:
    """What an install did: a release for each app that was put in, the wanted one last, and the job that loads sample records."""

    releases: tuple[Release, ...]
    job: str | None = None

    @property
    def release(self) -> Release:
        """The release of the app that was asked for."""
        return self.releases[-1]


def install_all(
    publisher: Publisher, ctx: Context, package: Package, *, demo_data: bool = False, folder: Path = TEMPLATES, accept: Iterable[str] = (),
    clashes: Mapping[str, Choice] | None = None,
) -> Installed:  # fmt: skip
    """Install a package after the apps that come with Tenon and that it requires, each in a publish of its own.

    With ``demo_data`` a job loads the sample records of all of them. Raises as `install`.
    """
    require_builder(ctx, "app")
    with publisher.database.read() as connection:
        model = load(connection)
    packages = [*(p for p in missing_for(model, package, folder)), package]
    jobs: list[str | None] = []

    def put_all(uow: UnitOfWork, ctx: Context, _old: Model, _release: Release) -> None:
        jobs.append(put_samples(uow, ctx, packages))

    releases = []
    for each in packages:
        after = (put_all,) if demo_data and each is package else ()
        releases.append(install(publisher, ctx, each, accept=accept, after=after, clashes=clashes if each is package else None))
    return Installed(tuple(releases), jobs[-1] if jobs else None)


def missing_for(model: Model, package: Package, folder: Path = TEMPLATES) -> list[Package]:
    """Return the packages that come with Tenon and that an app requires and that are not installed, the deepest first."""
    there = {p.name: p for p in available(folder)} if package.app.body.requires else {}
    found: dict[str, Package] = {}

    def look(wanted: Package) -> None:
        for need in wanted.app.body.requires:
            if model.find("app", need.app) is None and need.app in there and need.app not in found and need.app != package.name:
                look(there[need.app])
                found[need.app] = there[need.app]

    look(package)
    return list(found.values())


def install(
    publisher: Publisher, ctx: Context, package: Package, *, accept: Iterable[str] = (), after: tuple[AfterPublish, ...] = (),
    clashes: Mapping[str, Choice] | None = None,
) -> Release:  # fmt: skip
    """Publish the documents of a package; ``clashes`` says what becomes of those whose names are taken.

    Raises Conflict when it is installed, would be a downgrade, or needs other apps; Invalid when names are taken. Data that an
    earlier uninstall kept comes back.
    """
    require_builder(ctx, "app")

    def find(_: Connection, model: Model) -> list[Document]:
        check_install(model, [package], clashes)
        return merge_package(model, package, clashes or {})

    def keep(uow: UnitOfWork, _ctx: Context, _old: Model, release: Release) -> None:
        brought = [d for d in release.model.documents.values() if package.name in (d.app, d.name if d.kind == "app" else None)]
        keep_base(uow.connection, package.app, brought, uow.now)

    note = f"install {package.name} {package.app.body.version}"
    return carry_out(publisher, ctx, Order(find, note, frozenset(accept), app=package.name, after=(keep, *after)))


def check_install(model: Model, packages: Iterable[Package], clashes: Mapping[str, Choice] | None = None) -> None:
    """Raise, before anything is done, what `install` would raise for packages that are put in one after the other; what a plan says is known only then.

    ``clashes`` are choices about names of the last one.
    """
    there = {d.name: d for d in model.all("app")}
    listed = list(packages)
    for package in listed:
        _check_version(there, package)
        check_requirements(there, package)
        check_clashes(model, package, (clashes or {}) if package is listed[-1] else {})
        there[package.name] = package.app


def import_package(publisher: Publisher, ctx: Context, content: bytes, **options: Any) -> Release:
    """Install the package in the bytes of a zip; options and errors as for `install` and `read_package`."""
    require_builder(ctx, "app")
    return install(publisher, ctx, read_package(content), **options)


def uninstall(publisher: Publisher, ctx: Context, name: str, data: Data) -> Release:
    """Remove the documents of an app; its records go to the trash.

    keep: they stay there until the app is installed again; archive: for 30 days; remove: they are dropped at once. Raises
    NotFound, and Conflict when other apps need it or other documents refer to it.
    """
    require_builder(ctx, "app")
    removed: list[str] = []

    def find(_: Connection, model: Model) -> list[Document]:
        app = model.get("app", name)
        _check_not_needed(model, app)
        removed[:] = [d.id for d in model.documents.values() if d.app == app.name or d.id == app.id]
        return [d for d in model.documents.values() if d.id not in removed]

    def clear(uow: UnitOfWork, ctx: Context, old: Model, release: Release) -> None:
        uow.connection.execute(delete_rows(drafts).where(drafts.c.document_id.in_(removed)))
        if data == "remove":
            entities = [e.id for e in old.entities.values() if e.id in removed]
            empty_trash(uow.connection, uow.now, everything_of=entities, release=release.number)
            forget_entities(uow, entities)

    order = Order(find, f"uninstall {name}", accepts_all=True, app=name, keep=None if data == "keep" else KEEP, after=(clear,))
    return carry_out(publisher, ctx, order)


def _check_version(apps: Mapping[str, Document], package: Package) -> None:
    there = apps.get(package.name)
    if there is None:
        return
    values = {"app": there.label, "version": there.body.version}
    if version_of(there) > package.version:
        message = say("{app} is installed in the newer version {version}.", "{app} 已安装更新的版本 {version}。", **values)
        raise Conflict(Problem("/version", "conflict", message, say("Take a newer package.", "请使用更新的应用包。")))
    message = say("{app} is installed in version {version}.", "{app} 已安装版本 {version}。", **values)
    raise Conflict(Problem("/name", "conflict", message, say("Upgrade it instead, or remove it first.", "请改为升级，或先移除。")))


def check_requirements(apps: Mapping[str, Document], package: Package) -> None:
    """Raise Conflict for apps that a package needs and that are not there, or too old."""
    problems = []
    for index, need in enumerate(package.app.body.requires):
        there = apps.get(need.app)
        wanted = tuple(int(part) for part in need.version.removeprefix(">=").split("."))
        if there is None or version_of(there) < wanted:
            message = say(
                "{app} needs the app {need} {version}.",
                "{app} 需要应用 {need} {version}。",
                app=package.app.label,
                need=need.app,
                version=need.version,
            )
            hint = (
                say("Install {need} first.", "请先安装 {need}。", need=need.app)
                if there is None
                else say("Upgrade {need} first.", "请先升级 {need}。", need=need.app)
            )
            problems.append(Problem(f"/requires/{index}", "conflict", message, hint))
    if problems:
        raise Conflict(problems)


def _check_not_needed(model: Model, app: Document) -> None:
    users = [d for d in model.all("app") if any(r.app == app.name for r in d.body.requires)]
    if users:
        names = ", ".join(d.name for d in users)
        message = say("Other apps need {app}: {names}.", "其他应用依赖 {app}：{names}。", app=app.label, names=names)
        raise Conflict(Problem("/name", "would_break", message, say("Remove these first.", "请先移除这些应用。")))

