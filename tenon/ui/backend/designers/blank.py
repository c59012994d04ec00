"""A form that nobody fills in: the inputs of fields of the draft, drawn without asking the database, which does not know them yet."""

from __future__ import annotations

from typing import Any

from tenon.engine.query.shaping import Titles
from tenon.ui.backend.designers.base import Design
from tenon.ui.backend.drafts import COMPUTED, WIDE, Draft, Item
from tenon.ui.backend.forms import input_of
from tenon.ui.work import FormField

MOST = 40
"""How many fields a preview shows: enough to see what they are like."""


class Blank(Draft):
    """A form nobody fills in: no defaults, and nothing is asked of the database."""

    is_public = True

    def _defaults(self) -> dict[str, Any]:
        return {}

    def _take_defaults(self, document: Any) -> None:
        return None


def preview(design: Design) -> tuple[FormField, ...]:
    """Return the inputs of a new record of the draft's entity, as people would meet them without a form of their own."""
    entity = design.entity
    if entity is None:
        return ()
    blank = Blank(design.sketch, entity, None, {}, {}, document=design.document)
    titles = Titles(design.sketch.uow, design.sketch.rights)
    written = [f for f in entity.fields.values() if f.is_written and f.origin != "system" and f.spec.input not in COMPUTED]
    ordered = sorted(written, key=lambda f: f.name != entity.title)[:MOST]
    return tuple(input_of(blank, Item(f, 2 if f.spec.type in WIDE or f.name == entity.title else 1), titles, "preview-") for f in ordered)
