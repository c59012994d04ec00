"""Galleries: cards with a picture, the title and lines below it."""

from __future__ import annotations

from dataclasses import replace

from tenon.engine.query.pages import Ask, page
from tenon.metamodel.document import Document
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity
from tenon.ui.backend.base import View
from tenon.ui.backend.cards import card_columns, make_cards, paths_of
from tenon.ui.backend.cells import Column, column_of, path_name
from tenon.ui.backend.list_plan import Plan
from tenon.ui.view_shapes import Gallery

ICON = "layout-grid"
SCRIPT = "cards"
LABEL: Text = say("Gallery", "画廊")
BY: Text = say("Picture", "图片")
NEEDS: Text = say("a picture", "图片字段")
CARDS = 36


def may_show(view: View, entity: Entity, document: Document) -> bool:
    """Return True: without a picture a card shows a coloured letter."""
    return True


def fits(column: Column) -> bool:
    """True for a column of pictures."""
    return column.selected.field.type.kind == "file" and column.field.type == "image" and not column.is_masked and not column.selected.steps


def settings(field: str) -> dict[str, object]:
    """Return what a view document says of a gallery with pictures of a field, "" for none."""
    return {"gallery": {"image": field}} if field else {}


def body(plan: Plan, ask: Ask) -> Gallery:
    """Return the first cards, or those after the cursor of the address."""
    view, entity = plan.view, plan.entity
    named = plan.document.body.gallery if plan.document is not None else None
    image = column_of(view, entity, path_name(view, entity, named.image)) if named is not None and named.image else None
    image = image if image is not None and not image.is_masked else None
    columns = card_columns(plan, named.card if named is not None else (), (image.field.name,) if image is not None else ())
    paths = [*paths_of(plan, columns), *(image.paths if image is not None else ())]
    after = plan.query.cursor or None
    wanted = replace(ask, fields=list(dict.fromkeys(paths)), limit=CARDS, after=after, count="none" if after else "capped")
    found = page(view.uow, view.ctx, entity, wanted)
    return Gallery(tuple(make_cards(plan, found.records, columns, image)), found.next, found.count, found.is_capped, image is not None)


def more(plan: Plan, ask: Ask) -> Gallery:
    """Return the next cards."""
    return body(plan, ask)
