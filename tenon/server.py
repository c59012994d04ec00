"""The server: the API, the pages behind it, and uvicorn around both, with a worker in the same process when wanted."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import FrameType

import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from tenon.engine.apps.package import TEMPLATES
from tenon.platform.api.app import create_api
from tenon.platform.boot import make_workers
from tenon.platform.garbage import spare
from tenon.platform.worker import Worker
from tenon.platform.workspace import Platform
from tenon.ui.app import build_ui
from tenon.ui.copy_door import CopyDoor

log = logging.getLogger("tenon.server")
SECONDS_TO_END = 10
LOOK_SECONDS = 0.05


def build(platform: Platform, *, templates: Path = TEMPLATES) -> FastAPI:
    """Return the whole application: the API, and behind it the pages for every address that is not the API's.

    The security headers, the known hosts, the limits and the counters stand around both, the door to scratch copies before them. ``templates`` is the folder of the apps
    that the pages can install.
    """
    app = create_api(platform)
    pages = build_ui(platform, templates=templates)
    app.router.default = _Behind(app.router.default, pages)
    if platform.copy is None:
        app.add_middleware(CopyDoor, platform=platform, copies=pages.state.copies, build=partial(build, templates=templates))
    return app


class _Behind:
    """What no route of the API takes: a page, unless the address is one of the API's."""

    def __init__(self, nothing: ASGIApp, pages: ASGIApp) -> None:
        self._nothing, self._pages = nothing, pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/api/"):
            await self._nothing(scope, receive, send)
            return
        # The pages are an application of their own, with a router of their own.
        inner = {key: value for key, value in scope.items() if key not in ("app", "router", "route") and not key.startswith("fastapi")}
        try:
            await self._pages(inner, receive, send)
        finally:
            scope["route"] = inner.get("route")


def write_log() -> None:
    """Let a process that goes on working say what fails in it; ``--verbose`` says more."""
    ours = logging.getLogger("tenon")
    ours.setLevel(min(ours.level or logging.WARNING, logging.WARNING))


class _Server(uvicorn.Server):
    """A server that lets the streams of those who listen end when it is asked to."""

    def __init__(self, config: uvicorn.Config, platform: Platform) -> None:
        super().__init__(config)
        self._platform = platform

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End, the streams first: nobody waits for them."""
        self._platform.bell.close()
        super().handle_exit(sig, frame)


def serve(
    platform: Platform, host: str, port: int, *, with_worker: bool = True, answers_first: bool = False, on_ready: Callable[[], None] | None = None,
) -> None:
    """Serve until the process is asked to end; jobs that run then are given back or finished.

    With a worker, what was missed while nothing ran is done before ``/readyz`` says ready. ``on_ready`` is called then, or with
    ``answers_first`` as soon as pages are answered.
    """
    write_log()
    app = build(platform)
    app.state.has_started = not with_worker
    workers = make_workers(platform, max(1, platform.settings.workers)) if with_worker else []
    trusted = [str(network) for network in platform.settings.trusted_proxies]
    config = uvicorn.Config(
        app, host=host, port=port, log_level="info" if platform.settings.debug else "warning", access_log=platform.settings.debug,
        server_header=False, date_header=True, proxy_headers=bool(trusted), forwarded_allow_ips=trusted or None, timeout_graceful_shutdown=SECONDS_TO_END,
    )
    server = _Server(config, platform)
    spare()
    threading.Thread(target=_start, args=(app, server, workers, answers_first, on_ready), name="tenon-start", daemon=True).start()
    try:
        server.run()
    finally:
        for worker in workers:
            if not worker.stop(SECONDS_TO_END):
                log.warning("a job still ran when the server ended; another worker goes on with it")
        platform.close()


def _start(app: FastAPI, server: uvicorn.Server, workers: list[Worker], answers_first: bool, on_ready: Callable[[], None] | None) -> None:
    """Run what was missed, then say that work can be done, then go on working."""
    if answers_first:
        _greet(server, on_ready)
    try:
        if workers:
            workers[0].run_until_idle()
    except Exception:
        log.exception("what was missed could not be run; it is tried again in the background")
    app.state.has_started = True
    for worker in workers:
        worker.start()
    if not answers_first:
        _greet(server, on_ready)


def _greet(server: uvicorn.Server, on_ready: Callable[[], None] | None) -> None:
    """Wait until the server answers, then call ``on_ready``."""
    while not server.started and not server.should_exit:
        time.sleep(LOOK_SECONDS)
    if on_ready is not None and server.started:
        on_ready()
