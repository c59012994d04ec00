"""Texts that are written a little differently: words in another order, a slip of the pen."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Any

from tenon.engine.duplicates.comparators.base import NOTHING, Likeness
from tenon.engine.folding import fold, sort_key

ALIKE = 0.84
"""Below this share of common signs two texts are different ones."""
LONG = 9
BEGIN = 8
MOST = 200
_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"\d+")


def read(value: Any) -> str | None:
    """Return the words of a text, folded and in order."""
    return " ".join(sorted(_WORD.findall(fold(str(value)[:MOST])))) or None


def keys(read: str) -> list[str]:
    """Return the text and, of a long one, how its sound begins."""
    plain = sort_key(read).replace(" ", "")
    return [f"={plain}", *([f"^{plain[:BEGIN]}"] if len(plain) >= LONG else [])]


def liken(one: str, other: str) -> Likeness:
    """Return how much of two texts is the same."""
    if one == other:
        return Likeness(1.0, one)
    share = written_alike(one, other)
    return Likeness(share) if share else NOTHING


@lru_cache(maxsize=20_000)
def written_alike(one: str, other: str) -> float:
    """Return the share of signs that two texts have in common in the same order, 0 when they are too different or too short to tell."""
    longest = max(len(one), len(other))
    if _NUMBER.findall(one) != _NUMBER.findall(other):
        return 0.0  # another number is another one, however alike the words are
    if longest < LONG or 2 * min(len(one), len(other)) < ALIKE * (len(one) + len(other)):
        return 0.0
    share = SequenceMatcher(None, one, other, autojunk=False).ratio()
    return round(share * 0.9, 4) if share >= ALIKE else 0.0
