"""What an alert is about, how it stands, and what can be done with it."""

from __future__ import annotations

from tenon.metamodel.kinds.page import Block
from tenon.ui.alert_shapes import AlertDesk
from tenon.ui.backend.alerts import desk
from tenon.ui.backend.record import Record


def make(record: Record, block: Block) -> AlertDesk | None:
    """Return the alert; None on the pages of other records."""
    return desk(record)
