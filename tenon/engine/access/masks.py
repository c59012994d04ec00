"""What a masked cell shows: enough to recognise, too little to use."""

from __future__ import annotations

from typing import Any

from tenon.metamodel.model import Field

STARS = "***"


def mask(field: Field, value: Any) -> str | None:
    """Return the masked form of a value: of a text its first letter, of anything else nothing but that it is there."""
    if value is None:
        return None
    if not isinstance(value, str) or len(value) < 2 or field.spec.type not in ("text", "email", "phone"):
        return STARS
    if field.spec.type == "email" and "@" in value:
        name, _, domain = value.partition("@")
        return f"{name[:1]}{STARS}@{domain}"
    if field.spec.type == "phone":
        return f"{value[:-8]}****{value[-4:]}" if len(value) > 8 else STARS
    return f"{value[:1]}{STARS}"
