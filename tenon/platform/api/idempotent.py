"""Idempotency-Key: a POST sent twice acts once, and the second call gets the first one's answer."""

from __future__ import annotations

from collections.abc import Callable

import orjson
from starlette.responses import Response

from tenon.metamodel.errors import Conflict, Problem
from tenon.metamodel.labels import say
from tenon.platform import idempotency
from tenon.platform.api.calls import Call
from tenon.platform.idempotency import Answer

REPLAYED = {"Idempotent-Replayed": "true"}
CREATED = 201
RUNNING = 0  # the status of an answer that is not there yet
NEVER = "This call was begun before and has not answered."


def idempotent(call: Call, work: Callable[[], Response]) -> Response:
    """Return the answer of ``work``, or the kept answer of an earlier call with the same key and body.

    ``work`` runs inside one write transaction together with the keeping of its answer: both are there, or neither. A refusal
    is not kept, as nothing was done. Raises Invalid when the key came with another call.
    """
    key = call.request.headers.get("idempotency-key")
    if key is None:
        return work()
    user_id, path = call.ctx.user_id or "", _path(call)
    with call.platform.write() as uow:
        kept = idempotency.find(uow.connection, user_id, key, path=path, body=call.body)
        if kept is not None:
            return _again(kept)
        response = work()
        idempotency.keep(uow.connection, user_id, key, _answer_of(response), path=path, body=call.body)
    return response


def idempotent_apart(call: Call, work: Callable[[], Response], *, body: bytes | None = None) -> Response:
    """Do the same for work that has transactions of its own, such as a publish: the key is taken first, the answer kept after.

    A second call that comes while the first still runs, or after the process died in it, is refused with Conflict: nobody
    can know how far the first one came.
    """
    key = call.request.headers.get("idempotency-key")
    if key is None:
        return work()
    user_id, path, sent = call.ctx.user_id or "", _path(call), call.body if body is None else body
    with call.platform.write() as uow:
        kept = idempotency.find(uow.connection, user_id, key, path=path, body=sent)
        if kept is not None:
            return _again(kept)
        idempotency.keep(uow.connection, user_id, key, Answer(RUNNING, ""), path=path, body=sent)
    response: Response | None = None
    try:
        response = work()
    finally:
        with call.platform.write() as uow:
            idempotency.forget(uow.connection, user_id, key)
            if response is not None:
                idempotency.keep(uow.connection, user_id, key, _answer_of(response), path=path, body=sent)
    return response


def _path(call: Call) -> str:
    query = call.request.url.query
    return f"{call.request.method} {call.request.url.path}" + (f"?{query}" if query else "")


def _answer_of(response: Response) -> Answer:
    return Answer(response.status_code, bytes(response.body).decode(), response.headers.get("location"))


def _again(kept: Answer) -> Response:
    if kept.status == RUNNING:
        message = say(NEVER, "此前的同一请求已开始但尚未完成。")
        raise Conflict(Problem("", "conflict", message, say("Look whether it was done; use a new key to repeat it.", "请确认是否已完成；如需重做请使用新的键。")))
    headers = {**REPLAYED, **({"Location": kept.location} if kept.location else {}), **_etag(kept)}
    content = kept.body or None
    return Response(content, kept.status, headers=headers, media_type="application/json" if content else None)


def _etag(kept: Answer) -> dict[str, str]:
    """Return the ETag of a record that was made: its version, which stands in the answer itself."""
    body = orjson.loads(kept.body) if kept.status == CREATED and kept.body else None
    version = body.get("version") if isinstance(body, dict) else None
    return {"ETag": f'"{version}"'} if isinstance(version, int) else {}
