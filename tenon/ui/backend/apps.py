"""Apps: what is installed and what can be, and installing one with what it needs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tenon.engine.apps import Package, available, find_app, install_all, list_apps, missing_for
from tenon.engine.context import Context
from tenon.engine.releases.draft import require_builder
from tenon.metamodel.labels import Text
from tenon.platform.workspace import Platform
from tenon.ui.backend.base import View
from tenon.ui.work import AppCard

ICON = "blocks"


def apps(view: View, templates: Path) -> Sequence[AppCard]:
    """Return installed apps and those of the folder ``templates`` that can be installed."""
    packages = {p.name: p for p in available(templates)}
    return [_card(view, found, packages, templates) for found in list_apps(view.model, templates)]


def install_app(platform: Platform, ctx: Context, templates: Path, name: str, with_sample: bool) -> None:
    """Install an app with what it requires, each in a publish of its own; a job loads sample records. Raises Conflict."""
    require_builder(ctx, "app")
    install_all(platform.publisher, ctx, find_app(name, templates), demo_data=with_sample, folder=templates)
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
        bool(package and package.samples), labels, _first_page(view, installed),
    )  # fmt: skip


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
