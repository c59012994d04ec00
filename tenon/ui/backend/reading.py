"""Reading what a browser sent for a form: what was typed may show more fields, and these are read too."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

from starlette.datastructures import FormData

from tenon.engine.files import find_all
from tenon.ui.backend.base import View
from tenon.ui.backend.drafts import Draft, Item
from tenon.ui.backend.forms import draft_of
from tenon.ui.inputs import read_values
from tenon.ui.work import Form, FormField, FormRow, FormSection, FormTable, KeptFile, TypedRow

MOST_ROUNDS = 4
MakeDraft = Callable[[Mapping[str, Any] | None], Draft]


def read_typed(view: View, sent: FormData, entity: str, id: str | None) -> dict[str, Any]:
    """Return the raw values of a form; fields of which what somebody else wrote is to stay (``form.theirs``) were not typed."""
    name = str(sent.get("form.name") or "") or None
    values = read_all(lambda values: draft_of(view, entity, id, values, name=name), sent)
    theirs = set(sent.getlist("form.theirs")) if id is not None else set()
    return {key: value for key, value in values.items() if key not in theirs}


def read_all(make: MakeDraft, sent: FormData) -> dict[str, Any]:
    """Return the raw values of the form of a draft, made again as long as what was read shows more of it."""
    values: dict[str, Any] = {}
    for _ in range(MOST_ROUNDS):
        read = read_values(bare(make(values or None)), sent)
        if read.keys() <= values.keys():
            break
        values |= read
    return own_files(make(None).view, values) if any(_kept(values)) else values


def own_files(view: View, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values with the ids of files that this person's earlier attempt brought; of any other file a form tells nothing."""
    found = find_all(view.uow.connection, set(_kept(values)))
    mine = {i for i, row in found.items() if row["state"] == "new" and view.ctx.user_id is not None and row["uploaded_by"] == view.ctx.user_id}
    return {name: _settled(value, mine) for name, value in values.items()}


def _kept(values: Mapping[str, Any]) -> Iterator[str]:
    for value in values.values():
        if isinstance(value, KeptFile):
            yield value.id
        for row in value if isinstance(value, list) else ():
            yield from _kept(row.values) if isinstance(row, TypedRow) else ()


def _settled(value: Any, mine: Collection[str]) -> Any:
    if isinstance(value, KeptFile):
        return value.id if value.id in mine else None
    if isinstance(value, list):
        return [replace(r, values={n: _settled(v, mine) for n, v in r.values.items()}) if isinstance(r, TypedRow) else r for r in value]
    return value


def bare(draft: Draft) -> Form:
    """Return the form of a draft with nothing but the names and kinds of its inputs."""
    fields = tuple(_bare(draft, item) for item in draft.items())
    tables = []
    for table in draft.tables():
        cells = tuple(FormField(f.name, f.name, f.spec.asked_by) for f in table.columns)
        tables.append(FormTable(table.name, table.name, (), (FormRow("", "", cells),)))
    return Form(draft.entity.name, "", "", "", (FormSection(None, (*fields, *tables)),))


def _bare(draft: Draft, item: Item) -> FormField:
    return FormField(item.field.name, item.field.name, item.field.spec.asked_by, read_only=draft.is_read_only(item))
