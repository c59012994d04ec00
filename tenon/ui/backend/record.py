"""One record as its reader sees it: values, rights, conditions of its page, facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from tenon.engine.facts import RecordFacts, value_of
from tenon.engine.query.pages import get
from tenon.engine.records.rules import compiled
from tenon.engine.records.save import allowed_ids
from tenon.engine.records.stored import load
from tenon.metamodel.errors import NotFound
from tenon.metamodel.model import Entity, Field, Relation
from tenon.ui.backend.base import View
from tenon.ui.backend.cells import all_columns, asked_paths, columns_of, title_of
from tenon.ui.record_shapes import Fact


class Record:
    """A record that its reader may see; one in the trash when it may be restored. Raises NotFound."""

    def __init__(self, view: View, entity: Entity, id: str) -> None:
        self.view, self.entity, self.id = view, entity, id
        self.is_deleted = False
        self.columns = {c.field.name: c for c in all_columns(view, entity)}
        paths = asked_paths(view, entity, list(self.columns.values()))
        try:
            self.values = get(view.uow, view.ctx, entity, id, paths)
        except NotFound:
            if not view.rights.may(entity, "restore"):
                raise
            self.values = get(view.uow, view.ctx, entity, id, paths, deleted=True)
            self.is_deleted = True

    @property
    def title(self) -> str:
        """The title."""
        return title_of(self.view, self.entity, self.values)

    @property
    def url(self) -> str:
        """The address of its page."""
        return f"/records/{self.entity.name}/{self.id}"

    @cached_property
    def _stored(self) -> Mapping[str, Any]:
        return load(self.view.uow, self.entity, [self.id], deleted=self.is_deleted).get(self.id, {})

    def holds(self, condition: str | None) -> bool:
        """Return whether a condition of the page holds for the record and who reads; True without one."""
        if condition is None:
            return True
        view = self.view
        expression = compiled(view.uow, self.entity, condition, "value", "boolean")
        return bool(value_of(view.uow, expression, RecordFacts(view.uow, self.entity, {**self._stored, "id": self.id}), view.ctx.user))

    def may(self, action: str, *, is_deleted: bool = False) -> bool:
        """Return whether the reader may do something with the record."""
        view = self.view
        if self.is_deleted is not is_deleted or not view.rights.may(self.entity, action):
            return False
        if action == "update" and self.entity.is_append_only:
            return False
        allowed = allowed_ids(view.uow, view.rights, self.entity, [self.id], action, [])
        return allowed is None or self.id in allowed

    def facts(self, paths: Sequence[str]) -> tuple[Fact, ...]:
        """Return facts by path, those the reader may see; paths over references are read once more."""
        view = self.view
        far = [p for p in paths if p not in self.columns]
        columns = {c.field.name: c for c in columns_of(view, self.entity, far)}
        record = self.values
        if columns:
            asked = asked_paths(view, self.entity, list(columns.values()))
            record = {**record, **get(view.uow, view.ctx, self.entity, self.id, asked, deleted=self.is_deleted)}
        known = {**self.columns, **columns}
        return tuple(known[p].fact(view, record) for p in paths if p in known)

    def link_of(self, relation: Relation) -> tuple[Entity, Field] | None:
        """Return the entity and field of a relation that point here; None when the reader may not see them."""
        view = self.view
        far = view.model.find_entity(relation.far_id)
        if far is None or not relation.is_reverse or far.is_system or not view.rights.may(far, "read"):
            return None
        link = far.fields_by_id.get(relation.field_id)
        return (far, link) if link is not None and view.rights.may_read(far, link) else None


def condition_of(relation: Relation, link: Field, id: str) -> str:
    """Return the filter of the far records that point to a record."""
    return f"contains({link.name}, '{id}')" if relation.is_links else f"{link.name} == '{id}'"


def may_point(view: View, far: Entity, link: Field) -> bool:
    """Return whether the reader may make records that point here."""
    return view.rights.may(far, "create") and view.rights.may_write(far, link, "create")
