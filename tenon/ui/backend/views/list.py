"""Lists: rows of one page, forwards and backwards, in groups with their totals."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tenon.engine.query.pages import Ask, Page, count, page
from tenon.metamodel.digits import read_whole
from tenon.metamodel.document import Document
from tenon.metamodel.errors import Malformed, Problem
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity
from tenon.ui.backend.base import View
from tenon.ui.backend.cells import asked_paths
from tenon.ui.backend.editing import editable_fields
from tenon.ui.backend.grouping import groups_around, into_sections, sorted_by_group
from tenon.ui.backend.list_plan import Plan
from tenon.ui.backend.rows import colours_of, make_row
from tenon.ui.list_shapes import Table

ICON = "table-2"
SCRIPT = "sheet"
LABEL: Text = say("List", "列表")
BACK = "~"


@dataclass(frozen=True)
class Place:
    """Where in a list a page stands: the cursor, whether it leads back, and the position of its first row."""

    cursor: str | None = None
    is_back: bool = False
    first: int = 1


def may_show(view: View, entity: Entity, document: Document) -> bool:
    """Return True: a list can always be shown."""
    return True


def body(plan: Plan, ask: Ask) -> Table:
    """Return one page of rows; a bad cursor raises Malformed."""
    view, entity, query = plan.view, plan.entity, plan.query
    wanted = sorted_by_group(plan, ask) if plan.group is not None else ask
    paths = [*asked_paths(view, entity, plan.columns), *(plan.group.column.paths if plan.group is not None else ())]
    wanted = replace(wanted, fields=list(dict.fromkeys(paths)), limit=query.limit, count="capped")
    place = read_place(query.cursor)
    found = _page_at(view, entity, wanted, place)
    if not found.records and place.cursor:
        place = Place()
        found = _page_at(view, entity, wanted, place)
    groups = groups_around(plan, ask, found) if plan.group is not None else None
    first = place.first if found.previous else 1
    colours = colours_of(view, entity, plan.colours, found.records)
    rows = tuple(make_row(view, entity, plan.columns, r, colours.get(r["id"])) for r in found.records)
    return Table(
        rows,
        next=f"{first + len(rows)}.{found.next}" if found.next else None,
        previous=f"{BACK}{max(1, first - query.limit)}.{found.previous}" if found.previous else None,
        count=found.count if groups is None else count(view.uow, view.ctx, entity, ask),
        count_capped=found.is_capped and groups is None, first=first if rows else None,
        sections=into_sections(plan, groups, found, rows) if groups is not None else None, editable=editable_fields(view, entity),
    )  # fmt: skip


def _page_at(view: View, entity: Entity, ask: Ask, place: Place) -> Page:
    placed = replace(ask, before=place.cursor) if place.is_back else replace(ask, after=place.cursor)
    return page(view.uow, view.ctx, entity, placed)


def read_place(text: str) -> Place:
    """Return the place that the cursor of an address names; raises Malformed."""
    if not text:
        return Place()
    is_back = text.startswith(BACK)
    number, _, cursor = text.removeprefix(BACK).partition(".")
    if read_whole(number) is None or not cursor:
        message = say("This page address is no longer valid.", "该页地址已失效。")
        raise Malformed(Problem("/cursor", "bad_cursor", message, say("Start again from the first page.", "请从第一页重新开始。")))
    return Place(cursor, is_back, int(number))
