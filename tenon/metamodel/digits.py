"""Whole numbers in texts that come from outside: versions, positions, lengths."""

from __future__ import annotations

MOST = 18
"""So many digits fit into 64 bits."""


def read_whole(text: str) -> int | None:
    """Return the number that a text of plain digits is, None for any other text and for more digits than are kept."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST else None
