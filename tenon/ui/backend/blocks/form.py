"""The sections of a form as facts: a page is read, the form itself is a page of its own."""

from __future__ import annotations

from tenon.metamodel.kinds.page import Block
from tenon.ui.backend.cells import path_name
from tenon.ui.backend.record import Record
from tenon.ui.record_shapes import Group


def make(record: Record, block: Block) -> tuple[Group, ...] | None:
    """Return the visible sections with what the reader may see of them."""
    view, groups = record.view, []
    form = view.model.find("form", block.form) if block.form else None
    for section in form.body.sections if form is not None else ():
        items = [i for i in section.items if hasattr(i, "field") and record.holds(i.visible)]
        facts = record.facts([path_name(view, record.entity, i.field) for i in items]) if record.holds(section.visible) else ()
        if facts:
            groups.append(Group(section.label.show(view.language) if section.label else None, facts, section.columns))
    return tuple(groups) or None
