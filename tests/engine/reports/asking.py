"""A shop with widgets, and a short way to ask them."""

from __future__ import annotations

from typing import Any

from tenon.engine.context import Context
from tenon.engine.reports.dashboards import describe, selection_of
from tenon.engine.reports.selection import Selection
from tenon.engine.reports.widgets import data
from tests.shop import SYSTEM, Shop

COUNT = {"name": "n", "label": {"en": "Records", "zh": "数量"}, "expr": "count()"}


def widget(name: str, type_: str, entity: str = "order", **more: Any) -> dict[str, Any]:
    """Return a widget document; what does not belong to its query is said by name."""
    own = {k: more.pop(k) for k in ("compare", "target", "options", "text", "label") if k in more}
    return {"kind": "widget", "name": name, "type": type_, "query": {"entity": entity, "measures": [COUNT], **more}, **own}


def answer(shop: Shop, document: dict[str, Any], ctx: Context = SYSTEM, *, filter: str | None = None, **chosen: str) -> dict[str, Any]:
    """Publish a widget and ask it."""
    shop.publish([document])
    with shop.platform.read() as uow:
        return data(uow, ctx, document["name"], Selection(chosen, filter))


def on_dashboard(shop: Shop, dashboard: str, name: str, ctx: Context = SYSTEM, **chosen: str) -> dict[str, Any]:
    """Ask a widget of a dashboard."""
    with shop.platform.read() as uow:
        return data(uow, ctx, name, selection_of(uow, ctx, dashboard, chosen))


def described(shop: Shop, dashboard: str, ctx: Context = SYSTEM) -> dict[str, Any]:
    """Describe a dashboard."""
    with shop.platform.read() as uow:
        return describe(uow, ctx, dashboard)


def counted(shop: Shop, entity: str, condition: str, ctx: Context = SYSTEM) -> int | None:
    """Return how many records a filter lists."""
    return shop.page(entity, ctx, filters=[condition], count="exact").count


def holds(shop: Shop, found: dict[str, Any], place: int = -1, ctx: Context = SYSTEM) -> None:
    """Assert that the filter behind every row lists as many records as its count says."""
    assert found["rows"]
    for row, behind in zip(found["rows"], found["behind"], strict=True):
        assert counted(shop, found["entity"], behind, ctx) == row[place], (row, behind)
