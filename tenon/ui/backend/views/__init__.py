"""Types of views, found by their files: a module ``<type>.py`` here, a template ``views/<type>.html``.

A module has ``ICON`` and ``LABEL`` (of its tabs), ``SCRIPT`` (its module below ``static/js``, "" for none), ``may_show(view, entity,
document)`` (whether a view can be shown to this reader) and ``body(plan, ask)``, which returns what its template shows as ``page.body``.
What people can make from a list has ``BY``, ``NEEDS`` (the sort of field, in words), ``fits(column)`` and ``settings(field)`` too; what loads piece by piece has ``more(plan, ask)``
and a template ``views/<type>_more.html`` that shows what it returns as ``more``.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import Any, Protocol

from tenon.engine.query.pages import Ask
from tenon.metamodel.document import Document
from tenon.metamodel.labels import Text
from tenon.metamodel.model import Entity
from tenon.ui.backend.base import View
from tenon.ui.backend.cells import Column
from tenon.ui.backend.list_plan import Plan


class ViewType(Protocol):
    """What a module of a view type has."""

    ICON: str
    SCRIPT: str
    LABEL: Text

    def may_show(self, view: View, entity: Entity, document: Document) -> bool:
        """Return whether a view of this type can be shown to this reader."""

    def body(self, plan: Plan, ask: Ask) -> Any:
        """Return what the template of the type shows."""


class MadeBy(ViewType, Protocol):
    """What a module of a view type has that people can make from a list by choosing a field."""

    BY: Text
    NEEDS: Text

    def fits(self, column: Column) -> bool:
        """True for a column that the view can be made by."""

    def settings(self, field: str) -> dict[str, object]:
        """Return what a view document says of the type; days are ``<from>:<to>``."""


class Piecewise(ViewType, Protocol):
    """What a module of a view type has whose bodies load piece by piece."""

    def more(self, plan: Plan, ask: Ask) -> Any:
        """Return the piece that the address asks for; None when there is no such one."""


TYPES: dict[str, ViewType] = {info.name: import_module(f"{__name__}.{info.name}") for info in pkgutil.iter_modules(__path__)}
MADE_BY: dict[str, MadeBy] = {name: kind for name, kind in TYPES.items() if hasattr(kind, "settings")}  # type: ignore[misc]
PIECEWISE: dict[str, Piecewise] = {name: kind for name, kind in TYPES.items() if hasattr(kind, "more")}  # type: ignore[misc]
