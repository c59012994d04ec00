"""Lists of records: search, filter, order, columns and pages without end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.datastructures import QueryParams
from starlette.responses import Response, StreamingResponse

from tenon.metamodel.errors import Conflict, Forbidden, Invalid, Stale
from tenon.ui.backend import boards, exporting, lists, trashes
from tenon.ui.deps import Member, SentForm, Visit, flash, go, text_of
from tenon.ui.render import SECURITY_HEADERS, is_fragment, render
from tenon.ui.shapes import ListPage, ListQuery

router = APIRouter()
SIZES = (25, 50, 100, 200)


def read_query(params: QueryParams) -> ListQuery:
    """Read what the address of a list asks for; ``is.<field>`` are ticked options."""
    chosen: dict[str, tuple[str, ...]] = {}
    for key in dict.fromkeys(params):
        values = tuple(v for v in params.getlist(key) if v)
        if key.startswith("is.") and values:
            chosen[key[3:]] = values
    limit = params.get("limit", "")
    return ListQuery(
        search=params.get("q", "").strip(),
        filter=params.get("filter", "").strip(),
        chosen=chosen,
        sort=params.get("sort", ""),
        cursor=params.get("cursor", ""),
        columns=tuple(c for c in params.getlist("columns") if c),
        view=params.get("view", ""),
        limit=int(limit) if limit.isdigit() and int(limit) in SIZES else 50,
    )


@dataclass(frozen=True, slots=True)
class Chip:
    """A condition in force: what it says and the address without it."""

    label: str
    value: str
    url: str


class Addresses:
    """The addresses around a list: the same question with one thing changed; a change goes back to the first page."""

    def __init__(self, path: str, query: ListQuery) -> None:
        self.path, self.query = path, query

    def pairs(self) -> list[tuple[str, str]]:
        """Return the question as parameters, without the cursor."""
        query = self.query
        found = [("view", query.view), ("q", query.search), ("filter", query.filter), ("sort", query.sort)]
        found += [(f"is.{name}", value) for name, values in query.chosen.items() for value in values]
        found += [("columns", name) for name in query.columns]
        found += [("limit", str(query.limit))] if query.limit != 50 else []
        return [(key, value) for key, value in found if value]

    def _url(self, pairs: list[tuple[str, str]]) -> str:
        return self.path + (f"?{urlencode(pairs)}" if pairs else "")

    def here(self) -> str:
        """Return the address of this very page in its shortest form."""
        return self.at(self.query.cursor) if self.query.cursor else self._url(self.pairs())

    def sorted_by(self, field: str) -> str:
        """Return the list ordered by a field: first up, then down."""
        order = f"-{field}" if self.query.sort == field else field
        return self._url([p for p in self.pairs() if p[0] != "sort"] + [("sort", order)])

    def at(self, cursor: str) -> str:
        """Return another page of the same list."""
        return self._url([*self.pairs(), ("cursor", cursor)])

    def without(self, key: str, value: str | None = None) -> str:
        """Return the list without one condition."""
        return self._url([p for p in self.pairs() if not (p[0] == key and value in (None, p[1]))])

    def view(self, name: str) -> str:
        """Return another view, with nothing else asked."""
        return self._url([("view", name)] if name else [])

    def move(self, id: str) -> str:
        """Return where a card of this board is moved to another column."""
        return Addresses(f"{self.path}/{id}/move", replace(self.query, cursor="")).here()

    def lane(self, condition: str) -> str:
        """Return the list of all records of one column of a board; what is searched and ticked stays."""
        return Addresses(self.path, replace(self.query, view="", sort="", cursor="", chosen={}, filter=condition)).here()

    def export(self) -> str:
        """Return the address of the list as a file, whatever page is open."""
        return Addresses(f"{self.path}/export.csv", replace(self.query, cursor="")).here()

    def chips(self, page: ListPage, labels: dict[str, str]) -> list[Chip]:
        """Return the conditions in force, each with the address without it; ``labels`` name search and filter."""
        found = []
        if self.query.search:
            found.append(Chip(labels["search"], self.query.search, self.without("q")))
        by_name = {field.name: field for field in page.filters}
        for name, values in self.query.chosen.items():
            field = by_name.get(name)
            options = {option.name: option.label for option in field.options} if field else {}
            found += [Chip(field.label if field else name, options.get(v, v), self.without(f"is.{name}", v)) for v in values]
        if self.query.filter:
            found.append(Chip(labels["filter"], self.query.filter, self.without("filter")))
        return found


@router.get("/records/{entity}/export.csv")
def export_list(request: Request, visit: Member, entity: str) -> Response:
    """Return the whole list that an address asks for as a file."""
    content = exporting.export_list(visit.platform, visit.ctx, entity, read_query(request.query_params))
    headers = {**SECURITY_HEADERS, "Content-Disposition": f'attachment; filename="{entity}.csv"'}
    return StreamingResponse(content, media_type="text/csv; charset=utf-8", headers=headers)


@router.post("/records/{entity}/delete")
def delete_many(request: Request, visit: Member, form: SentForm, entity: str) -> Response:
    """Move the ticked records to the trash."""
    with visit.write() as view:
        count = trashes.delete_many(view, entity, [str(i) for i in form.getlist("ids")])
    text = visit.say("%(number)s records were moved to the trash.") % {"number": count}
    return flash(go(request, f"/records/{entity}"), text)


@router.get("/records/{entity}/trash")
def trash_page(request: Request, visit: Member, entity: str, cursor: str = "") -> Response:
    """Show what was deleted and can come back."""
    with visit.read() as view:
        page = trashes.trash_page(view, entity, cursor)
    return render(request, "trash.html", page=page, cursor=cursor)


@router.get("/records/{entity}")
def list_page(request: Request, visit: Member, entity: str) -> Response:
    """Show one page of a list; htmx gets the part that changes."""
    return _show(request, visit, entity, read_query(request.query_params))


@router.post("/records/{entity}/{id}/move")
def move_record(request: Request, visit: Member, form: SentForm, entity: str, id: str) -> Response:
    """Move a card to another column of a board, and show the board again with why it did not go."""
    query, version = read_query(request.query_params), text_of(form, "version")
    try:
        number = int(version) if version.isdigit() else None
        with visit.write() as view:
            boards.move(view, entity, id, query.view, text_of(form, "value"), number)
    except (Invalid, Conflict, Stale, Forbidden) as error:
        texts = [text.show(visit.language) for p in error.problems for text in (p.message, p.hint) if text]
        return _show(request, visit, entity, query, refused=texts, status=error.status)
    if is_fragment(request):
        return _show(request, visit, entity, query)
    return go(request, Addresses(f"/records/{entity}", query).here())


def _show(request: Request, visit: Visit, entity: str, query: ListQuery, *, refused: Sequence[str] = (), status: int = 200) -> Response:
    with visit.read() as view:
        page = lists.list_page(view, entity, query)
    if set(query.columns) == set(page.default_columns):
        query = replace(query, columns=())
    visit.open_view = page.view
    addresses = Addresses(f"/records/{entity}", query)
    chips = addresses.chips(page, {"search": visit.say("Search"), "filter": visit.say("Filter")})
    is_part = is_fragment(request)
    headers = {"HX-Push-Url": addresses.here()} if is_part else {}
    return render(
        request,
        "list_part.html" if is_part else "list.html",
        status=status,
        headers=headers,
        refused=refused,
        page=page,
        query=query,
        to=addresses,
        chips=chips,
        sizes=SIZES,
    )
