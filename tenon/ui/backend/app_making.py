"""Making an app of documents of the workspace: what there is to choose from, and the zip."""

from __future__ import annotations

from collections.abc import Sequence

from tenon.engine.apps.gather import gather, needed_for
from tenon.engine.releases.draft import require_builder
from tenon.metamodel.labels import Text
from tenon.ui.app_shapes import Choosable
from tenon.ui.backend.base import View

ORDER = ("entity", "extension", "form", "view", "page", "dashboard", "widget", "score", "segment", "matching", "metric", "rule", "workflow", "message", "playbook", "calendar", "connector", "role")


def choosable(view: View) -> tuple[tuple[str, tuple[Choosable, ...]], ...]:
    """Return the published documents that can go into an app, by kind, those of no app first. Raises Forbidden."""
    require_builder(view.ctx, "app")
    found: dict[str, list[Choosable]] = {}
    for document in view.model.documents.values():
        if document.kind != "app":
            app = view.model.find("app", document.app) if document.app else None
            found.setdefault(document.kind, []).append(Choosable(document.id, document.name, document.label.show(view.language), app.label.show(view.language) if app else ""))
    kinds = sorted(found, key=lambda kind: (ORDER.index(kind) if kind in ORDER else len(ORDER), kind))
    return tuple((kind, tuple(sorted(found[kind], key=lambda each: (bool(each.app), each.label)))) for kind in kinds)


def with_needed(view: View, ids: Sequence[str]) -> list[str]:
    """Return chosen documents with all that they use. Raises Forbidden."""
    require_builder(view.ctx, "app")
    return needed_for(view.model, ids)


def make_app(view: View, ids: Sequence[str], name: str, label: str, version: str) -> bytes:
    """Return the zip. Raises Forbidden, Invalid."""
    require_builder(view.ctx, "app")
    return gather(view.model, ids, name=name, label=Text(label or name, label or name), version=version)[0]
