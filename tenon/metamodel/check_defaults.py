"""Checking defaults that are written out: a value that its own field would refuse is refused with the document, not with every record."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from tenon.metamodel.errors import Problem
from tenon.metamodel.expressions.numbers import with_scale
from tenon.metamodel.expressions.tree import Expression, facts_of
from tenon.metamodel.fields.base import BadValue, Place
from tenon.metamodel.model import Field

_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)
_ANYWHERE = Place(ZoneInfo("UTC"), _MOMENT, _MOMENT.date())
"""Written numbers and texts are read alike everywhere; what depends on zone and clock is no literal."""


def check_default(expression: Expression, field: Field | None) -> Iterator[Problem]:
    """Yield what a field has against a default that is a number, a text or the name of an option."""
    value = facts_of(expression.tree).value
    if field is None or value is None or isinstance(value, bool):
        return
    if isinstance(value, int | Decimal):
        if field.type.kind != "number" or field.type.scale is None:
            return
        value = with_scale(value, field.type.scale)
    if field.type.kind in ("text", "number", "choice"):
        try:
            field.spec.clean(value, _ANYWHERE)
        except BadValue as error:
            yield error.problem("")
