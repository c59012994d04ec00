"""One key for a telephone number, with or without country, signs and leading zeros."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from tenon.engine.duplicates.comparators.base import Likeness, same

_EXTENSION = re.compile(r"(ext|x|转|轉|分机|#|,|;).*\Z", re.IGNORECASE)
_COUNTRY = re.compile(r"\A(00)?86(?=\d{10,11}\Z)")
LEAST = 6
"""Fewer digits are no number of anybody's."""


def read(value: Any) -> str | None:
    """Return the digits of a number inside its country; those of another one keep their code."""
    text = _EXTENSION.sub("", unicodedata.normalize("NFKC", str(value)).strip())
    digits = _COUNTRY.sub("", re.sub(r"[^\d]", "", text)).lstrip("0")
    return digits if len(digits) >= LEAST and len(set(digits)) > 1 else None


def keys(read: str) -> list[str]:
    """Return the number."""
    return [read]


def liken(one: str, other: str) -> Likeness:
    """Return whether the two are the same number."""
    return same(one, other)
