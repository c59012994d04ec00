"""Beginning a playbook for a record or an alert."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from tenon.engine.playbooks.by_hand import begin
from tenon.platform.api.answers import answer
from tenon.platform.api.calls import ThisCall, record_id
from tenon.platform.api.idempotent import idempotent
from tenon.platform.api.records import find_entity

router = APIRouter()


@router.post("/playbooks/{name}/start")
def start_playbook(name: str, call: ThisCall) -> Response:
    """Make the tasks of a playbook; open ones of another that began for the same go to the trash."""
    call.params(())
    body = call.json_object(("entity", "record"))
    entity, record = call.text_of(body, "entity"), record_id(call.text_of(body, "record"))

    def work() -> Response:
        with call.platform.write() as uow:
            tasks = begin(uow, call.ctx, name, find_entity(uow, entity), record)
        return answer({"playbook": name, "tasks": tasks})

    return idempotent(call, work)
