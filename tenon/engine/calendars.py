"""Working time: whether a moment is in it, the next that is, and hours and days of it counted from a moment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from zoneinfo import ZoneInfo

from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.document import Document
from tenon.metamodel.kinds.calendar import DAYS, MIDNIGHT, CalendarKind
from tenon.metamodel.model import Model

Span = tuple[datetime, datetime]
ONE_DAY = timedelta(days=1)
USUAL = (("09:00", "18:00"),)


@dataclass(frozen=True)
class Calendar:
    """The working time of a place; ``week`` has the hours of each day, Monday first. Moments are given and answered with a zone."""

    zone: tzinfo
    week: tuple[tuple[tuple[str, str], ...], ...]
    holidays: frozenset[date] = frozenset()
    working_days: frozenset[date] = frozenset()

    def hours(self, day: date) -> tuple[tuple[str, str], ...]:
        """Return the spans of a day as clock times; a day worked instead of a holiday has its own, else those of the first working day of the week."""
        if day in self.holidays:
            return ()
        own = self.week[day.weekday()]
        return own or (next((hours for hours in self.week if hours), ()) if day in self.working_days else ())

    def is_working_day(self, day: date) -> bool:
        """Say whether anybody works on a day."""
        return bool(self.hours(day))

    def is_working(self, moment: datetime) -> bool:
        """Say whether a moment is in working time; the end of a span is not."""
        return any(start <= moment < end for start, end in self._spans(moment.astimezone(self.zone).date()))

    def next_working(self, moment: datetime) -> datetime:
        """Return the moment itself when it is in working time, else the next that is."""
        moment = moment.astimezone(UTC)
        return next(max(moment, start) for start, end in self._from(moment) if end > moment)

    def add_hours(self, moment: datetime, hours: Decimal | float) -> datetime:
        """Return when so many working hours have gone by since a moment; of none, the next working moment."""
        moment, left = moment.astimezone(UTC), timedelta(seconds=float(hours) * 3600)
        if left <= timedelta():
            return self.next_working(moment)
        for start, end in self._from(moment):
            begin = max(start, moment)
            if end <= begin:
                continue
            if left <= end - begin:
                return begin + left
            left -= end - begin
        raise AssertionError("a week has working time")

    def add_days(self, moment: datetime, days: int) -> datetime:
        """Return the same time of day so many working days later, or the next working moment after it."""
        local = moment.astimezone(self.zone)
        day = local.date()
        for _ in range(days):
            day += ONE_DAY
            while not self.is_working_day(day):
                day += ONE_DAY
        return self.next_working(datetime.combine(day, local.time(), self.zone).astimezone(UTC))

    def _from(self, moment: datetime) -> Iterator[Span]:
        """Yield the working spans from the day of a moment on, for ever."""
        day = moment.astimezone(self.zone).date()
        while True:
            yield from self._spans(day)
            day += ONE_DAY

    def _spans(self, day: date) -> Iterator[Span]:
        for start, end in self.hours(day):
            yield self._at(day, start), self._at(day + ONE_DAY, "00:00") if end == MIDNIGHT else self._at(day, end)

    def _at(self, day: date, clock: str) -> datetime:
        return datetime.combine(day, time.fromisoformat(clock), self.zone).astimezone(UTC)


def calendar_of(model: Model, name: str | None, zone: tzinfo) -> Calendar:
    """Return a calendar of the release by name or id; without one the usual one, and where there is none, Monday to Friday from nine to six."""
    document = model.find("calendar", name) if name else usual(model)
    if document is None:
        return Calendar(zone, (USUAL,) * 5 + ((),) * 2)
    key = ("calendar", document.id, str(zone))
    if key not in model.cache:
        model.cache[key] = read_calendar(document.body, zone)
    found: Calendar = model.cache[key]
    return found


def due_after(uow: UnitOfWork, hours: Decimal | float, *, business_hours: bool = False, calendar: str | None = None, since: datetime | None = None) -> datetime:
    """Return when hours have gone by since a moment, by default now; business hours are those of a calendar, by default the usual one."""
    begin = since or uow.now
    if not business_hours:
        return begin + timedelta(seconds=float(hours) * 3600)
    return calendar_of(uow.model, calendar, uow.timezone).add_hours(begin, hours)


def usual(model: Model) -> Document | None:
    """Return the calendar that holds where none is named: the one that says so, else the first of the workspace's own, else of an app."""
    listed = sorted(model.all("calendar"), key=lambda d: (not d.body.is_default, d.app is not None, d.name))
    return listed[0] if listed else None


def read_calendar(body: CalendarKind, zone: tzinfo) -> Calendar:
    """Return the calendar that a document describes; without a zone of its own it has the one given."""
    week = tuple(tuple((start, end) for start, end in body.week.of(day)) for day in range(len(DAYS)))
    days = [frozenset(date.fromisoformat(day) for day in listed) for listed in (body.holidays, body.working_days)]
    return Calendar(ZoneInfo(body.timezone) if body.timezone else zone, week, *days)
