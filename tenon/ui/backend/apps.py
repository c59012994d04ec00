"""Apps: what is installed and what can be, installing with what they need, removing, and packages to take along."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tenon.engine.apps import Package, available, export, find_app, install_all, list_apps, missing_for, read_package, uninstall
from tenon.engine.apps.install import Data
from tenon.engine.context import Context
from tenon.engine.releases.draft import require_builder
from tenon.metamodel.labels import Text
from tenon.platform.workspace import Platform
from tenon.ui.backend.base import View
from tenon.ui.work import AppCard

ICON = "blocks"
INSIDE = {
    "entity": Text("kinds of records", "类记录"), "view": Text("views", "个视图"), "score": Text("scores", "个评分"),
    "dashboard": Text("dashboards", "个仪表盘"), "page": Text("pages", "个页面"), "form": Text("forms", "个表单"), "role": Text("roles", "个角色"),
}  # fmt: skip


def apps(view: View, templates: Path) -> Sequence[AppCard]:
    """Return installed apps and those of the folder ``templates`` that can be installed."""
    packages = {p.name: p for p in available(templates)}
    return [_card(view, found, packages, templates) for found in list_apps(view.model, templates)]


def install_apps(platform: Platform, ctx: Context, templates: Path, names: Sequence[str], with_sample: bool) -> str | None:
    """Install apps with what they require, each in a publish of its own, those that are there already left as they are.

    Returns the id of the last job that loads sample records, None without one. Raises Conflict, NotFound, Forbidden.
    """
    require_builder(ctx, "app")
    job = None
    for package in [find_app(name, templates) for name in names]:
        with platform.read() as uow:
            is_there = len(names) > 1 and uow.model.find("app", package.name) is not None
        if not is_there:
            done = install_all(platform.publisher, ctx, package, demo_data=with_sample, folder=templates)
            job = done.job or job
    _told(platform)
    return job


def import_app(platform: Platform, ctx: Context, templates: Path, content: bytes) -> str:
    """Install the app in the bytes of a zip, with what it requires and comes with Tenon; return its name. Raises Invalid, Conflict, Forbidden."""
    require_builder(ctx, "app")
    package = read_package(content)
    install_all(platform.publisher, ctx, package, folder=templates)
    _told(platform)
    return package.name


def remove_app(platform: Platform, ctx: Context, name: str, data: Data) -> None:
    """Remove an app; ``data`` says what becomes of its records. Raises Conflict, NotFound, Forbidden."""
    uninstall(platform.publisher, ctx, name, data)
    _told(platform)


def export_app(view: View, name: str) -> bytes:
    """Return an installed app as a zip, without records. Raises NotFound, Forbidden."""
    require_builder(view.ctx, "app")
    return export(view.model, name)


def _told(platform: Platform) -> None:
    platform.principals.forget()
    platform.wake()


def _card(view: View, found: dict[str, object], packages: dict[str, Package], templates: Path) -> AppCard:
    name, language = str(found["name"]), view.language
    package = packages.get(name)
    installed = view.model.find("app", name)
    document = installed or (package.app if package else None)
    icon = next((g.icon for g in document.body.menu if g.icon), ICON) if document is not None else ICON
    missing = missing_for(view.model, package, templates) if package is not None and installed is None else []
    labels = tuple(m.app.label.show(language) for m in missing)
    return AppCard(
        name, Text.of(found["label"]).show(language), Text.of(found["description"]).show(language),  # type: ignore[arg-type]
        str(found["version"] or found["installed"] or ""), icon, str(found["installed"]) if found["installed"] else None,
        bool(package and package.samples), labels, _first_page(view, installed), _inside(view, name, package), _needed_by(view, name),
    )  # fmt: skip


def _inside(view: View, name: str, package: Package | None) -> tuple[tuple[str, int], ...]:
    """Return what an app brings and how many of each; of an installed one what it has by now."""
    installed = [d.kind for d in view.model.documents.values() if d.app == name]
    counted = Counter(installed or [d.kind for d in (package.documents if package is not None else ())])
    return tuple((label.show(view.language), counted[kind]) for kind, label in INSIDE.items() if counted[kind])


def _needed_by(view: View, name: str) -> tuple[str, ...]:
    return tuple(d.label.show(view.language) for d in view.model.all("app") if any(r.app == name for r in d.body.requires))


def _first_page(view: View, app: object) -> str | None:
    """Return the address of the first entry of an app's menu that the reader may see."""
    for group in app.body.menu if app is not None else ():  # type: ignore[attr-defined]
        for item in group.items:
            document = view.model.find("view", item.view) if item.view else None
            key = document.body.entity if document is not None else item.entity
            entity = view.model.find_entity(key) if key else None
            if entity is not None and view.rights.may(entity, "read"):
                return f"/records/{entity.name}" + (f"?view={document.name}" if document is not None else "")
    return None
