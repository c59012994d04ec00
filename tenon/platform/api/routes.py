"""The routes of the contract: a call is read, its caller known, and the endpoint run in a thread, without FastAPI's solver."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, get_args, get_type_hints

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from fastapi.params import Depends
from fastapi.routing import APIRoute
from starlette.responses import Response

from tenon.platform.api.calls import Call, any_call, known_call

Reader = Callable[[Request], Awaitable[Call]]
CALL = "call"


class CallRoute(APIRoute):
    """A route whose endpoint takes a call and texts of the path: nothing is left to solve.

    Solving would find the same after looking for query, header, cookie and body parameters that are not there, and that takes
    as long as two statements. An endpoint that takes anything else is left to FastAPI.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return what answers a request."""
        read, endpoint = _reader_of(self.endpoint), self.endpoint
        if read is None:
            return super().get_route_handler()

        async def handle(request: Request) -> Response:
            call = await read(request)
            response: Response = await run_in_threadpool(endpoint, **request.path_params, call=call)
            return response

        return handle


def _reader_of(endpoint: Callable[..., Any]) -> Reader | None:
    """Return what reads the call of an endpoint that takes only that and texts; None for others."""
    hints = get_type_hints(endpoint, include_extras=True)
    found = [each.dependency for each in get_args(hints.get(CALL)) if isinstance(each, Depends)]
    others = [hint for name, hint in hints.items() if name not in (CALL, "return")]
    if found not in ([any_call], [known_call]) or any(hint is not str for hint in others):
        return None
    return known_call if found == [known_call] else any_call
