"""Why somebody can, or cannot, see or do something."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.labels import say
from tenon.platform import explanations
from tenon.platform.api.answers import answer
from tenon.platform.api.bodies import id_of
from tenon.platform.api.calls import ThisCall

router = APIRouter(prefix="/access")


@router.get("/explain")
def explain(call: ThisCall) -> Response:
    """Return for each action, and for a field, whether it is allowed and by which grant; of others only to administrators."""
    params = call.params(("user", "entity", "id", "field"))
    ctx = call.ctx
    if "entity" not in params:
        raise Invalid(Problem("/entity", "required", say("entity is missing.", "缺少 entity。"), say("Name the entity.", "请指定对象。")))
    asked = id_of(params["user"]) if "user" in params else None
    record = id_of(params["id"]) if "id" in params else None
    with call.platform.read() as uow:
        body = explanations.explain(uow, ctx, params["entity"], user_id=asked, record=record, field_name=params.get("field"))
    return answer(body)
