"""Records as cards: which facts a card shows, and cards of records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tenon.ui.backend.cells import Column, asked_paths, column_of, path_name, title_of
from tenon.ui.backend.list_plan import Plan
from tenon.ui.backend.rows import colours_of
from tenon.ui.shapes import FileMark
from tenon.ui.view_shapes import Card

MOST_FACTS = 6


def card_columns(plan: Plan, described: Sequence[str], without: Sequence[str] = ()) -> list[Column]:
    """Return the facts of the cards: those that the address names, else those of the view, else its first columns."""
    view, entity = plan.view, plan.entity
    named = [column_of(view, entity, path_name(view, entity, p)) for p in described] if described and not plan.query.columns else plan.columns
    left_out = {entity.title, "id", *without}
    columns = [c for c in named if c is not None and not c.is_masked and c.field.name not in left_out]
    return columns if described or plan.query.columns else columns[:MOST_FACTS]


def paths_of(plan: Plan, columns: Sequence[Column]) -> list[str]:
    """Return what to ask for so that cards can be made."""
    return asked_paths(plan.view, plan.entity, list(columns))


def make_cards(plan: Plan, records: Sequence[dict[str, Any]], columns: Sequence[Column], image: Column | None = None) -> list[Card]:
    """Return the cards of records with their colours, in their order."""
    view, entity = plan.view, plan.entity
    colours = colours_of(view, entity, plan.colours, records)
    return [
        Card(
            r["id"], title_of(view, entity, r), tuple((c.field, c.value(view, r)) for c in columns), int(r["version"]), colours.get(r["id"]),
            picture if image is not None and isinstance(picture := image.value(view, r), FileMark) and picture.type.startswith("image/") else None,
        )
        for r in records
    ]  # fmt: skip
