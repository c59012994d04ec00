"""Boards: the records of a view in one column an option of a field."""

from __future__ import annotations

from tenon.engine.query.pages import Ask
from tenon.metamodel.document import Document
from tenon.metamodel.model import Entity
from tenon.ui.backend.base import View
from tenon.ui.backend.boards import board_of, lane_column
from tenon.ui.backend.list_plan import Plan
from tenon.ui.list_shapes import Board

ICON = "columns-3"


def may_show(view: View, entity: Entity, document: Document) -> bool:
    """Return whether the field of the lanes is there for this reader."""
    return lane_column(view, entity, document) is not None


def body(plan: Plan, ask: Ask) -> Board | None:
    """Return the lanes with their first cards."""
    return board_of(plan.view, plan.entity, plan.document, ask) if plan.document is not None else None
