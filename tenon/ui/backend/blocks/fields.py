"""Fields of the record; without any named, all of them."""

from __future__ import annotations

from tenon.metamodel.kinds.page import Block
from tenon.metamodel.labels import say
from tenon.ui.backend.cells import path_name
from tenon.ui.backend.record import Record
from tenon.ui.record_shapes import Group


def make(record: Record, block: Block) -> tuple[Group, ...] | None:
    """Return the facts in groups."""
    if not block.fields:
        return everything(record)
    label = block.label.show(record.view.language) if block.label else None
    facts = record.facts([path_name(record.view, record.entity, p) for p in block.fields])
    return (Group(label, facts),) if facts else None


def everything(record: Record) -> tuple[Group, ...] | None:
    """Return all facts: the entity's own, then what the system keeps and what programs write."""
    own = [n for n, c in record.columns.items() if c.selected.field.origin != "system" and c.field.type not in ("score", "json")]
    system = [n for n in record.columns if n not in own and record.columns[n].field.type != "score"]
    about = say("Record", "记录信息").show(record.view.language)
    groups = (Group(None, record.facts(own)), Group(about, record.facts(system)))
    return tuple(g for g in groups if g.facts) or None
