"""Refusals and failures as problem documents, in the caller's language; the door behind which nothing unexpected gets out."""

from __future__ import annotations

import logging
from typing import ClassVar

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tenon.metamodel.errors import Invalid, Malformed, NotFound, Problem, TenonError, not_found
from tenon.metamodel.labels import Text, pick_language, say
from tenon.platform.api.answers import problem
from tenon.platform.api.calls import Call

log = logging.getLogger("tenon.api")


class WrongMethod(TenonError):
    """The address is there, but not for this method."""

    status: ClassVar[int] = 405
    title: ClassVar[Text] = say("This method is not allowed here", "此处不支持该方法")


class Failed(TenonError):
    """Something unexpected; its number stands in the log."""

    status: ClassVar[int] = 500
    title: ClassVar[Text] = say("Something went wrong on our side", "服务器内部错误")


def install(app: FastAPI) -> None:
    """Let an application answer every refusal with a problem document."""
    app.add_exception_handler(TenonError, _refused)
    app.add_exception_handler(HTTPException, _no_route)
    app.add_exception_handler(RequestValidationError, _unreadable)


def wrong_method(allowed: list[str]) -> WrongMethod:
    """Return the one 405, with the methods that are there."""
    listed = ", ".join(allowed)
    message = say("This address takes {allowed}.", "此地址支持的方法：{allowed}。", allowed=listed)
    hint = say("Use one of these methods.", "请改用上述方法。")
    return WrongMethod(Problem("", "refused", message, hint), headers={"Allow": listed})


def failed(request_id: str) -> Failed:
    """Return the one 500: nothing of what happened but the number under which the log has it."""
    message = say("Something went wrong on our side; the log has it as {id}.", "服务器发生意外错误，日志编号：{id}。", id=request_id)
    hint = say("Try again in a moment, or give this number to an administrator.", "请稍后重试，或将此编号告知管理员。")
    return Failed(Problem("", "failed", message, hint))


def allowed_methods(app: FastAPI, scope: Scope) -> list[str]:
    """Return the methods that an address takes, HEAD and OPTIONS included; [] for an unknown address."""
    found: set[str] = set()
    for route in app.routes:
        if route.matches(scope)[0] is not Match.NONE:
            found |= set(getattr(route, "methods", None) or ())
    if "GET" in found:
        found.add("HEAD")
    return sorted(found | {"OPTIONS"}) if found else []


def language_of(request: Request) -> str:
    """Return the caller's language: Accept-Language, else the person's own, else the workspace's."""
    wanted = request.headers.get("accept-language")
    return pick_language(wanted) if wanted else Call(request, b"").language


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, TenonError)
    return problem(error, language_of(request))


def _no_route(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == NotFound.status:
        return problem(not_found(), language_of(request))
    if error.status_code == WrongMethod.status:
        allowed = allowed_methods(request.app, request.scope)
        if request.method == "OPTIONS":
            return Response(None, 204, headers={"Allow": ", ".join(allowed)})
        return problem(wrong_method(allowed), language_of(request))
    message = say("The request cannot be read.", "无法读取该请求。")
    return problem(Malformed(Problem("", "bad_format", message, say("Check what was sent.", "请检查所发送的内容。"))), language_of(request))


def _unreadable(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    problems = []
    for each in error.errors():
        path = "".join(f"/{part}" for part in each.get("loc", ())[1:])
        problems.append(Problem(path, "wrong_type", say("This cannot be read here.", "此处无法读取该值。"), say("Check the value.", "请检查该值。")))
    return problem(Invalid(problems or [Problem("", "wrong_type", say("This cannot be read.", "无法读取。"))]), language_of(request))


class Guard:
    """The door of HTTP: what nobody expected is logged with a number and answered with 500, without details."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        state = {"begun": False, "ended": False}

        async def watch(message: Message) -> None:
            state["begun"] = True
            state["ended"] = message["type"] == "http.response.body" and not message.get("more_body", False)
            await send(message)

        try:
            await self._app(scope, receive, watch)
        except ClientDisconnect:
            log.info("the caller went away: %s %s", scope["method"], scope["path"])
        except Exception:
            request = Request(scope)
            request_id = scope.get("state", {}).get("request_id", "-")
            log.exception("request %s failed: %s %s", request_id, request.method, request.url.path)
            if state["ended"]:
                return
            if state["begun"]:
                raise  # half an answer is out: the connection has to break
            language = pick_language(request.headers.get("accept-language") or scope["app"].state.platform.settings.language)
            await problem(failed(request_id), language)(scope, receive, send)
