"""The same value: of texts in any width, case and spelling of Chinese."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tenon.engine.duplicates.comparators.base import NOTHING, Likeness
from tenon.engine.folding import fold


def read(value: Any) -> str | None:
    """Return a value as a text that is the same for the same values."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return (fold(value) if isinstance(value, str) else str(value)) or None


def keys(read: str) -> list[str]:
    """Return the value."""
    return [read]


def liken(one: str, other: str) -> Likeness:
    """Return whether the two are the same; what it is stays unsaid, for it may be the id of a record."""
    return Likeness(1.0) if one == other else NOTHING
