"""Dashboards as one reader may see them, and which one is a person's home."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tenon.engine.access.rights import Rights, rights_of
from tenon.engine.context import Context
from tenon.engine.reports.asked import body_of, label_of
from tenon.engine.reports.periods import WORDS
from tenon.engine.reports.selection import Selection
from tenon.engine.reports.shape import options_of
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.document import Document
from tenon.metamodel.errors import not_found
from tenon.metamodel.kinds.dashboard import DashboardFilter, DashboardKind, Tile
from tenon.metamodel.kinds.widget import WidgetKind
from tenon.metamodel.labels import Text
from tenon.metamodel.model import Entity, Field
from tenon.metamodel.naming import to_shown


def find_dashboard(uow: UnitOfWork, ctx: Context, name: str) -> DashboardKind:
    """Return a dashboard as it is written. Raises NotFound when it is not there or not for this reader."""
    document = uow.model.find("dashboard", name)
    body = _read(uow, document) if document is not None else None
    if body is None or not is_for(body, ctx):
        raise not_found()
    return body


def _read(uow: UnitOfWork, document: Document) -> DashboardKind:
    kept: dict[str, DashboardKind] = uow.model.cache.setdefault("dashboards", {})
    if document.id not in kept:
        kept[document.id] = DashboardKind.model_validate(to_shown(document, uow.model))
    return kept[document.id]


def is_for(body: DashboardKind, ctx: Context) -> bool:
    """Return whether a dashboard is for a reader: it names no roles, or one of theirs; who builds sees all."""
    user = ctx.user
    return not body.roles or ctx.is_system or (user is not None and (user.may_build or bool(set(body.roles) & set(user.roles))))


def home_of(uow: UnitOfWork, ctx: Context) -> str | None:
    """Return the name of the dashboard that one of a person's roles begins with, in the order of their roles; None for none."""
    user = ctx.user
    bodies = [_read(uow, d) for d in uow.model.all("dashboard") if d.json.get("roles")]
    wanted = user.roles if user else ()
    return next((b.name for role in wanted for b in sorted(bodies, key=lambda b: b.name) if role in b.roles), None)


def listed(uow: UnitOfWork, ctx: Context) -> list[DashboardKind]:
    """Return the dashboards of a reader that show them something, by label."""
    found = [body for d in uow.model.all("dashboard") if is_for(body := _read(uow, d), ctx)]
    rights = rights_of(uow.model, ctx)
    seen = [b for b in found if any(_shows(uow, rights, t) for t in b.layout)]
    return sorted(seen, key=lambda b: title_of(b).show(ctx.language))


def title_of(body: DashboardKind) -> Text:
    """Return the label of a dashboard, or its name."""
    return body.label or Text(body.name, body.name)


def describe(uow: UnitOfWork, ctx: Context, name: str) -> dict[str, Any]:
    """Return ``{"name", "label", "layout", "filters"}``: tiles a reader may see with type and label, filters with type and choices."""
    body, rights, language = find_dashboard(uow, ctx, name), rights_of(uow.model, ctx), ctx.language
    tiles = [(tile, widget) for tile in body.layout if (widget := _shows(uow, rights, tile)) is not None]
    entities = _entities(uow, [widget for _, widget in tiles])
    layout = [
        {"widget": t.widget, "type": w.type, "label": label_of(w).show(language), "entity": w.query.entity if w.query else None, "x": t.x, "y": t.y, "w": t.w, "h": t.h}
        for t, w in tiles
    ]
    filters = [shown for each in body.filters if (shown := _filter(rights, entities, each, language)) is not None]
    found: dict[str, Any] = {"name": body.name, "label": title_of(body).show(language), "layout": layout, "filters": filters, "roles": list(body.roles)}
    return found | ({"description": body.description.show(language)} if body.description else {})


def selection_of(uow: UnitOfWork, ctx: Context, name: str, chosen: Mapping[str, str], filter: str | None = None) -> Selection:
    """Return what is chosen on a dashboard: its own periods, and what the reader put in their place. Raises NotFound."""
    body = find_dashboard(uow, ctx, name)
    own = {f.field: f.period for f in body.filters if f.period}
    return Selection({**own, **chosen}, filter, is_loose=True)


def _shows(uow: UnitOfWork, rights: Rights, tile: Tile) -> WidgetKind | None:
    """Return the widget of a tile; None when it is not there or its records are out of sight."""
    document = uow.model.find("widget", tile.widget)
    if document is None:
        return None
    body = body_of(uow, tile.widget)
    entity = uow.model.find_entity(body.query.entity) if body.query else None
    if body.query is not None and (entity is None or entity.is_system or not rights.may(entity, "read")):
        return None
    return body


def _entities(uow: UnitOfWork, widgets: list[WidgetKind]) -> list[Entity]:
    found = {w.query.entity: uow.model.find_entity(w.query.entity) for w in widgets if w.query}
    return [entity for entity in found.values() if entity is not None]


def _filter(rights: Rights, entities: list[Entity], asked: DashboardFilter, language: str) -> dict[str, Any] | None:
    """Return a filter with the choices of the first entity that has the field; None when the reader may see it nowhere."""
    found: tuple[Entity, Field] | None = next(
        ((e, e.fields[asked.field]) for e in entities if asked.field in e.fields and rights.may_read(e, e.fields[asked.field])), None
    )
    if found is None:
        return None
    entity, field = found
    shown: dict[str, Any] = {
        "field": asked.field, "label": (asked.label or field.label).show(language), "type": field.type.kind, "entity": entity.name, "period": asked.period,
    }
    if field.type.kind in ("date", "datetime"):
        return shown | {"periods": [{"name": word, "label": label.show(language)} for word, label in WORDS.items()]}
    options = options_of(field.spec, language)
    return shown | ({"options": options} if options else {}) | ({"target": field.type.entity} if field.type.kind == "reference" else {})
