"""The addresses of lists and their answer: read, written, and shown as a page or the part of it that changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from starlette.datastructures import QueryParams
from starlette.responses import Response

from tenon.metamodel.digits import read_whole
from tenon.metamodel.totals import AVERAGE, COUNT, MAX, MIN, NONE, SUM
from tenon.ui.backend import conditions, list_work, lists
from tenon.ui.deps import Visit
from tenon.ui.list_shapes import Colouring, ColumnAsked, ListPage, ListQuery
from tenon.ui.render import is_fragment, render

SIZES = (25, 50, 100, 200)
NARROWEST, WIDEST = 40, 1200
MOST_COLOURS = 40
TOTALS = (NONE, SUM, AVERAGE, MIN, MAX, COUNT)
COLOURS = ("red", "amber", "green", "blue", "sky", "mauve", "grey", "teal", "vermilion")


def read_query(params: QueryParams) -> ListQuery:
    """Read what the address of a list asks for; ``is.<field>`` are ticked options, a column is ``name:width:frozen:total``."""
    chosen: dict[str, tuple[str, ...]] = {}
    for key in dict.fromkeys(params):
        values = tuple(v for v in params.getlist(key) if v)
        if key.startswith("is.") and values:
            chosen[key[3:]] = values
    limit = params.get("limit", "")
    return ListQuery(
        search=params.get("q", "").strip(), filter=params.get("filter", "").strip(), chosen=chosen,
        sort=",".join(v for v in params.getlist("sort") if v), cursor=params.get("cursor", ""),
        columns=tuple(_column(c) for c in dict.fromkeys(params.getlist("columns")) if c), view=params.get("view", ""),
        limit=size if (size := read_whole(limit)) in SIZES else 50, group=params.get("group", ""),
        closed=tuple(params.getlist("closed")), seen=params.get("seen"), day=params.get("day", ""), span=params.get("span", ""), lane=params.get("lane"),
        colours=_colours(params.getlist("colours")), layout=params.get("as", ""),
    )  # fmt: skip


def _column(text: str) -> ColumnAsked:
    """Read a column of an address, ``<name>:<width>:frozen:<total>``; what is left out at the end may be left away."""
    name, width, frozen, total = (*text.split(":")[:4], "", "", "")[:4]
    wide = min(max(int(width), NARROWEST), WIDEST) if width.isdecimal() and len(width) < 6 else None
    return ColumnAsked(name, wide, frozen == "frozen", total if total in TOTALS else "")


def _colours(texts: Sequence[str]) -> tuple[Colouring, ...] | None:
    """Return the rules that an address names, ``<colour>:<condition>``; one that is only "-" shuts off those of the view."""
    found = [(colour, when.strip()) for colour, _, when in (text.partition(":") for text in texts)]
    return tuple(Colouring(colour, when) for colour, when in found[:MOST_COLOURS] if colour in COLOURS and when) if texts else None


def column_text(column: ColumnAsked) -> str:
    """Return a column as an address writes it."""
    return f"{column.name}:{column.width or ''}:{'frozen' if column.frozen else ''}:{column.total}".rstrip(":")


@dataclass(frozen=True, slots=True)
class Chip:
    """A condition in force: what it says, the address without it, and its place in the filter."""

    label: str
    value: str
    url: str
    is_condition: bool = False


class Addresses:
    """The addresses around a list: the same question with one thing changed; a change goes back to the first page."""

    def __init__(self, path: str, query: ListQuery) -> None:
        self.path, self.query = path, query

    def pairs(self) -> list[tuple[str, str]]:
        """Return the question as parameters, without the cursor."""
        query = self.query
        found = [("view", query.view), ("q", query.search), ("filter", query.filter), ("sort", query.sort), ("group", query.group)]
        found += [("as", query.layout), ("day", query.day), ("span", query.span)]
        found += [(f"is.{name}", value) for name, values in query.chosen.items() for value in values]
        found += [("columns", column_text(column)) for column in query.columns]
        found += [("colours", f"{one.colour}:{one.when}") for one in query.colours or ()] or [("colours", "-" if query.colours is not None else "")]
        found += [("limit", str(query.limit))] if query.limit != 50 else []
        return [(key, value) for key, value in found if value] + [("closed", key) for key in query.closed]

    def _url(self, pairs: list[tuple[str, str]]) -> str:
        return self.path + (f"?{urlencode(pairs)}" if pairs else "")

    def here(self) -> str:
        """Return the address of this very page in its shortest form."""
        return self.at(self.query.cursor) if self.query.cursor else self._url(self.pairs())

    def asked(self) -> str:
        """Return the question alone, as an address ends with it."""
        return urlencode(self.pairs())

    def sorted_by(self, field: str) -> str:
        """Return the list ordered by a field: first up, then down."""
        order = f"-{field}" if self.query.sort == field else field
        return self._url([p for p in self.pairs() if p[0] != "sort"] + [("sort", order)])

    def at(self, cursor: str, seen: str | None = None) -> str:
        """Return another page of the same list; ``seen`` is the group that this one ends in."""
        return self._url([*self.pairs(), ("cursor", cursor), *([("seen", seen)] if seen is not None else [])])

    def without(self, key: str, value: str | None = None) -> str:
        """Return the list without one condition."""
        return self._url([p for p in self.pairs() if not (p[0] == key and value in (None, p[1]))])

    def filtered(self, expression: str) -> str:
        """Return the list with another filter."""
        return Addresses(self.path, replace(self.query, filter=expression, cursor="")).here()

    def toggled(self, group: str) -> str:
        """Return the list with a group shut, or open again."""
        closed = self.query.closed
        others = tuple(key for key in closed if key != group)
        return Addresses(self.path, replace(self.query, cursor="", closed=others if group in closed else (*closed, group))).here()

    def laid(self, layout: str) -> str:
        """Return the same question shown as another type, as the view itself says without one."""
        return Addresses(self.path, replace(self.query, layout=layout, cursor="", day="", span="", closed=())).here()

    def view(self, name: str) -> str:
        """Return another view, with nothing else asked."""
        return self._url([("view", name)] if name else [])

    def bare(self) -> str:
        """Return the open view in its layout, with nothing else asked."""
        return Addresses(self.path, ListQuery(view=self.query.view, layout=self.query.layout)).here()

    def move(self, id: str) -> str:
        """Return where a card of this board is moved to another column."""
        return Addresses(f"{self.path}/{id}/move", replace(self.query, cursor="")).here()

    def lane(self, condition: str) -> str:
        """Return the list of all records of one column of a board, or of one day; what is searched stays."""
        return Addresses(self.path, replace(self.query, view="", layout="", day="", span="", sort="", cursor="", chosen={}, filter=condition)).here()

    def on(self, day: date | None, span: str | None = None) -> str:
        """Return the same question on another day of a calendar or timeline, or with more or less of it; None is today."""
        query = replace(self.query, day=day.isoformat() if day is not None else "", cursor="")
        return Addresses(self.path, query if span is None else replace(query, span=span)).here()

    def cards(self, cursor: str, lane: str | None = None) -> str:
        """Return where the cards after these are: of a lane of a board, or of the whole view."""
        more = [*self.pairs(), ("cursor", cursor), *([("lane", lane)] if lane is not None else [])]
        return f"{self.path}/cards?{urlencode(more)}"

    def shifted(self, id: str) -> str:
        """Return where a record is put on another day."""
        return Addresses(f"{self.path}/{id}/reschedule", replace(self.query, cursor="")).here()

    def below(self, word: str) -> str:
        """Return an address below the list for the same question, whatever page is open: an export, a sum."""
        return Addresses(f"{self.path}/{word}", replace(self.query, cursor="")).here()

    @property
    def is_changed(self) -> bool:
        """True when the address asks for something else than its view."""
        return any(key not in ("view", "limit", "closed", "day", "span") for key, _ in self.pairs())

    def chips(self, page: ListPage, labels: Mapping[str, str]) -> list[Chip]:
        """Return the conditions in force, each with the address without it; ``labels`` name the search."""
        found = []
        if self.query.search:
            found.append(Chip(labels["search"], self.query.search, self.without("q")))
        by_name = {field.name: field for field in page.filters}
        for name, values in self.query.chosen.items():
            field = by_name.get(name)
            options = {option.name: option.label for option in field.options} if field else {}
            found += [Chip(field.label if field else name, options.get(v, v), self.without(f"is.{name}", v)) for v in values]
        return found


def show_list(
    request: Request, visit: Visit, entity: str, query: ListQuery, *, refused: Sequence[str] = (), status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Answer with the list of an address; htmx gets the part that changes."""
    with visit.read() as view:
        page = lists.list_page(view, entity, query)
        parts = conditions.parts_of(view, entity, query.filter) if query.filter else []
        works = list_work.running(view, view.entity(entity)) if not is_fragment(request) else ()
    if page.asked == page.default_columns:
        query = replace(query, columns=())
    if query.colours == page.default_colours:
        query = replace(query, colours=None)
    query = replace(query, layout=page.layout)
    visit.open_view = page.view
    to = Addresses(f"/records/{entity}", query)
    is_part = is_fragment(request)
    label = visit.say("Filter")
    chips = [*to.chips(page, {"search": visit.say("Search")}), *(Chip(label, text, to.filtered(rest), True) for text, rest in parts)]
    values: dict[str, Any] = {"page": page, "query": query, "to": to, "sizes": SIZES, "refused": refused, "chips": chips, "works": works}
    pushed = {"HX-Push-Url": to.here()} if is_part else {}
    return render(request, "list_part.html" if is_part else "list.html", status=status, headers={**pushed, **(headers or {})}, **values)
