"""What a comparison of two values says."""

from __future__ import annotations

from typing import NamedTuple


class Likeness(NamedTuple):
    """How alike two values are, 0 to 1, and what they have in common where that can be shown; ``is_told`` False: it decides nothing."""

    share: float
    common: str | None = None
    is_told: bool = True


NOTHING = Likeness(0.0)


def same(one: str, other: str) -> Likeness:
    """Return that two values are the same, or have nothing in common."""
    return Likeness(1.0, one) if one == other else NOTHING
