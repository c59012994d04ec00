"""Reading exact numbers: JSON numbers, or texts with a point; never rounded in silence."""

from __future__ import annotations

import re
from decimal import Context, Decimal, InvalidOperation
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from tenon.metamodel.errors import Problem
from tenon.metamodel.fields.base import BadValue, FieldSpec, wrong_type
from tenon.metamodel.labels import say

DIGITS = 15
"""A number has at most so many digits, decimals included."""
_NUMBER = re.compile(r"[+-]?[0-9]{1,40}(\.[0-9]{1,40})?\Z")
_WIDE = Context(prec=100)


def _read_bound(raw: Any) -> Decimal:
    try:
        return parse_number(raw)
    except BadValue as error:
        raise ValueError(error.message.show("en")) from error


Bound = Annotated[
    Decimal,
    BeforeValidator(_read_bound),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string", "pattern": r"^[+-]?[0-9]{1,40}(\.[0-9]{1,40})?$"}]}),
]


def parse_number(raw: Any) -> Decimal:
    """Return the exact number of a JSON number or of a text with a point; a float counts as it is written. Raises `BadValue`."""
    if isinstance(raw, bool) or not isinstance(raw, int | float | str | Decimal):
        raise wrong_type("a number", "数字")
    if isinstance(raw, str):
        if not _NUMBER.match(raw):
            hint = say("Write digits with a point, such as 1234.5.", "请用数字和小数点书写，例如 1234.5。")
            raise BadValue("bad_format", say("This is not a number.", "这不是数字。"), hint)
        return Decimal(raw)
    try:
        number = Decimal(repr(raw)) if isinstance(raw, float) else Decimal(raw)
    except InvalidOperation as error:
        raise wrong_type("a number", "数字") from error
    if not number.is_finite():
        raise BadValue("bad_format", say("This is not a number.", "这不是数字。"), say("Leave it empty instead.", "请改为留空。"))
    return number


def read_exact(raw: Any, scale: int, low: Decimal | None = None, high: Decimal | None = None) -> Decimal:
    """Return the number with exactly ``scale`` decimals; refuses more decimals, more than 15 digits, and what is out of the bounds."""
    number = parse_number(raw)
    limit = Decimal(1).scaleb(DIGITS - scale)
    if abs(number) >= limit:
        raise BadValue(
            "out_of_range",
            say("This number has too many digits; at most {digits} are kept.", "数字位数过多，最多保留 {digits} 位。", digits=DIGITS),
            say("Use a larger unit, such as thousands.", "请使用更大的单位，例如万元。"),
        )
    exact = number.quantize(Decimal(1).scaleb(-scale), context=_WIDE) + 0
    if exact != number:
        raise _too_many_decimals(scale)
    if (low is not None and exact < low) or (high is not None and exact > high):
        raise _out_of_bounds(low, high)
    return exact


def _too_many_decimals(scale: int) -> BadValue:
    if scale == 0:
        message = say("This must be a whole number.", "此处必须是整数。")
        return BadValue("bad_format", message, say("Leave the decimals out.", "请去掉小数部分。"))
    message = say("At most {scale} decimals.", "最多 {scale} 位小数。", scale=scale)
    return BadValue("bad_format", message, say("Round it to {scale} decimals first.", "请先四舍五入到 {scale} 位小数。", scale=scale))


def _out_of_bounds(low: Decimal | None, high: Decimal | None) -> BadValue:
    if low is None:
        message = say("This must be at most {high}.", "此处不得大于 {high}。", high=show_number(high))
    elif high is None:
        message = say("This must be at least {low}.", "此处不得小于 {low}。", low=show_number(low))
    else:
        message = say("This must be from {low} to {high}.", "此处须在 {low} 到 {high} 之间。", low=show_number(low), high=show_number(high))
    return BadValue("out_of_range", message, say("Choose a number inside the bounds.", "请填写范围内的数字。"))


def show_number(number: Decimal | None) -> str:
    """Return a number for a message, without an exponent and needless zeros."""
    text = format(number or Decimal(0), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def check_bounds(low: Decimal | None, high: Decimal | None, scale: int) -> list[Problem]:
    """Return what is wrong with the bounds of a field with so many decimals; paths are ``/min`` and ``/max``."""
    problems = []
    for path, bound in (("/min", low), ("/max", high)):
        try:
            if bound is not None:
                read_exact(bound, scale)
        except BadValue as error:
            problems.append(error.problem(path))
    if low is not None and high is not None and low > high:
        message = say("The smallest value is above the largest.", "最小值大于最大值。")
        problems.append(Problem("/min", "out_of_range", message, say("Exchange min and max.", "请交换最小值与最大值。")))
    return problems


class BoundedSpec(FieldSpec):
    """What number types share: a smallest and a largest value."""

    min: Bound | None = None
    max: Bound | None = None
