"""A text."""

from __future__ import annotations

from tenon.metamodel.kinds.page import Block
from tenon.ui.backend.record import Record


def make(record: Record, block: Block) -> str | None:
    """Return the text in the reader's language."""
    return block.text.show(record.view.language) if block.text else None
