"""Another system on this machine: accounts as JSON over HTTP, with a token, pages, what changed since, and faults on demand."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson

from tests.serving import Quiet, serving_on

TOKEN, SECRET = "t0ken", "s3cret"
BEGAN = datetime(2026, 2, 1, tzinfo=UTC)


@dataclass
class FarSide:
    """Its records by id, the calls that came (method, path with query, body), and what goes wrong: ``cut_at`` cuts the connection at so many calls from now."""

    url: str = ""
    records: dict[str, dict[str, Any]] = field(default_factory=dict)
    calls: list[tuple[str, str, Any]] = field(default_factory=list)
    page: int = 100
    style: str = "cursor"
    clock: datetime = BEGAN
    cut_at: int | None = None
    refuse: dict[str, int] = field(default_factory=dict)
    """Statuses by name of a record, for writes."""
    is_forgetful: bool = False
    """It no longer knows the places of earlier pages."""
    raw: bytes | None = None
    """What a list answers, whatever is asked for."""
    tokens: int = 0

    def put(self, id: str, **values: Any) -> None:
        """Write a record there, a second after the one before."""
        self.clock += timedelta(seconds=1)
        self.records[id] = {**self.records.get(id, {"Id": id}), **values, "Changed": self.clock.isoformat().replace("+00:00", "Z")}

    def fill(self, count: int) -> None:
        """Write so many records."""
        for number in range(count):
            self.put(f"a{number:03}", Name=f"Account {number}", Code=f"K{number}", Revenue=number * 10)

    def writes(self) -> list[tuple[str, str, Any]]:
        """Return the calls that wrote something."""
        return [call for call in self.calls if call[0] != "GET" and not call[1].startswith("/token")]

    def split(self, target: str) -> tuple[str, dict[str, str]]:
        """Return the path and the parameters of a call."""
        return urlsplit(target).path, {name: values[0] for name, values in parse_qs(urlsplit(target).query).items()}

    def answer(self, method: str, target: str, body: Any, key: str | None) -> tuple[int, Any]:
        """Answer a call to the accounts."""
        path, query = self.split(target)
        if method == "GET":
            return self._listed(query)
        if (status := self.refuse.get(str(body.get("Name")))) is not None:
            return status, {"message": "not so"}
        if method == "POST":
            id = f"new{len(self.records)}"
            self.put(id, **body)
            return 201, {"id": id, "success": True}
        id = path.rpartition("/")[2]
        if id not in self.records:
            return 404, {"message": "no such record"}
        self.put(id, **body)
        return 200, None

    def _listed(self, query: dict[str, str]) -> tuple[int, Any]:
        if self.raw is not None:
            return 200, self.raw
        since = query.get("since", "")
        found = sorted((r for r in self.records.values() if r["Changed"] >= since), key=lambda r: (r["Changed"], r["Id"]))
        start = int(query.get("place") or 0)
        if start and self.is_forgetful:
            return 400, {"message": "the cursor has expired"}
        page = found[start : start + self.page]
        following = start + self.page if start + self.page < len(found) else None
        link = f"/accounts?since={since}&place={following}" if following and self.style == "link" else None
        return 200, {"data": {"items": page}, "next": str(following) if following and self.style == "cursor" else None, "more": link}


@contextmanager
def serving(system: FarSide | None = None) -> Iterator[FarSide]:
    """Serve until the end of the block."""
    far = system or FarSide()
    lock = threading.Lock()

    class Answering(Quiet):
        def _answer(self) -> None:
            raw = self.read_body()
            with lock:
                if self.path == "/token":
                    fits = f"client_secret={SECRET}".encode() in raw
                    far.tokens += fits
                    return self._say(200 if fits else 401, {"access_token": f"{TOKEN}{far.tokens}"} if fits else {})
                if self.headers.get("authorization") not in (f"Bearer {TOKEN}", f"Bearer {TOKEN}{far.tokens}"):
                    return self._say(401, {"message": "who are you?"})
                body = orjson.loads(raw) if raw else None
                far.calls.append((self.command, self.path, body))
                if far.cut_at is not None:
                    far.cut_at -= 1
                    if far.cut_at == 0:
                        far.cut_at = None
                        self.close_connection = True
                        return self.connection.close()
                return self._say(*far.answer(self.command, self.path, body, self.headers.get("idempotency-key")))

        do_GET = _answer  # noqa: N815 - named by the server
        do_POST = do_PATCH = do_PUT = _answer  # noqa: N815

        def _say(self, status: int, content: Any) -> None:
            sent = content if isinstance(content, bytes) else orjson.dumps(content) if content is not None else b""
            self.send_response(status)
            self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

    with serving_on(Answering) as url:
        far.url = url
        yield far
