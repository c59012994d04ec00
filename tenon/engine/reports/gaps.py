"""Filling the gaps of a time axis: a period without records is there, with what the measures give over nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from tenon.engine.query.answers import Found, plain
from tenon.engine.query.lens import NOW, Lens
from tenon.engine.query.question import Question
from tenon.engine.reports.asked import Asked
from tenon.engine.reports.periods import MOST_BUCKETS, buckets

MOST_ROWS = 5_000


def fill(asked: Asked, found: Found, lens: Lens = NOW) -> Found:
    """Return an answer with a row for every period of its time axis, in order; other groups keep theirs.

    The axis goes over the chosen period (at most to today, unless records lie behind it), else from the first to the last record.
    """
    place = next((i for i, o in enumerate(found.outputs) if o.bucket is not None), None)
    names = {o.name for o in found.outputs if o.selected is not None}
    if place is None or found.is_more or any(s.removeprefix("-") not in names for s in found.question.sort):
        return found
    axis = _axis(asked, found, place)
    groups = [i for i, o in enumerate(found.outputs) if o.selected is not None and i != place]
    keys = {tuple(_key(row[i]) for i in groups): index for index, row in reversed(list(enumerate(found.values)))} if groups else {(): 0}
    there = {(row[place], *(_key(row[i]) for i in groups)) for row in found.values}
    missing = [(day, key) for key in keys for day in axis if (day, *key) not in there]
    if not missing or len(missing) + len(found.rows) > MOST_ROWS:
        return found
    nothing = _of_nothing(asked, found, lens)
    added = [_row(found, place, groups, day, keys[key] if found.values else 0, nothing) for day, key in missing]
    values, rows = [*found.values, *(v for v, _ in added)], [*found.rows, *(r for _, r in added)]
    behind = found.behind
    if behind is not None:
        behind = [*behind, *(lens.behind(found.question, found.outputs, v) for v, _ in added)]
    is_back = any(s == f"-{found.outputs[place].name}" for s in found.question.sort)
    first_seen = {key: rank for rank, key in enumerate(reversed(list(keys)))}

    def rank(index: int) -> tuple[Any, ...]:
        day = values[index][place]
        position = 0 if day is None else day.toordinal()
        return (day is None, -position if is_back else position, first_seen[tuple(_key(values[index][i]) for i in groups)])

    order = sorted(range(len(values)), key=rank)
    return replace(
        found, values=[values[i] for i in order], rows=[rows[i] for i in order], behind=[behind[i] for i in order] if behind is not None else None,
    )


def _axis(asked: Asked, found: Found, place: int) -> list[date]:
    output = found.outputs[place]
    days = [row[place] for row in found.values if row[place] is not None]
    period = asked.applied.periods.get(output.name)
    first = period.first if period and period.first else min(days, default=None)
    last = max(days, default=None)
    if period is not None:
        edge = min(period.last or asked.uow.today, asked.uow.today)
        last = max(last, edge) if last else edge
    if first is None or last is None:
        return []
    axis = list(buckets(first, last, str(output.bucket)))
    return axis if len(axis) < MOST_BUCKETS else []


def _of_nothing(asked: Asked, found: Found, lens: Lens) -> list[Any]:
    """Return what the measures give over no records: 0 for counts and sums, nothing for averages."""
    question: Question = found.question.model_copy(update={"filter": "False", "group_by": [], "sort": [], "having": None, "totals": False, "explain": False})
    measures = [o for o in found.outputs if o.selected is None]
    return asked.find(question, lens).values[0] if measures else []


def _row(found: Found, place: int, groups: list[int], day: date, like: int, nothing: list[Any]) -> tuple[list[Any], list[Any]]:
    """Return the values of a row that nobody is behind, canonical and as JSON."""
    values: list[Any] = []
    shown: list[Any] = []
    rest = iter(nothing)
    for index, output in enumerate(found.outputs):
        if index == place:
            value, cell = day, day.isoformat()
        elif index in groups:
            value, cell = found.values[like][index], found.rows[like][index]
        else:
            value = next(rest)
            cell = plain(output, value)
        values.append(value)
        shown.append(cell)
    return values, shown


def _key(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


