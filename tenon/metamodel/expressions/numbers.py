"""Arithmetic of the expression language on plain values: exact numbers are int or Decimal, real ones float.

Exact work is exact; one real operand makes the result real. None never comes in: callers leave empties out.
"""

from __future__ import annotations

import math
import re
from decimal import MAX_EMAX, MIN_EMIN, ROUND_HALF_UP, Context, Decimal

Number = int | Decimal | float

EXACT = Context(prec=1200, rounding=ROUND_HALF_UP, Emax=MAX_EMAX, Emin=MIN_EMIN)
"""Wide enough for everything the checker lets through: 10^290 with 8 decimals, multiplied."""

NUMBER_TEXT = r"^ *[+-]?[0-9]{1,15}(\.[0-9]{1,6})? *$"
"""What `number` reads: spaces around, one sign, 1 to 15 ASCII digits, at most 6 decimals."""
_NUMBER_TEXT = re.compile(NUMBER_TEXT.removesuffix("$") + r"\Z")
_HUGE = 10**300


def _pair(a: Number, b: Number) -> tuple[Decimal, Decimal] | None:
    """Return both as decimals when both are exact, else None."""
    return None if isinstance(a, float) or isinstance(b, float) else (Decimal(a), Decimal(b))


def plus(a: Number, b: Number) -> Number:
    """Return a + b."""
    exact = _pair(a, b)
    return EXACT.add(*exact) if exact else float(a) + float(b)


def minus(a: Number, b: Number) -> Number:
    """Return a - b."""
    exact = _pair(a, b)
    return EXACT.subtract(*exact) if exact else float(a) - float(b)


def times(a: Number, b: Number) -> Number:
    """Return a * b."""
    exact = _pair(a, b)
    return EXACT.multiply(*exact) if exact else float(a) * float(b)


def divide(a: Number, b: Number) -> float | None:
    """Return a / b as a real number; None for b = 0."""
    return None if b == 0 else float(a) / float(b)


def floor_divide(a: Number, b: Number) -> Number | None:
    """Return a // b, toward minus infinity; None for b = 0."""
    if b == 0:
        return None
    exact = _pair(a, b)
    if exact is None:
        return _floor_real(float(a) / float(b))
    whole = EXACT.divide_int(*exact)
    rest = EXACT.subtract(exact[0], EXACT.multiply(whole, exact[1]))
    return EXACT.subtract(whole, Decimal(1)) if rest != 0 and (rest < 0) != (exact[1] < 0) else whole


def modulo(a: Number, b: Number) -> Number | None:
    """Return a % b with the sign of b; None for b = 0."""
    whole = floor_divide(a, b)
    return None if whole is None else minus(a, times(b, whole))


def power(a: Number, n: int) -> float | None:
    """Return a ** n as a real number; None for zero to a negative power."""
    if a == 0 and n < 0:
        return None
    return _finite(float(a) ** n)


def negative(a: Number) -> Number:
    """Return -a."""
    return -a if isinstance(a, float) else EXACT.minus(Decimal(a))


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _floor_real(value: float) -> float:
    return float(math.floor(value)) if abs(value) < _HUGE else value


def absolute(x: Number) -> Number:
    """Return the distance from zero."""
    return abs(x) if isinstance(x, float) else EXACT.abs(Decimal(x))


def floor(x: Number) -> Number:
    """Return the largest whole number not above x."""
    return _floor_real(x) if isinstance(x, float) else Decimal(math.floor(x))


def ceil(x: Number) -> Number:
    """Return the smallest whole number not below x."""
    return -_floor_real(-x) if isinstance(x, float) else Decimal(math.ceil(x))


def settle(x: Number) -> Decimal:
    """Return the exact number that rounding starts from: a real one taken to 15 significant digits."""
    return Decimal(f"{x:.14e}") if isinstance(x, float) else Decimal(x)


def round_to(x: Number, n: int = 0) -> Decimal:
    """Return x with n decimals (n < 0: whole tens, hundreds), half away from zero; the scale of the result is max(n, 0)."""
    # Plus zero: a negative zero would show as -0.
    rounded = EXACT.add(EXACT.quantize(settle(x), Decimal(1).scaleb(-int(n))), Decimal(0))
    return rounded if n >= 0 else EXACT.quantize(rounded, Decimal(1))


def with_scale(x: Number, scale: int) -> Decimal:
    """Return x as an exact number shows and is stored: exactly that many decimals."""
    return round_to(x, scale)


def smaller(a: Number, b: Number) -> bool:
    """Return a < b; exact numbers exactly, a real one makes both real."""
    exact = _pair(a, b)
    return exact[0] < exact[1] if exact else float(a) < float(b)


def same(a: Number, b: Number) -> bool:
    """Return a == b; exact numbers exactly, a real one makes both real."""
    exact = _pair(a, b)
    return exact[0] == exact[1] if exact else float(a) == float(b)


def clamp(x: Number, lo: Number, hi: Number) -> Number:
    """Return x, at most hi and then at least lo."""
    below = hi if smaller(hi, x) else x
    return lo if smaller(below, lo) else below


def scale(x: Number, lo: Number, hi: Number) -> float | None:
    """Return where x lies between lo and hi as 0..1, clamped; lo may exceed hi; None when they are equal."""
    if same(lo, hi):
        return None
    share = float(minus(x, lo)) / float(minus(hi, lo))
    return 0.0 if share < 0 else min(share, 1.0)


def sqrt(x: Number) -> float | None:
    """Return the square root; None of a negative."""
    return None if x < 0 else math.sqrt(x)


def ln(x: Number) -> float | None:
    """Return the natural logarithm; None of 0 or less."""
    return None if x <= 0 else math.log(x)


def read_number(t: str) -> float | None:
    """Return the number a text holds, or None (see `NUMBER_TEXT`)."""
    return float(t) if _NUMBER_TEXT.match(t) else None
