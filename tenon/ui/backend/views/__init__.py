"""Types of views, found by their files: a module ``<type>.py`` here, a template ``views/<type>.html``.

A module has ``ICON`` (of its tabs), ``may_show(view, entity, document)`` (whether a view can be shown to this reader) and
``body(plan, ask)``, which returns what its template shows as ``page.body``.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import Any, Protocol

from tenon.engine.query.pages import Ask
from tenon.metamodel.document import Document
from tenon.metamodel.model import Entity
from tenon.ui.backend.base import View
from tenon.ui.backend.list_plan import Plan


class ViewType(Protocol):
    """What a module of a view type has."""

    ICON: str

    def may_show(self, view: View, entity: Entity, document: Document) -> bool:
        """Return whether a view of this type can be shown to this reader."""

    def body(self, plan: Plan, ask: Ask) -> Any:
        """Return what the template of the type shows."""


TYPES: dict[str, ViewType] = {info.name: import_module(f"{__name__}.{info.name}") for info in pkgutil.iter_modules(__path__)}
