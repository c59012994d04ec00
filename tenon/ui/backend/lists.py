"""Lists: views, filters, search, order, pages forwards and backwards, with the reader's rights."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from tenon.engine.access.resolver import environment
from tenon.engine.query.pages import Ask, Page, page, read_filter
from tenon.engine.records.rules import compiled
from tenon.engine.sql.compiler import compile_condition
from tenon.engine.sql.source import Source
from tenon.metamodel.document import Document
from tenon.metamodel.errors import Invalid, Malformed, Problem
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity
from tenon.ui.backend.base import View
from tenon.ui.backend.boards import board_of, lane_column
from tenon.ui.backend.cells import Column, all_columns, asked_paths, column_of, path_name, title_of, title_path
from tenon.ui.formats import inside
from tenon.ui.shapes import Fault, Field, ListPage, ListQuery, Row, ViewTab

MOST_DEFAULT = 7
LONG_TYPES = frozenset({"long_text", "rich_text", "json", "address", "file", "image", "references"})
TICKED = ("choice", "choices")
LONGEST_SEARCH = 200
BACK = "~"
SHOWN_TYPES = frozenset({"list", "board"})
ICONS = {
    "board": "columns-3",
    "calendar": "calendar",
    "gallery": "image",
    "tree": "list",
    "timeline": "calendar-days",
    "gantt": "calendar-days",
}


@dataclass(frozen=True)
class Place:
    """Where in a list a page stands: the cursor, whether it leads back, and the position of its first row."""

    cursor: str | None = None
    is_back: bool = False
    first: int = 1


@dataclass(frozen=True)
class Plan:
    """How the address of a list is answered: columns, order, view, and the columns it shows when nobody chose."""

    view: View
    entity: Entity
    query: ListQuery
    document: Document | None
    everything: list[Column]
    default: list[Column]
    columns: list[Column]
    sort: list[str]

    def ask(self) -> Ask:
        """Return what is asked of the records; raises Invalid for a filter that cannot be read."""
        return replace(_ask(self.view, self.entity, self.query, self.document), sort=self.sort)


def plan_list(view: View, entity: Entity, query: ListQuery) -> Plan:
    """Return how the address of a list is answered."""
    document = _view_of(view, entity, query.view)
    everything = all_columns(view, entity)
    default = default_columns(view, entity, document, everything)
    known = {c.field.name: c for c in [*everything, *default]}
    columns = [known[name] for name in query.columns if name in known] if query.columns else default
    sort = _sort(view, entity, query, document)
    return Plan(view, entity, query, document, everything, default, with_title(view, entity, columns), sort)


def list_page(view: View, name: str, query: ListQuery) -> ListPage:
    """Return one page; a wrong filter gives ``fault`` and no rows, a bad cursor raises Malformed."""
    entity = view.entity(name)
    plan = plan_list(view, entity, query)
    shell = _shell(view, entity, plan)
    try:
        ask = plan.ask()
    except Invalid as error:
        problem = error.problems[0]
        hint = problem.hint.show(view.language) if problem.hint else None
        return replace(shell, fault=Fault(problem.message.show(view.language), hint, problem.column))
    board = board_of(view, entity, plan.document, ask) if plan.document is not None else None
    if board is not None:
        return replace(shell, board=board)
    ask = replace(ask, fields=asked_paths(view, entity, plan.columns), limit=query.limit, count="capped")
    place = read_place(query.cursor)
    found = _page_at(view, entity, ask, place)
    if not found.records and place.cursor:
        place = Place()
        found = _page_at(view, entity, ask, place)
    first = place.first if found.previous else 1
    colours = colours_of(view, entity, plan.document, found)
    return replace(
        shell, rows=tuple(make_row(view, entity, plan.columns, r, colours.get(r["id"])) for r in found.records),
        next=f"{first + len(found.records)}.{found.next}" if found.next else None,
        previous=f"{BACK}{max(1, first - query.limit)}.{found.previous}" if found.previous else None,
        count=found.count, count_capped=found.is_capped, first=first if found.records else None,
    )  # fmt: skip


def _shell(view: View, entity: Entity, plan: Plan) -> ListPage:
    """Return the page without rows: labels, columns, tabs, filters, what the reader may do."""
    may = view.rights.may
    user = view.ctx.user
    return ListPage(
        entity.name, entity.label.show(view.language), entity.plural.show(view.language), entity.icon or "table-2", _fields(plan.columns), (),
        None, None, all_columns=_fields(plan.everything), filters=_filters(view, entity), views=view_tabs(view, entity),
        sort=",".join(plan.sort) if plan.query.sort else "", title_column=title_column(view, entity),
        default_columns=tuple(c.field.name for c in with_title(view, entity, plan.default)), may_create=may(entity, "create"),
        may_import=may(entity, "import") and may(entity, "create"), may_export=may(entity, "export"),
        may_build=user is not None and user.may_build, search_hint=_search_hint(view, entity),
        view=plan.document.name if plan.document is not None else "",
        may_delete=may(entity, "delete") and may(entity, "bulk"), may_restore=may(entity, "restore"),
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
    if not number.isdigit() or len(number) > 12 or not cursor:
        message = say("This page address is no longer valid.", "该页地址已失效。")
        raise Malformed(Problem("/cursor", "bad_cursor", message, say("Start again from the first page.", "请从第一页重新开始。")))
    return Place(cursor, is_back, int(number))


def _view_of(view: View, entity: Entity, name: str) -> Document | None:
    """Return the view of an address; without one that is there, the first view that leaves nothing out."""
    views = _views(view, entity)
    return next((d for d in views if name and d.name == name), None) or _whole_view(views)


def _views(view: View, entity: Entity) -> list[Document]:
    """Return the views of an entity that this version shows."""
    found = [d for d in view.model.all("view") if d.body.entity == entity.id and d.body.type in SHOWN_TYPES]
    return [d for d in found if d.body.type == "list" or lane_column(view, entity, d) is not None]


def _whole_view(views: list[Document]) -> Document | None:
    """Return the first list without a filter: the bare address of the entity opens it."""
    return next((d for d in views if d.body.type == "list" and not d.body.filter), None)


def view_tabs(view: View, entity: Entity) -> tuple[ViewTab, ...]:
    """Return the views of an entity, all of its records first: as a view of an app shows them, or as nobody described."""
    documents = _views(view, entity)
    whole = _whole_view(documents)
    documents.sort(key=lambda d: d is not whole)
    label = Text(f"All {inside(entity.plural.show('en'))}", f"全部{entity.plural.show('zh')}").show(view.language)
    tabs = [ViewTab(d.name, d.label.show(view.language), ICONS.get(d.body.type, "list-filter")) for d in documents]
    return tuple(tabs) if whole is not None else (ViewTab("", label), *tabs)


def default_columns(view: View, entity: Entity, document: Document | None, everything: list[Column]) -> list[Column]:
    """Return the columns of a view, or those that say most of a record."""
    if document is not None and document.body.columns:
        found = [column_of(view, entity, path_name(view, entity, c.field), c.label) for c in document.body.columns]
        return [c for c in found if c is not None]
    title, scores, short, system = [], [], [], []
    for column in everything:
        field = column.selected.field
        if field.name == entity.title:
            title.append(column)
        elif column.field.type == "score":
            scores.append(column)
        elif field.origin == "system":
            system.append(column)
        elif column.field.type not in LONG_TYPES:
            short.append(column)
    own = [*title, *scores, *short][:MOST_DEFAULT]
    return own if len(own) > 2 else [*own, *[c for c in system if c.field.name in ("owner", "created_at")]]


def title_column(view: View, entity: Entity) -> str:
    """Return the name of the column that leads to the record."""
    return next(iter(title_path(view, entity)), "id")


def with_title(view: View, entity: Entity, columns: list[Column]) -> list[Column]:
    """Return the columns with the one that leads to the record among them."""
    name = title_column(view, entity)
    if any(c.field.name == name for c in columns):
        return columns
    title = column_of(view, entity, name)
    if title is None:
        return columns
    if name == "id":
        title = replace(title, field=Field("id", entity.label.show(view.language)))
    return [title, *columns]


def _fields(columns: list[Column]) -> tuple[Field, ...]:
    return tuple(c.field for c in columns)


def _search_hint(view: View, entity: Entity) -> str | None:
    labels = [f.label.show(view.language) for name in entity.search if (f := entity.fields.get(name)) and view.rights.may_read(entity, f)]
    en, zh = ", ".join(inside(each) for each in labels[:3]), "、".join(labels[:3])
    return Text(f"Search {en}", f"搜索{zh}").show(view.language) if labels else None


def _filters(view: View, entity: Entity) -> tuple[Field, ...]:
    """Return the fields with options to tick."""
    fields = [f for f in entity.fields.values() if f.type.kind in TICKED and view.rights.may_read(entity, f) and f.name not in ("roles",)]
    made = [c.field for f in fields if (c := column_of(view, entity, f.name)) is not None]
    return tuple(f for f in made if f.options and len(f.options) <= 40)


def _ask(view: View, entity: Entity, query: ListQuery, document: Document | None) -> Ask:
    """Return what the address and the view ask for; raises Invalid for a filter that cannot be read."""
    filters = []
    if query.filter:
        read_filter(view.uow, view.rights, entity, query.filter)
        filters.append(query.filter)
    if document is not None and document.body.filter:
        filters.append(document.body.filter)
    by_name = {f.name: f for f in _filters(view, entity)}
    for name, values in query.chosen.items():
        field = by_name.get(name)
        wanted = [v for v in values if field is not None and any(o.name == v for o in field.options)]
        if field is not None and wanted:
            filters.append(ticked(field, wanted))
    return Ask(filters, search=query.search[:LONGEST_SEARCH])


def ticked(field: Field, names: list[str]) -> str:
    """Return the condition of ticked options; the names are those of the document, letters, digits, _ and - only."""
    if field.type in ("choices", "tags"):
        return "(" + " or ".join(f"contains({field.name}, '{name}')" for name in names) + ")"
    return f"{field.name} in [" + ", ".join(f"'{name}'" for name in names) + "]"


def _sort(view: View, entity: Entity, query: ListQuery, document: Document | None) -> list[str]:
    """Return the order: of the address when the reader may sort by it, else of the view."""
    asked = query.sort.removeprefix("-")
    column = column_of(view, entity, asked) if asked and "\x00" not in asked else None
    if column is not None and column.field.is_sortable:
        return [query.sort]
    paths = [path_name(view, entity, s) for s in document.body.sort] if document is not None else []
    known = [(p, column_of(view, entity, p.removeprefix("-"))) for p in paths]
    return [p for p, c in known if c is not None and c.field.is_sortable][:6]


def make_row(view: View, entity: Entity, columns: list[Column], record: dict[str, Any], colour: str | None = None) -> Row:
    """Return a record as a row."""
    return Row(record["id"], title_of(view, entity, record), {c.field.name: c.value(view, record) for c in columns}, colour)


def colours_of(view: View, entity: Entity, document: Document | None, found: Page) -> dict[str, str]:
    """Return the colours of the records of a page by the rules of a view, the first that holds."""
    rules = document.body.colours if document is not None else []
    if not rules or not found.records:
        return {}
    colours: dict[str, str] = {}
    for rule in rules:
        ids = [r["id"] for r in found.records if r["id"] not in colours]
        for each in _holding(view, entity, rule.when, ids):
            colours[each] = rule.colour
    return colours


def _holding(view: View, entity: Entity, condition: str, ids: list[str]) -> list[str]:
    source = Source(environment(view.uow, view.rights), entity)
    holds = compile_condition(source, compiled(view.uow, entity, condition, "value", "boolean"))
    wanted = select(source.alias.c.id).select_from(source.from_clause).where(source.alias.c.id.in_(ids), holds)
    return list(view.uow.connection.execute(wanted).scalars())
