"""Jobs: how far they are, as a page or as a stream, and asking them to stop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from tenon.engine import jobs
from tenon.engine.jobs.table import ENDED, job_json
from tenon.metamodel.errors import TenonError, not_found
from tenon.platform.api.answers import answer, dump
from tenon.platform.api.bodies import id_of, one_of
from tenon.platform.api.calls import Call, ThisCall
from tenon.platform.api.paging import PAGING, Paging

router = APIRouter(prefix="/jobs")
STATES = ("queued", "running", *ENDED)
LOOK_SECONDS = 0.5
HEARTBEAT_SECONDS = 15.0
LONGEST_SECONDS = 3_600.0


@router.get("")
def list_jobs(call: ThisCall) -> Response:
    """Return one's jobs, newest first; administrators see all."""
    params = call.params(("state", "kind", *PAGING))
    state, kind = one_of(params.get("state"), "state", STATES), params.get("kind")
    paging = Paging(call, "jobs", state, kind)
    mine = None if _sees_all(call) else call.ctx.user_id
    with call.platform.read() as uow:
        found = jobs.list_page(
            uow.connection, states=[state] if state else (), kinds=[kind] if kind else (), created_by=mine, before=paging.before, limit=paging.fetch,
        )
    return paging.answer(found, show=lambda row: job_json(row, call.language))


@router.get("/{id}")
def get_job(id: str, call: ThisCall) -> Response:
    """Return one job."""
    call.params(())
    return answer(_find(call, id))


@router.post("/{id}/cancel")
def cancel_job(id: str, call: ThisCall) -> Response:
    """Ask a job to stop; a waiting one is cancelled at once, an ended one stays as it is."""
    call.params(())
    call.json_object(())
    job_id = id_of(id)
    _find(call, id)
    with call.platform.write() as uow:
        row = jobs.cancel(uow.connection, job_id, real_now=uow.real_now)
        uow.after_commit.append(call.platform.wake)
    return answer(job_json(row, call.language))


@router.get("/{id}/stream")
def stream_job(id: str, call: ThisCall) -> Response:
    """Return server-sent events: ``job`` each time something changed, until the job has ended."""
    call.params(())
    first = _find(call, id)
    return StreamingResponse(_events(call, id, first), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


async def _events(call: Call, id: str, first: dict[str, Any]) -> AsyncIterator[bytes]:
    """Yield a job's changes; at every look the caller's rights are asked for anew, and without them the stream ends."""
    job, sent, begun = first, b"", time.monotonic()
    spoken = begun
    while True:
        content = dump(job)
        if content != sent:
            sent, spoken = content, time.monotonic()
            yield b"event: job\ndata: " + content + b"\n\n"
        if job["state"] in ENDED or time.monotonic() - begun > LONGEST_SECONDS:
            return
        if time.monotonic() - spoken > HEARTBEAT_SECONDS:
            spoken = time.monotonic()
            yield b": still here\n\n"
        await asyncio.sleep(LOOK_SECONDS)
        try:
            job = await run_in_threadpool(_find, Call(call.request, b""), id)
        except TenonError:
            return


def _find(call: Call, id: str) -> dict[str, Any]:
    ctx, job_id = call.ctx, id_of(id)
    with call.platform.read() as uow:
        row = jobs.get(uow.connection, job_id)
    if not _sees_all(call) and row["created_by"] != ctx.user_id:
        raise not_found()
    return job_json(row, call.language)


def _sees_all(call: Call) -> bool:
    user = call.ctx.user
    return user is not None and user.is_admin
