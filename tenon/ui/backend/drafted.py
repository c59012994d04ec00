"""The whole model of the draft, as designers, previews and conditions see it."""

from __future__ import annotations

from tenon.engine.releases import draft
from tenon.metamodel.model import Model
from tenon.ui.backend.base import View


def drafted(view: View) -> Model:
    """Return the whole model of the draft, kept until it changes."""
    return draft.drafted(view.uow.connection, view.model)
