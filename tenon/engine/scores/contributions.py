"""From stored shares back to points: what each measure gave, and what clamping and caps took away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

WHOLE = 10_000
STALE = -1


@dataclass(frozen=True)
class Contribution:
    """What one measure gave: ``share`` 0..1 (None when missing), ``points`` and ``most`` after renormalising."""

    id: str
    name: str
    group: str | None
    share: Decimal | None
    points: Decimal
    most: Decimal
    is_missing: bool
    is_stale: bool


@dataclass(frozen=True)
class Adjustment:
    """What changed the sum of points: "clamp" to the scale (or its start), or the ``index``-th "cap"."""

    type: str
    points: Decimal
    index: int | None = None


def contributions(form: dict[str, Any], variant: str | None, shares: Sequence[int | None] | None) -> list[Contribution]:
    """Return what each measure of a variant gave."""
    found = next((v for v in form["variants"] if v["name"] == variant), None)
    if found is None or shares is None:
        return []
    low, high = (Fraction(s) for s in form["scale"])
    worths = [Fraction(m["worth"]) for m in found["measures"]]
    known = [share is not None and share >= 0 for share in shares]
    counts = [is_known or m["missing"] != "exclude" for is_known, m in zip(known, found["measures"], strict=True)]
    total = sum((w for w in worths if w > 0), Fraction(0))
    present = sum((w for w, c in zip(worths, counts, strict=True) if w > 0 and c), Fraction(0))
    goal = high - low if found["weighted"] else total
    factor = goal / present if present else Fraction(0)
    result = []
    for measure, worth, share, is_known, is_in in zip(found["measures"], worths, shares, known, counts, strict=True):
        assumed = WHOLE // 2 if measure["missing"] == "neutral" and worth > 0 else 0
        effective = Fraction(share if is_known and share is not None else assumed, WHOLE)
        points = effective * worth * (factor if worth > 0 else 1) if is_in else Fraction(0)
        result.append(
            Contribution(
                measure["id"], measure["name"], measure["group"], Decimal(share).scaleb(-4) if is_known and share is not None else None,
                as_decimal(points), as_decimal(worth * factor) if worth > 0 and is_in else Decimal(0), not is_known, share == STALE,
            )
        )  # fmt: skip
    return result


def adjustments(
    form: dict[str, Any], variant: str | None, given: Sequence[Contribution], caps: int | None, value: Decimal | None
) -> list[Adjustment]:
    """Return what lies between the sum of points and the computed score."""
    if value is None:
        return []
    found: list[Adjustment] = []
    low, high = (Decimal(s) for s in form["scale"])
    is_weighted = any(v["weighted"] for v in form["variants"] if v["name"] == variant)
    current = sum((c.points for c in given), Decimal(0))
    base = current + (low if is_weighted else 0)
    clamped = min(max(base, low), high)
    if clamped != current:
        found.append(Adjustment("clamp", clamped - current))
    current = clamped
    for index, cap in enumerate(form["caps"]):
        if not (caps or 0) >> index & 1:
            continue
        held = min(current, Decimal(cap["at_most"])) if cap["at_most"] is not None else current
        held = max(held, Decimal(cap["at_least"])) if cap["at_least"] is not None else held
        held = min(max(held, low), high)
        if held != current:
            found.append(Adjustment("cap", held - current, index))
        current = held
    return found


def as_decimal(value: Fraction) -> Decimal:
    """Return a ratio with six decimals, needless zeros left out."""
    rounded = (Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal("0.000001"))
    return plain(rounded)


def plain(value: Decimal) -> Decimal:
    """Return a number without needless zeros and without an exponent."""
    short = value.normalize()
    return short.quantize(Decimal(1)) if short == short.to_integral_value() else short
