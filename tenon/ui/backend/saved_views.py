"""Saving what an address of a list asks for as a view."""

from __future__ import annotations

from typing import Any

from tenon.engine import views
from tenon.metamodel.errors import Invalid, Problem, not_found
from tenon.metamodel.labels import Text, say
from tenon.ui.backend.base import View
from tenon.ui.backend.list_plan import Plan, ticked, ticked_fields
from tenon.ui.backend.lists import plan_list
from tenon.ui.list_shapes import ColumnAsked, ListQuery

KEPT = ("type", "board", "calendar", "gallery", "tree")


def save(view: View, name: str, query: ListQuery, *, label: str, shared_with: str, over: str, type: str) -> str:
    """Save a view and return its name; ``over`` is the id of the one to change. Raises Invalid, Conflict, Forbidden, NotFound."""
    entity = view.entity(name)
    plan = plan_list(view, entity, query)
    if not label and not over:
        raise _nameless()
    body: dict[str, Any] = {"entity": name, **_kept(view, plan), **_asked(view, plan)}
    if type and not over:
        body["type"] = type
    if label:
        body["label"] = {view.language: label}
    if shared_with:
        body["shared_with"] = shared_with
    if over:
        before = views.get(view.uow, view.ctx, over)
        body = {"label": before.get("label"), "shared_with": before["shared_with"], **body, "id": over, "name": before["name"]}
    saved, _ = views.save(view.uow, view.ctx, {k: v for k, v in body.items() if v is not None})
    return str(saved["name"])


def rename(view: View, name: str, id: str, *, label: str, shared_with: str) -> None:
    """Give a saved view another name, or share it with others; the rest stays. Raises Invalid, Forbidden, NotFound."""
    before = views.get(view.uow, view.ctx, id)
    if before["entity"] != view.entity(name).name:
        raise not_found()
    if not label:
        raise _nameless()
    was = Text.of(before["label"]).show(view.language) if before.get("label") else ""
    changed = {} if label == was else {"label": {view.language: label}}
    views.save(view.uow, view.ctx, {**before, **changed, "shared_with": shared_with or before["shared_with"]})


def _nameless() -> Invalid:
    return Invalid(Problem("/label", "required", say("A view needs a name.", "视图需要名称。"), say("Type one.", "请输入名称。")))


def _kept(view: View, plan: Plan) -> dict[str, Any]:
    """Return what a view, or the layout asked for, says of its type, by names and without ids: it goes into another document."""
    if plan.settings is not None:
        return dict(plan.settings)
    if plan.document is None:
        return {}
    shown = views.shown_body(view.uow, plan.document)
    return {key: _without_ids(shown[key]) for key in KEPT if key in shown}


def _without_ids(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _without_ids(v) for k, v in value.items() if k != "id"}
    return [_without_ids(v) for v in value] if isinstance(value, list) else value


def _asked(view: View, plan: Plan) -> dict[str, Any]:
    filters = [plan.query.filter] if plan.query.filter else []
    filters += [views.shown_body(view.uow, plan.document)["filter"]] if plan.document is not None and plan.document.body.filter else []
    by_name = {f.name: f for f in ticked_fields(view, plan.entity)}
    filters += [ticked(by_name[n], list(values)) for n, values in plan.query.chosen.items() if n in by_name]
    joined = filters[0] if len(filters) == 1 else " and ".join(f"({one})" for one in filters)
    group = plan.group.column.field.name if plan.group is not None else None
    columns = [_column(c) for c in plan.asked if c.name != "id"]
    return {"columns": columns, "filter": joined or None, "sort": plan.sort, "group_by": group, "colours": shown_colours(plan)}


def shown_colours(plan: Plan) -> list[dict[str, str]]:
    """Return the rules of colours in force as a view document says them."""
    return [{"when": one.when, "colour": one.colour} for one in plan.colours]


def _column(column: ColumnAsked) -> dict[str, Any] | str:
    said = {"width": column.width, "frozen": column.frozen, "total": column.total}
    more = {key: value for key, value in said.items() if value}
    return {"field": column.name, **more} if more else column.name
