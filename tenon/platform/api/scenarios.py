"""Scenarios: living through one, with nothing stored touched."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from tenon.metamodel.errors import not_found
from tenon.metamodel.model import Model
from tenon.platform.api.answers import answer
from tenon.platform.api.calls import ThisCall
from tenon.platform.api.metadata import drafted

router = APIRouter(prefix="/scenarios")


@router.post("/{name}/run")
def run_scenario(name: str, call: ThisCall) -> Response:
    """Live through a scenario of the release, or with ``draft`` of the draft, and return how each step went."""
    wants_draft = call.params(("draft",)).get("draft") == "true"
    call.builder()
    call.json_object(())
    with call.platform.read() as uow:
        model: Model = drafted(uow) if wants_draft else uow.model
    document = model.find("scenario", name)
    if document is None:
        raise not_found()
    (outcome,) = call.platform.scenarios.run(model, [document])
    return answer(outcome.to_json(call.language), decimals=call.decimals)
