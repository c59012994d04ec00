"""The whole model of the draft, as designers, previews and conditions see it."""

from __future__ import annotations

from typing import Any

from tenon.engine.releases import draft
from tenon.metamodel.model import Model
from tenon.metamodel.snapshot import build
from tenon.ui.backend.base import View


def drafted(view: View) -> Model:
    """Return the whole model of the draft, kept until it changes."""
    edits = draft.load_edits(view.uow.connection)
    key = ("drafted", tuple(sorted((e.document_id, e.revision) for e in edits.values())))
    kept: dict[Any, Model] = view.model.cache.setdefault("drafted", {})
    if key not in kept:
        kept.clear()
        kept[key] = build(draft.overlay(view.model, edits.values()), view.model.release + 1, view.model)
    return kept[key]
