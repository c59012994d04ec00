"""The doors of the pages behind which a value could come out: pages of records, forms, choices, the search everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from tenon.engine.query.pages import Ask, page
from tenon.metamodel.model import Entity, Field
from tenon.platform.leak_doors import Door, Looking
from tenon.platform.workspace import Platform
from tenon.ui.backend import forms, merging, options, palette, record_page
from tenon.ui.backend.base import View
from tenon.ui.merge_shapes import MergePage
from tenon.ui.record_shapes import RecordPage


class PageDoors:
    """The doors of what people see."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def _view(self, at: Looking) -> View:
        return View(self._platform, at.uow, at.ctx, at.rights)

    def of_record(self, at: Looking, entity: Entity, id: str) -> Iterator[Door]:
        """Yield every tab of the page of a record, and its form."""
        view = self._view(at)
        yield "page", partial(_tabs, view, entity, id)
        yield "page", partial(record_page.peek, view, entity.name, id)
        yield "form", partial(forms.form, view, entity.name, id, None)

    def of_entity(self, at: Looking, entity: Entity) -> Iterator[Door]:
        """Yield what a form offers to choose from, and records before a merge."""
        view = self._view(at)
        for each in _choosing(at, entity):
            yield "choices", partial(options.options, view, entity.name, each.name, "")
        if merging.may_merge(view, entity):
            yield "merge", partial(_side_by_side, view, entity)

    def of_all(self, at: Looking) -> Iterator[Door]:
        """Yield nothing: every page is about an entity."""
        yield from ()

    def that_stay_shut(self, at: Looking, entity: Entity, closed: Field) -> Iterator[Door]:
        """Yield what a hidden field offers to choose from."""
        view = self._view(at)
        if closed.type.kind == "reference" and at.rights.state(entity, closed) == "hidden":
            yield "choices", partial(options.options, view, entity.name, closed.name, "")

    def of_hidden_row(self, at: Looking, entity: Entity, id: str) -> Iterator[Door]:
        """Yield nothing: forms and pages of records are tried with every record."""
        yield from ()

    def of_words(self, at: Looking, entity: Entity, text: str) -> Iterator[Door]:
        """Yield the search everywhere, and the choices of forms that point to these records, found by a text."""
        view = self._view(at)
        yield "palette", partial(palette.search, view, text, "")
        for near in at.readable():
            for each in _choosing(at, near):
                if entity.id in each.targets:
                    yield "choices", partial(options.options, view, near.name, each.name, text)


def _tabs(view: View, entity: Entity, id: str) -> list[RecordPage]:
    first = record_page.record_page(view, entity.name, id, "")
    return [first, *(record_page.record_page(view, entity.name, id, tab.name) for tab in first.tabs[1:])]


def _side_by_side(view: View, entity: Entity) -> MergePage | None:
    """Return the newest records that this person sees side by side, as before a merge."""
    ids = [r["id"] for r in page(view.uow, view.ctx, entity, Ask(fields=["id"], limit=merging.MOST)).records]
    return merging.merge_page(view, entity.name, ids) if len(ids) >= merging.LEAST else None


def _choosing(at: Looking, entity: Entity) -> list[Field]:
    return [f for f in entity.fields.values() if f.is_written and f.targets and at.rights.state(entity, f) != "hidden"]
