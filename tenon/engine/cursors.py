"""Cursors: where a list goes on, as a text for addresses that says nothing by itself."""

from __future__ import annotations

import base64
import binascii
from typing import Any

import orjson


def write_cursor(place: Any) -> str:
    """Return a place, plain JSON, as a cursor."""
    return base64.urlsafe_b64encode(orjson.dumps(place)).decode().rstrip("=")


def read_cursor(cursor: str) -> Any:
    """Return the place of a cursor, as plain JSON; None for a text that is none, or holds what no database keeps."""
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        return None if b"\\u0000" in text else orjson.loads(text)
    except (ValueError, binascii.Error):
        return None
