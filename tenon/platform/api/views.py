"""Saved views: personal ones and those of a team, in force at once without a publish."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from tenon.engine import views
from tenon.platform.api.answers import answer, empty
from tenon.platform.api.calls import PREFIX, ThisCall
from tenon.platform.api.idempotent import idempotent
from tenon.platform.api.paging import PAGING, Paging

router = APIRouter(prefix="/views")


@router.get("")
def list_views(call: ThisCall) -> Response:
    """Return the saved views that the caller may use, newest first; ``entity`` narrows them."""
    entity = call.params(("entity", *PAGING)).get("entity")
    ctx = call.ctx
    paging = Paging(call, "views", entity)
    with call.platform.read() as uow:
        return paging.answer(views.list_page(uow, ctx, entity=entity, before=paging.before, limit=paging.fetch))


@router.post("")
def save_view(call: ThisCall) -> Response:
    """Make a view (201), or change the one whose id is in the body (200)."""
    call.params(())
    body = call.json_object()

    def work() -> Response:
        with call.platform.write() as uow:
            saved, is_new = views.save(uow, call.ctx, body)
        return answer(saved, 201 if is_new else 200, headers={"Location": f"{PREFIX}/views/{saved['id']}"} if is_new else {})

    return idempotent(call, work)


@router.get("/{id}")
def get_view(id: str, call: ThisCall) -> Response:
    """Return one saved view, by its id or its name."""
    call.params(())
    with call.platform.read() as uow:
        return answer(views.get(uow, call.ctx, id))


@router.delete("/{id}")
def delete_view(id: str, call: ThisCall) -> Response:
    """Delete a saved view, by its id or its name."""
    call.params(())
    with call.platform.write() as uow:
        views.remove(uow, call.ctx, id)
    return empty()
