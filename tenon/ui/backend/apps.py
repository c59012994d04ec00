"""Apps: what is installed and what can be, removing, and packages to take along."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from sqlalchemy import func, select

from tenon.engine.apps import Package, available, export, list_apps, missing_for, uninstall
from tenon.engine.apps.install import Data
from tenon.engine.apps.sample_marks import count_samples, count_trashed
from tenon.engine.context import Context
from tenon.engine.releases.draft import require_builder
from tenon.metamodel.document import Document
from tenon.metamodel.labels import Text
from tenon.platform.workspace import Platform
from tenon.ui.backend import menu
from tenon.ui.backend.base import View
from tenon.ui.work import AppCard

ICON = "blocks"
INSIDE = {
    "entity": ("kind of record", Text("kinds of records", "类记录")), "view": ("view", Text("views", "个视图")),
    "score": ("score", Text("scores", "个评分")), "dashboard": ("dashboard", Text("dashboards", "个仪表盘")),
    "page": ("page", Text("pages", "个页面")), "form": ("form", Text("forms", "个表单")), "role": ("role", Text("roles", "个角色")),
    "rule": ("rule", Text("rules", "条规则")),
}  # fmt: skip


def apps(view: View, templates: Path) -> Sequence[AppCard]:
    """Return installed apps and those of the folder ``templates`` that can be installed."""
    packages = {p.name: p for p in available(templates)}
    urls = {app.name: app.url for app in menu.apps(view)}
    cards = [_card(view, found, packages, templates, urls) for found in list_apps(view.model, templates)]
    samples, trashed = count_samples(view.uow), count_trashed(view.uow)
    return [replace(card, samples=samples.get(card.name, 0), trashed=trashed.get(card.name, 0)) for card in cards]


def remove_app(platform: Platform, ctx: Context, name: str, data: Data) -> None:
    """Remove an app; ``data`` says what becomes of its records. Raises Conflict, NotFound, Forbidden."""
    uninstall(platform.publisher, ctx, name, data)
    platform.principals.forget()
    platform.wake()


def record_counts(view: View, name: str) -> tuple[tuple[str, int], ...]:
    """Return how many records there are of each entity of an app, those in the trash too: what removing it is about. Raises NotFound, Forbidden."""
    require_builder(view.ctx, "app")
    view.model.get("app", name)
    own = [entity for entity in view.model.entities.values() if entity.app == name]
    counted = ((entity, view.uow.connection.execute(select(func.count()).select_from(view.uow.tables.of(entity))).scalar_one()) for entity in own)
    return tuple((entity.plural.show(view.language), count) for entity, count in counted if count)


def export_app(view: View, name: str) -> bytes:
    """Return an installed app as a zip, without records. Raises NotFound, Forbidden."""
    require_builder(view.ctx, "app")
    return export(view.model, name)


def _card(view: View, found: dict[str, object], packages: dict[str, Package], templates: Path, urls: Mapping[str, str]) -> AppCard:
    name, language = str(found["name"]), view.language
    package = packages.get(name)
    installed = view.model.find("app", name)
    document = installed or (package.app if package else None)
    icon = icon_of(document) if document is not None else ICON
    missing = missing_for(view.model, package, templates) if package is not None and installed is None else []
    labels = tuple(m.app.label.show(language) for m in missing)
    return AppCard(
        name, Text.of(found["label"]).show(language), Text.of(found["description"]).show(language),  # type: ignore[arg-type]
        str(found["version"] or found["installed"] or ""), icon, str(found["installed"]) if found["installed"] else None,
        bool(package and package.samples), labels, urls.get(name), _inside(view, name, package), _needed_by(view, name),
        str(found["version"]) if found["can_upgrade"] else None,
    )  # fmt: skip


def icon_of(app: Document) -> str:
    """Return the icon of an app: that of its menu."""
    return next((g.icon for g in app.body.menu if g.icon), ICON)


def _inside(view: View, name: str, package: Package | None) -> tuple[tuple[str, int], ...]:
    """Return what an app brings and how many of each; of an installed one what it has by now."""
    installed = [d.kind for d in view.model.documents.values() if d.app == name]
    counted = Counter(installed or [d.kind for d in (package.documents if package is not None else ())])
    return tuple(
        (one if counted[kind] == 1 and view.language == "en" else many.show(view.language), counted[kind])
        for kind, (one, many) in INSIDE.items() if counted[kind]
    )  # fmt: skip


def _needed_by(view: View, name: str) -> tuple[str, ...]:
    return tuple(d.label.show(view.language) for d in view.model.all("app") if any(r.app == name for r in d.body.requires))
