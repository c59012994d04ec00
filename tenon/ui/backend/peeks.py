"""A record beside its list: what it is at a glance."""

from __future__ import annotations

from dataclasses import dataclass

from tenon.engine.query.pages import get
from tenon.ui.backend.base import View, id_of
from tenon.ui.backend.cells import all_columns, asked_paths, title_of
from tenon.ui.record_shapes import Fact


@dataclass(frozen=True)
class Peek:
    """A record at a glance: its scores and its other facts, those without a value at the end."""

    entity: str
    label: str
    icon: str
    id: str
    title: str
    scores: tuple[Fact, ...]
    facts: tuple[Fact, ...]
    may_update: bool


def peek(view: View, name: str, id: str) -> Peek:
    """Return a record at a glance. Raises NotFound."""
    entity = view.entity(name)
    columns = [c for c in all_columns(view, entity) if c.field.name != entity.title]
    record = get(view.uow, view.ctx, entity, id_of(id), asked_paths(view, entity, columns))
    facts = [c.fact(view, record) for c in columns]
    filled = sorted((f for f in facts if f.field.type != "score"), key=lambda f: f.value in (None, "", ()))
    return Peek(
        entity.name, entity.label.show(view.language), entity.icon or "table-2", record["id"], title_of(view, entity, record),
        tuple(f for f in facts if f.field.type == "score"), tuple(filled), view.rights.may(entity, "update") and not entity.is_append_only,
    )  # fmt: skip
