"""Editing in place: which cells a person may change."""

from __future__ import annotations

from tenon.metamodel.model import Entity, Field
from tenon.ui.backend.base import View

NOT_IN_PLACE = frozenset({"computed", "autonumber", "file", "image", "json", "address"})


def editable_fields(view: View, entity: Entity) -> frozenset[str]:
    """Return the names of the fields that this person may change in some record at least."""
    if entity.is_append_only or not view.rights.may(entity, "update"):
        return frozenset()
    return frozenset(f.name for f in entity.fields.values() if is_editable(view, entity, f))


def is_editable(view: View, entity: Entity, field: Field) -> bool:
    """True for a field that people write and this person may, with an editor that fits into a cell."""
    is_written = field.is_written or field.name in ("owner", "unit")
    may = view.rights.may_write(entity, field, "update") and view.rights.state(entity, field) in ("full", "partly")
    return is_written and may and not field.spec.read_only and field.spec.input not in NOT_IN_PLACE
