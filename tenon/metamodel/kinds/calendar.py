"""The kind calendar: the hours in which people work, the days on which they do not, and those on which they do instead."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from tenon.metamodel.document import Kind
from tenon.metamodel.item import ClockTime, Part

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MIDNIGHT = "24:00"
Until = Annotated[str, Field(pattern=r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$", examples=["18:00"])]
Span = tuple[ClockTime, Until]
Hours = Annotated[list[Span], Field(max_length=12)]
Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$", examples=["2026-10-01"])]
Days = Annotated[list[Day], Field(max_length=2_000)]


class Week(Part):
    """The hours of each day of the week, spans from and to; a day without is free."""

    mon: Hours = []
    tue: Hours = []
    wed: Hours = []
    thu: Hours = []
    fri: Hours = []
    sat: Hours = []
    sun: Hours = []

    def of(self, weekday: int) -> list[Span]:
        """Return the hours of a day, Monday being 0."""
        found: list[Span] = getattr(self, DAYS[weekday])
        return found


class CalendarKind(Kind):
    """When people work: the hours of the week in a zone, holidays, and days worked in their stead, which have the hours of an ordinary day."""

    kind: Literal["calendar"] = "calendar"
    timezone: str | None = Field(default=None, max_length=60, examples=["Asia/Shanghai"])
    week: Week
    holidays: Days = []
    working_days: Days = []
    is_default: bool = False
