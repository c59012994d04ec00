"""Unified social credit codes: eighteen signs, the last of which checks the others (GB 32100)."""

from __future__ import annotations

import re
from typing import Any

from tenon.engine.duplicates.comparators.base import NOTHING, Likeness, same
from tenon.engine.folding import fold

SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LENGTH = 18


def read(value: Any) -> str | None:
    """Return a code without blanks and signs between, in capitals and half width."""
    return re.sub(r"[^0-9A-Z]", "", fold(str(value)).upper()) or None


def keys(read: str) -> list[str]:
    """Return the code."""
    return [read]


def liken(one: str, other: str) -> Likeness:
    """Return whether two codes are the same; a right one beside one that a single slip of the pen made wrong decides nothing."""
    if one != other and is_right(one) != is_right(other) and _slips(one, other) == 1:
        return Likeness(0.0, is_told=False)
    return same(one, other) if one == other else NOTHING


def is_right(code: str) -> bool:
    """Return whether the last sign of a code fits the others."""
    if len(code) != LENGTH or any(sign not in SIGNS for sign in code):
        return False
    total = sum(SIGNS.index(sign) * pow(3, place, 31) for place, sign in enumerate(code[:-1]))
    return SIGNS[-total % 31] == code[-1]


def _slips(one: str, other: str) -> int:
    return sum(a != b for a, b in zip(one, other, strict=True)) if len(one) == len(other) else LENGTH
