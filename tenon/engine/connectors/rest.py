"""The type rest: records as JSON over HTTP, in pages, with tokens; nothing is followed to another host."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit

from tenon.engine.connectors.base import Batch, Sending, is_key
from tenon.engine.outside import HttpAnswer, Outside
from tenon.engine.webhooks.incoming import at_place
from tenon.engine.webhooks.payloads import to_text
from tenon.metamodel.errors import Invalid, NotFound, Problem, TenonError, Unavailable
from tenon.metamodel.kinds.connector import BasicAuth, BearerAuth, ClientAuth, Connection, ConnectorKind, KeyAuth, Paging, Source
from tenon.metamodel.labels import say

MOST_BYTES = 20_000_000
LATER = (408, 425, 429)
NOT_LET_IN = (401, 403)
GONE = (404, 410)
SINCE, ID, RECORD = "{since}", "{id}", "{record}"
LONGEST_ANSWER = 200
HIDDEN = b"***"


def open(outside: Outside, body: ConnectorKind) -> RestLine:
    """Return the way to the system of a connector; nothing is called yet."""
    return RestLine(outside, body)


@dataclass
class RestLine:
    """Calls of one run: they share a token."""

    outside: Outside
    body: ConnectorKind
    token: str | None = field(default=None, repr=False)
    said: set[str] = field(default_factory=set, repr=False)
    """What nobody is to read in an answer that gives it back: secrets as they were sent."""

    def read(self, since: str | None, place: Any) -> Batch:
        """Return a page of records: the first one, or the one at a place. Raises Invalid, Unavailable."""
        source = self.body.source
        assert source is not None
        answer = self._call("GET", self._page_address(source, since, place), None)
        content = _json(answer)
        found = content if source.records is None else at_place(content, source.records)
        if found is None and source.records is not None and isinstance(content, dict):
            found = []
        if not isinstance(found, list):
            message = say("The answer has no list of records at {place}.", "返回内容在 {place} 处没有记录列表。", place=source.records or "/")
            raise Invalid(Problem("/source/records", "bad_format", message, say("Look at an answer of the other system.", "请查看对方系统的返回内容。")))
        rows = [row for row in found if isinstance(row, dict)]
        return Batch(rows, _following(source.page, answer, content, place, len(found)) if found else None)

    def send(self, sending: Sending) -> str:
        """Create or change a record there. Raises Invalid, NotFound when it is gone there, Unavailable."""
        push = self.body.push
        assert push is not None
        if sending.external_id is None:
            method, path = str(push.create), push.path.replace(RECORD, quote(sending.record, safe=""))
        else:
            method, path = str(push.update), (push.record_path or push.path.rstrip("/") + "/" + ID).replace(ID, quote(sending.external_id, safe=""))
        answer = self._call(method, self._address(path), to_text(dict(sending.values)).encode(), {"Idempotency-Key": sending.key})
        if sending.external_id is not None:
            return sending.external_id
        found = at_place(_json(answer), push.id) if answer.body.strip() else None
        if found is None and "location" in answer.headers:
            found = urlsplit(answer.headers["location"]).path.rstrip("/").rpartition("/")[2]
        if not is_key(found):
            message = say("The answer does not say at {place} what the new record is known by.", "返回内容在 {place} 处没有新记录的编号。", place=push.id)
            raise Invalid(Problem("/push/id", "required", message, say("Look at an answer of the other system.", "请查看对方系统的返回内容。")))
        return str(found)

    def _address(self, path: str) -> str:
        return self.body.connection.base_url.rstrip("/") + path

    def _page_address(self, source: Source, since: str | None, place: Any) -> str:
        page = source.page
        if page is not None and page.by == "link" and place is not None:
            return self._own(str(place))
        moment = since if since is not None else source.since.first if source.since is not None and source.since.first is not None else None
        said = {name: value.replace(SINCE, moment or "1970-01-01T00:00:00Z") for name, value in source.params.items()}
        if source.since is not None and source.since.param is not None and moment is not None:
            said[source.since.param] = moment
        if page is not None and page.size is not None and page.size_param is not None:
            said[page.size_param] = str(page.size)
        if page is not None and page.param is not None:
            if place is not None:
                said[page.param] = str(place)
            elif page.by == "page":
                said[page.param] = str(page.first)
        address = self._address(source.path)
        query = urlencode([*parse_qsl(urlsplit(address).query, keep_blank_values=True), *said.items()])
        return address.partition("?")[0] + (f"?{query}" if query else "")

    def _own(self, link: str) -> str:
        """Return the address of a link; what leads to another host gets no token of ours. Raises Invalid."""
        address = urljoin(self._address("/"), link)
        if urlsplit(address)[:2] != urlsplit(self.body.connection.base_url)[:2]:
            message = say("The next page lies at another address: {host}.", "下一页位于其他地址：{host}。", host=urlsplit(address).netloc[:100])
            raise Invalid(Problem("/source/page", "refused", message, say("It is not followed.", "不会跟随。")))
        return address

    def _call(self, method: str, address: str, body: bytes | None, more: dict[str, str] | None = None) -> HttpAnswer:
        """Call, with a fresh token where the one at hand is no longer taken. Raises Invalid, NotFound, Unavailable."""
        had_token = self.token is not None
        answer = self._try(method, address, body, more)
        if answer.status == 401 and had_token and isinstance(self.body.connection.auth, ClientAuth):
            self.token = None
            answer = self._try(method, address, body, more)
        if not 200 <= answer.status < 300:
            raise _failed(self._withheld(answer))
        if answer.is_cut:
            message = say("The answer is longer than {n} bytes.", "返回内容超过 {n} 字节。", n=MOST_BYTES)
            raise Invalid(Problem("/source/page", "over_limit", message, say("Ask for smaller pages.", "请减小每页记录数。")))
        return answer

    def _try(self, method: str, address: str, body: bytes | None, more: dict[str, str] | None) -> HttpAnswer:
        connection = self.body.connection
        headers = {"Accept": "application/json", **connection.headers, **(more or {}), **self._authorised(connection)}
        if body is not None:
            headers["Content-Type"] = "application/json"
        return self.outside.http.fetch(method, address, headers=headers, body=body or b"", timeout=float(connection.timeout_seconds), most_bytes=MOST_BYTES)

    def _authorised(self, connection: Connection) -> dict[str, str]:
        auth = connection.auth
        if isinstance(auth, BearerAuth):
            return {"Authorization": f"Bearer {self._secret(auth.secret)}"}
        if isinstance(auth, BasicAuth):
            both = base64.b64encode(f"{auth.user}:{self._secret(auth.secret)}".encode()).decode()
            self.said.add(both)
            return {"Authorization": f"Basic {both}"}
        if isinstance(auth, KeyAuth):
            return {auth.header: self._secret(auth.secret)}
        if isinstance(auth, ClientAuth):
            if self.token is None:
                self.token = self._fetch_token(auth)
                self.said.add(self.token)
            return {"Authorization": f"Bearer {self.token}"}
        return {}

    def _fetch_token(self, auth: ClientAuth) -> str:
        said = {"grant_type": "client_credentials", "client_id": auth.client_id, "client_secret": self._secret(auth.secret)}
        if auth.scope is not None:
            said["scope"] = auth.scope
        headers = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}
        answer = self.outside.http.fetch("POST", auth.token_url, headers=headers, body=urlencode(said).encode(), timeout=float(self.body.connection.timeout_seconds), most_bytes=MOST_BYTES)
        if not 200 <= answer.status < 300:
            raise _failed(answer) if answer.status in LATER or answer.status >= 500 else _not_let_in(answer.status)
        token = at_place(_json(answer), "access_token")
        if not isinstance(token, str) or not token:
            raise _not_let_in(answer.status)
        return token

    def _secret(self, name: str) -> str:
        found = self.outside.secret(name, "/connection/auth/secret")
        self.said.add(found)
        return found

    def _withheld(self, answer: HttpAnswer) -> HttpAnswer:
        """Return an answer without the secrets that it gives back."""
        body = answer.body
        for each in sorted(self.said, key=len, reverse=True):
            body = body.replace(each.encode(), HIDDEN) if each else body
        return replace(answer, body=body)


def _following(page: Paging | None, answer: HttpAnswer, content: Any, place: Any, count: int) -> Any:
    """Return where the next page is asked for, None after the last one."""
    if page is None:
        return None
    if page.by in ("offset", "page"):
        if count < (page.size or 0):
            return None
        return (place or 0) + count if page.by == "offset" else (place if place is not None else page.first) + 1
    if page.by == "link" and page.at is None:
        return _linked(answer.headers.get("link", ""))
    found = at_place(content, page.at or str(page.param))
    return found if found not in (None, "", False) and found != place else None


def _linked(header: str) -> str | None:
    """Return the address of the next page in a header ``Link``."""
    for part in header.split(","):
        address, _, about = part.partition(">")
        if 'rel="next"' in about or "rel=next" in about:
            return address.strip().removeprefix("<")
    return None


def _json(answer: HttpAnswer) -> Any:
    try:
        return json.loads(answer.body, parse_float=Decimal, parse_constant=Decimal)
    except (ValueError, RecursionError) as error:
        message = say("The answer is not JSON.", "返回内容不是 JSON。")
        raise Invalid(Problem("/source/path", "bad_format", message, say("Look at what the address answers.", "请查看该地址的返回内容。"))) from error


def _failed(answer: HttpAnswer) -> TenonError:
    """Return what an answer means that is no 2xx: another attempt may help, or somebody has to look."""
    status = answer.status
    if status in LATER or status >= 500:
        message = say("The other side answered {status}.", "对方返回 {status}。", status=status)
        return Unavailable(Problem("", "blocked", message, say("It is tried again.", "将自动重试。")))
    if status in NOT_LET_IN:
        return _not_let_in(status)
    if 300 <= status < 400:
        message = say("The other side redirects ({status}), which is not followed.", "对方要求重定向（{status}），不会跟随。", status=status)
        return Invalid(Problem("/connection/base_url", "refused", message, say("Write the address it leads to.", "请填写重定向后的地址。")))
    said = answer.body[:LONGEST_ANSWER].decode("utf-8", "replace").replace("\x00", "").strip()
    message = say("The other side answered {status}: {said}", "对方返回 {status}：{said}", status=status, said=said or "-")
    problem = Problem("", "refused", message, say("Look at what was sent, and at what the other system asks for.", "请检查所发送的内容与对方系统的要求。"))
    return NotFound(problem) if status in GONE else Invalid(problem)


def _not_let_in(status: int) -> Invalid:
    message = say("The other side does not let us in ({status}).", "对方拒绝访问（{status}）。", status=status)
    return Invalid(Problem("/connection/auth", "forbidden", message, say("Check the secret and the rights it has there.", "请检查密钥及其在对方系统中的权限。")))
