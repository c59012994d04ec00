"""What a widget answers to a reader."""

from __future__ import annotations

from typing import Any

from tenon.engine.context import Context
from tenon.engine.reports.asked import ask
from tenon.engine.reports.selection import Selection
from tenon.engine.reports.shape import head
from tenon.engine.reports.types import TYPES
from tenon.engine.unit_of_work import UnitOfWork


def data(uow: UnitOfWork, ctx: Context, name: str, selection: Selection) -> dict[str, Any]:
    """Return the shape of /query (``columns``, ``rows``, ``totals``, ``behind``), and what the type of the widget adds.

    Raises NotFound when the widget is not there or its records are out of sight, Invalid for what it or the choice has wrong.
    """
    asked = ask(uow, ctx, name, selection)
    return head(asked) | TYPES[asked.body.type].answer(asked)
