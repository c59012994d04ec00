"""E-mail addresses, whatever their case and what stands behind a plus."""

from __future__ import annotations

from typing import Any

from tenon.engine.duplicates.comparators.base import Likeness, same
from tenon.engine.folding import fold


def read(value: Any) -> str | None:
    """Return an address as it is delivered to."""
    name, at, host = fold(str(value)).rpartition("@")
    name = name.partition("+")[0]
    return f"{name}@{host}" if at and name and host else None


def keys(read: str) -> list[str]:
    """Return the address."""
    return [read]


def liken(one: str, other: str) -> Likeness:
    """Return whether the two are the same address."""
    return same(one, other)
