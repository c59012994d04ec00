"""What the schema cannot say of a calendar: spans in order that do not overlap, days that exist and are only one of two things."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from zoneinfo import available_timezones

from tenon.metamodel.document import Document
from tenon.metamodel.errors import Problem
from tenon.metamodel.kinds.calendar import DAYS, CalendarKind
from tenon.metamodel.labels import say
from tenon.metamodel.model import Model
from tenon.metamodel.names import suggest


def check_calendar(document: Document, model: Model) -> Iterator[Problem]:
    """Yield what is wrong with a calendar as a whole."""
    if document.kind != "calendar":
        return
    body: CalendarKind = document.body
    if body.timezone is not None and body.timezone not in (known := available_timezones()):
        near = suggest(body.timezone, sorted(known))
        hint = say("Did you mean {near}?", "您是否想写 {near}？", near=near) if near else say("Such as Asia/Shanghai.", "例如 Asia/Shanghai。")
        yield Problem("/timezone", "bad_choice", say("There is no time zone {name}.", "没有时区 {name}。", name=body.timezone), hint)
    if not any(body.week.of(day) for day in range(len(DAYS))):
        message = say("Nobody works on any day of the week.", "一周中没有任何工作时间。")
        yield Problem("/week", "required", message, say("Add hours to at least one day.", "请至少为一天添加工作时段。"))
    yield from _check_hours(body)
    yield from _check_days(body)
    others = [d for d in model.all("calendar") if d.id != document.id and d.body.is_default]
    if body.is_default and others:
        message = say("{name} is the usual calendar already.", "{name} 已是默认日历。", name=others[0].label)
        yield Problem("/is_default", "conflict", message, say("Only one can be.", "只能有一个默认日历。"))


def _check_hours(body: CalendarKind) -> Iterator[Problem]:
    for number, day in enumerate(DAYS):
        before = ""
        for index, (start, end) in enumerate(body.week.of(number)):
            path = f"/week/{day}/{index}"
            if start >= end:
                message = say("{end} is not after {start}.", "{end} 不晚于 {start}。", start=start, end=end)
                yield Problem(path, "out_of_range", message, say("Hours over midnight are two spans: one until 24:00, one from 00:00.", "跨午夜的时段请拆成两段：一段到 24:00，一段从 00:00 开始。"))
            elif start < before:
                message = say("The hours from {start} begin before {before}, when the ones above end.", "{start} 开始的时段早于上一时段的结束时间 {before}。", start=start, before=before)
                yield Problem(path, "out_of_range", message, say("Put the spans in order; they must not overlap.", "请按先后排列，时段之间不能重叠。"))
            before = max(before, end)


def _check_days(body: CalendarKind) -> Iterator[Problem]:
    for key, listed in (("holidays", body.holidays), ("working_days", body.working_days)):
        for index, day in enumerate(listed):
            path = f"/{key}/{index}"
            try:
                date.fromisoformat(day)
            except ValueError:
                yield Problem(path, "bad_format", say("There is no day {day}.", "没有 {day} 这一天。", day=day), say("Such as 2026-10-01.", "例如 2026-10-01。"))
            if day in listed[:index]:
                yield Problem(path, "not_unique", say("{day} is listed twice.", "{day} 重复列出。", day=day), say("Remove one of the two.", "请删除其中一个。"))
            if key == "working_days" and day in body.holidays:
                message = say("{day} is both a holiday and a working day.", "{day} 既是假日又是工作日。", day=day)
                yield Problem(path, "conflict", message, say("Remove it from one of the two.", "请从其中一处删除。"))
