"""What people say about the record; newest first, with a place to write."""

from __future__ import annotations

from tenon.metamodel.kinds.page import Block
from tenon.ui.backend.record import Record
from tenon.ui.backend.talk import find_talk, remarks
from tenon.ui.block_shapes import Remarks


def make(record: Record, block: Block) -> Remarks | None:
    """Return the newest comments; None when the release has none that can be about this record."""
    talk = find_talk(record.view, record.entity, "comment")
    return remarks(record, talk) if talk is not None else None
