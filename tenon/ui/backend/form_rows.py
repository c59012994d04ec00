"""The rows of the tables on a form: what is stored, what was typed, and how they are shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from tenon.engine.evaluate_facts import fold
from tenon.engine.query.pages import Ask, page
from tenon.engine.query.shaping import Titles
from tenon.engine.records.stored import load
from tenon.metamodel.digits import read_whole
from tenon.metamodel.errors import Invalid
from tenon.metamodel.model import Field
from tenon.ui.backend.base import View
from tenon.ui.backend.cells import Column, columns_of, make_column
from tenon.ui.backend.drafts import Draft, Item, RowDraft, TableItem
from tenon.ui.work import FormColumn, FormField, FormRow, FormTable, TypedRow

MOST_ROWS = 300
SUMMED = frozenset({"integer", "decimal", "money", "duration"})
MakeInput = Callable[[Draft, Item, Titles], FormField]


def load_rows(draft: Draft) -> None:
    """Give a draft the rows of its tables: those that were typed, those that are stored, and a first blank one in a new record."""
    draft.take_rows({item.name: _rows(draft, item) for item in draft.table_items})


def _rows(draft: Draft, item: TableItem) -> list[RowDraft]:
    typed: Sequence[TypedRow] | None = draft.typed.get(item.name)
    readable = _readable(draft, item) if draft.id is not None else {}
    stored = load(draft.view.uow, item.entity, sorted(readable))
    lost = _deleted(draft, item, [sent.id for sent in typed or () if sent.id is not None and sent.id not in stored and not sent.is_gone])
    rows = []
    for sent in (typed or ())[:MOST_ROWS]:
        if sent.id is None:
            rows.append(RowDraft(draft, item, sent.key, None, {}, sent.values))
        elif sent.id in stored:
            read = readable.pop(sent.id)
            rows.append(RowDraft(draft, item, sent.key, sent.id, stored[sent.id], sent.values, read, version=sent.version, is_gone=sent.is_gone))
        elif sent.id in lost and RowDraft(draft, item, sent.key, sent.id, lost[sent.id], sent.values).is_changed:
            rows.append(RowDraft(draft, item, sent.key, None, {}, sent.values, lost=sent.id))
    rows += [RowDraft(draft, item, id, id, stored[id], None, read) for id, read in sorted(readable.items()) if id in stored]
    if typed is None and draft.id is None and may_add(draft.view, item):
        rows.append(new_row(draft, item, rows))
    return rows


def _deleted(draft: Draft, item: TableItem, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return what those of these rows held that were rows of the record and lie in the trash."""
    if item.link.storage.kind == "pair":
        return {}
    found = load(draft.view.uow, item.entity, ids, deleted=True)
    return {id: row for id, row in found.items() if row.get(item.link.name) == draft.id}


def _readable(draft: Draft, item: TableItem) -> dict[str, frozenset[str]]:
    """Return the fields that this person reads of each row, by its id."""
    view = draft.view
    try:
        found = page(view.uow, view.ctx, item.entity, Ask([f"{item.link.name} == '{draft.id}'"], limit=MOST_ROWS))
    except Invalid:  # the field that leads here is not for this person
        return {}
    return {record["id"]: frozenset(record) for record in found.records}


def new_row(draft: Draft, item: TableItem, rows: Sequence[RowDraft]) -> RowDraft:
    """Return one more blank row of a table."""
    number = 1 + max((read_whole(row.key[1:]) or 0 for row in rows if row.id is None), default=0)
    return RowDraft(draft, item, f"n{number}", None, {}, None)


def may_add(view: View, item: TableItem) -> bool:
    """True when this person may add rows."""
    return view.rights.may(item.entity, "create") and view.rights.may_write(item.entity, item.link, "create")


def may_remove(view: View, item: TableItem) -> bool:
    """True when this person may delete rows."""
    return not item.entity.is_append_only and view.rights.may(item.entity, "delete")


def table_of(draft: Draft, item: TableItem, titles: Titles, make_input: MakeInput) -> FormTable:
    """Return a table as its page shows it."""
    view, rows = draft.view, draft.rows.get(item.name, [])
    is_fixed = item.entity.is_append_only or not view.rights.may(item.entity, "update")
    columns, shown = [_column(draft, item, f) for f in item.columns], []
    told = _told(draft, item)
    for at, column, _ in told:
        columns.insert(at, FormColumn(column.field.name, column.field.label, False, _is_number(column.selected.field), False, None, column.field))
    for row in rows:
        inputs = [make_input(row, Item(f, read_only=is_fixed and row.id is not None), titles) for f in item.columns]
        for at, column, records in told:
            inputs.insert(at, _told_cell(row, column, records))
        shown.append(FormRow(row.key, row.title(), tuple(inputs), row.id or row.lost, row.version, row.is_gone))
    relation, language = item.relation, view.language
    label = relation.label if relation.label.show("en") != relation.name else item.entity.plural
    is_open = len(rows) < MOST_ROWS
    return FormTable(
        item.name, label.show(language), tuple(columns), tuple(shown),
        may_add(view, item) and is_open, may_remove(view, item), not is_open,
    )  # fmt: skip


def _told(draft: Draft, item: TableItem) -> list[tuple[int, Column, dict[str, dict[str, Any]]]]:
    """Return the columns over references at their places, with what this person reads of each stored row."""
    view = draft.view
    columns = columns_of(view, item.entity, [path for _, path in item.told])
    records: dict[str, dict[str, Any]] = {}
    if columns and draft.id is not None and draft.rows.get(item.name):
        asked = ["id", *(p for c in columns for p in c.paths)]
        found = page(view.uow, view.ctx, item.entity, Ask([f"{item.link.name} == '{draft.id}'"], fields=asked, limit=MOST_ROWS))
        records = {record["id"]: record for record in found.records}
    return [(at, column, records) for (at, _), column in zip(item.told, columns, strict=True)]


def _told_cell(row: RowDraft, column: Column, records: Mapping[str, Mapping[str, Any]]) -> FormField:
    """Return what a reference of a row leads to, as text; nothing while the reference is another one than the stored."""
    step = column.selected.key.partition(".")[0]
    is_stored = row.id in records and row.values.get(step) == row.stored.get(step)
    value = column.value(row.view, records[str(row.id)]) if is_stored else None
    return FormField(row.prefix + column.selected.key, column.field.label, "text", value, read_only=True, field=column.field)


def _is_number(field: Field) -> bool:
    return field.type.kind in ("number", "duration") and field.spec.type != "rating"


def _column(draft: Draft, item: TableItem, field: Field) -> FormColumn:
    rows = [row for row in draft.rows.get(item.name, []) if not row.is_gone and not row.is_blank]
    shape = make_column(draft.view, rows[0].selected(field)).field if rows else None
    is_number = _is_number(field)
    is_summed = is_number and shape is not None and (field.spec.type in SUMMED or field.is_formula) and not _is_fed(item, field)
    total = fold("sum", [row.live(field) for row in rows if row.shows(field)]) if is_summed else None
    if isinstance(total, int) and field.type.kind == "number":
        total = Decimal(total)
    return FormColumn(field.name, field.label.show(draft.view.language), field.spec.required, is_number, is_summed, total, shape)


def _is_fed(item: TableItem, field: Field) -> bool:
    """True when another column is computed from this one: the sum of prices says nothing beside the sum of amounts."""
    reads = [f.expression.reads for f in item.columns if f.is_formula and f is not field]
    return not field.is_formula and any((item.entity.id, field.id) in pairs for pairs in reads)
