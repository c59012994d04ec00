"""Files of the record: pictures with a preview, a place to drop more."""

from __future__ import annotations

from tenon.metamodel.kinds.page import Block
from tenon.ui.backend.record import Record
from tenon.ui.backend.talk import attachments, find_talk
from tenon.ui.block_shapes import Attachments


def make(record: Record, block: Block) -> Attachments | None:
    """Return the newest files; None when the release has none that can be about this record."""
    talk = find_talk(record.view, record.entity, "attachment")
    return attachments(record, talk) if talk is not None else None
