"""The door to scratch copies: a browser that an administrator has led into one gets its pages at the same address.

Which copy that is stands in a cookie, so that it works behind every proxy. It opens the door only together with a living session of an
administrator of the workspace; inside, the copy knows its people by sessions of its own.
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tenon.metamodel.errors import NotFound
from tenon.platform.api.calls import session_token_of
from tenon.platform.copies import Copies
from tenon.platform.workspace import Platform

COPY_COOKIE = "tenon_copy"
PLACE = "/admin/copies"
"""Where copies are looked after: always in the workspace itself."""
OUTSIDE = (PLACE, "/static/", "/healthz", "/readyz")


class CopyDoor:
    """Passes requests on to the application of a copy, or to the workspace's own."""

    def __init__(self, app: ASGIApp, platform: Platform, copies: Copies, build: Callable[[Platform], ASGIApp]) -> None:
        self._app, self._platform, self._copies, self._build = app, platform, copies, build
        self._built: dict[str, tuple[Platform, ASGIApp]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        name = HTTPConnection(scope).cookies.get(COPY_COOKIE) if scope["type"] == "http" else None
        if not name or scope["path"].startswith(OUTSIDE):
            await self._app(scope, receive, send)
            return
        inner = await run_in_threadpool(self._find, name, HTTPConnection(scope))
        if inner is None:
            await self._app(scope, receive, _forgetting(send))
        else:
            await inner({key: value for key, value in scope.items() if key != "app"}, receive, send)

    def _find(self, name: str, request: HTTPConnection) -> ASGIApp | None:
        """Return the application of a copy, None when it is gone or whoever asks is no administrator here."""
        token = session_token_of(self._platform, request.cookies)
        principal = self._platform.principals.by_session(token) if token and "authorization" not in request.headers else None
        if principal is None or not principal.user.is_admin:
            return None
        try:
            platform = self._copies.open(name)
        except NotFound:
            self._built.pop(name, None)
            return None
        known = self._built.get(name)
        if known is None or known[0] is not platform:
            known = self._built[name] = (platform, self._build(platform))
        return known[1]


def _forgetting(send: Send) -> Send:
    """Return a sender that lets the browser forget which copy it was in."""

    async def forgetting(message: Message) -> None:
        await send(_with_header(message) if message["type"] == "http.response.start" else message)

    return forgetting


def _with_header(message: MutableMapping[str, Any]) -> Message:
    gone = f"{COPY_COOKIE}=; Max-Age=0; Path=/; SameSite=lax".encode()
    return {**message, "headers": [*message.get("headers", ()), (b"set-cookie", gone)]}
