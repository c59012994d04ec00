"""A hint before saving: the record that has a value already where only one may."""

from __future__ import annotations

from tenon.engine.query.pages import Ask, page
from tenon.metamodel.errors import Invalid
from tenon.metamodel.model import Field
from tenon.ui.backend.cells import title_of, title_path
from tenon.ui.backend.drafts import NOTHING, Draft
from tenon.ui.shapes import Link

QUOTED = frozenset({"text", "choice", "reference"})


def taken_by(draft: Draft, field: Field) -> tuple[Link, ...]:
    """Return the readable records that have the key which ends with this field; those out of sight are told by saving alone."""
    keys = [key for key in draft.entity.keys if key[-1] == field.name]
    return tuple(link for key in keys for link in _holding(draft, key))


def _holding(draft: Draft, key: tuple[str, ...]) -> list[Link]:
    view, entity = draft.view, draft.entity
    values = {name: draft.values.get(name) for name in key}
    is_new = any(name in draft.typed and value != draft.stored.get(name) for name, value in values.items())
    fields = [entity.fields[name] for name in key]
    if not is_new or any(value in NOTHING for value in values.values()) or not all(view.rights.may_read(entity, f) for f in fields):
        return []
    if not all(f.type.kind in QUOTED and isinstance(values[f.name], str) for f in fields):
        return []
    filters = [f"{name} == '{_quoted(str(value))}'" for name, value in values.items()]
    try:
        found = page(view.uow, view.ctx, entity, Ask(filters, fields=["id", *title_path(view, entity)], limit=2))
    except Invalid:  # a text that no filter can hold
        return []
    return [Link(r["id"], title_of(view, entity, r), entity.name) for r in found.records if r["id"] != draft.id]


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\r", "\\r")
