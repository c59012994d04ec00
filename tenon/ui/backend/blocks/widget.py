"""A widget of a dashboard on the page of a record."""

from __future__ import annotations

from tenon.metamodel.kinds.page import Block
from tenon.ui.backend.record import Record
from tenon.ui.block_shapes import WidgetSpot


def make(record: Record, block: Block) -> WidgetSpot | None:
    """Return which widget is shown, and for which record; None while it or its entity is not there for this reader."""
    view = record.view
    widget = view.model.find("widget", block.widget) if block.widget else None
    if widget is None:
        return None
    asked = widget.body.query.entity if widget.body.query is not None else None
    entity = view.model.find_entity(asked) if asked is not None else None
    if asked is not None and (entity is None or not view.rights.may(entity, "read")):
        return None
    return WidgetSpot(widget.name, widget.label.show(view.language), record.entity.name, record.id)
