"""Moments of another system one after the other, written as it writes them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tenon.engine.moments import MILLISECONDS, SINCE_1970, read_moment


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
    if SINCE_1970.match(text):
        return str(int(earlier.timestamp() * (1000 if float(text) >= MILLISECONDS else 1)))
    return earlier.isoformat(timespec="milliseconds" if "." in text else "seconds").replace("+00:00", "Z")
