"""Everything that happened to the record and around it, as one stream."""

from __future__ import annotations

from tenon.metamodel.kinds.page import Block
from tenon.ui.backend.record import Record
from tenon.ui.backend.timelines import stream
from tenon.ui.block_shapes import Stream


def make(record: Record, block: Block) -> Stream:
    """Return the newest events, of all types."""
    return stream(record.view, record.entity, record.id)
