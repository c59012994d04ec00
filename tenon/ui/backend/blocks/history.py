"""What was changed in the record: who, when, why, both values."""

from __future__ import annotations

from tenon.metamodel.kinds.page import Block
from tenon.ui.backend.histories import events_of
from tenon.ui.backend.record import Record
from tenon.ui.record_shapes import Event


def make(record: Record, block: Block) -> tuple[Event, ...]:
    """Return the newest entries of the history."""
    return events_of(record.view, record.entity, record.id)
