"""Guessing what the columns of a file hold, from its first rows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Literal

from tenon.engine.imports.clean import Decisions, show_cell
from tenon.engine.imports.read_dates import ORDERS, DateOrder, find_orders, is_ambiguous, read_time
from tenon.engine.imports.read_numbers import DecimalMark, Number, decides_mark, read_number
from tenon.engine.imports.row_file import Cell, Row
from tenon.engine.imports.words import fold, is_empty_word, read_boolean
from tenon.metamodel.labels import Text, say

ColumnType = Literal[
    "integer", "decimal", "money", "percent", "boolean", "date", "datetime", "time", "email", "phone", "url", "choice", "text", "long_text"
]
FIT = 0.95
"""So much of a column has to fit its type; what does not is reported."""
MAX_SCALE = 6
_EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;.]{2,}\Z")
_URL = re.compile(r"(?:https?://|www\.)\S+\Z", re.IGNORECASE)
_PHONE = re.compile(r"(?:\+|00)?[\d(][\d\s().\-/]{5,22}\d(?:\s*(?:x|ext\.?|转)\s*\d+)?\Z")
_MOBILE = re.compile(r"(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}\Z")
_PHONE_NAME = re.compile(r"phone|mobile|\btel|cell|fax|电话|手机|联系方式|传真|座机|号码", re.IGNORECASE)
_MONEY_NAME = re.compile(
    r"金额|价格|单价|总价|收入|营收|费用|成本|年费|月费|余额|预算|revenue|amount|price|cost|\bfee|\b[am]rr\b|salary|budget|balance|charges?\b|monetary",
    re.IGNORECASE,
)
_PERCENT_NAME = re.compile(r"%|％|百分比|占比|percent|\bpct\b", re.IGNORECASE)
_CODE_NAME = re.compile(r"编号|代码|编码|证件|身份证|\bcode\b|\bno\.?$|zip|postcode|postal|邮编|\bsku\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Column:
    """What a column holds: its type for a new field, how to read it, and figures of the sample.

    ``scale`` of numbers · ``options`` of a choice in the order of their frequency · ``empty_share`` 0..1 · ``unique``
    no value twice · ``misfits`` values that are not of the type, ``misfit_examples`` some of them · ``ambiguous`` the
    order of day and month has to be asked, ``question`` says so · ``decisions`` how `Cleaner` reads it.
    """

    name: str
    index: int
    type: ColumnType
    decisions: Decisions
    scale: int | None = None
    currency: str | None = None
    options: tuple[str, ...] = ()
    empty_share: float = 0.0
    unique: bool = False
    longest: int = 0
    examples: tuple[str, ...] = ()
    misfits: int = 0
    misfit_examples: tuple[str, ...] = ()
    ambiguous: bool = False
    question: Text | None = None


@dataclass
class _Found:
    """What one attempt at a type found."""

    type: ColumnType
    fits: int
    misfits: Sequence[str] = ()
    scale: int | None = None
    currency: str | None = None
    order: DateOrder | None = None
    mark: DecimalMark = "."
    ambiguous: bool = False
    is_hundredths: bool = False
    options: tuple[str, ...] = ()


def guess_columns(header: Sequence[str], rows: Iterable[Row]) -> list[Column]:
    """Return a guess for every column, from the rows of a sample."""
    columns: list[list[Cell]] = [[] for _ in header]
    for row in rows:
        for column, cell in zip(columns, row.cells, strict=False):
            column.append(cell)
    return [guess_column(name, index, cells) for index, (name, cells) in enumerate(zip(header, columns, strict=True))]


def guess_column(name: str, index: int, cells: Sequence[Cell]) -> Column:
    """Return the guess for the cells of one column."""
    filled = [cell.strip() if isinstance(cell, str) else cell for cell in cells if not is_empty_word(cell)]
    texts = [cell if isinstance(cell, str) else show_cell(cell) for cell in filled]
    distinct = Counter(texts)
    found = _find_type(name, filled, texts, distinct) if filled else _Found("text", 0)
    return Column(
        name,
        index,
        found.type,
        Decisions(date_order=found.order, decimal_mark=found.mark, is_hundredths=found.is_hundredths),
        scale=found.scale,
        currency=found.currency,
        options=found.options,
        empty_share=1 - len(filled) / len(cells) if cells else 1.0,
        unique=len(filled) > 0 and len(distinct) == len(filled),
        longest=max(map(len, texts), default=0),
        examples=tuple(text[:80] for text in list(distinct)[:5]),
        misfits=len(filled) - found.fits if found.fits else 0,
        misfit_examples=tuple(text[:80] for text in list(dict.fromkeys(found.misfits))[:5]),
        ambiguous=found.ambiguous,
        question=_ask(name, next((t for t in texts if is_ambiguous(t)), "")) if found.ambiguous else None,
    )


def _find_type(name: str, filled: Sequence[Cell], texts: Sequence[str], distinct: Counter[str]) -> _Found:
    attempts = (_as_boolean, _as_phone, _as_date, _as_time, _as_number, _as_email, _as_url)
    for attempt in attempts:
        found = attempt(name, filled, texts, distinct)
        if found and found.fits >= FIT * len(filled) and (found.fits == len(filled) or len(filled) >= 20):
            return found
    return _as_text(name, texts, distinct)


def _as_boolean(name: str, filled: Sequence[Cell], texts: Sequence[str], distinct: Counter[str]) -> _Found | None:
    words = {fold(text) for text in distinct}
    said = {read_boolean(word) for word in words}
    if None in said or len(words) > 4 or len(said) > len(words):
        return None
    if words <= {"0", "1"} and (words != {"0", "1"} or len(filled) < 3):
        return None
    return _Found("boolean", len(filled))


def _as_phone(name: str, filled: Sequence[Cell], texts: Sequence[str], distinct: Counter[str]) -> _Found | None:
    is_named = bool(_PHONE_NAME.search(name))
    shape = _PHONE if is_named else _MOBILE
    misfits = [text for text in texts if not shape.match(text) or not 5 <= sum(c.isdigit() for c in text) <= 18]
    if not is_named and any(isinstance(cell, int) and not _MOBILE.match(str(cell)) for cell in filled):
        return None
    return _Found("phone", len(texts) - len(misfits), misfits)


def _as_date(name: str, filled: Sequence[Cell], texts: Sequence[str], distinct: Counter[str]) -> _Found | None:
    fits, votes, misfits = 0, Counter[DateOrder](), []
    has_time = is_open = False
    for cell, text in zip(filled, texts, strict=True):
        if isinstance(cell, date):
            fits += 1
            has_time = has_time or (isinstance(cell, datetime) and cell.time() != time())
            continue
        orders = find_orders(text) if isinstance(cell, str) or (isinstance(cell, int) and len(text) == 8) else set()
        if not orders:
            misfits.append(text)
            continue
        fits += 1
        has_time = has_time or ((":" in text or "时" in text or "点" in text) and not re.search(r"[ T]0?0:00(:00(\.0+)?)?\Z", text))
        if is_ambiguous(text) or len(orders) < 2:
            votes.update(orders)
            is_open = is_open or is_ambiguous(text)
    if fits < FIT * len(texts):
        return None
    if any(isinstance(cell, int) for cell in filled) and not all(19000101 <= cell <= 21001231 for cell in filled if isinstance(cell, int)):
        return None
    best = [order for order in ORDERS if votes[order] == max(votes.values(), default=0)]
    is_decided = len(best) == 1 and votes[best[0]] == sum(1 for text in texts if _has_order(text))
    order = best[0] if votes and is_decided else None
    return _Found("datetime" if has_time else "date", fits, misfits, order=order, ambiguous=is_open and order is None)


def _has_order(text: str) -> bool:
    orders = find_orders(text)
    return bool(orders) and (len(orders) < 2 or is_ambiguous(text))


def _as_time(name: str, filled: Sequence[Cell], texts: Sequence[str], distinct: Counter[str]) -> _Found | None:
    misfits = [
        t for cell, t in zip(filled, texts, strict=True) if not isinstance(cell, time) and not (isinstance(cell, str) and read_time(t))
    ]
    return _Found("time", len(texts) - len(misfits), misfits)


def _as_number(name: str, filled: Sequence[Cell], texts: Sequence[str], distinct: Counter[str]) -> _Found | None:
    if any(isinstance(cell, bool | date | time) for cell in filled):
        return None
    if any(_is_code(cell) for cell in filled) or (_CODE_NAME.search(name) and all(text.isdigit() for text in texts)):
        return None
    proofs = Counter(decides_mark(text) for text in distinct)
    mark: DecimalMark = "," if proofs[","] > proofs["."] else "."
    numbers: list[Number] = []
    misfits = []
    for cell, text in zip(filled, texts, strict=True):
        number = read_number(text, mark) if isinstance(cell, str) else Number(Decimal(text))
        if number is None:
            misfits.append(text)
        else:
            numbers.append(number)
    if not numbers:
        return None
    scale = min(max(max(0, -int(number.value.as_tuple().exponent)) for number in numbers), MAX_SCALE)
    currency = next((number.currency for number in numbers if number.currency), None)
    percents = sum(1 for number in numbers if number.is_percent)
    if percents * 2 > len(numbers):
        return _Found("percent", len(numbers), misfits, max(scale, 4), mark=mark)
    if _PERCENT_NAME.search(name) and not percents:
        return _Found(
            "percent", len(numbers), misfits, min(scale + 2, MAX_SCALE), mark=mark, is_hundredths=max(abs(n.value) for n in numbers) > 1
        )
    if currency or _MONEY_NAME.search(name):
        return _Found("money", len(numbers), misfits, max(scale, 2), currency, mark=mark)
    return _Found("integer" if scale == 0 else "decimal", len(numbers), misfits, scale or None, mark=mark)


def _is_code(cell: Cell) -> bool:
    """Say whether digits are a code and not a number: with a leading zero, or too many to be counted."""
    if isinstance(cell, int | float | Decimal):
        return abs(Decimal(str(cell))) >= 10**15
    text = cell if isinstance(cell, str) else ""
    return (
        (text.isdigit() and len(text) > 1 and text[0] == "0") or sum(c.isdigit() for c in text) > 18 or (text.isdigit() and len(text) > 15)
    )


def _as_email(name: str, filled: Sequence[Cell], texts: Sequence[str], distinct: Counter[str]) -> _Found | None:
    misfits = [text for text in texts if not _EMAIL.match(text)]
    return _Found("email", len(texts) - len(misfits), misfits)


def _as_url(name: str, filled: Sequence[Cell], texts: Sequence[str], distinct: Counter[str]) -> _Found | None:
    misfits = [text for text in texts if not _URL.match(text)]
    return _Found("url", len(texts) - len(misfits), misfits)


def _as_text(name: str, texts: Sequence[str], distinct: Counter[str]) -> _Found:
    longest = max(map(len, texts))
    if longest > 200 or any("\n" in text for text in texts):
        return _Found("long_text", len(texts))
    few = len(distinct) <= 50 and len(distinct) * 5 <= len(texts)
    very_few = len(distinct) <= 8 and len(texts) >= 10 and len(distinct) * 2 <= len(texts)
    if longest <= 60 and (few or very_few) and not all(text.isdigit() for text in distinct):
        return _Found("choice", len(texts), options=tuple(text for text, _ in distinct.most_common()))
    return _Found("text", len(texts))


def _ask(name: str, example: str) -> Text:
    return say(
        "In the column {name}, is {example} day first or month first?",
        "列“{name}”中的 {example} 是日在前还是月在前？",
        name=name,
        example=example,
    )
