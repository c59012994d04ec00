"""Following records: what happens to them becomes notices of the caller."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from tenon.engine.notices import watching
from tenon.metamodel.errors import not_found
from tenon.platform.api.answers import answer, empty
from tenon.platform.api.calls import ThisCall, record_id
from tenon.platform.api.paging import PAGING, Paging
from tenon.platform.api.records import find_entity

router = APIRouter()
FOLLOW = "/records/{entity}/{id}/follow"


@router.get("/following")
def list_followed(call: ThisCall) -> Response:
    """Return the records that the caller follows and may read, newest records first."""
    call.params(PAGING)
    paging = Paging(call, "following")
    with call.platform.read() as uow:
        rows = watching.followed(uow, call.ctx, before=paging.before, limit=paging.fetch)
        shown = watching.show_followed(uow, call.ctx, rows[: paging.limit])
    return answer({"following": shown, "next": paging.next(rows)})


@router.get(FOLLOW)
def is_followed(entity: str, id: str, call: ThisCall) -> Response:
    """Return whether the caller follows a record."""
    call.params(())
    with call.platform.read() as uow:
        return answer({"following": watching.follows(uow, call.ctx, find_entity(uow, entity), record_id(id))})


@router.post(FOLLOW)
def follow_record(entity: str, id: str, call: ThisCall) -> Response:
    """Follow a record; following one that is followed changes nothing."""
    call.params(())
    if call.ctx.user_id is None:
        raise not_found()
    with call.platform.write() as uow:
        watching.follow(uow, call.ctx, find_entity(uow, entity), record_id(id))
    return answer({"following": True})


@router.delete(FOLLOW)
def unfollow_record(entity: str, id: str, call: ThisCall) -> Response:
    """Follow a record no longer."""
    call.params(())
    with call.platform.write() as uow:
        find_entity(uow, entity)
        watching.unfollow(uow, call.ctx, record_id(id))
    return empty()
