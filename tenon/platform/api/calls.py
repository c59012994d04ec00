"""One call: who calls in which language, its parameters and body, each checked; unknown parameters are errors."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any
from urllib.parse import urlsplit

import orjson
from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool

from tenon.engine.context import Cause, Context
from tenon.metamodel.errors import Forbidden, Invalid, Malformed, Problem, TenonError, TooLarge, Unauthenticated, Unsupported, not_found
from tenon.metamodel.labels import pick_language, say
from tenon.metamodel.names import suggest
from tenon.metamodel.refusals import tell_syntax
from tenon.platform.principals import Principal
from tenon.platform.proxies import client_address
from tenon.platform.workspace import Platform

COOKIE = "tenon_session"
SECURE_COOKIE = "__Host-tenon_session"
MAX_JSON = 16 * 1024 * 1024
PREFIX = "/api/v1"
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SAFE = ("GET", "HEAD", "OPTIONS")


@dataclass
class Call:
    """A request with its body, read; who calls is found when first asked for."""

    request: Request
    body: bytes

    @property
    def platform(self) -> Platform:
        """Everything the process has."""
        found: Platform = self.request.app.state.platform
        return found

    @cached_property
    def language(self) -> str:
        """The caller's language: Accept-Language, else the person's own."""
        wanted = self.request.headers.get("accept-language")
        if wanted:
            return pick_language(wanted)
        try:
            known = self.principal
        except TenonError:  # dead or foreign credentials: whoever asks for them says so
            known = None
        return known.language if known else self.platform.language

    @cached_property
    def address(self) -> str | None:
        """The caller's network address."""
        return client_address(self.request.client.host if self.request.client else None, self.request.headers, self.platform.settings)

    @cached_property
    def session_token(self) -> str | None:
        """The token in the session cookie."""
        return session_token_of(self.platform, self.request.cookies)

    @property
    def is_remembered(self) -> bool:
        """True when who calls is known without asking the database."""
        header = self.request.headers.get("authorization", "")
        token = header[7:].strip() if header[:7].lower() == "bearer " else None
        return self.platform.principals.is_remembered(token or self.session_token, self.address if token else None)

    @cached_property
    def principal(self) -> Principal | None:
        """Who calls, or None; a write by cookie needs the CSRF token and an Origin of ours."""
        header = self.request.headers.get("authorization", "")
        if header[:7].lower() == "bearer ":
            found = self.platform.principals.by_token(header[7:].strip(), self.address)
            if found is None:
                raise _dead()
            return found
        if not self.session_token:
            return None
        found = self.platform.principals.by_session(self.session_token)
        if found is not None and self.request.method not in SAFE:
            self._check_origin(found)
        return found

    def _check_origin(self, principal: Principal) -> None:
        origin = self.request.headers.get("origin")
        site = self.request.headers.get("sec-fetch-site")
        own = {self.request.headers.get("host"), urlsplit(self.platform.settings.base_url).netloc}
        foreign = (origin is not None and urlsplit(origin).netloc not in own) or site in ("cross-site", "same-site")
        if foreign or not principal.csrf or self.request.headers.get("x-csrf-token") != principal.csrf:
            message = say("This write did not come from a page of ours.", "该写入请求并非来自本系统页面。")
            hint = say("Send X-CSRF-Token with the csrf of GET /session, or use a token.", "请携带 GET /session 返回的 csrf 作为 X-CSRF-Token，或使用令牌。")
            raise Forbidden(Problem("", "forbidden", message, hint))

    @cached_property
    def ctx(self) -> Context:
        """Who acts; raises Unauthenticated without credentials."""
        principal = self.principal
        if principal is None:
            raise _dead()
        cause = Cause("api") if principal.kind == "token" else Cause("person")
        return Context(principal.user, self.language, cause, address=self.address)

    def anonymous(self) -> Context:
        """Return a context without a person, for signing in."""
        return Context(None, self.language, Cause("person"), address=self.address)

    def admin(self) -> Context:
        """Return who acts when an administrator; raises Forbidden otherwise."""
        return self._require(self.ctx.user is not None and self.ctx.user.is_admin)

    def builder(self) -> Context:
        """Return who acts when somebody who builds; raises Forbidden otherwise."""
        user = self.ctx.user
        return self._require(user is not None and (user.may_build or self.platform.builds(user)))

    def _require(self, may: bool) -> Context:
        if not may:
            message = say("Your roles do not allow this.", "您的角色不允许此操作。")
            raise Forbidden(Problem("", "forbidden", message, say("Ask an administrator.", "请联系管理员。")))
        return self.ctx

    def params(self, known: Collection[str]) -> Mapping[str, str]:
        """Return the query parameters; raises Malformed for an unknown or doubled one."""
        given = self.request.query_params
        for name, count in [(n, len(given.getlist(n))) for n in given]:
            if name not in known and name != "decimals":
                near = suggest(name, list(known))
                hint = say("Did you mean {near}?", "您是否想写 {near}？", near=near) if near else say("Known: {known}.", "可用：{known}。", known=", ".join(known) or "-")
                raise Malformed(Problem(f"/{name}", "unknown_parameter", say("There is no parameter {name}.", "没有参数 {name}。", name=name[:60]), hint))
            if count > 1:
                raise Malformed(Problem(f"/{name}", "unknown_parameter", say("{name} is there twice.", "{name} 出现了两次。", name=name[:60])))
        if given.get("decimals") not in (None, "text", "number"):
            raise Invalid(Problem("/decimals", "bad_choice", say("decimals is number or text.", "decimals 只能是 number 或 text。")))
        return given

    @property
    def decimals(self) -> str:
        """How exact numbers are written: "number" or "text"."""
        return self.request.query_params.get("decimals", "number")

    @property
    def if_match(self) -> str | None:
        """The revision of If-Match, None when any will do."""
        header = self.request.headers.get("if-match")
        return None if header is None or header.strip() == "*" else header.strip().removeprefix("W/").strip('"')

    def json(self) -> Any:
        """Return the body as JSON. Raises Unsupported, Malformed."""
        kind = self.request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
        if kind not in ("application/json", "application/merge-patch+json", ""):
            message = say("This call takes JSON.", "此调用仅接受 JSON。")
            raise Unsupported(Problem("", "bad_format", message, say("Send Content-Type: application/json.", "请发送 Content-Type: application/json。")))
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError as error:
            message = say("The body is not JSON: {why}", "请求正文不是有效的 JSON：{why}", why=tell_syntax(error))
            raise Malformed(Problem("", "bad_format", message, say("Check commas, quotes and brackets.", "请检查逗号、引号和括号。"))) from None

    def json_object(self, known: Collection[str] | None = None) -> dict[str, Any]:
        """Return the body as a JSON object; with ``known``, other keys are refused."""
        body = self.json() if self.body else {}
        if not isinstance(body, dict):
            raise Invalid(Problem("", "wrong_type", say("The body is a JSON object.", "请求正文应为 JSON 对象。")))
        for name in body if known is not None else ():
            if name not in (known or ()):
                near = suggest(name, list(known or ()))
                hint = say("Did you mean {near}?", "您是否想写 {near}？", near=near) if near else None
                raise Invalid(Problem(f"/{name}", "unknown_field", say("{name} is not known here.", "此处不认识 {name}。", name=name[:60]), hint))
        return body

    def text_of(self, body: Mapping[str, Any], name: str, *, required: bool = True, limit: int = 4_000) -> str:
        """Return a text of the body; '' when it may be left out."""
        value = body.get(name)
        if value is None and not required:
            return ""
        if value is None:
            raise Invalid(Problem(f"/{name}", "required", say("{name} is missing.", "缺少 {name}。", name=name)))
        if not isinstance(value, str):
            raise Invalid(Problem(f"/{name}", "wrong_type", say("{name} is a text.", "{name} 应为文本。", name=name)))
        if len(value) > limit or "\x00" in value:
            raise Invalid(Problem(f"/{name}", "too_long" if len(value) > limit else "bad_format", say("{name} cannot be read.", "{name} 无法读取。", name=name)))
        return value

    def number(self, name: str, default: int, low: int, high: int) -> int:
        """Return a whole number among the parameters. Raises Invalid."""
        text = self.request.query_params.get(name)
        if text is None:
            return default
        try:
            if not (text.isascii() and text.removeprefix("-").isdigit()):
                raise ValueError(text)
            value = int(text) if len(text) < 12 else -1
        except ValueError:
            raise Invalid(Problem(f"/{name}", "wrong_type", say("{name} is a whole number.", "{name} 应为整数。", name=name))) from None
        if not low <= value <= high:
            raise Invalid(Problem(f"/{name}", "out_of_range", say("{name} is between {low} and {high}.", "{name} 应在 {low} 到 {high} 之间。", name=name, low=low, high=high)))
        return value


def session_token_of(platform: Platform, cookies: Mapping[str, str]) -> str | None:
    """Return the token in the cookie of a session, None without one."""
    return cookies.get(platform.cookie(SECURE_COOKIE)) or cookies.get(platform.cookie(COOKIE))


def session_cookie_of(platform: Platform) -> str:
    """Return the name of the session's cookie: one that goes over TLS only where the workspace is reached so."""
    return platform.cookie(SECURE_COOKIE if platform.settings.base_url.startswith("https://") else COOKIE)


def record_id(text: str) -> str:
    """Return an id in an address as it is stored; what cannot be one is not there."""
    lowered = text.lower()
    if not ID.fullmatch(lowered):
        raise not_found()
    return lowered


def _dead() -> Unauthenticated:
    message = say("Please sign in.", "请先登录。")
    hint = say("Sign in, or send a living token as Authorization: Bearer …", "请登录，或以 Authorization: Bearer … 发送有效令牌。")
    return Unauthenticated(Problem("", "forbidden", message, hint), headers={"WWW-Authenticate": "Bearer"})


async def read_call(request: Request) -> Call:
    """Read the body of a request, up to the limit."""
    limit = min(request.app.state.platform.settings.max_body_mb * 1024 * 1024, MAX_JSON)
    if request.method in SAFE:
        return Call(request, b"")
    if request.headers.get("content-type", "").startswith("multipart/"):
        return Call(request, b"")
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > limit:
        raise _too_large(limit)
    parts, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            raise _too_large(limit)
        parts.append(chunk)
    return Call(request, b"".join(parts))


def _too_large(limit: int) -> TooLarge:
    message = say("At most {n} MB are read here.", "此处最多读取 {n} MB。", n=limit // (1024 * 1024))
    return TooLarge(Problem("", "too_long", message, say("Send it in parts, or as an import.", "请分批发送，或使用导入。")))


async def any_call(request: Request) -> Call:
    """Read a call and find out who calls while no transaction is open: noting that a session or a token was used is a write of its own."""
    call = await read_call(request)
    if call.is_remembered:
        _identify(call)  # from memory: no reason to change threads
    else:
        await run_in_threadpool(_identify, call)
    return call


def _identify(call: Call) -> None:
    with suppress(TenonError):
        _ = call.principal


async def known_call(request: Request) -> Call:
    """Read a call and refuse who has no credentials before anything else is looked at. Raises Unauthenticated."""
    # One dependency that calls the other by itself: each level of FastAPI's costs as much as a statement.
    call = await any_call(request)
    _ = call.ctx
    return call


AnyCall = Annotated[Call, Depends(any_call)]
"""A call that anybody may make: signing in, one-time links, health."""
ThisCall = Annotated[Call, Depends(known_call)]
"""A call of somebody who is known: what every route takes unless it is public."""
