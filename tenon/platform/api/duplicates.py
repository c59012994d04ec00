"""Records that may be the same: the queue of an entity, what a record that is still being written looks like, and deciding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from tenon.engine.access.rights import rights_of
from tenon.engine.context import Context
from tenon.engine.duplicates.deciding import dismiss, take_back
from tenon.engine.duplicates.foretelling import look_alike
from tenon.engine.duplicates.pairs import STATES
from tenon.engine.duplicates.seeing import SeenPair, is_place, pairs_page
from tenon.engine.duplicates.telling import reasons_told
from tenon.engine.notices.telling import titles
from tenon.engine.people import names_of
from tenon.engine.records.cleaning import clean_rows
from tenon.engine.records.row import Row
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Invalid, Malformed, Problem
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity
from tenon.platform.api.answers import answer
from tenon.platform.api.bodies import one_of
from tenon.platform.api.calls import ThisCall, record_id
from tenon.platform.api.paging import PAGING, Paging
from tenon.platform.api.records import find_entity

router = APIRouter(prefix="/duplicates")


@router.get("/{entity}")
def list_duplicates(entity: str, call: ThisCall) -> Response:
    """Return the pairs of an entity, both records readable; ``state`` open (unless said otherwise), merged or dismissed."""
    params = call.params(("state", *PAGING))
    state = one_of(params.get("state"), "state", STATES) or "open"
    paging = Paging(call, "duplicates", call.ctx.user_id, entity, state)
    with call.platform.read() as uow:
        found = find_entity(uow, entity)
        pairs = pairs_page(uow, call.ctx, found, state=state, after=_place(paging.before), limit=paging.fetch)  # type: ignore[arg-type]
        shown = shown_pairs(uow, call.ctx, found, pairs[: paging.limit])
    return answer({"duplicates": shown, "next": paging.next([{"id": each.place} for each in pairs])}, decimals=call.decimals)


def _place(cursor: str | None) -> str | None:
    if cursor is not None and not is_place(cursor):
        message = say("This cursor does not belong to this list.", "该游标不属于此列表。")
        raise Malformed(Problem("/after", "bad_cursor", message, say("Start again from the first page.", "请从第一页重新开始。")))
    return cursor


@router.post("/{entity}/alike")
def find_alike(entity: str, call: ThisCall) -> Response:
    """Return the records most like the values of one that is still being written; nothing is written."""
    call.params(())
    body = call.json_object(("values",))
    values = body.get("values")
    if not isinstance(values, dict):
        raise Invalid(Problem("/values", "wrong_type", say("values is an object.", "values 应为 JSON 对象。")))
    with call.platform.read() as uow:
        found = find_entity(uow, entity)
        rights = rights_of(uow.model, call.ctx)
        rights.require(found, "create")
        row = Row(0, values, path="/values")
        clean_rows(uow, rights, found, [row])
        if row.problems:
            raise Invalid(row.problems)
        alike = look_alike(uow, call.ctx, found, row.values)
        names = titles(uow, call.ctx, found, [each.record for each in alike])
        told = [
            {"record": {"id": each.record, "title": names.get(each.record)}, "score": each.score, "reasons": shown_reasons(found, each.reasons, call.language)}
            for each in alike
        ]
    return answer({"alike": told}, decimals=call.decimals)


@router.post("/{id}/dismiss")
def dismiss_pair(id: str, call: ThisCall) -> Response:
    """Say that two records are not the same: the pair leaves the queue and does not come back by itself."""
    call.params(())
    call.json_object(())
    with call.platform.write() as uow:
        return _one(uow, call.ctx, dismiss(uow, call.ctx, record_id(id)), decimals=call.decimals)


@router.post("/{id}/reopen")
def reopen_pair(id: str, call: ThisCall) -> Response:
    """Put a pair that was dismissed back into the queue."""
    call.params(())
    call.json_object(())
    with call.platform.write() as uow:
        return _one(uow, call.ctx, take_back(uow, call.ctx, record_id(id)), decimals=call.decimals)


def _one(uow: UnitOfWork, ctx: Context, pair: SeenPair, *, decimals: Any) -> Response:
    return answer(shown_pairs(uow, ctx, pair.pair.entity, [pair])[0], decimals=decimals)


def shown_pairs(uow: UnitOfWork, ctx: Context, entity: Entity, pairs: Sequence[SeenPair]) -> list[dict[str, Any]]:
    """Return pairs as JSON."""
    names = titles(uow, ctx, entity, {record for each in pairs for record in (each.pair.first, each.pair.second)})
    people = names_of(uow.connection, {each.pair.decided_by for each in pairs if each.pair.decided_by})
    return [_shown(uow, ctx, entity, each, names, people) for each in pairs]


def _shown(uow: UnitOfWork, ctx: Context, entity: Entity, each: SeenPair, names: Mapping[str, str], people: Mapping[str, str]) -> dict[str, Any]:
    kept = each.pair
    document = uow.model.documents.get(kept.matching)
    return {
        "id": kept.id, "entity": entity.name, "first": {"id": kept.first, "title": names.get(kept.first)}, "second": {"id": kept.second, "title": names.get(kept.second)},
        "score": each.score, "reasons": shown_reasons(entity, each.reasons, ctx.language), "matching": document.name if document is not None else None,
        "state": kept.state, "found_at": kept.found_at, "decided_at": kept.decided_at,
        "decided_by": {"id": kept.decided_by, "title": people.get(kept.decided_by)} if kept.decided_by else None,
    }  # fmt: skip


def shown_reasons(entity: Entity, reasons: Sequence[dict[str, Any]], language: str) -> list[dict[str, Any]]:
    """Return the reasons of a pair as JSON, each with the sentence that people read."""
    told = reasons_told(entity, reasons)
    return [
        {"field": field.name, "by": each["by"], "likeness": each["likeness"], "value": each["value"], "text": text.show(language)}
        for each, field, text in told
    ]
