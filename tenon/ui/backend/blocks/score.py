"""A score with everything that makes it."""

from __future__ import annotations

from tenon.metamodel.kinds.page import Block
from tenon.ui.backend.record import Record
from tenon.ui.backend.scores import score_view, scores_of
from tenon.ui.record_shapes import ScoreView


def make(record: Record, block: Block) -> ScoreView | None:
    """Return the score explained, when the reader may see it."""
    found = next((d for d in scores_of(record.view, record.entity) if block.score in (d.id, d.name)), None)
    return score_view(record.view, record.entity, record.id, found) if found is not None and not record.is_deleted else None
