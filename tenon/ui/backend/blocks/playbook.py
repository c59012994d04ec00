"""The playbooks that began for a record or the open alerts about it: how far they are, what comes next, and what can begin."""

from __future__ import annotations

from tenon.metamodel.kinds.page import Block
from tenon.ui.alert_shapes import Playing
from tenon.ui.backend.playbooks import playing
from tenon.ui.backend.record import Record


def make(record: Record, block: Block) -> Playing | None:
    """Return the playbooks; None where none began and none can."""
    return playing(record)
