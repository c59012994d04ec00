"""What goes out of the workspace: the queue, and having failed deliveries tried again; for administrators."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from tenon.engine import outbox
from tenon.engine.outbox import STATES, delivery_json
from tenon.platform import audit
from tenon.platform.api.answers import answer
from tenon.platform.api.bodies import id_of, one_of
from tenon.platform.api.calls import ThisCall
from tenon.platform.api.paging import PAGING, Paging

router = APIRouter(prefix="/deliveries")
FILTERS = ("state", "channel", "endpoint", "kind", "record")
NARROWED = ("channel", "endpoint", "kind")


@router.get("")
def list_deliveries(call: ThisCall) -> Response:
    """Return deliveries, newest first."""
    params = call.params((*FILTERS, *PAGING))
    call.admin()
    state = one_of(params.get("state"), "state", STATES)
    narrowed = {name: params.get(name) for name in FILTERS[1:]}
    paging = Paging(call, "deliveries", state, *narrowed.values())
    with call.platform.read() as uow:
        found = outbox.list_page(uow.connection, states=[state] if state else (), **narrowed, before=paging.before, limit=paging.fetch)
    return paging.answer(found, show=lambda row: delivery_json(row, call.language))


@router.get("/{id}")
def get_delivery(id: str, call: ThisCall) -> Response:
    """Return one delivery."""
    call.params(())
    call.admin()
    with call.platform.read() as uow:
        return answer(delivery_json(outbox.get(uow.connection, id_of(id)), call.language))


@router.post("/replay")
def replay_deliveries(call: ThisCall) -> Response:
    """Have every dead letter tried again, those of a channel, endpoint or kind if named."""
    call.params(())
    call.admin()
    body = call.json_object(NARROWED)
    narrowed = {name: call.text_of(body, name) for name in NARROWED if body.get(name) is not None}
    with call.platform.write() as uow:
        count = outbox.replay_all(uow.connection, **narrowed)
        audit.write(uow.connection, call.ctx, "delivery.replay_all", "delivery", None, {**narrowed, "count": count})
        uow.after_commit.append(call.platform.wake)
    return answer({"count": count})


@router.post("/{id}/replay")
def replay_delivery(id: str, call: ThisCall) -> Response:
    """Have a dead delivery tried anew, a failed one at once, under the same id."""
    call.params(())
    call.admin()
    call.json_object(())
    with call.platform.write() as uow:
        row = outbox.replay(uow.connection, id_of(id))
        audit.write(uow.connection, call.ctx, "delivery.replay", "delivery", row["id"], {"title": row["title"]})
        uow.after_commit.append(call.platform.wake)
    return answer(delivery_json(row, call.language))
