"""Calendars: a month, a week or the next days, each with what happens on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from tenon.engine.query.pages import Ask
from tenon.metamodel.document import Document
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity
from tenon.ui.backend.base import View
from tenon.ui.backend.cards import card_columns
from tenon.ui.backend.cells import Column
from tenon.ui.backend.list_plan import Plan
from tenon.ui.backend.schedules import MOST, anchor_of, count_undated, dated, happenings, is_day, may_begin, may_reschedule, monday
from tenon.ui.view_shapes import Bar, Calendar, Day, Happening

ICON = "calendar-days"
SCRIPT = "schedule"
LABEL: Text = say("Calendar", "日历")
BY: Text = say("Day", "日期")
NEEDS: Text = say("a date", "日期字段")
SPANS = ("month", "week", "agenda")
ROWS = {"month": 3, "week": 12, "agenda": 0}
AGENDA = 30
LINES = 12
"""How many records of one day are named; where there are more, the day leads to their list."""
WEEK = timedelta(days=7)


def may_show(view: View, entity: Entity, document: Document) -> bool:
    """Return whether the days are there for this reader."""
    return dated(view, entity, document) is not None


def fits(column: Column) -> bool:
    """True for a column of days."""
    return is_day(column) and not column.selected.steps


def settings(field: str) -> dict[str, object]:
    """Return what a view document says of a calendar, timeline or gantt chart by a field, ``<from>:<to>`` with the last day."""
    start, _, end = field.partition(":")
    return {"calendar": {"from": start, **({"to": end} if end else {})}}


def body(plan: Plan, ask: Ask) -> Calendar | None:
    """Return the days in sight with what happens on them: one statement for all, one for what has no day."""
    days = dated(plan.view, plan.entity, plan.document) if plan.document is not None else None
    if days is None:
        return None
    today, anchor = plan.view.uow.today, anchor_of(plan)
    span = plan.query.span if plan.query.span in SPANS else "month"
    first, last = stretch_of(span, anchor)
    columns = [c for c in card_columns(plan, ()) if c.field.name not in days.paths][:3]
    name = days.start.field.name
    found, _, is_more = happenings(plan, ask, days, (first, last), columns, [name, *[k for k in ask.sort if k.removeprefix("-") != name]])

    def of_day(day: date) -> str:
        return " and ".join(f"({one})" for one in [*ask.filters, days.within(day, day)])

    weeks = tuple(week(found, first + WEEK * n, anchor, today, span, of_day) for n in range(0 if span == "agenda" else ((last - first).days + 1) // 7))
    undated, listed = count_undated(plan, ask, days)
    previous, following = around(span, anchor)
    return Calendar(
        span, anchor, today, weeks, agenda(found, first, last, today, of_day), previous, following, may_reschedule(plan.view, plan.entity, days),
        days.start.field if may_begin(plan.view, plan.entity, days) else None, MOST if is_more else None, undated, listed, has_end=days.end is not None,
    )  # fmt: skip


def stretch_of(span: str, anchor: date) -> tuple[date, date]:
    """Return the first and the last day in sight; weeks begin on Monday."""
    if span == "agenda":
        return anchor, anchor + timedelta(days=AGENDA - 1)
    if span == "week":
        return monday(anchor), monday(anchor) + timedelta(days=6)
    first, last = anchor.replace(day=1), _next_month(anchor) - timedelta(days=1)
    return monday(first), monday(last) + timedelta(days=6)


def around(span: str, anchor: date) -> tuple[date, date]:
    """Return the days that lead back and ahead."""
    if span == "month":
        return (anchor.replace(day=1) - timedelta(days=1)).replace(day=1), _next_month(anchor)
    step = WEEK if span == "week" else timedelta(days=AGENDA)
    return anchor - step, anchor + step


def _next_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def week(found: Sequence[Happening], first: date, anchor: date, today: date, span: str, listed: Callable[[date], str]) -> tuple[Day, ...]:
    """Return the seven days from a Monday with bars in rows that never cross; those that find no row are counted on their days."""
    last, most = first + timedelta(days=6), ROWS[span]
    here = [h for h in found if h.first <= last and h.last >= first]
    here.sort(key=lambda h: (max(h.first, first), -min((h.last - h.first).days, 6)))
    ends: list[int] = []
    bars: dict[int, list[Bar]] = {n: [] for n in range(7)}
    hidden = [0] * 7
    for one in here:
        start, end = (max(one.first, first) - first).days, (min(one.last, last) - first).days
        row = next((n for n, end_of_row in enumerate(ends) if end_of_row < start), len(ends))
        if row == len(ends):
            ends.append(-1)
        ends[row] = end
        if row < most:
            bars[start].append(Bar(one, start + 1, end - start + 1, row, one.first < first, one.last > last))
        else:
            hidden[start : end + 1] = [n + 1 for n in hidden[start : end + 1]]
    days = [first + timedelta(days=n) for n in range(7)]
    on_day = [tuple(h for h in here if hidden[n] and h.first <= day <= h.last) for n, day in enumerate(days)]
    return tuple(
        Day(
            day, day == today, span == "month" and day.month != anchor.month, tuple(bars[n]), hidden[n],
            on_day[n] if len(on_day[n]) <= LINES else (), listed(day) if len(on_day[n]) > LINES else "",
        )
        for n, day in enumerate(days)
    )  # fmt: skip


def agenda(found: Sequence[Happening], first: date, last: date, today: date, listed: Callable[[date], str]) -> tuple[Day, ...]:
    """Return the days on which something begins, or goes on at the very first one."""
    by_day: dict[date, list[Happening]] = {}
    for one in found:
        by_day.setdefault(max(one.first, first), []).append(one)
    return tuple(
        Day(
            day, day == today, is_outside=False, hidden=max(0, len(by_day[day]) - LINES), everything=tuple(by_day[day][:LINES]),
            listed=listed(day) if len(by_day[day]) > LINES else "",
        )
        for day in sorted(by_day) if day <= last
    )  # fmt: skip
