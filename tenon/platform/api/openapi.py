"""The description of this very API, with the entities that the caller may see."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.responses import Response

from tenon.engine.access.rights import rights_of
from tenon.platform.api.answers import answer
from tenon.platform.api.calls import PREFIX, ThisCall
from tenon.platform.openapi import describe

router = APIRouter()


@router.get("/openapi.json")
def get_description(call: ThisCall) -> Response:
    """Return the OpenAPI document in the caller's language and rights."""
    call.params(())
    routes = [(m, r.path) for r in call.request.app.routes if isinstance(r, APIRoute) for m in r.methods or ()]
    with call.platform.read() as uow:
        found = describe(uow.model, rights_of(uow.model, call.ctx), call.language, call.platform.settings.base_url, routes, PREFIX)
    return answer(found)
