"""What a masked cell shows: enough to recognise, too little to use."""

from __future__ import annotations

from typing import Any

from tenon.metamodel.model import Field

STARS = "***"


def mask(field: Field, value: Any) -> str | None:
    """Return the masked form of a shown value; None stays None."""
    if value is None:
        return None
    if not isinstance(value, str) or len(value) < 2:
        return STARS
    if field.spec.type == "email" and "@" in value:
        name, _, domain = value.partition("@")
        return f"{name[:1]}{STARS}@{domain}"
    if field.spec.type == "phone" and len(value) > 8:
        return f"{value[:-8]}****{value[-4:]}"
    return f"{value[:1]}{STARS}"
