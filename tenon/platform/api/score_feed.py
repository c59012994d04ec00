"""Values of scores and their history in bulk: pages of JSON, or the whole as a file that is sent while it is read."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response, StreamingResponse

from tenon.engine.imports.spreadsheet import guard
from tenon.engine.query.pages import MAX_LIMIT
from tenon.engine.scores.feed import columns_now, columns_then, history, values_now
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.labels import say
from tenon.platform import audit
from tenon.platform.api.answers import answer, dump
from tenon.platform.api.calls import Call, ThisCall
from tenon.platform.api.paging import PAGING, Paging
from tenon.platform.api.scores import read_day
from tenon.platform.export import plain

router = APIRouter(prefix="/scores")
MEDIA = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"}
Rows = Sequence[dict[str, Any]]


@router.get("/{name}/records")
def list_values(name: str, call: ThisCall) -> Response:
    """Return what the score of every record is, paged, or as a file; needs the right to export for a file."""
    format_ = _format(call.params((*PAGING, "format")))
    if format_ is not None:
        with call.platform.read() as uow:
            columns = columns_now(uow, call.ctx, name, to_file=True)
        return _file(call, name, "records", format_, columns, lambda: _all_values(call, name))
    with call.platform.read() as uow:
        rows, following = values_now(uow, call.ctx, name, after=call.request.query_params.get("after"), limit=call.number("limit", 50, 1, MAX_LIMIT))
    return answer({"records": rows, "next": following}, decimals=call.decimals)


@router.get("/{name}/history")
def list_history(name: str, call: ThisCall) -> Response:
    """Return every kept value of the score, the oldest first, from a day on (``since``), paged, or as a file; needs the right to export for a file."""
    params = call.params((*PAGING, "format", "since"))
    format_, since = _format(params), read_day(params.get("since"), "since")
    if format_ is not None:
        with call.platform.read() as uow:
            columns = columns_then(uow, call.ctx, name, to_file=True)

        def read(after: int) -> Rows:
            with call.platform.read() as uow:
                return history(uow, call.ctx, name, since=since, after=after, limit=MAX_LIMIT)

        return _file(call, name, "history", format_, columns, lambda: _all_history(read))
    paging = Paging(call, "history", name, params.get("since"), kind=int)
    with call.platform.read() as uow:
        rows = history(uow, call.ctx, name, since=since, after=paging.before or 0, limit=paging.fetch)
    return answer({"history": rows[: paging.limit], "next": paging.next(rows)}, decimals=call.decimals)


def _format(params: Mapping[str, str]) -> str | None:
    """Return the format of a file, None for pages. Raises Invalid."""
    found = params.get("format")
    if found in (None, "json"):
        return None
    if found not in MEDIA:
        message = say("format is json, csv or jsonl.", "format 只能是 json、csv 或 jsonl。")
        raise Invalid(Problem("/format", "bad_choice", message, say("Leave it out for pages of json.", "省略时为分页的 json。")))
    return found


def _all_values(call: Call, name: str) -> Iterator[Rows]:
    after: str | None = None
    while True:
        with call.platform.read() as uow:
            rows, after = values_now(uow, call.ctx, name, after=after, limit=MAX_LIMIT)
        yield rows
        if after is None:
            return


def _all_history(read: Callable[[int], Rows]) -> Iterator[Rows]:
    after = 0
    while rows := read(after):
        yield rows
        after = rows[-1]["id"]


def _file(call: Call, name: str, what: str, format_: str, columns: Sequence[str], pages: Callable[[], Iterator[Rows]]) -> Response:
    """Send a file page by page; that it was asked for is in the audit log."""
    with call.platform.write() as uow:
        audit.write(uow.connection, call.ctx, "score.export", "score", uow.model.get("score", name).id, {"what": what, "format": format_})
    headers = {"Content-Disposition": f'attachment; filename="{name}_{what}.{format_}"'}
    content = (_csv if format_ == "csv" else _lines)(columns, pages())
    return StreamingResponse(content, media_type=MEDIA[format_], headers=headers)


def _csv(columns: Sequence[str], pages: Iterator[Rows]) -> Iterator[bytes]:
    """Yield UTF-8 with a mark at the start, a page at a time; texts that look like formulas are guarded."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(columns)
    yield b"\xef\xbb\xbf" + text.getvalue().encode()
    for rows in pages:
        text = io.StringIO(newline="")
        csv.writer(text).writerows([_cell(row.get(name)) for name in columns] for row in rows)
        yield text.getvalue().encode()


def _cell(value: Any) -> Any:
    cell = plain(value)
    return guard(cell) if isinstance(cell, str) else "" if cell is None else cell


def _lines(columns: Sequence[str], pages: Iterator[Rows]) -> Iterator[bytes]:
    for rows in pages:
        yield b"".join(dump({name: row.get(name) for name in columns}) + b"\n" for row in rows)
