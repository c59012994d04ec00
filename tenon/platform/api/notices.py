"""Notices of the caller: a page of them, and a stream that says how many are unread."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from tenon.engine.notices.unread import MINE, readable_notices, unread
from tenon.engine.query.pages import Ask, page
from tenon.metamodel.errors import TenonError, not_found
from tenon.platform.api.answers import answer, dump
from tenon.platform.api.calls import Call, ThisCall

router = APIRouter(prefix="/notices")
SHOWN = ("title", "text", "record", "level", "at", "read_at")
LOOK_AGAIN_SECONDS = 25.0
LONGEST_SECONDS = 3_600.0


@router.get("")
def list_notices(call: ThisCall) -> Response:
    """Return what the caller was told, newest first, with the number of unread ones."""
    call.params(("limit", "after"))
    with call.platform.read() as uow:
        entity = readable_notices(uow, call.ctx)
        if entity is None:
            raise not_found()
        fields = ["id", *(name for name in SHOWN if name in entity.fields)]
        asked = Ask([MINE], sort=["-at"], fields=fields, limit=call.number("limit", 50, 1, 500), after=call.request.query_params.get("after"))
        found = page(uow, call.ctx, entity, asked)
        return answer({"notices": found.records, "unread": unread(uow, call.ctx) or 0, "next": found.next})


@router.get("/stream")
def stream_notices(call: ThisCall) -> Response:
    """Return server-sent events: ``notices`` with the number of unread ones, now and whenever it may have changed."""
    call.params(())
    return StreamingResponse(_events(call, _count(call)), media_type="text/event-stream", headers={"X-Accel-Buffering": "no", "Cache-Control": "no-store"})


async def _events(call: Call, first: int | None) -> AsyncIterator[bytes]:
    """Yield the numbers; before each the caller's rights are asked for anew, and without them the stream ends."""
    bell, began, count, sent = call.platform.bell, time.monotonic(), first, b""
    try:
        async with bell.listen(str(call.ctx.user_id)) as listener:
            yield b"retry: 5000\n\n"
            while True:
                content = dump({"unread": count})
                yield b": still here\n\n" if content == sent else b"event: notices\ndata: " + content + b"\n\n"
                sent = content
                await listener.wait(LOOK_AGAIN_SECONDS)
                if bell.is_closed or time.monotonic() - began > LONGEST_SECONDS:
                    return
                count = await run_in_threadpool(_count, Call(call.request, b""))
    except TenonError:
        return


def _count(call: Call) -> int | None:
    with call.platform.read() as uow:
        return unread(uow, call.ctx)
