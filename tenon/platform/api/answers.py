"""Answers as JSON: exact numbers as they are, moments with Z, problems in the caller's language."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import orjson
from starlette.responses import Response

from tenon.metamodel.errors import TenonError
from tenon.metamodel.labels import Text

_OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_PASSTHROUGH_DATETIME
PROBLEM = "application/problem+json"


def _exact(value: Any) -> Any:
    if isinstance(value, Decimal):
        return orjson.Fragment(format(value, "f").encode())
    return _other(value)


def _as_text(value: Any) -> Any:
    return format(value, "f") if isinstance(value, Decimal) else _other(value)


def _other(value: Any) -> Any:
    if isinstance(value, datetime):
        return show_moment(value)
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Text):
        return value.to_json()
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(type(value).__name__)


def show_moment(value: datetime) -> str:
    """Return a moment in UTC with Z, without needless fractions."""
    return value.astimezone(UTC).isoformat(timespec="auto").replace("+00:00", "Z")


def dump(value: Any, *, decimals: str = "number") -> bytes:
    """Return JSON; decimals as exact numbers, or as text."""
    return orjson.dumps(value, default=_as_text if decimals == "text" else _exact, option=_OPTIONS)


def answer(value: Any, status: int = 200, *, headers: dict[str, str] | None = None, decimals: str = "number") -> Response:
    """Return a JSON answer."""
    return Response(dump(value, decimals=decimals), status, headers=headers, media_type="application/json")


def empty(headers: dict[str, str] | None = None) -> Response:
    """Return 204."""
    return Response(None, 204, headers=headers)


def problem(error: TenonError, language: str) -> Response:
    """Return the problem document of an error."""
    return Response(dump(error.to_json(language)), error.status, headers=error.headers, media_type=PROBLEM)
