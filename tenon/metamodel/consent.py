"""Which fields of an entity say whether somebody may be written to; they are known by their names, like those of the app core."""

from __future__ import annotations

from tenon.metamodel.model import Entity, Field

NEVER = ("do_not_contact",)
"""True: nothing is sent at all."""
LEFT = ("unsubscribed", "opted_out")
"""True: no marketing is sent."""
LEFT_AT = "unsubscribed_at"
AGREED = "consent"
"""The channels that somebody agreed to, the only ones over which marketing is sent."""


def agreed(entity: Entity, channel: str) -> Field | None:
    """Return the field that lists the channels somebody agreed to, where this one can be among them."""
    field = entity.fields.get(AGREED)
    return field if field is not None and any(option.name == channel for option in field.spec.named) else None


def left(entity: Entity) -> Field | None:
    """Return the field that says by yes or no that somebody wants no more marketing."""
    return next((entity.fields[name] for name in LEFT if name in entity.fields and entity.fields[name].type.kind == "boolean" and not entity.fields[name].is_formula), None)


def left_at(entity: Entity) -> Field | None:
    """Return the field that says since when somebody wants no more marketing."""
    field = entity.fields.get(LEFT_AT)
    return field if field is not None and field.type.kind == "datetime" and not field.is_formula else None


def keeps_consent(entity: Entity, channel: str) -> bool:
    """Return whether records can say that they want no marketing over a channel."""
    return agreed(entity, channel) is not None or left(entity) is not None or left_at(entity) is not None


def asked(entity: Entity) -> list[Field]:
    """Return the fields that say whether and how somebody may be written to."""
    return [entity.fields[name] for name in ("active", "left_at", "language", AGREED, LEFT_AT, *NEVER, *LEFT) if name in entity.fields]
