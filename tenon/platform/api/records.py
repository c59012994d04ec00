"""Records: lists, one record, single and bulk writes, the trash, history."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from tenon.engine.context import Context
from tenon.engine.jobs.queue import get as get_job
from tenon.engine.jobs.table import job_json
from tenon.engine.query.pages import Ask, get, page
from tenon.engine.records import large, writing
from tenon.engine.records.histories import show_entries, told_page
from tenon.engine.records.merges import survivor_of
from tenon.engine.records.row import Row
from tenon.engine.timeline.stream import timeline
from tenon.engine.unit_of_work import UnitOfWork
from tenon.engine.views import find_view
from tenon.metamodel.digits import read_whole
from tenon.metamodel.errors import Invalid, Malformed, NotFound, Problem, Stale, not_found
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity
from tenon.platform import audit
from tenon.platform.api.answers import answer, empty
from tenon.platform.api.bodies import id_of
from tenon.platform.api.calls import Call, ThisCall, record_id
from tenon.platform.api.idempotent import idempotent

router = APIRouter(prefix="/records")
LIST = ("filter", "sort", "fields", "limit", "after", "count", "search", "view", "deleted")
MAX_BULK = 1_000
BULK_KEYS = ("records", "match_on", "mode", "on_error")


@router.get("/{entity}")
def list_records(entity: str, call: ThisCall) -> Response:
    """Return a page of records."""
    params = call.params(LIST)
    with call.platform.read() as uow:
        ctx = call.ctx
        found = find_entity(uow, entity)
        asked = read_ask(uow, call, found, params)
        result = page(uow, ctx, found, asked)
    body: dict[str, Any] = {"records": result.records, "next": result.next}
    if result.count is not None:
        body["count"] = result.count
        if result.is_capped:
            body["count_capped"] = True
    return answer(body, decimals=call.decimals)


@router.post("/{entity}")
def create_records(entity: str, call: ThisCall) -> Response:
    """Create one record (201), or write many (200)."""
    fields = _listed(call.params(("fields",)).get("fields"))
    body = call.json()
    if not isinstance(body, dict):
        raise Invalid(Problem("", "wrong_type", say("Send an object, or {\"records\": [...]}.", "请发送 JSON 对象，或 {\"records\": [...]}。")))
    return idempotent(call, lambda: _bulk(entity, call, body) if _is_bulk(body) else _create(entity, call, body, fields))


def _is_bulk(body: Mapping[str, Any]) -> bool:
    """True for ``{"records": [...]}`` with nothing beside it but how to write them."""
    return isinstance(body.get("records"), list) and set(body) <= set(BULK_KEYS)


def _create(entity: str, call: Call, body: Mapping[str, Any], fields: list[str] | None) -> Response:
    with call.platform.write() as uow:
        found = find_entity(uow, entity)
        item_id = writing.create(uow, call.ctx, found, body)
        record = shown_record(uow, call.ctx, found, item_id, 1, fields)
    return answer(record, 201, headers={"Location": f"/api/v1/records/{found.name}/{item_id}", **etag(record)}, decimals=call.decimals)


def shown_record(uow: UnitOfWork, ctx: Context, entity: Entity, item_id: str, version: int, fields: list[str] | None = None) -> dict[str, Any]:
    """Return a record that was just written; its id and version alone when the writer may not read it."""
    try:
        record = get(uow, ctx, entity, item_id, fields)
    except NotFound:
        record = {"id": item_id, "version": version}
    return {**record, **_pending(uow, ctx)}


def _pending(uow: UnitOfWork, ctx: Context) -> dict[str, Any]:
    """Return the job that computes what a write touched, when that was too much for one call."""
    job = large.name_pending(uow, ctx)
    return {"pending": job} if job is not None else {}


def _bulk(entity: str, call: Call, body: dict[str, Any]) -> Response:
    records, mode, on_error, match_on = read_bulk(body)
    with call.platform.write() as uow:
        found = find_entity(uow, entity)
        rows = writing.write_many(uow, call.ctx, found, records, mode=mode, match_on=match_on, on_error=on_error)
        pending = _pending(uow, call.ctx)
    return answer(bulk_answer(rows, call.language) | pending, decimals=call.decimals)


def read_bulk(body: dict[str, Any]) -> tuple[list[dict[str, Any]], Any, Any, list[str]]:
    """Return records, mode, on_error and match_on of a bulk body. Raises Invalid."""
    records, mode, on_error, match_on = body["records"], body.get("mode", "create"), body.get("on_error", "stop"), body.get("match_on") or []
    if len(records) > MAX_BULK:
        message = say("At most {n} records a call.", "每次最多 {n} 条记录。", n=MAX_BULK)
        raise Invalid(Problem("/records", "too_long", message, say("Send them in parts, or as an import.", "请分批发送，或使用导入。")))
    if mode not in ("create", "update", "upsert"):
        raise Invalid(Problem("/mode", "bad_choice", say("mode is create, update or upsert.", "mode 只能是 create、update 或 upsert。")))
    if on_error not in ("stop", "skip"):
        raise Invalid(Problem("/on_error", "bad_choice", say("on_error is stop or skip.", "on_error 只能是 stop 或 skip。")))
    if not isinstance(match_on, list) or not all(isinstance(m, str) for m in match_on):
        raise Invalid(Problem("/match_on", "wrong_type", say("match_on is a list of field names.", "match_on 应为字段名列表。")))
    for index, record in enumerate(records):
        if not isinstance(record, dict):
            raise Invalid(Problem(f"/records/{index}", "wrong_type", say("A record is an object.", "记录应为 JSON 对象。")))
    return records, mode, on_error, match_on


def bulk_answer(rows: list[Row], language: str) -> dict[str, Any]:
    """Return the answer of a bulk write."""
    names = {"create": "created", "update": "updated", "skip": "skipped"}
    counts = dict.fromkeys(("created", "updated", "skipped", "refused"), 0)
    results = []
    for row in rows:
        action = names[row.action] if row.is_good else "refused"
        counts[action] += 1
        errors = [p.to_json(language) for p in row.problems]
        results.append({"index": row.index, "id": row.id if row.is_good else None, "action": action, "errors": errors})
    return {**counts, "results": results}


@router.patch("/{entity}")
def change_matching(entity: str, call: ThisCall) -> Response:
    """Change every record that matches a filter; the number has to be as expected."""
    condition, expected = _mass(call)
    body = call.json_object(("set",))
    values = body.get("set")
    if not isinstance(values, dict) or not values:
        raise Invalid(Problem("/set", "required", say("Say what to set.", "请说明要设置的内容。"), say('Such as {"set": {"stage": "active"}}.', '例如 {"set": {"stage": "active"}}。')))
    return written(call, large.change_matching(_doors(call), call.ctx, entity, condition, values, expected))


@router.delete("/{entity}")
def delete_matching(entity: str, call: ThisCall) -> Response:
    """Move every record that matches a filter to the trash; the number has to be as expected."""
    condition, expected = _mass(call)
    return written(call, large.delete_matching(_doors(call), call.ctx, entity, condition, expected))


@router.post("/{entity}/undo")
def undo_matching(entity: str, call: ThisCall) -> Response:
    """Take back what one call changed or deleted by a filter; what somebody changed since keeps its value."""
    call.params(())
    batch = id_of(call.text_of(call.json_object(("batch",)), "batch"))
    outcome = large.undo_matching(_doors(call), call.ctx, entity, batch)
    with call.platform.write() as uow:
        audit.write(uow.connection, call.ctx, "records.undo", "batch", batch, {"entity": entity, **outcome.counts})
    return written(call, outcome, names_batch=False)


def _doors(call: Call) -> large.Doors:
    return large.Doors(call.platform.read, call.platform.write)


def written(call: Call, outcome: large.Outcome, *, names_batch: bool = True) -> Response:
    """Return what was written (200), or the job that writes it (202)."""
    more = {"batch": outcome.batch} if names_batch else {}
    if outcome.job is not None:
        return put_off(call, outcome.job, more)
    pending = {"pending": outcome.pending} if outcome.pending else {}
    kept = {"kept": list(outcome.kept)} if outcome.kept is not None else {}
    return answer({**outcome.counts, **more, **pending, **kept}, decimals=call.decimals)


def put_off(call: Call, job: str, more: Mapping[str, Any] | None = None) -> Response:
    """Return the job that does what was asked for (202)."""
    call.platform.wake()
    with call.platform.read() as uow:
        shown = job_json(get_job(uow.connection, job), call.language)
    return answer({**shown, **(more or {})}, 202, headers={"Location": f"/api/v1/jobs/{job}"})


def _mass(call: Call) -> tuple[str, int]:
    params = call.params(("filter", "expect"))
    for name in ("filter", "expect"):
        if name not in params:
            message = say("{name} is missing.", "缺少 {name}。", name=name)
            raise Invalid(Problem(f"/{name}", "required", message, say("Give filter and expect, the number of records.", "请同时提供 filter 和 expect（记录数）。")))
    return params["filter"], call.number("expect", 0, 0, 10_000_000)


@router.get("/{entity}/{id}")
def get_record(entity: str, id: str, call: ThisCall) -> Response:
    """Return one record."""
    fields = _listed(call.params(("fields",)).get("fields"))
    with call.platform.read() as uow:
        found = find_entity(uow, entity)
        try:
            record = get(uow, call.ctx, found, record_id(id), fields)
        except NotFound:
            return _moved(uow, call, found, record_id(id))
    return answer(record, headers=etag(record), decimals=call.decimals)


def _moved(uow: UnitOfWork, call: Call, entity: Entity, id: str) -> Response:
    """Send who asks for a record that was merged to the one it is part of (301). Raises NotFound when they do not see that one."""
    survivor = survivor_of(uow, id)
    if survivor is None:
        raise not_found()
    get(uow, call.ctx, entity, survivor, ["id"])
    query = f"?{call.request.url.query}" if call.request.url.query else ""
    return Response(None, 301, headers={"Location": f"/api/v1/records/{entity.name}/{survivor}{query}"})


@router.patch("/{entity}/{id}")
def change_record(entity: str, id: str, call: ThisCall) -> Response:
    """Change fields of a record."""
    call.params(())
    body = call.json_object()
    with call.platform.write() as uow:
        found = find_entity(uow, entity)
        try:
            version = writing.change(uow, call.ctx, found, record_id(id), body, version=version_of(call, body))
        except Stale as error:
            current = get(uow, call.ctx, found, record_id(id))
            raise Stale(error.problems, extra={"record": current}, headers=etag(current)) from None
        record = shown_record(uow, call.ctx, found, record_id(id), version)
    return answer(record, headers=etag(record), decimals=call.decimals)


@router.delete("/{entity}/{id}")
def delete_record(entity: str, id: str, call: ThisCall) -> Response:
    """Move a record to the trash."""
    call.params(())
    with call.platform.write() as uow:
        found = find_entity(uow, entity)
        version = version_of(call, {})
        if version is not None and (current := get(uow, call.ctx, found, record_id(id)))["version"] != version:
            problem = Problem("", "stale", say("Somebody else changed this record.", "该记录已被他人修改。"))
            raise Stale(problem, extra={"record": current}, headers=etag(current))
        job = large.delete_these(uow, call.ctx, found, [record_id(id)])
    return empty() if job is None else put_off(call, job)


@router.post("/{entity}/{id}/restore")
def restore_record(entity: str, id: str, call: ThisCall) -> Response:
    """Bring a record back from the trash with what went with it."""
    call.params(())
    with call.platform.write() as uow:
        found = find_entity(uow, entity)
        job = large.restore_one(uow, call.ctx, found, record_id(id))
        record = shown_record(uow, call.ctx, found, record_id(id), 0) if job is None else {}
    if job is not None:
        return put_off(call, job)
    return answer(record, headers=etag(record), decimals=call.decimals)


@router.get("/{entity}/{id}/history")
def get_history(entity: str, id: str, call: ThisCall) -> Response:
    """Return what happened to a record, newest first."""
    params = call.params(("limit", "after"))
    with call.platform.read() as uow:
        entries, following = told_page(uow, call.ctx, find_entity(uow, entity), record_id(id), call.number("limit", 50, 1, 500), params.get("after"))
    return answer({"history": entries, "next": following}, decimals=call.decimals)


@router.get("/{entity}/{id}/timeline")
def get_timeline(entity: str, id: str, call: ThisCall) -> Response:
    """Return what happened to a record and around it, newest first; ``types`` chooses some of its types."""
    params = call.params(("limit", "after", "types"))
    with call.platform.read() as uow:
        found, limit = find_entity(uow, entity), call.number("limit", 50, 1, 500)
        types = _listed(params.get("types")) or ()
        events, following = timeline(uow, call.ctx, found, record_id(id), types=types, limit=limit, after=params.get("after"))
        show_entries(uow, call.ctx, found, record_id(id), [e["change"] for e in events if e["type"] == "change"])
    return answer({"timeline": events, "next": following}, decimals=call.decimals)


def find_entity(uow: UnitOfWork, name: str) -> Entity:
    """Return the entity of an address. Raises NotFound."""
    entity = uow.model.entities.get(name)
    if entity is None:
        raise not_found()
    return entity


def read_ask(uow: UnitOfWork, call: Call, entity: Entity, params: Mapping[str, str]) -> Ask:
    """Return what a list is asked for; a view gives filter, columns and order where the call does not."""
    filters = [params["filter"]] if params.get("filter") else []
    sort, fields = _listed(params.get("sort")), _listed(params.get("fields"))
    if params.get("view"):
        view = find_view(uow, call.ctx, entity, params["view"])
        if view is None:
            raise not_found("/view")
        filters = [*([view.body.filter] if view.body.filter else []), *filters]
        sort = sort if sort is not None else [shown_path(entity, uow, s) for s in view.body.sort]
        fields = fields if fields is not None else [shown_path(entity, uow, c.field) for c in view.body.columns] or None
    count = params.get("count", "none")
    if count not in ("none", "capped", "exact"):
        raise Invalid(Problem("/count", "bad_choice", say("count is none, capped or exact.", "count 只能是 none、capped 或 exact。")))
    if params.get("deleted") not in (None, "true", "false"):
        raise Invalid(Problem("/deleted", "bad_choice", say("deleted is true or false.", "deleted 只能是 true 或 false。")))
    if "\x00" in "".join(params.values()):
        raise Malformed(Problem("", "bad_format", say("The address holds a character that cannot be read.", "地址中包含无法读取的字符。")))
    return Ask(
        filters, sort or (), fields, call.number("limit", 50, 1, 500), params.get("after"), count, params.get("search", ""),  # type: ignore[arg-type]
        deleted=params.get("deleted") == "true",
    )


def shown_path(entity: Entity, uow: UnitOfWork, path: str) -> str:
    """Return a stored path by names."""
    minus, near, names = ("-" if path.startswith("-") else ""), entity, []
    for step in path.removeprefix("-").split("."):
        field = near.find_field(step)
        if field is None:
            return path
        names.append(field.name)
        near = uow.model.find_entity(field.type.entity) or near if field.type.entity else near
    return minus + ".".join(names)


def _listed(text: str | None) -> list[str] | None:
    return None if text is None else [part.strip() for part in text.split(",") if part.strip()]


def etag(record: Mapping[str, Any]) -> dict[str, str]:
    """Return the header that names the version of a record."""
    return {"ETag": f'"{record["version"]}"'}


def version_of(call: Call, body: Mapping[str, Any]) -> int | None:
    """Return the version the writer saw: If-Match, or ``version`` in the body."""
    header = call.request.headers.get("if-match")
    if header is None or header.strip() == "*":
        value = body.get("version")
        if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
            raise Invalid(Problem("/version", "wrong_type", say("version is a whole number.", "version 应为整数。")))
        return value
    text = header.strip().removeprefix("W/").strip('"')
    number = read_whole(text)
    return -1 if number is None else number


FIRST = ("change_record", "get_record")
"""The calls about one record are made most: they are looked for first."""
router.routes.sort(key=lambda route: FIRST.index(getattr(route, "name", "")) if getattr(route, "name", "") in FIRST else len(FIRST))
