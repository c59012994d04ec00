"""What opens beside a list: its panels, more rows, totals; and saving the view."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from tenon.engine import views
from tenon.metamodel.errors import TenonError
from tenon.ui.backend import conditions, grouping, lists, saved_views
from tenon.ui.deps import Member, SentForm, Visit, flash, go, text_of
from tenon.ui.listing import Addresses, read_query
from tenon.ui.render import render

router = APIRouter()
PANELS = ("filter", "sort", "columns", "group", "colours", "save", "rename")


@router.get("/records/{entity}/panel/{name}")
def panel(request: Request, visit: Member, entity: str, name: str) -> Response:
    """Show a panel of the bar for the address of a list."""
    query = read_query(request.query_params)
    with visit.read() as view:
        page = lists.list_page(view, entity, query, is_shell=True)
        within = lists.ask_beside_filter(view, entity, query) if name in ("filter", "colours") else None
        builder = conditions.builder_of(view, entity, query.filter if name == "filter" else "", within) if within is not None else None
        rules = [(one, conditions.value_in_words(view, view.entity(entity), one.when, is_truth=True)) for one in page.colours] if name == "colours" else []
        totals = grouping.total_offers(lists.plan_list(view, view.entity(entity), query)) if name == "columns" else {}
        team = view.ctx.user is not None and view.ctx.user.unit is not None
    template, to = f"panels/{name}.html" if name in PANELS else "panels/columns.html", Addresses(f"/records/{entity}", query)
    return render(request, template, page=page, query=query, to=to, builder=builder, rules=rules, totals=totals, has_team=team, errors=(), label="", shared_with="")


@router.get("/records/{entity}/rows")
def more_rows(request: Request, visit: Member, entity: str) -> Response:
    """Show the rows of another page, to be put below those that are there."""
    query = read_query(request.query_params)
    with visit.read() as view:
        page = lists.list_page(view, entity, query)
    return render(request, "rows_part.html", page=page, query=query, to=Addresses(f"/records/{entity}", query))


@router.get("/records/{entity}/sums")
def sums(request: Request, visit: Member, entity: str) -> Response:
    """Show the row of totals of everything that the address matches."""
    query = read_query(request.query_params)
    with visit.read() as view:
        page = lists.list_page(view, entity, query, is_shell=True)
        plan = lists.plan_list(view, view.entity(entity), query)
        count, totals = grouping.totals(plan, plan.ask())
    return render(request, "sums_part.html", page=page, count=count, totals=totals)


@router.post("/records/{entity}/views")
def save_view(request: Request, visit: Member, form: SentForm, entity: str) -> Response:
    """Save what the address asks for as a view: over the one that is open (``over``), or as a new one."""
    query = read_query(request.query_params)
    asked: dict[str, Any] = {key: text_of(form, key) for key in ("label", "shared_with", "over", "type")}
    try:
        with visit.write() as view:
            name = saved_views.save(view, entity, query, **asked)
    except TenonError as error:
        return _not_saved(request, visit, entity, "save", error, asked)
    return flash(go(request, f"/records/{entity}?view={name}"), visit.say("The view was saved."))


@router.post("/records/{entity}/views/{id}")
def rename_view(request: Request, visit: Member, form: SentForm, entity: str, id: str) -> Response:
    """Give a saved view another name, or share it with others."""
    query = read_query(request.query_params)
    asked = {key: text_of(form, key) for key in ("label", "shared_with")}
    try:
        with visit.write() as view:
            saved_views.rename(view, entity, id, **asked)
    except TenonError as error:
        return _not_saved(request, visit, entity, "rename", error, asked)
    return flash(go(request, Addresses(f"/records/{entity}", query).here()), visit.say("The view was saved."))


def _not_saved(request: Request, visit: Visit, entity: str, panel: str, error: TenonError, asked: Mapping[str, Any]) -> Response:
    """Show a panel again with what was typed and why the view was not saved."""
    query = read_query(request.query_params)
    texts = [text.show(visit.language) for p in error.problems for text in (p.message, p.hint) if text]
    with visit.read() as view:
        page = lists.list_page(view, entity, query, is_shell=True)
        team = view.ctx.user is not None and view.ctx.user.unit is not None
    values: dict[str, Any] = {"page": page, "query": query, "to": Addresses(f"/records/{entity}", query), "errors": texts, "has_team": team}
    return render(request, f"panels/{panel}.html", status=error.status, label=asked["label"], shared_with=asked["shared_with"], **values)


@router.post("/records/{entity}/views/{id}/delete")
def delete_view(request: Request, visit: Member, form: SentForm, entity: str, id: str) -> Response:
    """Delete a saved view."""
    with visit.write() as view:
        views.remove(view.uow, view.ctx, id)
    return flash(go(request, f"/records/{entity}"), visit.say("The view was deleted."))
