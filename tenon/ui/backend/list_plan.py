"""How the address of a list is answered: the view, the columns, the order, what is asked of the records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tenon.engine import views as saved
from tenon.engine.query.pages import Ask, read_filter
from tenon.metamodel.document import Document
from tenon.metamodel.errors import Invalid
from tenon.metamodel.model import Entity
from tenon.ui.backend.base import View
from tenon.ui.backend.cells import Column, all_columns, column_of, path_name
from tenon.ui.backend.rows import with_title
from tenon.ui.list_shapes import Colouring, ColumnAsked, ListQuery
from tenon.ui.shapes import Field

MOST_DEFAULT = 7
MOST_KEYS = 6
LONG_TYPES = frozenset({"long_text", "rich_text", "json", "address", "file", "image", "references"})
TICKED = ("choice", "choices")
LONGEST_SEARCH = 200
BUCKETS = ("day", "week", "month", "quarter", "year")
GROUPED_TYPES = frozenset({"text", "choice", "reference", "boolean", "date", "datetime", "number"})


@dataclass(frozen=True)
class Grouping:
    """What a list is grouped by: a column, for days with the period, and how an address names it."""

    column: Column
    bucket: str | None

    @property
    def name(self) -> str:
        """The parameter of an address."""
        return f"{self.column.field.name}:{self.bucket}" if self.bucket else self.column.field.name


@dataclass(frozen=True)
class Plan:
    """How the address of a list is answered: columns, order, view, and the columns it shows when nobody chose.

    ``settings`` are what a view document says of the layout that was asked for, ``note`` why it cannot be.
    """

    view: View
    entity: Entity
    query: ListQuery
    document: Document | None
    everything: list[Column]
    default: list[Column]
    columns: list[Column]
    sort: list[str]
    group: Grouping | None
    asked: tuple[ColumnAsked, ...] = ()
    colours: tuple[Colouring, ...] = ()
    settings: Mapping[str, Any] | None = None
    note: str | None = None

    def ask(self) -> Ask:
        """Return what is asked of the records; raises Invalid for a filter that cannot be read."""
        return replace(_ask(self.view, self.entity, self.query, self.document), sort=self.sort)


def make_plan(view: View, entity: Entity, query: ListQuery, document: Document | None) -> Plan:
    """Return how an address is answered with a view, or with none."""
    everything = all_columns(view, entity)
    default = with_title(view, entity, default_columns(view, entity, document, everything))
    columns = with_title(view, entity, _chosen_columns(view, entity, query, [*everything, *default])) if query.columns else default
    described = described_columns(view, entity, document, default)
    asked = _with_totals(query.columns, described) or described
    sort = _sort(view, entity, query, document)
    return Plan(view, entity, query, document, everything, default, columns, sort, _group(view, entity, query, document), asked, _colours(view, entity, query, document))


def _chosen_columns(view: View, entity: Entity, query: ListQuery, known: list[Column]) -> list[Column]:
    """Return the columns of an address; paths along references are found as well."""
    by_name = {c.field.name: c for c in known}
    found = [by_name.get(c.name) or column_of(view, entity, c.name) for c in query.columns if "\x00" not in c.name]
    return [c for c in found if c is not None]


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


def described_columns(view: View, entity: Entity, document: Document | None, default: list[Column]) -> tuple[ColumnAsked, ...]:
    """Return the columns of a view with the widths and totals it gives them."""
    said = {path_name(view, entity, c.field): c for c in document.body.columns} if document is not None else {}
    return tuple(
        ColumnAsked(c.field.name, w.width, w.frozen, w.total or "") if (w := said.get(c.field.name)) is not None else ColumnAsked(c.field.name) for c in default
    )


def _with_totals(asked: Sequence[ColumnAsked], described: Sequence[ColumnAsked]) -> tuple[ColumnAsked, ...]:
    """Return the columns of an address; where one says no total it has that of the view."""
    totals = {c.name: c.total for c in described}
    return tuple(c if c.total else replace(c, total=totals.get(c.name, "")) for c in asked)


def fields_of(columns: Sequence[Column]) -> tuple[Field, ...]:
    """Return how the columns are shown."""
    return tuple(c.field for c in columns)


def ticked_fields(view: View, entity: Entity) -> tuple[Field, ...]:
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
    by_name = {f.name: f for f in ticked_fields(view, entity)} if query.chosen else {}
    for name, values in query.chosen.items():
        field = by_name.get(name)
        wanted = [v for v in values if field is not None and any(o.name == v for o in field.options)]
        if field is not None and wanted:
            filters.append(ticked(field, wanted))
    return Ask(filters, search=query.search[:LONGEST_SEARCH], unsure_last=True)


def ticked(field: Field, names: list[str]) -> str:
    """Return the condition of ticked options; the names are those of the document, letters, digits, _ and - only."""
    if field.type in ("choices", "tags"):
        return "(" + " or ".join(f"contains({field.name}, '{name}')" for name in names) + ")"
    return f"{field.name} in [" + ", ".join(f"'{name}'" for name in names) + "]"


def described_colours(view: View, document: Document | None) -> tuple[Colouring, ...]:
    """Return the rules of colours of a view."""
    if document is None or not document.body.colours:
        return ()
    return tuple(Colouring(one["colour"], one["when"]) for one in saved.shown_body(view.uow, document)["colours"])


def _colours(view: View, entity: Entity, query: ListQuery, document: Document | None) -> tuple[Colouring, ...]:
    """Return the rules in force: those of the address that this reader may ask, else those of the view."""
    if query.colours is None:
        return described_colours(view, document)
    return tuple(one for one in query.colours if _is_readable(view, entity, one.when))


def _is_readable(view: View, entity: Entity, condition: str) -> bool:
    try:
        read_filter(view.uow, view.rights, entity, condition)
    except Invalid:
        return False
    return True


def _sort(view: View, entity: Entity, query: ListQuery, document: Document | None) -> list[str]:
    """Return the order: of the address as far as the reader may sort by it, else of the view."""
    asked = _sortable(view, entity, [key.strip() for key in query.sort.split(",") if key.strip() and "\x00" not in key])
    if asked:
        return asked
    return _sortable(view, entity, [path_name(view, entity, s) for s in document.body.sort] if document is not None else [])


def _sortable(view: View, entity: Entity, keys: Sequence[str]) -> list[str]:
    known = [(key, column_of(view, entity, key.removeprefix("-"))) for key in keys]
    return [key for key, column in known if column is not None and column.field.is_sortable][:MOST_KEYS]


def _group(view: View, entity: Entity, query: ListQuery, document: Document | None) -> Grouping | None:
    """Return what the list is grouped by; a "-" in an address shuts off the grouping of its view."""
    text = query.group
    if not text and document is not None and document.body.group_by:
        text = path_name(view, entity, document.body.group_by)
    name, _, bucket = text.partition(":")
    column = column_of(view, entity, name) if name and name != "-" and "\x00" not in name else None
    if column is None or not may_group(column):
        return None
    is_day = column.selected.field.type.kind in ("date", "datetime")
    return Grouping(column, (bucket if bucket in BUCKETS else "month") if is_day else None)


def may_group(column: Column) -> bool:
    """True for a column whose values make groups: readable, sortable, of one value."""
    field = column.selected.field
    return column.field.is_sortable and field.type.kind in GROUPED_TYPES and field.storage.kind != "pair" and field.name != "id"
