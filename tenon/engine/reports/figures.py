"""The one figure that a number widget stands for, as it is now, whatever lies around it on a dashboard."""

from __future__ import annotations

from typing import Any

from tenon.engine.context import Context
from tenon.engine.query.answers import find
from tenon.engine.query.question import MeasureAsked
from tenon.engine.reports.asked import ask
from tenon.engine.reports.selection import Selection
from tenon.engine.unit_of_work import UnitOfWork


def figure(uow: UnitOfWork, ctx: Context, widget: str) -> Any:
    """Return the first measure of a widget over all records of its query, None when it has no value.

    Raises NotFound when the widget or its records are out of sight, Invalid for what its query has wrong.
    """
    asked = ask(uow, ctx, widget, Selection())
    measure = asked.query.measures[0]
    found = find(uow, ctx, asked.question(group_by=[], sort=[], limit=1, explain=False, measures=[MeasureAsked(name=measure.name, expr=measure.expr)]))
    return found.values[0][0] if found.values else None
