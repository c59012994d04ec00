"""Lists that go on after an id: the cursor belongs to what was asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from starlette.responses import Response

from tenon.engine.cursors import read_cursor, write_cursor
from tenon.engine.query.ordering import digest_of
from tenon.metamodel.errors import Malformed, Problem
from tenon.metamodel.labels import say
from tenon.platform.api.answers import answer
from tenon.platform.api.calls import Call

PAGING = ("limit", "after")


class Paging:
    """Where a list starts and how much of it is wanted; ``asked`` are its filters, to which the cursor belongs."""

    def __init__(self, call: Call, name: str, *asked: Any, kind: type[str] | type[int] = str) -> None:
        self.name, self.kind = name, kind
        self.digest = digest_of(name, *asked)
        self.limit = call.number("limit", 50, 1, 500)
        self.before: Any = self._read(call.request.query_params.get("after"))

    @property
    def fetch(self) -> int:
        """How many rows to ask for: one more tells whether the list goes on."""
        return self.limit + 1

    def answer(self, rows: Sequence[Any], key: str = "id", show: Callable[[Any], Any] | None = None, more: Mapping[str, Any] | None = None) -> Response:
        """Return the page as ``{"<name>": […], "next": cursor or null}``, with what ``more`` there is to say."""
        shown = list(rows[: self.limit])
        return answer({self.name: [show(row) for row in shown] if show else shown, "next": self.next(rows, key), **(more or {})})

    def next(self, rows: Sequence[Any], key: str = "id") -> str | None:
        """Return the cursor of what follows the page, None when nothing does."""
        return self._write(rows[self.limit - 1][key]) if len(rows) > self.limit else None

    def _write(self, last: Any) -> str:
        return write_cursor([self.digest, last])

    def _read(self, cursor: str | None) -> Any:
        if cursor is None:
            return None
        found = read_cursor(cursor)
        if not isinstance(found, list) or len(found) != 2 or found[0] != self.digest or type(found[1]) is not self.kind:
            message = say("This cursor does not belong to this list.", "该游标不属于此列表。")
            raise Malformed(Problem("/after", "bad_cursor", message, say("Start again from the first page.", "请从第一页重新开始。")))
        return found[1]
