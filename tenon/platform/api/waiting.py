"""What waits for a record that nobody knows: its keys, and what is decided of them; for administrators."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from tenon.engine.jobs import get as get_job, job_json
from tenon.engine.jobs.table import show_problem
from tenon.engine.unit_of_work import UnitOfWork
from tenon.engine.waiting.keys import Key, cursor_of, list_keys, read_cursor
from tenon.engine.waiting.table import ANY_KEY, BY_LINK, Wanted, folded
from tenon.metamodel.errors import not_found
from tenon.platform import waiting_data
from tenon.platform.api.answers import answer
from tenon.platform.api.bodies import Members, id_of
from tenon.platform.api.calls import PREFIX, Call, ThisCall

router = APIRouter(prefix="/waiting")
KEY = ("entity", "by", "field", "system", "key")
FIELD = "field"


@router.get("")
def list_waiting(call: ThisCall) -> Response:
    """Return keys for which something waits."""
    params = call.params(("limit", "after"))
    call.admin()
    limit = call.number("limit", 50, 1, 500)
    after = read_cursor(params.get("after"))
    with call.platform.read() as uow:
        keys = list_keys(uow, limit + 1, after)
        shown = [_key_json(uow, call, key) for key in keys[:limit]]
    return answer({"waiting": shown, "next": cursor_of(keys[limit - 1].wanted) if len(keys) > limit else None})


@router.post("/choose")
def choose_record(call: ThisCall) -> Response:
    """Say which record a key stands for; a job writes what waited."""
    call.params(())
    ctx, body = call.admin(), call.json_object((*KEY, "record"))
    members = Members(body)
    record = members.text("record", limit=36)
    members.require("record")
    members.check()
    with call.platform.write() as uow:
        wanted = _wanted(uow, body)
        job = waiting_data.choose(call.platform, uow, ctx, wanted, id_of(str(record)))
        shown = job_json(get_job(uow.connection, job), call.language)
    return answer(shown, 202, headers={"Location": f"{PREFIX}/jobs/{job}"})


@router.post("/discard")
def discard_key(call: ThisCall) -> Response:
    """Forget what waits for a key."""
    call.params(())
    ctx, body = call.admin(), call.json_object(KEY)
    with call.platform.write() as uow:
        wanted = _wanted(uow, body)
        count = waiting_data.discard(uow, ctx, wanted)
    return answer({"discarded": count})


def _wanted(uow: UnitOfWork, body: Mapping[str, Any]) -> Wanted:
    """Return the key a body names. Raises Invalid, NotFound."""
    members = Members(body)
    texts = {name: members.text(name, nullable=name in ("field", "system"), limit=200) for name in KEY}
    members.require("entity", "by", "key", *([FIELD] if body.get("by") == FIELD else []))
    members.check()
    entity = uow.model.find_entity(str(texts["entity"]))
    by = texts["by"]
    if entity is None or by not in (ANY_KEY, BY_LINK, FIELD):
        raise not_found()
    if by == FIELD:
        field = entity.fields.get(str(texts["field"]))
        if field is None:
            raise not_found()
        by = field.id
    return Wanted(entity.id, str(by), texts["system"] or "", folded(str(texts["key"])) if by == ANY_KEY else str(texts["key"]))


def _key_json(uow: UnitOfWork, call: Call, key: Key) -> dict[str, Any]:
    entity = uow.model.find_entity(key.wanted.entity)
    field = entity.fields_by_id.get(key.wanted.by) if entity is not None else None
    return {
        "entity": entity.name if entity is not None else None, "by": key.wanted.by if key.wanted.by in (ANY_KEY, BY_LINK) else FIELD, "field": field.name if field is not None else None,
        "system": key.wanted.system or None, "key": key.wanted.key, "count": key.count, "first_at": key.first, "last_at": key.last, "kinds": list(key.kinds),
        "errors": [show_problem(p, call.language) for p in key.problems or ()],
    }  # fmt: skip
