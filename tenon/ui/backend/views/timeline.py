"""Timelines: records as bars from day to day, in groups."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby

from tenon.engine.query.pages import Ask
from tenon.metamodel.labels import Text, say
from tenon.ui.backend.cards import card_columns
from tenon.ui.backend.cells import Column
from tenon.ui.backend.list_plan import Plan
from tenon.ui.backend.schedules import MOST, anchor_of, count_undated, dated, happenings, may_reschedule, monday
from tenon.ui.backend.views.calendar import NEEDS, fits, may_show, settings
from tenon.ui.view_shapes import Band, Happening, Stretch, Strip, Tick, Timeline

ICON = "rows-3"
SCRIPT = "schedule"
LABEL: Text = say("Timeline", "时间线")
BY: Text = say("Begins on", "开始日期")
__all__ = ["BY", "ICON", "LABEL", "NEEDS", "SCRIPT", "body", "fits", "may_show", "settings"]
SPANS = ("weeks", "months", "quarters")
MONTHS = {"months": 6, "quarters": 24}
WEEKS = 8


def body(plan: Plan, ask: Ask) -> Timeline | None:
    """Return the bars in sight: one statement for all, one for what has no day."""
    days = dated(plan.view, plan.entity, plan.document) if plan.document is not None else None
    if days is None:
        return None
    span, today = plan.query.span if plan.query.span in SPANS else "months", plan.view.uow.today
    first, last = stretch_of(span, anchor_of(plan))
    group = plan.group.column if plan.group is not None and plan.group.bucket is None else None
    name = days.start.field.name
    keys = [*([group.field.name] if group is not None else []), name]
    sort = [*keys, *[k for k in ask.sort if k.removeprefix("-") not in keys]]
    known = [*([group] if group is not None else []), *_whose(plan, group)]
    found, records, is_more = happenings(plan, ask, days, (first, last), known, sort)
    undated, listed = count_undated(plan, ask, days)
    rows = [(group.value(plan.view, r) if group is not None else None, strip(h, first, last)) for h, r in zip(found, records, strict=True)]
    bands = tuple(
        Band(group.field if group is not None else None, value, tuple(s for _, s in some)) for value, some in groupby(rows, key=lambda row: row[0])
    )
    shown = first <= today <= last
    return Timeline(
        span, first, last, today, ticks(span, first, last), bands, *around(span, first), place(today, today, first, last).left if shown else None,
        may_reschedule(plan.view, plan.entity, days), MOST if is_more else None, undated, listed, has_end=days.end is not None,
    )  # fmt: skip


def _whose(plan: Plan, group: Column | None) -> list[Column]:
    """Return the column of the record that each one is of: of the view, else of the entity; none that the groups name already."""
    named = [c for c in (*card_columns(plan, ()), *plan.everything) if c.field.type in ("reference", "any_reference") and not c.is_masked]
    own = [c for c in named if not c.selected.steps and c.selected.field.origin != "system"]
    return [c for c in own if group is None or c.field.name != group.field.name][:1]


def months_later(day: date, months: int) -> date:
    """Return the first day of a month some months later."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def stretch_of(span: str, anchor: date) -> tuple[date, date]:
    """Return the first and the last day in sight: a little before the anchor, much after it."""
    if span == "weeks":
        first = monday(anchor) - timedelta(days=7)
        return first, first + timedelta(days=7 * WEEKS - 1)
    before = months_later(anchor, -1) if span == "months" else months_later(anchor, -3 - (anchor.month - 1) % 3)
    return before, months_later(before, MONTHS[span]) - timedelta(days=1)


def around(span: str, first: date) -> tuple[date, date]:
    """Return the anchors that lead back and ahead by half of what is in sight."""
    if span == "weeks":
        return first + timedelta(days=7 - 7 * WEEKS // 2), first + timedelta(days=7 + 7 * WEEKS // 2)
    shift, step = (1, 3) if span == "months" else (3, 12)
    return months_later(first, shift - step), months_later(first, shift + step)


def place(start: date, end: date, first: date, last: date) -> Stretch:
    """Return where days lie between others, in percent."""
    whole = Decimal((last - first).days + 1)
    left = Decimal((max(start, first) - first).days) * 100 / whole
    width = Decimal((min(end, last) - max(start, first)).days + 1) * 100 / whole
    return Stretch(round(left, 3), round(width, 3))


def strip(what: Happening, first: date, last: date) -> Strip:
    """Return a record with its place."""
    return Strip(what, place(what.first, what.last, first, last), what.first < first, what.last > last)


def ticks(span: str, first: date, last: date) -> tuple[Tick, ...]:
    """Return the periods in sight: weeks, months or quarters."""
    found, day = [], first
    while day <= last:
        following = day + timedelta(days=7) if span == "weeks" else months_later(day, 1 if span == "months" else 3)
        found.append(Tick(day, span, place(day, following - timedelta(days=1), first, last)))
        day = following
    return tuple(found)
