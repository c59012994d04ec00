"""What moved a score between two days: the measures whose points changed, the largest change first."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from tenon.engine.scores.contributions import Contribution, plain


def difference(
    before: Sequence[Contribution], before_rest: Decimal, after: Sequence[Contribution], after_rest: Decimal
) -> list[dict[str, Any]]:
    """Return ``{"name", "from", "to", "change"}`` for each measure that moved; "adjustments" stands for clamping and caps.

    A measure that is on one side only (another variant, another release) counts 0 on the other: the changes always add up.
    """
    old, new = {c.id: c for c in before}, {c.id: c for c in after}
    pairs = [((new.get(key) or old[key]).name, _points(old.get(key)), _points(new.get(key))) for key in dict.fromkeys([*new, *old])]
    pairs.append(("adjustments", before_rest, after_rest))
    moved = [{"name": name, "from": plain(was), "to": plain(now), "change": plain(now - was)} for name, was, now in pairs if was != now]
    return sorted(moved, key=lambda each: -abs(each["change"]))


def _points(found: Contribution | None) -> Decimal:
    return found.points if found is not None else Decimal(0)
