"""The newest record on the canvas of a page: what the runtime shows of the drafted header and blocks to the builder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from tenon.engine.query.pages import Ask, page
from tenon.metamodel.document import Document
from tenon.metamodel.errors import TenonError, not_found
from tenon.metamodel.kinds.page import Block
from tenon.metamodel.labels import say
from tenon.ui.backend.base import View
from tenon.ui.backend.blocks import show
from tenon.ui.backend.designers.base import Design
from tenon.ui.backend.record import Record
from tenon.ui.backend.record_page import drafted_head
from tenon.ui.record_shapes import BlockView, RecordPage

NOT_LIVE = frozenset({"widget"})
"""Blocks that load by themselves once they are on a page."""
MOST_ENTRIES = 5
"""How much of a history says how it will look."""


@dataclass(frozen=True)
class Sample:
    """The newest record: the head of its page, and the blocks of the first tab by their ids; ``note`` says why there is none."""

    head: RecordPage | None = None
    blocks: Mapping[str, BlockView] = field(default_factory=dict)
    note: str | None = None


def sample(design: Design) -> Sample:
    """Return what the runtime can show of a drafted page; a block that reads what is not published is left out."""
    view = design.view
    found = newest(design)
    if found is None:
        return Sample(note=say("Once there are records, the newest is shown here.", "有记录后，此处将显示最新的一条。").show(view.language))
    try:
        head = drafted_head(found, _bare(design))
    except TenonError:
        return Sample(note=say("The newest record is shown once this is published.", "发布后将显示最新的记录。").show(view.language))
    return Sample(head, {str(block.id): made for tab in design.document.body.tabs[:1] for block in tab.blocks if (made := _shown(found, block)) is not None})


def sample_block(design: Design, id: str) -> tuple[RecordPage, BlockView] | None:
    """Return the head of the newest record and one of the drafted blocks; None when nothing of it can be shown. Raises NotFound."""
    block = next((each for tab in design.document.body.tabs for each in tab.blocks if str(each.id) == id), None)
    if block is None:
        raise not_found()
    found = newest(design)
    made = _shown(found, block) if found is not None else None
    return (drafted_head(found, _bare(design)), made) if found is not None and made is not None else None


def newest(design: Design) -> Record | None:
    """Return the newest record that the builder may see; None without one, or while its entity is not published."""
    view: View = design.view
    entity = view.model.find_entity(design.entity.id) if design.entity is not None else None
    if entity is None or not view.rights.may(entity, "read"):
        return None
    records = page(view.uow, view.ctx, entity, Ask(fields=["id"], sort=["-created_at"], limit=1)).records
    return Record(view, entity, records[0]["id"]) if records else None


def _bare(design: Design) -> Document:
    """Return the drafted page without its tabs."""
    return Document(design.document.json, design.document.body.model_copy(update={"tabs": []}))


def _shown(record: Record, block: Block) -> BlockView | None:
    if block.type in NOT_LIVE:
        return None
    try:
        shown = next(iter(show(record, [block.model_copy(update={"visible": None})], f"{block.id}-")), None)
        return replace(shown, content=shown.content[:MOST_ENTRIES]) if shown and block.type == "history" else shown
    except TenonError:
        return None
