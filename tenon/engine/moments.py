"""Moments as other systems write them: ISO 8601, or seconds or milliseconds since 1970."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

SINCE_1970 = re.compile(r"\d{9,14}(\.\d+)?\Z")
MILLISECONDS = 100_000_000_000
"""Numbers below it are seconds, others milliseconds."""


def read_moment(value: Any) -> datetime | None:
    """Return a moment in UTC, None for what is none; one without an offset is in UTC."""
    if value is None or isinstance(value, bool | dict | list):
        return None
    text = str(value).strip()
    try:
        if SINCE_1970.match(text):
            number = float(text)
            return datetime.fromtimestamp(number / 1000 if number >= MILLISECONDS else number, UTC)
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None
