"""Boards: the records of a view in one lane a value of a field, their cards, counts and sums."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from tenon.engine.query.pages import Ask, Page, page
from tenon.metamodel.document import Document
from tenon.metamodel.labels import Text
from tenon.metamodel.model import Entity, Field
from tenon.metamodel.totals import SUM
from tenon.ui.backend.base import View
from tenon.ui.backend.cards import card_columns, make_cards, paths_of
from tenon.ui.backend.cells import Column, column_of, make_column, path_name
from tenon.ui.backend.editing import is_editable
from tenon.ui.backend.grouping import Group, find_groups
from tenon.ui.backend.hand_order import hand_field
from tenon.ui.backend.list_plan import Grouping, Plan
from tenon.ui.shapes import Choice, Field as Shown
from tenon.ui.view_shapes import Board, Card, Lane

CARDS, MORE = 20, 40
ON_BOARD, FEWEST = 120, 5
"""How many cards a board begins with in all, and how many a lane has even where lanes are many."""
"""So many cards of a lane are there at first, and come when more are asked for."""
MOST_LANES = 24
LANED = ("choice", "boolean", "reference")
SHORT_TITLES = ("text", "email", "url", "phone", "long_text")


def lane_column(view: View, entity: Entity, document: Document) -> Column | None:
    """Return the column that makes the lanes of a view, None when it is no board or the reader has no such field."""
    if document.body.type != "board" or document.body.board is None:
        return None
    column = column_of(view, entity, path_name(view, entity, document.body.board.by))
    return column if column is not None and makes_lanes(column) else None


def makes_lanes(column: Column) -> bool:
    """True for a column of one value of few: an option, yes or no, a person, a record."""
    field = column.selected.field
    return not column.is_masked and field.type.kind in LANED and not field.is_to_many and field.storage.kind != "pair"


def board_of(plan: Plan, ask: Ask, *, with_cards: bool = True) -> Board | None:
    """Return the board of a view for what is asked: its totals by one statement, and one more for the cards of each open lane."""
    view, entity, document = plan.view, plan.entity, plan.document
    by = lane_column(view, entity, document) if document is not None else None
    if document is None or by is None:
        return None
    columns = card_columns(plan, document.body.board.card, (by.field.name,))
    groups = {g.key: g for g in find_groups(replace(plan, group=Grouping(by, None), columns=columns), ask)}
    options = lane_options(view, by, groups)
    shown = [o for o in options if o.name in groups or o.name][:MOST_LANES]
    closed = set(plan.query.closed)
    filled = [o for o in shown if with_cards and o.name in groups and o.name not in closed]
    most = min(CARDS, max(FEWEST, ON_BOARD // max(1, len(filled))))
    found = {o.name: _records(plan, ask, groups[o.name].condition, columns, most) for o in filled}
    cards = {c.id: c for c in make_cards(plan, [r for each in found.values() for r in each.records], columns)}
    lanes = []
    for option in shown:
        here = found.get(option.name, Page([], None))
        lane = _lane(by, option, groups.get(option.name), columns, ask)
        lanes.append(replace(lane, cards=tuple(cards[r["id"]] for r in here.records), next=here.next, is_open=option.name not in closed))
    may_add = may_fill(view, entity, by)
    return Board(
        by.field, tuple(lanes), may_move(view, entity, by), may_add, _quick(view, entity, by) if may_add else None,
        max(0, len(options) - MOST_LANES), by.selected.field.type.entity == "user",
        bool(plan.query.search or plan.query.filter or plan.query.chosen), hand_field(plan) is not None,
    )  # fmt: skip


def lane_options(view: View, by: Column, groups: Mapping[str, Group]) -> list[Choice]:
    """Return the lanes in their order: nothing chosen first, then options, or the values that there are; the fullest when there are many."""
    options = [Choice("", Text("Nothing chosen", "未选择").show(view.language)), *_values(view, by, groups)]
    if len(options) <= MOST_LANES:
        return options
    fullest = sorted(options, key=lambda o: groups[o.name].count if o.name in groups else -1, reverse=True)[:MOST_LANES]
    return [o for o in options if o in fullest] + [o for o in options if o not in fullest]


def _values(view: View, by: Column, groups: Mapping[str, Group]) -> list[Choice]:
    kind = by.selected.field.type.kind
    if kind == "boolean":
        return [Choice("True", Text("Yes", "是").show(view.language)), Choice("False", Text("No", "否").show(view.language))]
    if kind == "choice":
        retired = {o.name for o in getattr(by.selected.field.spec, "options", ()) if o.retired}
        return [o for o in by.field.options if o.name not in retired or o.name in groups]
    hidden = Text("not visible", "不可见").show(view.language)
    return [Choice(g.key, (str(g.raw.get("title") or "") if isinstance(g.raw, dict) else "") or hidden) for g in groups.values() if g.key]


def _records(plan: Plan, ask: Ask, condition: str, columns: Sequence[Column], most: int, after: str | None = None) -> Page:
    wanted = replace(ask, filters=[*ask.filters, condition], fields=paths_of(plan, columns), limit=most, after=after)
    return page(plan.view.uow, plan.view.ctx, plan.entity, wanted)


def _lane(by: Column, option: Choice, group: Group | None, columns: Sequence[Column], ask: Ask) -> Lane:
    targets = targets_of(by.selected.field, option.name)
    if group is None:
        return Lane(option, targets=targets)
    told = [(c.field, group.sums[c.field.name]) for c in columns if c.field.type == "money" and c.field.name in group.sums]
    sums = tuple((field, total.value) for field, total in told if total.how == SUM)
    listed = " and ".join(f"({one})" for one in [*ask.filters, group.condition])
    return Lane(option, group.count, sums, listed, group.condition, targets=targets)


def more_cards(plan: Plan, ask: Ask, key: str, cursor: str) -> tuple[Board, Lane] | None:
    """Return the next cards of a lane with its board around it; None when there is no such lane. Raises Malformed."""
    board = board_of(plan, ask, with_cards=False)
    if board is None or plan.document is None:
        return None
    by = lane_column(plan.view, plan.entity, plan.document)
    lane = next((one for one in board.lanes if one.option.name == key), None)
    if by is None or lane is None or not lane.count:
        return None
    columns = card_columns(plan, plan.document.body.board.card, (by.field.name,))
    found = _records(plan, ask, lane.condition, columns, MORE, cursor)
    return board, replace(lane, cards=tuple(make_cards(plan, found.records, columns)), next=found.next)


def lane_ask(plan: Plan, key: str) -> Ask:
    """Return what is asked of the records of one lane; of none where the lane is empty."""
    ask, board = plan.ask(), board_of(plan, plan.ask(), with_cards=False)
    lane = next((one for one in board.lanes if one.option.name == key), None) if board is not None else None
    return replace(ask, filters=[*ask.filters, lane.condition if lane is not None and lane.condition else "False"])


def card_of(plan: Plan, ask: Ask, id: str) -> Card | None:
    """Return the card of a record as the board shows it, None when it does not show it."""
    assert plan.document is not None
    by = lane_column(plan.view, plan.entity, plan.document)
    columns = card_columns(plan, plan.document.body.board.card, (by.field.name,) if by is not None else ())
    wanted = replace(ask, filters=[*ask.filters, f"id == '{id}'"], fields=paths_of(plan, columns), limit=1)
    return next(iter(make_cards(plan, page(plan.view.uow, plan.view.ctx, plan.entity, wanted).records, columns)), None)


def targets_of(field: Field, lane: str) -> tuple[str, ...] | None:
    """Return where a record may go from a lane by the moves that its stage declares; None when none are declared."""
    moves = getattr(field.spec, "moves", None)
    if not moves or not lane:
        return None
    return tuple(dict.fromkeys(m.to for m in moves if "*" in m.starts_from() or lane in m.starts_from()))


def may_move(view: View, entity: Entity, by: Column) -> bool:
    """True when this person may change the field of the lanes on some record."""
    own = not by.selected.steps and not entity.is_append_only and view.rights.may(entity, "update")
    return own and is_editable(view, entity, by.selected.field)


def may_fill(view: View, entity: Entity, by: Column) -> bool:
    """True when this person may make a record that begins in a lane."""
    field = by.selected.field
    writable = field.is_written or field.name in ("owner", "unit")
    return not by.selected.steps and writable and view.rights.may(entity, "create") and view.rights.may_write(entity, field, "create")


def _quick(view: View, entity: Entity, by: Column) -> Shown | None:
    """Return the title of a new card when it is all that has to be typed."""
    title = entity.fields.get(entity.title) if entity.title else None
    if title is None or not title.is_written or title.spec.type not in SHORT_TITLES or not view.rights.may_write(entity, title, "create"):
        return None
    given = (title.name, by.field.name)
    missing = [f for f in entity.fields.values() if f.is_written and f.spec.required and f.spec.default is None and f.name not in given]
    if any(f.spec.input != "autonumber" for f in missing):
        return None
    selected = column_of(view, entity, title.name)
    return make_column(view, selected.selected).field if selected is not None else None


def typed_value(field: Field, lane: str) -> Any:
    """Return what a lane says of its field, as a form sends it."""
    if field.type.kind == "boolean":
        return {"True": True, "False": False}.get(lane)
    return lane or None


