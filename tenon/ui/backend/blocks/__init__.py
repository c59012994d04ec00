"""The blocks of a record's page: a module a type, found by its file; the template of the same name shows what it makes."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

from tenon.metamodel.kinds.page import Block
from tenon.ui.backend.record import Record
from tenon.ui.record_shapes import BlockView

Maker = Callable[[Record, Block], Any]
SIDE = frozenset({"next_action", "tasks", "files", "playbook"})
"""What stands in the narrow column beside the others, when there are others."""
MAKERS: dict[str, Maker] = {info.name: import_module(f"{__name__}.{info.name}").make for info in pkgutil.iter_modules(__path__)}


def show(record: Record, blocks: Sequence[Block], prefix: str = "") -> tuple[BlockView, ...]:
    """Return the blocks of a tab whose condition holds and that have something for this reader."""
    shown = []
    for index, block in enumerate(blocks):
        if not record.holds(block.visible):
            continue
        content = MAKERS[block.type](record, block)
        if content is None:
            continue
        label = block.label.show(record.view.language) if block.label else None
        shown.append(BlockView(block.type, f"{prefix}{index}", label, content, block.type in SIDE))
    if all(block.is_side for block in shown):
        return tuple(BlockView(b.type, b.key, b.label, b.content) for b in shown)
    return tuple(shown)
