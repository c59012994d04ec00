"""Records by days: which of them lie in a stretch of days, and putting one on another day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from tenon.engine.query.pages import Ask, Page, get, page
from tenon.engine.records import writing
from tenon.metamodel.document import Document
from tenon.metamodel.errors import Invalid, Problem, not_found
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity
from tenon.ui.backend.base import View, id_of
from tenon.ui.backend.cells import Column, asked_paths, column_of, path_name, title_of
from tenon.ui.backend.editing import is_editable
from tenon.ui.backend.list_plan import Plan
from tenon.ui.backend.rows import colours_of
from tenon.ui.view_shapes import Happening

MOST = 400
DAYS = ("date", "datetime")
MORNING = time(9)


@dataclass(frozen=True)
class Dated:
    """The columns that say when: from which day, and to which where a view names it."""

    start: Column
    end: Column | None

    @property
    def paths(self) -> list[str]:
        """What to ask for."""
        return [*self.start.paths, *(self.end.paths if self.end is not None else ())]

    def within(self, first: date, last: date) -> str:
        """Return the condition of the records that lie in a stretch of days, its ends included."""
        start, begun = _day(self.start), f"{_day(self.start)} >= date('{first}') and {_day(self.start)} <= date('{last}')"
        if self.end is None:
            return begun
        end = _day(self.end)
        return f"({begun}) or ({start} <= date('{last}') and {end} >= date('{first}'))"

    @property
    def undated(self) -> str:
        """The condition of the records that have no day yet."""
        return f"is_empty({self.start.field.name})"


def _day(column: Column) -> str:
    return f"date({column.field.name})" if column.selected.field.type.kind == "datetime" else column.field.name


def is_day(column: Column) -> bool:
    """True for a column of days or moments that this reader sees."""
    return not column.is_masked and column.selected.field.type.kind in DAYS and not column.selected.field.is_to_many


def dated(view: View, entity: Entity, document: Document) -> Dated | None:
    """Return the days of a view, None when it has none or this reader does not see them."""
    named = document.body.calendar
    if named is None:
        return None
    start = column_of(view, entity, path_name(view, entity, named.start))
    end = column_of(view, entity, path_name(view, entity, named.end)) if named.end is not None else None
    if start is None or not is_day(start):
        return None
    return Dated(start, end if end is not None and is_day(end) else None)


def anchor_of(plan: Plan) -> date:
    """Return the day that an address names, else today; raises nothing for what is no day."""
    try:
        return min(max(date.fromisoformat(plan.query.day), date(1900, 1, 1)), date(9000, 1, 1))
    except ValueError:
        return plan.view.uow.today


def monday(day: date) -> date:
    """Return the day that the week of a day begins with."""
    return day - timedelta(days=day.weekday())


def happenings(plan: Plan, ask: Ask, days: Dated, stretch: tuple[date, date], columns: Sequence[Column], sort: Sequence[str]) -> tuple[list[Happening], list[dict[str, Any]], bool]:
    """Return what lies in a stretch of days in order, the records, and whether there is more than is shown; one statement."""
    view, entity = plan.view, plan.entity
    wanted = replace(
        ask, filters=[*ask.filters, days.within(*stretch)], sort=list(sort), limit=MOST,
        fields=list(dict.fromkeys([*asked_paths(view, entity, list(columns)), *days.paths])),
    )  # fmt: skip
    found: Page = page(view.uow, view.ctx, entity, wanted)
    colours = colours_of(view, entity, plan.colours, found.records)
    made = [_happening(plan, days, r, columns, colours) for r in found.records]
    return made, found.records, found.next is not None


def _happening(plan: Plan, days: Dated, record: Mapping[str, Any], columns: Sequence[Column], colours: Mapping[str, str]) -> Happening:
    view = plan.view
    start = days.start.value(view, record)
    end = days.end.value(view, record) if days.end is not None else None
    first, at = _local(view, start)
    last = _local(view, end)[0] if end is not None else first
    facts = tuple((c.field, value) for c in columns if (value := c.value(view, record)) is not None)
    return Happening(
        record["id"], title_of(view, plan.entity, record), first, max(first, last), at, int(record["version"]), colours.get(record["id"]), facts,
    )  # fmt: skip


def _local(view: View, value: Any) -> tuple[date, datetime | None]:
    if isinstance(value, datetime):
        moment = value.astimezone(view.uow.timezone)
        return moment.date(), moment
    return value, None


def may_reschedule(view: View, entity: Entity, days: Dated) -> bool:
    """True when this person may put some record on another day."""
    columns = [days.start, *([days.end] if days.end is not None else [])]
    own = all(not c.selected.steps for c in columns) and not entity.is_append_only and view.rights.may(entity, "update")
    return own and all(is_editable(view, entity, c.selected.field) for c in columns)


def may_begin(view: View, entity: Entity, days: Dated) -> bool:
    """True when this person may make a record with a day."""
    field = days.start.selected.field
    return not days.start.selected.steps and field.is_written and view.rights.may(entity, "create") and view.rights.may_write(entity, field, "create")


def reschedule(plan: Plan, id: str, day: str, version: int | None, last: str = "") -> None:
    """Let a record of a list begin on another day and end as much later as before, or on the day ``last``.

    Raises Invalid, Conflict, Stale, Forbidden, NotFound.
    """
    view, found = plan.view, plan.entity
    days = dated(view, found, plan.document) if plan.document is not None else None
    if days is None or days.start.selected.steps:
        raise not_found()
    wanted, until = _read_day("/day", day), _read_day("/last", last) if last else None
    if until is not None and (days.end is None or until < wanted):
        message = say("It cannot end before it begins.", "结束日期不能早于开始日期。")
        raise Invalid(Problem("/last", "out_of_range", message, say("Choose a later day.", "请选择更晚的日期。")))
    record = get(view.uow, view.ctx, found, id_of(id), days.paths)
    start = days.start.value(view, record)
    values: dict[str, Any] = {days.start.field.name: _on(view, days.start, start, wanted)}
    end = days.end.value(view, record) if days.end is not None else None
    if days.end is not None and until is not None:
        values[days.end.field.name] = _on(view, days.end, end if end is not None else start, until)
    elif days.end is not None and end is not None and start is not None:
        later = wanted - _local(view, start)[0]
        values[days.end.field.name] = _on(view, days.end, end, _local(view, end)[0] + later)
    writing.change(view.uow, view.ctx, found, id_of(id), values, version=version)


def _read_day(path: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        message = say("{day} is no day.", "{day} 不是日期。", day=text[:20])
        raise Invalid(Problem(path, "wrong_type", message, say("Write it as 2026-03-31.", "请写成 2026-03-31 的形式。"))) from None


def _on(view: View, column: Column, value: Any, day: date) -> str:
    """Return a day, or the moment of another day at the same time of day there."""
    if column.selected.field.type.kind == "date":
        return day.isoformat()
    at = _local(view, value)[1] if value is not None else None
    return datetime.combine(day, at.time() if at is not None else MORNING, view.uow.timezone).isoformat()


def count_undated(plan: Plan, ask: Ask, days: Dated) -> tuple[int, str]:
    """Return how many records have no day, at most ten thousand, and the filter that lists them."""
    filters = [*ask.filters, days.undated]
    found = page(plan.view.uow, plan.view.ctx, plan.entity, replace(ask, filters=filters, fields=["id"], limit=1, count="capped"))
    return found.count or 0, " and ".join(f"({one})" for one in filters)
