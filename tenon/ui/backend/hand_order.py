"""Order by hand: where a board is sorted by one number that people write, a card stays where it is put in its lane."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from tenon.engine.query.pages import Ask, page
from tenon.metamodel.model import Field
from tenon.ui.backend.cells import column_of
from tenon.ui.backend.editing import is_editable
from tenon.ui.backend.list_plan import Plan

NUMBERS = ("integer", "decimal")
STEP = 1024
MOST = 500
"""So many cards of a lane get other numbers when there is no room between two."""


def hand_field(plan: Plan) -> Field | None:
    """Return the number that keeps the order of cards as people make it; None for any other order."""
    view, entity, keys = plan.view, plan.entity, plan.sort
    column = column_of(view, entity, keys[0]) if len(keys) == 1 else None
    if column is None or column.selected.steps or column.is_masked or column.field.type not in NUMBERS:
        return None
    may = view.rights.may(entity, "update") and not entity.is_append_only and is_editable(view, entity, column.selected.field)
    return column.selected.field if may else None


@dataclass(frozen=True)
class Put:
    """The number that puts a record into its place, and the others that have to move on for it."""

    number: int | str
    others: tuple[dict[str, int | str], ...] = ()


def put_after(plan: Plan, ask: Ask, field: Field, id: str, after: str) -> Put | None:
    """Return how a record gets behind another one of what is asked, to the first place for ""; None when that one is not among the first."""
    wanted = Ask(ask.filters, search=ask.search, sort=[field.name], fields=["id", field.name], limit=MOST)
    listed = page(plan.view.uow, plan.view.ctx, plan.entity, wanted).records
    others = [(r["id"], Decimal(str(n)) if (n := r.get(field.name)) is not None else None) for r in listed if r["id"] != id]
    at = next((n + 1 for n, (other, _) in enumerate(others) if other == after), None if after else 0)
    if at is None:
        return None
    scale = field.storage.scale
    found = _between([number for _, number in others], at, scale)
    if found is not None:
        return Put(_raw(found, scale))
    numbers = [(other, before, Decimal((n + (2 if n >= at else 1)) * STEP)) for n, (other, before) in enumerate(others)]
    moved = tuple({"id": other, field.name: _raw(number, scale)} for other, before, number in numbers if before != number)
    return Put(_raw(Decimal((at + 1) * STEP), scale), moved)


def _raw(number: Decimal, scale: int) -> int | str:
    return str(number) if scale else int(number)


def _between(numbers: Sequence[Decimal | None], at: int, scale: int) -> Decimal | None:
    """Return a number between two neighbours; None where there is no room, or one of them has no number."""
    before = numbers[at - 1] if at else Decimal(0)
    if before is None:
        return None
    if at == len(numbers):
        return before + STEP
    following = numbers[at]
    if following is None:
        return before + STEP if all(n is None for n in numbers[at:]) else None
    room = Decimal(1).scaleb(-scale)
    middle = ((before + following) / 2).quantize(room, rounding="ROUND_FLOOR")
    return middle if before < middle < following else None
