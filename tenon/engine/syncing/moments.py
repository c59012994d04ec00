"""Moments as other systems write them: ISO 8601, or seconds or milliseconds since 1970."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

_NUMBER = re.compile(r"\d{9,14}(\.\d+)?\Z")
_MILLISECONDS = 100_000_000_000


def read_moment(value: Any) -> datetime | None:
    """Return a moment in UTC, None for what is none; one without an offset is in UTC."""
    if value is None or isinstance(value, bool | dict | list):
        return None
    text = str(value).strip()
    try:
        if _NUMBER.match(text):
            number = float(text)
            return datetime.fromtimestamp(number / 1000 if number >= _MILLISECONDS else number, UTC)
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):
        return None
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)).astimezone(UTC)


def later(first: str | None, second: Any, last: datetime) -> str | None:
    """Return the later of two moments as they were written; a second one that is none, or lies after the last that may be, counts for nothing."""
    before, after = read_moment(first), read_moment(second)
    if after is None or after > last or (before is not None and before >= after):
        return first
    return str(second)


def before(text: str, seconds: int) -> str:
    """Return a moment some seconds before another one, written the same way."""
    moment = read_moment(text)
    if moment is None or not seconds:
        return text
    earlier = moment - timedelta(seconds=seconds)
    if _NUMBER.match(text):
        return str(int(earlier.timestamp() * (1000 if float(text) >= _MILLISECONDS else 1)))
    return earlier.isoformat(timespec="milliseconds" if "." in text else "seconds").replace("+00:00", "Z")
