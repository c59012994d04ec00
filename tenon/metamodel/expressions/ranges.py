"""How large numbers and how long texts can become: kept for every node, so that no statement fails because of one record."""

from __future__ import annotations

from dataclasses import replace
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal

from tenon.metamodel.expressions.tree import Facts
from tenon.metamodel.expressions.wording import too_large, too_long
from tenon.metamodel.types import Type

ZERO, ONE = Decimal(0), Decimal(1)
LARGEST = Decimal("1e290")
TINIEST = Decimal("1e-290")
MOST_ROWS = Decimal("1e12")
LONGEST = 100_000
UNKNOWN_LENGTH = 10_000
_WIDE = Context(prec=30, Emax=MAX_EMAX, Emin=MIN_EMIN)
_GRAIN = Decimal("1e-17")
KEPT_SCALE = 8


def bounds(facts: Facts) -> tuple[Decimal, Decimal]:
    """Return the lowest and highest value a number can have."""
    type_ = facts.type
    widest = Decimal(1).scaleb(15 - (type_.scale or 0)) if type_.scale is not None else LARGEST
    if type_.kind not in ("number", "duration"):
        return ZERO, ZERO
    return (-widest if type_.low is None else type_.low), (widest if type_.high is None else type_.high)


def stored(type_: Type) -> Type:
    """Return the type of what a field holds: at most 15 digits, whatever its formula could give."""
    if type_.scale is None or type_.kind not in ("number", "duration"):
        return type_
    widest = ONE.scaleb(15 - type_.scale)
    low, high = bounds(Facts(type_))
    return replace(type_, low=max(low, -widest), high=min(high, widest))


def size(facts: Facts) -> Decimal:
    """Return how far from zero a number can be."""
    low, high = bounds(facts)
    return max(abs(low), abs(high))


def smallest(facts: Facts) -> Decimal:
    """Return how near to zero a number other than zero can be."""
    return ONE.scaleb(-facts.type.scale) if facts.type.scale is not None else facts.smallest or _GRAIN


def exact(scale: int, low: Decimal, high: Decimal, like: Type | None = None) -> Facts:
    """Return the facts of an exact number; raises `Refusal` past the limits."""
    if max(abs(low), abs(high)) > LARGEST:
        raise too_large()
    return Facts(Type("number", scale=scale, low=low, high=high, currency=like.currency if like else None))


def real(low: Decimal, high: Decimal, near: Decimal, like: Type | None = None) -> Facts:
    """Return the facts of a real number; raises `Refusal` past the limits."""
    if max(abs(low), abs(high)) > LARGEST or near < TINIEST:
        raise too_large()
    return Facts(Type("number", low=low, high=high, currency=like.currency if like else None), smallest=near)


def number(scale: int | None, low: Decimal, high: Decimal, near: Decimal, like: Type | None = None) -> Facts:
    """Return the facts of a number that is exact when it has a scale."""
    return real(low, high, near, like) if scale is None else exact(scale, low, high, like)


def common_scale(*all_facts: Facts) -> int | None:
    """Return the scale that holds all of them, None when one is real."""
    scales = [f.type.scale for f in all_facts if f.type.kind != "empty"]
    return None if None in scales else max((s for s in scales if s is not None), default=0)


def add(a: Facts, b: Facts, like: Type | None) -> Facts:
    """Return the facts of a + b."""
    (a_low, a_high), (b_low, b_high) = bounds(a), bounds(b)
    near = _WIDE.multiply(min(smallest(a), smallest(b)), _GRAIN)
    return number(common_scale(a, b), _WIDE.add(a_low, b_low), _WIDE.add(a_high, b_high), near, like)


def opposite(a: Facts) -> Facts:
    """Return the facts of -a."""
    low, high = bounds(a)
    return Facts(replace(a.type, low=-high, high=-low), smallest=a.smallest)


def multiply(a: Facts, b: Facts, like: Type | None) -> Facts:
    """Return the facts of a * b; more than 8 decimals make it real."""
    corners = [_WIDE.multiply(x, y) for x in bounds(a) for y in bounds(b)]
    scale = None if a.type.scale is None or b.type.scale is None else a.type.scale + b.type.scale
    near = _WIDE.multiply(smallest(a), smallest(b))
    return number(scale if scale is not None and scale <= KEPT_SCALE else None, min(corners), max(corners), near, like)


def divide(a: Facts, b: Facts, like: Type | None) -> Facts:
    """Return the facts of a / b, a real number."""
    most = _WIDE.divide(size(a), smallest(b))
    near = _WIDE.divide(smallest(a), max(size(b), TINIEST))
    return real(-most, most, near, like)


def floor_divide(a: Facts, b: Facts) -> Facts:
    """Return the facts of a // b: whole, exact when both are."""
    most = _WIDE.add(_WIDE.divide(size(a), smallest(b)), ONE)
    return number(None if common_scale(a, b) is None else 0, -most, most, ONE)


def modulo(a: Facts, b: Facts) -> Facts:
    """Return the facts of a % b: nearer to zero than b, with its sign."""
    low, high = bounds(b)
    near = _WIDE.multiply(min(smallest(a), smallest(b)), _GRAIN)
    return number(common_scale(a, b), min(low, ZERO), max(high, ZERO), near)


def power(a: Facts, n: int) -> Facts:
    """Return the facts of a ** n, a real number."""
    far, near = max(size(a), TINIEST), smallest(a)
    ends = _WIDE.power(far, n), _WIDE.power(near, n)
    most = max(*ends, ONE)
    return real(ZERO if n % 2 == 0 else -most, most, min(*ends, ONE))


def hull(*all_facts: Facts) -> tuple[Decimal, Decimal]:
    """Return the bounds that hold all of the numbers; empties add nothing."""
    pairs = [bounds(f) for f in all_facts if f.type.kind != "empty"]
    return min((low for low, _ in pairs), default=ZERO), max((high for _, high in pairs), default=ZERO)


def nearest(*all_facts: Facts) -> Decimal:
    """Return how near to zero one of the numbers can be."""
    return min((smallest(f) for f in all_facts if f.type.kind != "empty"), default=ONE)


def length(facts: Facts) -> int:
    """Return how many characters a value can have as a text."""
    type_ = facts.type
    if type_.kind == "empty":
        return 0
    if type_.kind == "choice" and type_.length is None:
        return max((len(o) for o in type_.options), default=40)
    return UNKNOWN_LENGTH if type_.length is None else type_.length


def text(characters: int) -> Facts:
    """Return the facts of a text of at most that many characters; raises `Refusal` past the limit."""
    if characters > LONGEST:
        raise too_long()
    return Facts(Type("text", length=characters))
