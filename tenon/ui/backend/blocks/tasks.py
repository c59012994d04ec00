"""What is to be done about the record: open tasks first by their due time, and a place to add one."""

from __future__ import annotations

from tenon.metamodel.kinds.page import Block
from tenon.ui.backend.record import Record
from tenon.ui.backend.talk import find_talk, todos
from tenon.ui.block_shapes import Todos


def make(record: Record, block: Block) -> Todos | None:
    """Return the tasks; None when the release has none that can be about this record."""
    talk = find_talk(record.view, record.entity, "task")
    return todos(record, talk) if talk is not None else None
