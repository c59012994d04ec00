"""Which names an expression may use, and what each of them is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from tenon.metamodel.model import Entity, Field, Model, Relation
from tenon.metamodel.names import SYSTEM_FIELDS, untoken
from tenon.metamodel.types import TEXT, UNIT, USER, Type

USES = ("value", "default", "formula", "rule", "access", "score", "report")
Values = Mapping[str, "Type | Values"]
MayRead = Callable[[Entity, Field], bool]
USER_NAMES: dict[str, Type] = {"id": USER, "email": TEXT, "roles": Type("choices"), "unit": UNIT}
MAX_STEPS = 4


@dataclass(frozen=True, eq=False)
class Scope:
    """The names of one place: plain ones are fields of ``entity`` (of ``far``, then ``this`` is ``entity``).

    ``use`` as in `marks.Expr`. ``may_read`` hides fields: they are unknown and never suggested. ``values`` are names given
    with the call. ``base`` is an older model whose names are understood too, for a rename in a draft. ``absent_ok``:
    what belongs to an optional app that is not there is empty, not unknown. ``unknown_field`` is the code of a field that
    is not there, or not for who asks: questions about records say it as their other parameters do.
    """

    model: Model
    entity: Entity | None
    use: str = "value"
    far: Entity | None = None
    may_read: MayRead | None = None
    values: Values | None = None
    base: Model | None = None
    absent_ok: bool = True
    unknown_field: str = "unknown_name"

    @property
    def row(self) -> Entity | None:
        """The entity whose fields the plain names are."""
        return self.far or self.entity

    @property
    def is_stored(self) -> bool:
        """True where the result is stored for everybody: formulas and scores know neither who acts nor the old record."""
        return self.use in ("formula", "score")

    def entity_of(self, type_: Type) -> Entity | None:
        """Return the entity a reference leads to, or None when it leads to several or is no reference."""
        return self.model.find_entity(type_.entity) if type_.kind == "reference" and type_.entity else None

    def find_field(self, entity: Entity, key: str) -> Field | None:
        """Return a field by name, token, or its name in the older model; None for hidden ones."""
        found = entity.fields_by_id.get(untoken(key) or "") or entity.fields.get(key)
        if found is None and (older := self._base_of(entity)) is not None and (before := older.fields.get(key)) is not None:
            found = entity.fields_by_id.get(before.id)
        return found if found is not None and self._shows(entity, found) else None

    def find_relation(self, entity: Entity, key: str) -> Relation | None:
        """Return a to-many relation by name, token, or its name in the older model; None for hidden ones."""
        found = entity.relations_by_id.get(untoken(key) or "") or entity.relations.get(key)
        if found is None and (older := self._base_of(entity)) is not None and (before := older.relations.get(key)) is not None:
            found = entity.relations_by_id.get(before.id)
        return found if found is not None and self._shows_relation(found) else None

    def _base_of(self, entity: Entity) -> Entity | None:
        return self.base.entities_by_id.get(entity.id) if self.base is not None else None

    def _shows(self, entity: Entity, field: Field) -> bool:
        return self.may_read is None or self.may_read(entity, field)

    def _shows_relation(self, relation: Relation) -> bool:
        holder = self.model.find_entity(relation.far_id if relation.is_reverse else relation.entity_id)
        field = holder.fields_by_id.get(relation.field_id) if holder else None
        return holder is None or field is None or self._shows(holder, field)

    def relation_field(self, relation: Relation) -> Field:
        """Return the reference field behind a relation."""
        holder = self.model.get_entity(relation.far_id if relation.is_reverse else relation.entity_id)
        return holder.fields_by_id[relation.field_id]

    def fields(self, entity: Entity) -> Iterator[Field]:
        """Yield the fields that may be read."""
        return (f for f in entity.fields.values() if self._shows(entity, f))

    def relations(self, entity: Entity) -> Iterator[Relation]:
        """Yield the to-many relations that may be read."""
        return (r for r in entity.relations.values() if self._shows_relation(r))

    def names(self, entity: Entity | None) -> list[str]:
        """Return the names of fields and relations that may be read, own ones first."""
        if entity is None:
            return []
        fields = sorted((f.name for f in self.fields(entity)), key=lambda n: (n in SYSTEM_FIELDS, n))
        return [*fields, *(r.name for r in self.relations(entity))]

    def is_absent(self, key: str) -> bool:
        """Return whether a name belongs to an optional app that is not there; a token may, while there is such an app."""
        if not self.absent_ok or not self._missing_apps:
            return False
        item_id = untoken(key)
        if item_id is None:
            return any(key.startswith(f"{app}_") for app in self._missing_apps)
        return not self._is_removed(item_id)

    def _is_removed(self, item_id: str) -> bool:
        """Return whether the older model still has the item and this one lost it, its app being there."""
        if self.base is None:
            return False
        for entity in self.base.entities_by_id.values():
            relation = entity.relations_by_id.get(item_id)
            field = entity.fields_by_id.get(item_id) or (Scope(self.base, entity).relation_field(relation) if relation else None)
            if field is not None:
                return field.app not in self._missing_apps
        return False

    @cached_property
    def _missing_apps(self) -> frozenset[str]:
        apps = self.model.all("app")
        wanted = {name for app in apps for name in getattr(app.body, "optional", ())}
        return frozenset(wanted - {app.name for app in apps})
