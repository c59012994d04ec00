"""Merging records side by side, from ticked rows, from the menu of a record, or from a pair that looks alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from tenon.engine.duplicates.seeing import seen_pair
from tenon.engine.duplicates.telling import reasons_told
from tenon.metamodel.digits import read_whole
from tenon.metamodel.errors import Conflict, Forbidden, Invalid, Stale, TenonError
from tenon.ui.backend import merging
from tenon.ui.backend.base import id_of
from tenon.ui.deps import Member, SentForm, Visit, flash, go, text_of
from tenon.ui.merge_shapes import MergePage
from tenon.ui.pages.apps import words_of
from tenon.ui.render import render

router = APIRouter()
PICKED = "pick."


@router.get("/records/{entity}/merge")
def show_merge(request: Request, visit: Member, entity: str, survivor: str = "") -> Response:
    """Show records side by side: ``ids``, one after the other or several times."""
    ids = _ids(request.query_params.getlist("ids"))
    with visit.read() as view:
        page = merging.merge_page(view, entity, ids, survivor)
    return render(request, "merge.html", page=page, errors=[])


@router.post("/records/{entity}/merge")
def merge_records(request: Request, visit: Member, form: SentForm, entity: str) -> Response:
    """Merge as chosen and show the record that stays, with a way to take it back; what is refused is said over the choice."""
    return _merged(request, visit, form, entity, _ids([str(v) for v in form.getlist("ids")]))


@router.get("/records/{entity}/{id}/merge/others")
def offer_others(request: Request, visit: Member, entity: str, id: str, q: str = "") -> Response:
    """Show records that one may be merged with."""
    with visit.read() as view:
        choices = merging.others(view, entity, id, q[:200])
    return render(request, "options_part.html", choices=choices)


@router.get("/duplicates/{id}")
def show_pair(request: Request, visit: Member, id: str, survivor: str = "") -> Response:
    """Show a pair that looks alike side by side."""
    with visit.read() as view:
        seen = seen_pair(view.uow, view.ctx, id_of(id))
        found = seen.pair
        moved = merging.moved_to(view, found.entity.name, found.first) or merging.moved_to(view, found.entity.name, found.second)
        if moved is not None:
            return go(request, f"/records/{found.entity.name}/{moved[0]}")
        page = merging.merge_page(view, found.entity.name, [found.first, found.second], survivor)
        told = tuple(text.show(view.language) for _, _, text in reasons_told(found.entity, seen.reasons))
    return render(request, "merge.html", page=replace(page, duplicate=found.id, likeness=seen.score, reasons=told), errors=[])


@router.post("/duplicates/{id}/merge")
def merge_pair(request: Request, visit: Member, form: SentForm, id: str) -> Response:
    """Merge a pair as chosen."""
    with visit.read() as view:
        found = seen_pair(view.uow, view.ctx, id_of(id)).pair
        entity, ids = found.entity.name, [found.first, found.second]
    return _merged(request, visit, form, entity, ids, found.id)


def _merged(request: Request, visit: Visit, form: FormData, entity: str, ids: Sequence[str], duplicate: str = "") -> Response:
    survivor = text_of(form, "survivor")
    version = text_of(form, f"version.{survivor}")
    picked = {key.removeprefix(PICKED): str(value) for key, value in form.items() if key.startswith(PICKED)}
    number = read_whole(version)
    try:
        with visit.write() as view:
            staying, title, batch = merging.do_merge(view, entity, ids, survivor, picked, number)
    except (Invalid, Conflict, Forbidden, Stale) as error:
        return _refused(request, visit, entity, ids, survivor, picked, duplicate, error)
    text = visit.say("Merged into %(name)s.") % {"name": title}
    return flash(go(request, f"/records/{entity}/{staying}"), text, f"/records/{entity}/undo/{batch}")


def _refused(
    request: Request, visit: Visit, entity: str, ids: Sequence[str], survivor: str, picked: dict[str, str], duplicate: str, error: TenonError,
) -> Response:  # fmt: skip
    with visit.read() as view:
        page: MergePage = merging.merge_page(view, entity, ids, survivor, picked)
    return render(request, "merge.html", status=error.status, page=replace(page, duplicate=duplicate), errors=words_of(visit, error))


def _ids(sent: Sequence[str]) -> list[str]:
    return [id for text in sent for id in text.split(",") if id]
