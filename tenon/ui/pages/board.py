"""Boards: moving a card to another lane, adding one to a lane."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import Response

from tenon.metamodel.digits import read_whole
from tenon.metamodel.errors import Conflict, Forbidden, Invalid, NotFound, Stale, TenonError
from tenon.ui.backend import boards, lists, moving
from tenon.ui.backend.base import View, id_of
from tenon.ui.deps import Member, SentForm, flash, go, text_of
from tenon.ui.list_shapes import ListQuery
from tenon.ui.listing import Addresses, read_query, show_list
from tenon.ui.render import is_fragment, render
from tenon.ui.work import FormField

router = APIRouter()
OWN = frozenset({"csrf", "value", "version", "after"})


@router.post("/records/{entity}/{id}/move")
def move_record(request: Request, visit: Member, form: SentForm, entity: str, id: str) -> Response:
    """Move a card to another lane; the answer holds the card and the heads of the lanes, or why it did not go."""
    query, version, value = read_query(request.query_params), text_of(form, "version"), text_of(form, "value")
    sent = {key: [v for v in form.getlist(key) if isinstance(v, str)] for key in form if key not in OWN and not key.endswith(".shown")}
    more: dict[str, Any] = {key: values if len(values) > 1 else "".join(values) for key, values in sent.items()}
    try:
        number = read_whole(version)
        with visit.write() as view:
            others_moved = moving.move(view, query, entity, id, value, number, more, text_of(form, "after") if "after" in form else None)
    except (Invalid, Conflict, Stale, Forbidden) as error:
        return _refused(request, visit, entity, id, query, value, error, more)
    if not is_fragment(request):
        return go(request, Addresses(f"/records/{entity}", query).here())
    return _moved(request, visit, entity, id, query, others_moved=others_moved)


@router.post("/records/{entity}/quick")
def add_card(request: Request, visit: Member, form: SentForm, entity: str) -> Response:
    """Add a card with a title to a lane; what needs more than a title goes on in the full form."""
    query, lane, title = read_query(request.query_params), text_of(form, "lane"), text_of(form, "title")
    try:
        with visit.write() as view:
            made = moving.add(view, query, entity, lane, title)
    except (Invalid, Conflict):
        with visit.read() as view:
            given = _given(view, entity, query, lane, title)
        return go(request, f"/records/{entity}/new?{urlencode(given)}")
    if is_fragment(request):
        return _moved(request, visit, entity, made.id, query)
    return flash(go(request, Addresses(f"/records/{entity}", query).here()), visit.say("Created."))


def _given(view: View, entity: str, query: ListQuery, lane: str, title: str) -> dict[str, str]:
    plan = lists.plan_list(view, view.entity(entity), query)
    by = boards.lane_column(view, plan.entity, plan.document) if plan.document is not None else None
    return {plan.entity.title or "": title, **({by.field.name: lane} if by is not None else {})}


def _moved(request: Request, visit: Member, entity: str, id: str, query: ListQuery, *, others_moved: bool = False) -> Response:
    with visit.read() as view:
        plan = lists.plan_list(view, view.entity(entity), query)
        board, card = boards.board_of(plan, plan.ask(), with_cards=False), boards.card_of(plan, plan.ask(), id_of(id))
        lane = moving.lane_of(view, query, entity, id)
    to = Addresses(f"/records/{entity}", query)
    return render(request, "board_moved_part.html", entity=entity, board=board, to=to, one=card, lane=lane, others_moved=others_moved)


def _refused(
    request: Request, visit: Member, entity: str, id: str, query: ListQuery, value: str, error: TenonError, typed: dict[str, Any],
) -> Response:
    texts = [text.show(visit.language) for p in error.problems for text in (p.message, p.hint) if text]
    if not is_fragment(request):
        return show_list(request, visit, entity, query, refused=texts, status=error.status)
    asked: tuple[FormField, ...] = ()
    if isinstance(error, Invalid):
        try:
            with visit.read() as view:
                asked = moving.asked_fields(view, query, entity, id, value, error.problems, typed)
        except (NotFound, Forbidden):
            asked = ()
    told = bool(typed) or any(p.code != "required" for p in error.problems)
    return render(request, "board_refused_part.html", status=error.status, entity=entity, asked=asked, refused=texts, is_told=told)
