"""Boards: the records of a view in one column an option of a field, and moving a record to another column."""

from __future__ import annotations

from dataclasses import replace

from tenon.engine.query.pages import Ask, page
from tenon.engine.records import writing
from tenon.engine.views import find_view
from tenon.metamodel.document import Document
from tenon.metamodel.errors import not_found
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity
from tenon.ui.backend.base import View, id_of
from tenon.ui.backend.cells import Column, asked_paths, column_of, path_name, title_of
from tenon.ui.list_shapes import Board, Card, Lane
from tenon.ui.shapes import Choice

MOST_CARDS = 50
MOST_LANES = 24


def move(view: View, entity: str, id: str, board: str, value: str, version: int | None) -> None:
    """Put a record into another column of a board view; raises Invalid, Conflict, Stale, Forbidden."""
    found = view.entity(entity)
    document = find_view(view.uow, view.ctx, found, board)
    by = lane_column(view, found, document) if document is not None else None
    if by is None:
        raise not_found()
    writing.change(view.uow, view.ctx, found, id_of(id), {by.selected.field.name: value or None}, version=version)


def lane_column(view: View, entity: Entity, document: Document) -> Column | None:
    """Return the column that makes the lanes of a view: a choice of the entity itself; None when the view is no such board."""
    if document.body.type != "board" or document.body.board is None:
        return None
    column = column_of(view, entity, path_name(view, entity, document.body.board.by))
    if column is None or column.is_masked or "." in column.field.name or column.selected.field.type.kind != "choice":
        return None
    return column if 0 < len(column.field.options) <= MOST_LANES else None


def board_of(view: View, entity: Entity, document: Document, ask: Ask) -> Board | None:
    """Return the board of a view for what is asked, None when the view is no board; a lane of records without a value comes first."""
    by = lane_column(view, entity, document)
    if by is None:
        return None
    name, paths = by.field.name, document.body.board.card
    named = [c for p in paths if (c := column_of(view, entity, path_name(view, entity, p))) is not None]
    columns = [c for c in named if c.field.name not in (name, entity.title)]
    asked = asked_paths(view, entity, columns)
    none = Choice("", say("Nothing chosen", "未选择").show(view.language))
    lanes = []
    for option in (none, *by.field.options):
        condition = f"{name} == '{option.name}'" if option.name else f"{name} == None"
        found = page(
            view.uow, view.ctx, entity, replace(ask, filters=[*ask.filters, condition], fields=asked, limit=MOST_CARDS, count="capped")
        )
        if not option.name and not found.records:
            continue
        cards = tuple(
            Card(
                r["id"],
                title_of(view, entity, r),
                tuple((c.field, c.value(view, r)) for c in columns if not c.is_masked),
                int(r["version"]),
            )
            for r in found.records
        )
        expression = " and ".join(f"({one})" for one in [*ask.filters, condition])
        lanes.append(Lane(option, cards, found.count or 0, found.is_capped, expression))
    may_move = (
        by.selected.state == "full" and view.rights.may(entity, "update") and view.rights.may_write(entity, by.selected.field, "update")
    )
    return Board(by.field, tuple(lanes), may_move)
