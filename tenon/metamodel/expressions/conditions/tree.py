"""The tree of a condition: groups joined by and/or, each condition a path, an operator and its values.

    Group("and", (Condition("arr", "more", (1000,)), Group("or", (…))))
    Condition("orders", "yes", through="exists", where=Group("and", (Condition("status", "is", ("paid",)),)))
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

Joins = Literal["and", "or"]
Unit = Literal["minute", "hour", "day", "week", "month", "quarter", "year"]
OPERATORS = (
    "is", "is_not", "less", "at_most", "more", "at_least", "between", "any_of", "none_of", "contains", "lacks", "starts_with", "ends_with",
    "empty", "filled", "yes", "not_yes", "no", "within",
)  # fmt: skip
UNITS: tuple[Unit, ...] = ("minute", "hour", "day", "week", "month", "quarter", "year")
PARTS = ("date", "days_since", "len", "year", "quarter", "month", "weekday", "hour")
"""Functions of one path that a condition may look at instead of the value itself."""
SUMMARIES = ("exists", "count", "sum", "avg", "min", "max", "distinct", "first", "last")
"""What a condition may look at of many records; those that answer ``where`` too."""


@dataclass(frozen=True, slots=True)
class Day:
    """A written day, ``2026-01-31``."""

    text: str


@dataclass(frozen=True, slots=True)
class Moved:
    """Today or now, moved by some units: 30 days ago is ``Moved(-30)``."""

    by: int
    unit: Unit = "day"
    base: Literal["today", "now"] = "today"


@dataclass(frozen=True, slots=True)
class Edge:
    """The first or last day of a period: the start of last month is ``Edge("start", "month", -1)``."""

    side: Literal["start", "end"]
    unit: Unit
    by: int = 0


@dataclass(frozen=True, slots=True)
class Mine:
    """Something of who acts: id, unit or email."""

    part: str = "id"


@dataclass(frozen=True, slots=True)
class Other:
    """The value of another field of the record."""

    path: str


Value = str | int | Decimal | bool | Day | Moved | Edge | Mine | Other


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition; ``through`` names a function of the path, or what is asked of many records (then ``where`` may narrow them)."""

    path: str
    operator: str
    values: tuple[Value, ...] = ()
    through: str = ""
    where: Group | None = None

    @property
    def is_summary(self) -> bool:
        """True when it looks at many records."""
        return self.through in SUMMARIES


@dataclass(frozen=True, slots=True)
class Group:
    """Conditions and groups of which all ("and") or one at least ("or") has to hold; an empty one always holds."""

    joins: Joins = "and"
    items: tuple[Group | Condition, ...] = ()


def tidy(group: Group) -> Group:
    """Return the same group without empty ones and without groups of one: the form that reading gives."""
    items: list[Group | Condition] = []
    for item in group.items:
        if isinstance(item, Group):
            inner = tidy(item)
            if len(inner.items) > 1:
                items.append(inner)
            else:
                items += inner.items
        else:
            items.append(replace(item, where=_inner(item.where)))
    if len(items) == 1 and isinstance(items[0], Group):
        return items[0]
    return Group(group.joins if len(items) > 1 else "and", tuple(items))


def _inner(where: Group | None) -> Group | None:
    inner = tidy(where) if where is not None else None
    return inner if inner is not None and inner.items else None


def conditions_in(group: Group) -> Iterator[Condition]:
    """Yield every condition, those of inner groups and of ``where`` too."""
    for item in group.items:
        if isinstance(item, Group):
            yield from conditions_in(item)
        else:
            yield item
            if item.where is not None:
                yield from conditions_in(item.where)
