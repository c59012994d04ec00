"""Formatted texts as pages show them."""

from __future__ import annotations

from markupsafe import Markup

from tenon.metamodel.fields.rich_text import clean


def formatted(text: str) -> Markup:
    """Return a formatted text as markup: cleaned again, whatever the database holds."""
    return Markup(clean(text))
