"""What people type and what is stored, each in the form of the other: 30 in a percent field is 0.3."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from tenon.metamodel.fields.base import BadValue
from tenon.metamodel.model import Field
from tenon.ui.backend.base import View

NUMBERS = frozenset({"integer", "decimal", "money", "percent", "rating"})
_FULL_WIDTH = str.maketrans("０１２３４５６７８９．，－＋％￥", "0123456789.,-+%¥")


def to_raw(field: Field, typed: Any) -> Any:
    """Return what the record writer takes for what a browser sent; what is no number stays, to be refused by the field."""
    kind = field.spec.type
    if not isinstance(typed, str):
        return typed
    return _number(typed, is_percent=kind == "percent") if kind in NUMBERS else typed


def _number(text: str, *, is_percent: bool) -> str:
    """Return a number as digits with a point: without separators, signs of currency and blanks."""
    plain = text.translate(_FULL_WIDTH).replace("\u00a0", "").replace(" ", "").replace(",", "").replace("\u2212", "-").lstrip("¥$€£")
    if not is_percent:
        return plain
    try:
        share = Decimal(plain.removesuffix("%")) / 100
    except InvalidOperation:
        return plain
    return format(share, "f") if share.is_finite() else plain


def to_canonical(view: View, field: Field, typed: Any) -> Any:
    """Return the canonical value of something typed, as conditions see it; None for what cannot be read yet."""
    if not isinstance(typed, str | bool | int | Decimal | list | dict) or (isinstance(typed, str) and not typed.strip()):
        return None
    try:
        value = field.spec.clean(to_raw(field, typed), view.uow.place)
    except BadValue:
        return None
    return value if not isinstance(value, Mapping) or field.spec.type in ("address", "json") else None


def to_input(view: View, field: Field, value: Any) -> Any:
    """Return a canonical value as the inputs of a form hold it; references are links already."""
    kind = field.spec.type
    if value is None:
        return None
    if kind == "percent":
        return plain_number(Decimal(value) * 100)
    if isinstance(value, Decimal):
        return plain_number(value)
    if kind == "duration":
        hours, minutes = divmod(int(value) // 60, 60)
        return f"{hours}:{minutes:02}"
    if isinstance(value, datetime):
        return value.astimezone(view.uow.timezone).strftime("%Y-%m-%dT%H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.strftime("%H:%M")
    return value


def plain_number(value: Decimal) -> str:
    """Return a number as digits with a point and without needless zeros."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
