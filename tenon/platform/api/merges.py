"""Merging records into one; taking it back is the undo of its batch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from tenon.engine.duplicates.seeing import seen_pair
from tenon.engine.query.pages import get
from tenon.engine.records.merging import merge
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Invalid, Problem, Stale
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity
from tenon.platform import audit
from tenon.platform.api.answers import answer
from tenon.platform.api.bodies import id_of
from tenon.platform.api.calls import Call, ThisCall, record_id
from tenon.platform.api.idempotent import idempotent
from tenon.platform.api.records import etag, find_entity, shown_record, version_of

router = APIRouter()


@router.post("/records/{entity}/{id}/merge")
def merge_records(entity: str, id: str, call: ThisCall) -> Response:
    """Merge records into this one, and return it with the ``batch`` that takes the merge back."""
    call.params(())
    body = call.json_object(("absorb", "choose", "version"))
    absorbed, chosen = _ids(body.get("absorb")), read_choice(body.get("choose"))
    return idempotent(call, lambda: _merge(call, entity, record_id(id), absorbed, chosen, body))


@router.post("/duplicates/{id}/merge")
def merge_pair(id: str, call: ThisCall) -> Response:
    """Merge the two records of a pair; ``survivor`` is the one that stays."""
    call.params(())
    body = call.json_object(("survivor", "choose", "version"))
    survivor, chosen = call.text_of(body, "survivor").lower(), read_choice(body.get("choose"))
    return idempotent(call, lambda: _merge_pair(call, record_id(id), survivor, chosen, body))


def _merge_pair(call: Call, id: str, survivor: str, chosen: Mapping[str, str], body: Mapping[str, Any]) -> Response:
    with call.platform.write() as uow:
        found = seen_pair(uow, call.ctx, id).pair
        if survivor not in (found.first, found.second):
            hint = say("Name one of the two records of the pair.", "请填写该对记录中的一条。")
            raise Invalid(Problem("/survivor", "bad_choice", say("This record is not of the pair.", "该记录不属于此对。"), hint))
        absorbed = found.second if survivor == found.first else found.first
        return merged(call, uow, found.entity, survivor, [absorbed], chosen, version_of(call, body))


def _merge(call: Call, name: str, survivor: str, absorbed: list[str], chosen: Mapping[str, str], body: Mapping[str, Any]) -> Response:
    with call.platform.write() as uow:
        return merged(call, uow, find_entity(uow, name), survivor, absorbed, chosen, version_of(call, body))


def merged(call: Call, uow: UnitOfWork, entity: Entity, survivor: str, absorbed: list[str], chosen: Mapping[str, str], version: int | None) -> Response:
    """Merge and return the surviving record. Raises as `merge`; Stale with the record as it is."""
    try:
        batch = merge(uow, call.ctx, entity, survivor, absorbed, chosen, version=version)
    except Stale as error:
        current = get(uow, call.ctx, entity, survivor)
        raise Stale(error.problems, extra={"record": current}, headers=etag(current)) from None
    audit.write(uow.connection, call.ctx, "records.merge", "batch", batch, {"entity": entity.name, "survivor": survivor, "absorbed": absorbed})
    record = shown_record(uow, call.ctx, entity, survivor, 0)
    return answer({**record, "batch": batch}, headers=etag(record), decimals=call.decimals)


def read_choice(value: Any) -> dict[str, str]:
    """Return whose value wins by field. Raises Invalid."""
    if value is None:
        return {}
    if not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
        hint = say('Such as {"phone": "<id>"}.', '例如 {"phone": "<记录编号>"}。')
        raise Invalid(Problem("/choose", "wrong_type", say("choose says by field the id of the record whose value wins.", "choose 应按字段写明采用哪条记录的值。"), hint))
    return {name: id.lower() for name, id in value.items()}


def _ids(value: Any) -> list[str]:
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        raise Invalid(Problem("/absorb", "wrong_type", say("absorb is a list of ids.", "absorb 应为记录编号列表。")))
    return [id_of(each) for each in value]
