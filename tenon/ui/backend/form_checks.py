"""What a form requires, held against what was sent: exactly what it shows, and nothing that a condition hides."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field as dataclass_field
from datetime import date, time
from decimal import Decimal
from typing import Any

from tenon.engine.approvals.form_rules import missing
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.fields.base import BadValue
from tenon.metamodel.model import Field
from tenon.platform import files
from tenon.platform.files import Stored
from tenon.ui.backend.drafts import COMPUTED, NOTHING, Draft, Item, RowDraft
from tenon.ui.backend.form_choices import not_offered
from tenon.ui.backend.typed import to_raw


@dataclass(frozen=True)
class Sent:
    """A file that a form brought, already on disk."""

    name: str
    stored: Stored


@dataclass(frozen=True)
class Checked:
    """The values to write: of the record, and of the rows by table and key."""

    values: dict[str, Any]
    rows: dict[tuple[str, str], dict[str, Any]] = dataclass_field(default_factory=dict)


def check(draft: Draft) -> Checked:
    """Return what is to be written: of the fields the form shows and this person writes. Raises Invalid for what is wrong."""
    problems = _wrong(draft, draft.items())
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    sent = [(table.name, row) for table in draft.tables() for row in _sent_rows(draft, table.name)]
    for table, row in sent:
        problems += [p.at(f"/{table}/{row.key}") for p in _wrong(row, row.items())]
    if problems:
        raise Invalid(problems)
    rows |= {(table, row.key): _values(row) for table, row in sent}
    return Checked(_values(draft), rows)


def check_step(draft: Draft, names: Collection[str]) -> None:
    """Raise Invalid for what is wrong with the fields and tables of a step, as far as it shows without saving."""
    problems = _wrong(draft, [item for item in draft.items() if item.field.name in names])
    for table in draft.tables():
        for row in _sent_rows(draft, table.name) if table.name in names else ():
            problems += [p.at(f"/{table.name}/{row.key}") for p in _wrong(row, row.items())]
    if problems:
        raise Invalid(problems)


def _sent_rows(draft: Draft, table: str) -> list[RowDraft]:
    """Return the rows that were sent and stay; blank new ones are none."""
    if table not in draft.typed:
        return []
    return [row for row in draft.rows[table] if row.typed and not row.is_gone and not row.is_blank]


def _wrong(draft: Draft, items: Collection[Item]) -> list[Problem]:
    problems = []
    for item in items:
        name, spec = item.field.name, item.field.spec
        if draft.is_read_only(item) or spec.input in COMPUTED:
            continue
        is_asked = item.required or draft.id is None or name in draft.typed  # what was not sent stays as it is
        is_needed = is_asked and draft.is_required(item) and not _is_file_kept(draft, item.field)
        lacks = missing(item.field, item.label, draft.values.get(name), is_of_form=item.required) if is_needed else None
        problems += [p for p in (lacks, not_offered(draft, item)) if p is not None]
        typed = draft.typed.get(name)
        if typed in NOTHING or item.field.type.kind in ("reference", "references", "file"):
            continue
        try:
            spec.clean(to_raw(item.field, typed), draft.view.uow.place)
        except BadValue as bad:
            problems = [p for p in problems if p.path != f"/{name}"] + [bad.problem(f"/{name}")]
    return problems


def _is_file_kept(draft: Draft, field: Field) -> bool:
    """True for a file that was chosen: it is only read when everything is saved."""
    return field.type.kind == "file" and (draft.typed.get(field.name) is not None or draft.stored.get(field.name) is not None)


def _values(draft: Draft) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for item in draft.items():
        field, name = item.field, item.field.name
        is_proposed = name in draft.proposed and draft.view.rights.may_write(draft.entity, field, "create")
        if is_proposed and field.is_written and (name not in draft.typed or item.read_only):
            values[name] = to_sent(draft.defaults[name])
        if draft.is_read_only(item) or field.spec.input == "computed":
            continue
        if name in draft.typed:
            values[name] = raw_of(draft, field, draft.typed[name])
        if field.spec.input == "autonumber" and values.get(name) is None:
            values.pop(name, None)
        if field.type.kind == "file" and values.get(name) is None and draft.stored.get(name) is not None:
            values.pop(name, None)  # a form cannot show a file again: an empty input leaves it as it is
    return values


def to_sent(value: Any) -> Any:
    """Return a canonical value as programs send it."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date | time):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def raw_of(draft: Draft, field: Field, typed: Any) -> Any:
    """Return a value as it is written; a file that came is kept for the record. Raises Invalid for one that is not taken."""
    if not isinstance(typed, Sent):
        return to_raw(field, typed)
    try:
        field.spec.check_file(typed.name, typed.stored.type, typed.stored.size)  # type: ignore[attr-defined]
    except BadValue as bad:
        raise Invalid(bad.problem(f"/{field.name}")) from None
    connection = draft.view.uow.connection
    row = files.add(connection, draft.view.ctx, typed.stored, typed.name)
    files.keep(connection, [row["id"]])
    draft.view.uow.notes.setdefault("brought", set()).add(row["id"])
    return row["id"]


Rows = Mapping[tuple[str, str], Mapping[str, Any]]
