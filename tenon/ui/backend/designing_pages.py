"""What the designer of pages asks for beside the designer itself: single blocks of the newest record."""

from __future__ import annotations

from tenon.engine.releases import steps
from tenon.engine.releases.draft import require_builder
from tenon.ui.backend.base import View
from tenon.ui.backend.designers.base import Design
from tenon.ui.backend.designers.page_sample import sample_block
from tenon.ui.backend.drafted import drafted
from tenon.ui.record_shapes import BlockView, RecordPage


def block(view: View, name: str, id: str) -> tuple[RecordPage, BlockView] | None:
    """Return the head of the newest record and a block of a drafted page. Raises NotFound, Forbidden."""
    require_builder(view.ctx, "page")
    return sample_block(Design(view, drafted(view), steps.look(view.uow.connection, view.ctx, view.model, "page", name)), id)
