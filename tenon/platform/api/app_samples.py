"""The sample records of apps: counted, removed with that count, and brought back."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from tenon.engine.apps.sample_removal import sample_records
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.labels import say
from tenon.platform import samples
from tenon.platform.api.answers import answer
from tenon.platform.api.calls import ThisCall
from tenon.platform.api.records import written

router = APIRouter(prefix="/apps/{name}/samples")
MOST_EDITED = 100


@router.get("")
def show_samples(name: str, call: ThisCall) -> Response:
    """Return how many sample records an app has, which of them people changed, and what removing them meets."""
    call.params(())
    ctx, language = call.builder(), call.language
    with call.platform.read() as uow:
        found = sample_records(uow, ctx, name)
    return answer({
        "app": name, "records": found.total, "entities": [{"entity": e.name, "label": e.plural.show(language), "records": n} for e, n in found.counts],
        "edited": [{"entity": e.name, "id": id} for e, id in found.edited[:MOST_EDITED]], "edited_records": len(found.edited),
        "along": [{"entity": e.name, "label": e.plural.show(language), "records": n} for e, n in found.along], "own": found.own,
        "cleared": found.cleared, "held": [p.to_json(language) for p in found.held], "in_trash": found.trashed,
    })  # fmt: skip


@router.delete("")
def delete_samples(name: str, call: ThisCall) -> Response:
    """Move the sample records of an app to the trash, also those that people changed; the number has to be as expected."""
    if "expect" not in call.params(("expect",)):
        message = say("Say how many records you expect: expect=120.", "请说明预期的记录数：expect=120。")
        raise Invalid(Problem("/expect", "required", message, say("GET the same address for the count.", "请先 GET 同一地址查询数量。")))
    return written(call, samples.remove(call.platform, call.builder(), name, call.number("expect", 0, 0, 10**9)))


@router.post("/restore")
def bring_back(name: str, call: ThisCall) -> Response:
    """Bring back what the latest removal of an app's sample records moved to the trash."""
    call.params(())
    call.json_object(())
    return written(call, samples.restore(call.platform, call.builder(), name))
