"""Texts, choices and emptiness of the expression language on plain values; '' never leaves a function, it is None."""

from __future__ import annotations

import string
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

Number = int | Decimal | float

_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
_UPPER = str.maketrans(string.ascii_lowercase, string.ascii_uppercase)
LONGEST = 100_000


def length(x: str | Sequence[str] | None) -> int:
    """Return the number of characters or entries; 0 of empty."""
    return len(x) if x else 0


def lower(t: str) -> str:
    """Return t with A-Z made small, nothing else."""
    return t.translate(_LOWER)


def upper(t: str) -> str:
    """Return t with a-z made large, nothing else."""
    return t.translate(_UPPER)


def trim(t: str) -> str | None:
    """Return t without spaces (U+0020) at its ends."""
    return t.strip(" ") or None


def contains(t: str | Sequence[str] | None, part: str | None) -> bool:
    """Return whether a text has the part in it, or a list has it as an entry; False when either is empty."""
    return bool(t) and bool(part) and part in t  # type: ignore[operator]


def starts_with(t: str | None, part: str | None) -> bool:
    """Return whether t begins with the part; False when either is empty."""
    return bool(t and part and t.startswith(part))


def ends_with(t: str | None, part: str | None) -> bool:
    """Return whether t ends with the part; False when either is empty."""
    return bool(t and part and t.endswith(part))


def replace(t: str | None, a: str | None, b: str | None) -> str | None:
    """Return t with every a made b, from the left; an empty b takes it away, an empty t or a gives empty."""
    return t.replace(a, b or "") or None if t and a else None


def left(t: str, n: Number) -> str | None:
    """Return the first n characters; n is rounded toward zero, 0 or less gives empty."""
    return t[: _count(n)] or None


def right(t: str, n: Number) -> str | None:
    """Return the last n characters; n is rounded toward zero, 0 or less gives empty."""
    count = _count(n)
    return t[-count:] if count else None


def _count(n: Number) -> int:
    return LONGEST if n > LONGEST else max(int(n), 0) if n > 0 else 0


def concat(*parts: str | None) -> str | None:
    """Return the texts one after the other, empties skipped."""
    return "".join(p for p in parts if p) or None


def as_text(x: Any) -> str:
    """Return a text as it is, a date as ISO, an exact number with the decimals it carries."""
    if isinstance(x, date):
        return f"{x.year:04}-{x.month:02}-{x.day:02}"
    return format(x, "f") if isinstance(x, Decimal) else str(x)


def coalesce(*values: Any) -> Any:
    """Return the first value that is not empty, or None."""
    return next((v for v in values if v is not None), None)


def is_empty(x: Any) -> bool:
    """Return whether the value is empty."""
    return x is None or x == "" or x == ()


def if_else(c: bool | None, a: Any, b: Any) -> Any:
    """Return a when the condition is true, else b."""
    return a if c else b


def case(*parts: Any) -> Any:
    """Return the value after the first true condition, else the last value."""
    return next((parts[i + 1] for i in range(0, len(parts) - 1, 2) if parts[i]), parts[-1])


def least(*values: Any) -> Any:
    """Return the smallest value, empties skipped; None when all are empty."""
    return min((v for v in values if v is not None), default=None)


def greatest(*values: Any) -> Any:
    """Return the largest value, empties skipped; None when all are empty."""
    return max((v for v in values if v is not None), default=None)
