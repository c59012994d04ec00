"""The audit, for administrators."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from tenon.platform import audit
from tenon.platform.api.bodies import moment_of
from tenon.platform.api.calls import ThisCall
from tenon.platform.api.paging import PAGING, Paging

router = APIRouter(prefix="/audit")
FILTERS = ("action", "kind", "target", "user", "since", "until")


@router.get("")
def list_audit(call: ThisCall) -> Response:
    """Return who did what, newest first."""
    params = call.params((*FILTERS, *PAGING))
    call.admin()
    paging = Paging(call, "audit", [params.get(name) for name in FILTERS], kind=int)
    with call.platform.read() as uow:
        found = audit.page(
            uow.connection, before=paging.before, limit=paging.fetch, action=params.get("action"), kind=params.get("kind"),
            target=params.get("target"), user_id=params.get("user"), since=moment_of(call, params.get("since"), "/since"),
            until=moment_of(call, params.get("until"), "/until"),
        )
    return paging.answer(found, key="seq")
