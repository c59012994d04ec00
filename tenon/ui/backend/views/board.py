"""Boards: the records of a view in one lane a value of a field."""

from __future__ import annotations

from tenon.engine.query.pages import Ask
from tenon.metamodel.document import Document
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity
from tenon.ui.backend.base import View
from tenon.ui.backend.boards import board_of, lane_column, makes_lanes, more_cards
from tenon.ui.backend.cells import Column
from tenon.ui.backend.list_plan import Plan
from tenon.ui.view_shapes import Board, Lane

ICON = "square-kanban"
SCRIPT = "board"
LABEL: Text = say("Board", "看板")
BY: Text = say("Lanes by", "分列依据")
NEEDS: Text = say("a choice, a yes or no, a person or a reference", "选项、是否、人员或引用字段")


def may_show(view: View, entity: Entity, document: Document) -> bool:
    """Return whether the field of the lanes is there for this reader."""
    return lane_column(view, entity, document) is not None


def fits(column: Column) -> bool:
    """True for a column that lanes can be made by."""
    return makes_lanes(column) and not column.selected.steps


def settings(field: str) -> dict[str, object]:
    """Return what a view document says of a board by a field."""
    return {"board": {"by": field}}


def body(plan: Plan, ask: Ask) -> Board | None:
    """Return the lanes with their first cards."""
    return board_of(plan, ask)


def more(plan: Plan, ask: Ask) -> tuple[Board, Lane] | None:
    """Return the next cards of the lane that is asked for."""
    return more_cards(plan, ask, plan.query.lane or "", plan.query.cursor)
