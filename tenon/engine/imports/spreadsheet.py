"""Texts that a spreadsheet would take for a formula: an apostrophe before them on the way out, taken off on the way in."""

from __future__ import annotations

import re

# Also with apostrophes of its own before it: only so does every text come back as it went.
_RISKY = re.compile(r"'*[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?\Z")


def guard(text: str) -> str:
    """Return a text as a cell of a CSV file that no spreadsheet runs; plain negative numbers stay as they are."""
    return "'" + text if _RISKY.match(text) and not _NUMBER.match(text) else text


def unguard(text: str) -> str:
    """Return the text of a cell that was guarded; others as they are."""
    return text[1:] if text[:1] == "'" and _RISKY.match(text) else text
