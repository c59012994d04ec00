"""What people do with alerts: take one up, put it off, close it."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter
from starlette.responses import Response

from tenon.engine.alerts import verbs
from tenon.engine.alerts.finding import alert_entity
from tenon.engine.query.pages import get
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import not_found
from tenon.platform.api.answers import answer
from tenon.platform.api.calls import Call, ThisCall, record_id

router = APIRouter(prefix="/records/alert")


@router.post("/{id}/acknowledge")
def acknowledge_alert(id: str, call: ThisCall) -> Response:
    """Note that who calls has taken an alert up."""
    call.json_object(())
    return _done(call, id, lambda uow, ids: verbs.acknowledge(uow, call.ctx, ids))


@router.post("/{id}/snooze")
def snooze_alert(id: str, call: ThisCall) -> Response:
    """Put an alert off until a day, for a reason."""
    body = call.json_object(("until", "reason"))
    return _done(call, id, lambda uow, ids: verbs.snooze(uow, call.ctx, ids, body.get("until"), body.get("reason")))


@router.post("/{id}/close")
def close_alert(id: str, call: ThisCall) -> Response:
    """Close an alert with what became of it and what it came from."""
    body = call.json_object(("outcome", "cause"))
    return _done(call, id, lambda uow, ids: verbs.close(uow, call.ctx, ids, body.get("outcome"), body.get("cause")))


def _done(call: Call, id: str, do: Callable[[UnitOfWork, list[str]], object]) -> Response:
    """Do something with an alert that the caller sees and return it as it is then."""
    call.params(())
    with call.platform.write() as uow:
        alert, found = alert_entity(uow.model), record_id(id)
        if alert is None:
            raise not_found()
        do(uow, [found])
        record = get(uow, call.ctx, alert, found)
    return answer(record, headers={"ETag": f'"{record["version"]}"'}, decimals=call.decimals)
