"""What to do next about the record, with its reason and a button that does it."""

from __future__ import annotations

from tenon.engine.next_actions import Found, next_action
from tenon.metamodel.kinds.page import Block
from tenon.ui.backend.base import View
from tenon.ui.backend.cells import columns_of, path_name, title_of
from tenon.ui.backend.record import Record
from tenon.ui.block_shapes import Advice


def make(record: Record, block: Block) -> Advice | None:
    """Return the first action that is due; None when nothing is."""
    if record.is_deleted:
        return None
    view = record.view
    found = next_action(view.uow, view.ctx, record.entity, record.id, block.actions)
    return _advice(view, record, block, found) if found is not None else None


def _advice(view: View, record: Record, block: Block, found: Found) -> Advice:
    language, action, far = view.language, found.action, found.entity
    columns = columns_of(view, far, [path_name(view, far, p) for p in action.facts])
    button, is_other = action.button, found.record["id"] != record.id
    return Advice(
        str(block.id), found.index, found.record["id"], action.label.show(language), action.reason.show(language) if action.reason else None,
        title_of(view, far, found.record) if is_other else None, f"/records/{far.name}/{found.record['id']}",
        tuple(c.fact(view, found.record) for c in columns), action.icon or far.icon or "zap", action.colour,
        button.label.show(language) if button is not None and _may(view, found) else None,
    )  # fmt: skip


def _may(view: View, found: Found) -> bool:
    """Return whether the reader may do at least in general what the button does."""
    button = found.action.button
    if button is None:
        return False
    if button.set:
        return view.rights.may(found.entity, "update")
    target = view.model.find_entity(button.create.entity) if button.create is not None else None
    return target is not None and view.rights.may(target, "create")
