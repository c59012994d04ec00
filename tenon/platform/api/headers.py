"""What stands around every answer: security headers, a number for each request, known hosts, limits of size, HEAD."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tenon.engine.outside import new_record_id
from tenon.metamodel.errors import Malformed, Problem, TenonError, TooLarge, not_found
from tenon.metamodel.labels import pick_language, say
from tenon.platform.api.answers import problem
from tenon.platform.observability import Traffic
from tenon.platform.settings import Settings

PAGE_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
API_POLICY = "default-src 'none'; frame-ancestors 'none'"
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
HSTS = "max-age=31536000; includeSubDomains"
OPEN_TO_ALL_HOSTS = ("/healthz", "/readyz")
MULTIPART_ROOM = 1 << 20
MB = 1 << 20


class Around:
    """Gives a request a number, refuses what no page or program of ours sends, and puts headers on every answer.

    Hosts: a name has to be the one of TENON_BASE_URL or of this machine; addresses in numbers are always known, as nobody
    else's name can lead to them. Nothing that is answered is ever built from the Host header.
    """

    def __init__(self, app: ASGIApp, settings: Settings, traffic: Traffic) -> None:
        self._app = app
        self._traffic = traffic
        self._language = settings.language
        hsts = {"Strict-Transport-Security": HSTS} if settings.base_url.startswith("https://") else {}
        self._on_api = _raw({**ALWAYS, "Content-Security-Policy": API_POLICY, "Cache-Control": "no-store", **hsts})
        self._on_pages = _raw({**ALWAYS, "Content-Security-Policy": PAGE_POLICY, **hsts})
        self._hosts = {"localhost", settings.host.lower(), (urlsplit(settings.base_url).hostname or "").lower()}
        self._body_limit, self._file_limit = settings.max_body_mb * MB, settings.max_file_mb * MB + MULTIPART_ROOM

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, request_id = time.perf_counter(), new_record_id()
        scope.setdefault("state", {})["request_id"] = request_id
        method, status = scope["method"], [0]

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                status[0] = message["status"]
                self._dress(message, scope["path"], request_id)
            elif method == "HEAD" and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        if method == "HEAD":
            scope = {**scope, "method": "GET"}
        try:
            refusal = self._refusal(scope)
            if refusal is not None:
                await problem(refusal, self._language_of(scope))(scope, receive, answer)
            else:
                await self._app(scope, self._measured(scope, receive), answer)
        finally:
            route = getattr(scope.get("route"), "path", None)
            self._traffic.note(method, route or "-", status[0] or 500, time.perf_counter() - started)

    def _refusal(self, scope: Scope) -> TenonError | None:
        if "\x00" in scope["path"]:
            return not_found()
        if b"%00" in scope["query_string"]:
            message = say("The address holds a character that cannot be read.", "地址中包含无法读取的字符。")
            return Malformed(Problem("", "bad_format", message, say("Leave out the character NUL.", "请去掉 NUL 字符。")))
        if scope["path"] in OPEN_TO_ALL_HOSTS or self._is_known(Headers(scope=scope).get("host", "")):
            return None
        message = say("This host is not known here.", "此主机名未被允许。")
        hint = say("Use the address of TENON_BASE_URL, or set TENON_BASE_URL to this one.", "请使用 TENON_BASE_URL 中的地址，或将其设为当前地址。")
        return Malformed(Problem("", "refused", message, hint))

    def _is_known(self, host: str) -> bool:
        name = (urlsplit(f"//{host}").hostname or "") if _is_plain(host) else ""
        if name in self._hosts:
            return bool(name)
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return True

    def _language_of(self, scope: Scope) -> str:
        return pick_language(Headers(scope=scope).get("accept-language") or self._language)

    def _measured(self, scope: Scope, receive: Receive) -> Receive:
        """Return the body's stream with an end: nobody can fill the memory or the disk."""
        is_file = Headers(scope=scope).get("content-type", "").lower().startswith("multipart/")
        limit, size = self._file_limit if is_file else self._body_limit, [0]

        async def measured() -> Message:
            message = await receive()
            size[0] += len(message.get("body", b""))
            if size[0] > limit:
                text = say("At most {n} MB are read here.", "此处最多读取 {n} MB。", n=limit // MB)
                raise TooLarge(Problem("", "too_long", text, say("Send it in parts.", "请分批发送。")))
            return message

        return measured

    def _dress(self, message: Message, path: str, request_id: str) -> None:
        """Add the headers that are not there yet."""
        there = {name for name, _ in message["headers"]}
        always = self._on_api if path.startswith("/api/") else self._on_pages
        message["headers"] = [*message["headers"], *(pair for pair in always if pair[0] not in there), (b"x-request-id", request_id.encode())]


def _raw(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]


def _is_plain(host: str) -> bool:
    return all(each.isalnum() or each in ".-_:[]" for each in host)
