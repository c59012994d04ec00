"""Fields that a rule or a button can set, and what they are set to at first."""

from __future__ import annotations

from tenon.metamodel.model import Entity, Field
from tenon.metamodel.system_fields import WRITABLE_SYSTEM
from tenon.ui.backend.designers.listed import own_fields

FIRST = {"text": "''", "number": "0", "boolean": "True", "date": "today()", "datetime": "now()", "duration": "0"}


def settable(entity: Entity | None) -> list[Field]:
    """Return the fields whose values can be set, whose record it is among them."""
    return [f for f in own_fields(entity) if (f.is_written and f.origin != "system") or f.name in WRITABLE_SYSTEM]


def beginning(field: Field) -> str:
    """Return an expression that a field takes."""
    if field.type.kind == "choice":
        options = getattr(field.spec, "options", ())
        return f"'{options[0].name}'" if options else "''"
    return FIRST.get(field.type.kind, "None")
