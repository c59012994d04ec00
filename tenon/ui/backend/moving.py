"""Moving a card to another lane, what a move asks for first, and adding a card to a lane."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tenon.engine.query.shaping import Titles
from tenon.engine.records import writing
from tenon.engine.records.stored import load
from tenon.metamodel.errors import Problem, not_found
from tenon.metamodel.model import Entity
from tenon.ui.backend import saving
from tenon.ui.backend.base import View, id_of
from tenon.ui.backend.boards import lane_ask, lane_column, typed_value
from tenon.ui.backend.cells import Column
from tenon.ui.backend.drafts import FULL, Item
from tenon.ui.backend.forms import draft_of, input_of
from tenon.ui.backend.hand_order import hand_field, put_after
from tenon.ui.backend.lists import plan_list
from tenon.ui.backend.typed import to_raw
from tenon.ui.list_shapes import ListQuery
from tenon.ui.work import FormField, Saved


def move(
    view: View, query: ListQuery, entity: str, id: str, value: str, version: int | None, values: Mapping[str, Any] | None = None, after: str | None = None,
) -> bool:  # fmt: skip
    """Put a record into a lane of a board, with values that the move asks for, and behind the card ``after`` where cards are ordered by hand.

    Returns whether other cards got other numbers for it. Raises Invalid, Conflict, Stale, Forbidden.
    """
    found, by = _board(view, query, entity)
    more = {n: to_raw(f, typed) for n, typed in (values or {}).items() if (f := found.fields.get(n)) is not None}
    plan = plan_list(view, found, query)
    ordered = hand_field(plan) if after is not None else None
    put = put_after(plan, lane_ask(plan, value), ordered, id_of(id), after or "") if ordered is not None else None
    if ordered is not None and put is not None:
        more[ordered.name] = put.number
        if put.others:
            writing.write_many(view.uow, view.ctx, found, put.others, mode="update")
    writing.change(view.uow, view.ctx, found, id_of(id), {**more, by.selected.field.name: typed_value(by.selected.field, value)}, version=version)
    return put is not None and bool(put.others)


def _board(view: View, query: ListQuery, entity: str) -> tuple[Entity, Column]:
    found = view.entity(entity)
    document = plan_list(view, found, query).document
    by = lane_column(view, found, document) if document is not None else None
    if by is None or by.selected.steps:
        raise not_found()
    return found, by


def asked_fields(
    view: View, query: ListQuery, entity: str, id: str, value: str, problems: Sequence[Problem], typed: Mapping[str, Any],
) -> tuple[FormField, ...]:
    """Return the inputs of what a refused move still needs; () when it was refused for another reason."""
    found, by = _board(view, query, entity)
    named = [found.fields.get(p.path.removeprefix("/").partition("/")[0]) for p in problems]
    if not named or any(f is None or f is by.selected.field for f in named):
        return ()
    draft = draft_of(view, entity, id, {**typed, by.field.name: value})
    wanted = {f.name: f for f in [*[found.fields[name] for name in sorted(draft.moving)], *named] if f is not None}
    fields = [f for f in wanted.values() if draft.shows(f) and (f.name in typed or f in named or draft.stored.get(f.name) in (None, "", ()))]
    items = [Item(f, FULL, required=True) for f in fields]
    if any(draft.is_read_only(item) for item in items):
        return ()
    titles = Titles(view.uow, view.rights)
    for item in items:
        titles.want(draft.selected(item.field), [draft.values.get(item.field.name)])
    titles.fetch()
    return tuple(input_of(draft, item, titles) for item in items)


def add(view: View, query: ListQuery, entity: str, lane: str, title: str) -> Saved:
    """Create a record with a title that begins in a lane. Raises Invalid, Conflict, Forbidden."""
    found, by = _board(view, query, entity)
    value = typed_value(by.selected.field, lane)
    return saving.save(view, entity, None, {found.title or "": title, by.selected.field.name: value}, None)


def lane_of(view: View, query: ListQuery, entity: str, id: str) -> str:
    """Return the lane that a record is in, as it is stored."""
    found, by = _board(view, query, entity)
    value = load(view.uow, found, [id_of(id)]).get(id_of(id), {}).get(by.selected.field.name)
    return "" if value is None else str(value)
