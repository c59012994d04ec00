"""Editing in place: which cells a person may change, the editor of one cell, and saving it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tenon.engine.query.pages import get
from tenon.engine.query.shaping import Titles
from tenon.engine.records import writing
from tenon.metamodel.errors import Forbidden, Problem, Stale, not_found
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity, Field
from tenon.ui.backend.base import View, id_of
from tenon.ui.backend.cells import asked_paths
from tenon.ui.backend.forms import Draft, Item, draft_of, input_of
from tenon.ui.backend.list_plan import Plan
from tenon.ui.backend.rows import colours_of, make_row
from tenon.ui.backend.saving import find_dispute
from tenon.ui.backend.typed import to_raw
from tenon.ui.shapes import Row
from tenon.ui.work import Clash, FormField

NOT_IN_PLACE = frozenset({"computed", "autonumber", "file", "image", "json", "address"})


def editable_fields(view: View, entity: Entity) -> frozenset[str]:
    """Return the names of the fields that this person may change in some record at least."""
    if entity.is_append_only or not view.rights.may(entity, "update"):
        return frozenset()
    return frozenset(f.name for f in entity.fields.values() if is_editable(view, entity, f))


def is_editable(view: View, entity: Entity, field: Field) -> bool:
    """True for a field that people write and this person may, with an editor that fits into a cell."""
    is_written = field.is_written or field.name in ("owner", "unit")
    may = view.rights.may_write(entity, field, "update") and view.rights.state(entity, field) in ("full", "partly")
    return is_written and may and not field.spec.read_only and field.spec.input not in NOT_IN_PLACE


@dataclass(frozen=True)
class Cell:
    """One cell on its way through its editor."""

    draft: Draft
    field: Field

    @property
    def input(self) -> FormField:
        """The input of the field's own type."""
        draft = self.draft
        titles = Titles(draft.view.uow, draft.view.rights)
        titles.want(draft.selected(self.field), [draft.values.get(self.field.name)])
        titles.fetch()
        return input_of(draft, Item(self.field), titles)


def find_cell(view: View, name: str, id: str, field_name: str, typed: dict[str, Any] | None = None) -> Cell:
    """Return a cell that this person may change. Raises NotFound, Forbidden."""
    entity = view.entity(name, "update")
    field = _editable(view, entity, field_name)
    draft = draft_of(view, name, id, typed)
    if draft.readable is not None and field_name not in draft.readable:
        raise not_found()
    return Cell(draft, field)


def blank_cell(view: View, name: str, field_name: str) -> FormField:
    """Return the empty input of a field, for many records at once. Raises NotFound, Forbidden."""
    entity = view.entity(name, "update")
    field = _editable(view, entity, field_name)
    return input_of(Draft(view, entity, "", {}, None), Item(field), Titles(view.uow, view.rights))


def _editable(view: View, entity: Entity, name: str) -> Field:
    field = entity.fields.get(name)
    if field is None or view.rights.state(entity, field) == "hidden":
        raise not_found()
    if not is_editable(view, entity, field):
        message = say("{field} cannot be changed here.", "此处不能修改{field}。", field=field.label)
        raise Forbidden(Problem(f"/{name}", "read_only", message, say("Open the record instead.", "请打开该记录。")))
    return field


def save_cell(view: View, cell: Cell, value: Any, version: int | None) -> None:
    """Write one value; what others changed in other fields meanwhile stays. Raises Invalid, Conflict, Forbidden, Stale for the same field."""
    draft, name = cell.draft, cell.field.name
    record, raw = id_of(draft.id or ""), {name: to_raw(cell.field, value)}
    try:
        writing.change(view.uow, view.ctx, draft.entity, record, raw, version=version)
    except Stale:
        if dispute_of(view, cell, value, version or 0).fields:
            raise
        writing.change(view.uow, view.ctx, draft.entity, record, raw)


def dispute_of(view: View, cell: Cell, value: Any, version: int) -> Clash:
    """Return what somebody else made of the cell since a version."""
    return find_dispute(view, cell.draft, id_of(cell.draft.id or ""), {cell.field.name: value}, version)


def row_of(view: View, plan: Plan, id: str) -> Row:
    """Return a record as the row of a list. Raises NotFound."""
    record = get(view.uow, view.ctx, plan.entity, id_of(id), asked_paths(view, plan.entity, plan.columns))
    colours = colours_of(view, plan.entity, plan.colours, [record])
    return make_row(view, plan.entity, plan.columns, record, colours.get(record["id"]))
