"""For those who run it: is it alive, is it ready, what does it count."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable

from fastapi import APIRouter
from sqlalchemy import func, select
from starlette.responses import Response

from tenon.engine.context import Context
from tenon.engine.jobs import get, job_json, put
from tenon.engine.jobs.table import jobs
from tenon.metamodel.errors import Problem, TenonError, Unavailable
from tenon.metamodel.labels import say
from tenon.platform import migrate
from tenon.platform.api.answers import answer
from tenon.platform.api.calls import PREFIX, AnyCall, Call, ThisCall
from tenon.platform.api.idempotent import idempotent
from tenon.platform.api.jobs import STATES
from tenon.platform.backup import BACKUP
from tenon.platform.clock import real_now
from tenon.platform.observability import CONTENT_TYPE, metric
from tenon.platform.sessions import IDLE, sessions

root = APIRouter()
router = APIRouter()
NO_STORE = {"Cache-Control": "no-store"}


@root.get("/healthz")
def is_alive(call: AnyCall) -> Response:
    """Say that the process answers; nothing else is asked."""
    return answer({"ok": True}, headers=NO_STORE)


@root.get("/readyz")
def is_ready(call: AnyCall) -> Response:
    """Say whether work can be done: the database answers, its tables are those of this version, the release loads."""
    checks: list[tuple[str, Callable[[Call], bool]]] = [("database", _reaches), ("migrated", _is_migrated), ("release", _loads), ("started", _has_started)]
    found: dict[str, bool] = {}
    for name, check in checks:
        try:
            found[name] = check(call)
        except TenonError:
            found[name] = False
    if all(found.values()):
        return answer({"ok": True, "checks": found}, headers=NO_STORE)
    first = next(name for name, ok in found.items() if not ok)
    message = say("Not ready yet: {what}.", "尚未就绪：{what}。", what=first)
    raise Unavailable(Problem("", "blocked", message, say("Try again in a moment.", "请稍后重试。")), extra={"checks": found}, headers={"Retry-After": "2", **NO_STORE})


@router.post("/backup")
def start_backup(call: ThisCall) -> Response:
    """Put a job that writes a backup into the workspace's folder of backups (202); for administrators."""
    call.params(())
    call.json_object(())
    ctx = call.admin()
    return idempotent(call, lambda: _back_up(call, ctx))


def _back_up(call: Call, ctx: Context) -> Response:
    with call.platform.write() as uow:
        job_id = put(uow.connection, BACKUP, {}, unique_key=BACKUP, key_until="ended", created_by=ctx.user_id)
        body = job_json(get(uow.connection, job_id), call.language)
        uow.after_commit.append(call.platform.wake)
    return answer(body, 202, headers={"Location": f"{PREFIX}/jobs/{job_id}"})


@root.get("/metrics")
def show_metrics(call: AnyCall) -> Response:
    """Return counters as Prometheus reads them; from this machine without credentials, else for administrators."""
    if not _is_loopback(call):
        call.admin()
    with call.platform.read() as uow:
        counted = {row.state: row.n for row in uow.connection.execute(select(jobs.c.state, func.count().label("n")).group_by(jobs.c.state))}
        now = real_now()
        living = select(func.count()).select_from(sessions).where(sessions.c.expires_at > now, sessions.c.seen_at > now - IDLE)
        active = uow.connection.execute(living).scalar_one()
        release = uow.model.release
    lines = [
        *call.request.app.state.traffic.lines(),
        *metric("tenon_jobs", "gauge", "Jobs by state.", [({"state": state}, counted.get(state, 0)) for state in STATES]),
        *metric("tenon_sessions", "gauge", "Sessions that are alive.", [({}, active)]),
        *metric("tenon_release", "gauge", "The number of the release in force.", [({}, release)]),
    ]
    return Response("\n".join(lines) + "\n", media_type=CONTENT_TYPE, headers=NO_STORE)


def _reaches(call: Call) -> bool:
    with call.platform.database.read() as connection:
        return bool(connection.execute(select(1)).scalar_one())


def _is_migrated(call: Call) -> bool:
    return migrate.state(call.platform.database).standing == "current"


def _loads(call: Call) -> bool:
    with call.platform.read() as uow:
        return uow.model.release >= 0


def _has_started(call: Call) -> bool:
    """True once the server's start is over: what was missed while nothing ran is done."""
    return bool(getattr(call.request.app.state, "has_started", True))


def _is_loopback(call: Call) -> bool:
    """True for a caller on this very machine; what a proxy passes on is not."""
    if call.request.headers.get("x-forwarded-for") or call.request.headers.get("forwarded"):
        return False
    try:
        return ipaddress.ip_address(call.request.client.host if call.request.client else "").is_loopback
    except ValueError:
        return False
