"""Numbers as people write them: separators, units of ten thousand, currency signs, percent."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import Literal, NamedTuple

DecimalMark = Literal[".", ","]
CURRENCIES = {
    "¥": "CNY",
    "￥": "CNY",
    "元": "CNY",
    "rmb": "CNY",
    "cny": "CNY",
    "人民币": "CNY",
    "$": "USD",
    "usd": "USD",
    "us$": "USD",
    "美元": "USD",
    "€": "EUR",
    "eur": "EUR",
    "欧元": "EUR",
    "£": "GBP",
    "gbp": "GBP",
    "hk$": "HKD",
    "hkd": "HKD",
    "港元": "HKD",
    "jpy": "JPY",
    "日元": "JPY",
}
UNITS = {
    "万": Decimal(10_000),
    "萬": Decimal(10_000),
    "亿": Decimal(100_000_000),
    "億": Decimal(100_000_000),
    "万亿": Decimal(10**12),
    "千": Decimal(1000),
}
MOST = Decimal(10) ** 30
_SIGN = "|".join(re.escape(sign) for sign in sorted(CURRENCIES, key=len, reverse=True))
_SHAPE = re.compile(
    rf"(?P<open>\()?(?P<minus>[-+−])?\s*(?P<before>{_SIGN})?\s*(?P<inner>[-+−])?\s*"
    r"(?P<digits>\d[\d.,' _]*|[.,]\d+)(?P<power>e[-+]?\d{1,2})?"
    rf"\s*(?P<unit>万亿|[万萬亿億千])?\s*(?P<after>{_SIGN})?\s*(?P<percent>[%‰])?\s*(?P<close>\))?(?P<late>-)?\Z",
    re.IGNORECASE,
)
_PLAIN = re.compile(r"-?\d+(?:\.\d+)?\Z")
_POINT = re.compile(r"(?:\d{1,3}(?:[,' _]\d{2,3})*[,' _]\d{3}|\d+)?(?:\.\d+)?\.?\Z")
_COMMA = re.compile(r"(?:\d{1,3}(?:[.' _]\d{2,3})*[.' _]\d{3}|\d+)?(?:,\d+)?,?\Z")


class Number(NamedTuple):
    """A number read from text, a percent already divided, a unit multiplied; what was written around it."""

    value: Decimal
    currency: str | None = None
    unit: str | None = None
    is_percent: bool = False
    is_plain: bool = False


def read_number(text: str, mark: DecimalMark = ".") -> Number | None:
    """Return the number of a text whose decimals follow ``mark``, or None when it is no number."""
    if _PLAIN.match(text) and (mark == "." or "." not in text) and len(text) <= 40:
        return Number(Decimal(text), is_plain=True)
    parts = _SHAPE.match(unicodedata.normalize("NFKC", text).strip()) if len(text) <= 60 else None
    if parts is None or bool(parts["open"]) != bool(parts["close"]):
        return None
    digits = parts["digits"].strip()
    if not (_POINT if mark == "." else _COMMA).match(digits):
        return None
    whole, _, fraction = digits.partition(mark)
    value = Decimal((re.sub(r"[^\d]", "", whole) or "0") + "." + (fraction or "0") + (parts["power"] or ""))
    if parts["unit"]:
        value *= UNITS[parts["unit"]]
    if parts["percent"]:
        value /= 100 if parts["percent"] == "%" else 1000
    if abs(value) >= MOST:
        return None
    signs = [parts["minus"], parts["inner"], parts["late"]]
    if parts["open"] or any(sign in ("-", "−") for sign in signs if sign):
        value = -value
    sign = parts["before"] or parts["after"]
    currency = CURRENCIES[sign.lower()] if sign else None
    return Number(_trim(value), currency, parts["unit"], bool(parts["percent"]))


def find_marks(text: str) -> set[DecimalMark]:
    """Return the decimal marks under which a text is a number; two for ``1,234``, where the point is the usual reading."""
    marks: tuple[DecimalMark, ...] = (".", ",")
    return {mark for mark in marks if read_number(text, mark) is not None}


def decides_mark(text: str) -> DecimalMark | None:
    """Return the decimal mark a text proves, such as the comma of ``1,5`` and ``1.234,5``, or None."""
    marks = find_marks(text)
    return next(iter(marks)) if len(marks) == 1 and ("," in text or "." in text) else None


def _trim(value: Decimal) -> Decimal:
    """Return the same number without needless zeros and without an exponent."""
    if value == value.to_integral_value():
        return value.quantize(Decimal(1)) if abs(value) < 10**25 else value
    return value.normalize()
