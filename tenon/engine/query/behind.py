"""The filter that lists the records behind a row of an answer."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Protocol

from tenon.engine.query.question import Question
from tenon.metamodel.expressions.tree import Expression, facts_of

MOST_NAMED = 80
"""So many records fit by their ids into one expression."""


class Answered(Protocol):
    """What is asked of a column of an answer."""

    @property
    def name(self) -> str:
        """Return the path of a group or the name of a measure."""

    @property
    def selected(self) -> Any:
        """Return the path of a group, None for a measure."""

    @property
    def bucket(self) -> str | None:
        """Return the span that dates are put in."""


def filter_behind(question: Question, outputs: Sequence[Answered], row: Sequence[Any]) -> str:
    """Return an expression that holds for exactly the records that a row sums up; "True" for all."""
    parts = [f"({question.filter})"] if question.filter else []
    for output, value in zip(outputs, row, strict=True):
        if output.selected is not None:
            parts.append(condition_behind(output, value))
    return " and ".join(parts) or "True"


def condition_behind(output: Answered, value: Any) -> str:
    """Return the condition that a group has a value."""
    path = output.name
    if value is None:
        return f"is_empty({path})"
    if output.bucket is None:
        return f"{path} == {literal(value)}"
    first = value if isinstance(value, date) else date.fromisoformat(str(value))
    end = _after(first, output.bucket)
    if end is None:
        return f"start_of({path}, '{output.bucket}') == date('{first.isoformat()}')"
    near = f"date({path})" if output.selected.field.type.kind == "datetime" else path
    return f"{near} >= date('{first.isoformat()}') and {near} < date('{end.isoformat()}')"


def condition_of(expression: Expression) -> str | None:
    """Return which records a measure reads: the conditions of its own ``where=``; None when one of its parts reads all of them."""
    parts: dict[str, None] = {}
    for node in ast.walk(expression.tree):
        found = facts_of(node).aggregate if isinstance(node, ast.Call) else None
        if found is None or found.relation is not None:
            continue
        if found.where is None:
            return None
        parts[ast.unparse(found.where)] = None
    return " or ".join(f"({part})" for part in parts) if len(parts) > 1 else next(iter(parts), None)


def among(ids: Sequence[str], filter: str | None) -> str | None:
    """Return the filter of these very records, together with the one they were found by; None for more than one expression can name."""
    if not 0 < len(ids) <= MOST_NAMED:
        return None
    own = f"record.id in [{', '.join(literal(each) for each in ids)}]"
    return f"({filter}) and {own}" if filter else own


def literal(value: Any) -> str:
    """Return a canonical value as it is written in an expression."""
    if value is None:
        return "None"
    if isinstance(value, bool):
        return "True" if value else "False"
    if isinstance(value, int | float | Decimal):
        return format(value, "f") if isinstance(value, Decimal) else str(value)
    if isinstance(value, date):
        return f"date('{value.isoformat()[:10]}')"
    return "'" + "".join(_escaped(character) for character in str(value)) + "'"


def _escaped(character: str) -> str:
    """Return a character as it stands in a quoted text; blanks other than the plain one would be read as that."""
    if character in "\\'":
        return "\\" + character
    return character if character == " " or character.isprintable() else f"\\U{ord(character):08x}"


def _after(first: date, bucket: str) -> date | None:
    """Return the first day after a bucket; None behind the year 9999."""
    try:
        if bucket in ("day", "week"):
            return first + timedelta(days=1 if bucket == "day" else 7)
        months = {"month": 1, "quarter": 3, "year": 12}[bucket]
        index = first.year * 12 + first.month - 1 + months
        return date(index // 12, index % 12 + 1, 1)
    except (ValueError, OverflowError):
        return None
