"""The immutable snapshot of one release: every document resolved and indexed.

    Model ── entities ── Entity ── fields ── Field
                              └── relations ── Relation   (the to-many side of a reference)
Made by `snapshot.build`; everything is found by name or by id.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field as dataclass_field
from functools import cached_property
from typing import Any, Literal

from tenon.metamodel.document import Document
from tenon.metamodel.errors import Problem, not_found
from tenon.metamodel.fields.base import FieldSpec
from tenon.metamodel.labels import Text
from tenon.metamodel.names import short, untoken
from tenon.metamodel.storage import Storage
from tenon.metamodel.types import Type

Origin = Literal["own", "extension", "system", "score"]


@dataclass(eq=False)
class Field:
    """A field of an entity: its own, from an extension, a system field, or one that a score adds.

    ``type`` of a formula is settled while the snapshot is built. ``expression`` is the checked expression of a
    formula (an `expressions.Expression`), else None. ``declared_in`` is the id of its document, ``position`` where in it. ``score`` is the id of the score that owns the field and
    ``part`` which of its values it is (score, band, coverage, trend, at). ``reach`` are the entities that a reference may point to
    which names none.
    """

    id: str
    name: str
    label: Text
    spec: FieldSpec
    entity_id: str
    type: Type
    storage: Storage
    column: str
    origin: Origin = "own"
    app: str | None = None
    score: str | None = None
    part: str | None = None
    reach: tuple[str, ...] = ()
    declared_in: str = ""
    position: int = 0
    expression: Any = None

    @property
    def is_formula(self) -> bool:
        """True for a stored formula."""
        return self.spec.type == "formula"

    @property
    def is_to_many(self) -> bool:
        """True for many-to-many references, which live in a table of their own."""
        return self.storage.kind == "links"

    @property
    def is_stored(self) -> bool:
        """True when it has a column in the table of its entity."""
        return self.origin != "score" and not self.is_to_many

    @property
    def is_written(self) -> bool:
        """True when people and programs write it: not computed, not kept by the system."""
        return self.origin in ("own", "extension") and not self.spec.is_computed

    @property
    def targets(self) -> tuple[str, ...]:
        """Ids of the entities a reference may point to; () for anything else and for people."""
        return tuple(getattr(self.spec, "targets", ())) or self.reach

    @property
    def is_open(self) -> bool:
        """True for a reference that names no entities, and may point to any."""
        return self.storage.kind == "pair" and not getattr(self.spec, "targets", ())

    def __repr__(self) -> str:
        return f"<Field {self.name} {self.spec.type}>"


@dataclass(frozen=True, eq=False)
class Relation:
    """The to-many side of a reference: from ``entity_id`` to the records of ``far_id`` whose ``field_id`` points here.

    For many-to-many references the field's own side is a relation too (``far_id`` its target, ``is_links`` True,
    ``is_reverse`` False).
    """

    id: str
    name: str
    label: Text
    entity_id: str
    far_id: str
    field_id: str
    is_links: bool = False
    is_reverse: bool = True
    is_any: bool = False


@dataclass(frozen=True)
class Asking:
    """The fields of an entity that a writer has to look at, so that others cost nothing."""

    required: tuple[Field, ...]
    with_default: tuple[Field, ...]
    with_bounds: tuple[Field, ...]
    numbered: tuple[Field, ...]
    with_moves: tuple[Field, ...]


@dataclass(eq=False)
class Entity:
    """An entity with everything its extensions, relations and scores add to it."""

    id: str
    name: str
    label: Text
    plural: Text
    document: Document
    title: str | None
    search: tuple[str, ...]
    time_field: str
    keys: tuple[tuple[str, ...], ...]
    features: frozenset[str]
    fields: dict[str, Field]
    relations: dict[str, Relation]
    checks: tuple[Any, ...] = ()
    icon: str | None = None
    app: str | None = None
    fields_by_id: dict[str, Field] = dataclass_field(default_factory=dict)
    relations_by_id: dict[str, Relation] = dataclass_field(default_factory=dict)
    table_name: str | None = None

    @property
    def table(self) -> str:
        """The name of its table."""
        return self.table_name or f"e_{short(self.id)}"

    @property
    def is_system(self) -> bool:
        """True for people: "user" and "unit" are reached along references only."""
        return self.table_name is not None

    def find_field(self, key: str) -> Field | None:
        """Return a field by name, id or token, or None."""
        return self.fields.get(key) or self.fields_by_id.get(key) or self.fields_by_id.get(untoken(key) or "")

    def get_field(self, key: str) -> Field:
        """Return a field that was checked to be there; raises KeyError."""
        found = self.find_field(key)
        if found is None:
            raise KeyError(key)
        return found

    def find_relation(self, key: str) -> Relation | None:
        """Return a to-many relation by name, id or token, or None."""
        return self.relations.get(key) or self.relations_by_id.get(key) or self.relations_by_id.get(untoken(key) or "")

    def written_fields(self) -> Iterator[Field]:
        """Yield the fields that people and programs write."""
        return (f for f in self.fields.values() if f.is_written)

    def formulas(self) -> Iterator[Field]:
        """Yield the stored formulas."""
        return (f for f in self.fields.values() if f.is_formula)

    @cached_property
    def lists(self) -> tuple[Field, ...]:
        """The fields that lead to many records; settled once the model is built."""
        return tuple(f for f in self.fields.values() if f.is_to_many)

    @cached_property
    def stored(self) -> tuple[Field, ...]:
        """The fields that have a column in its table; settled once the model is built."""
        return tuple(f for f in self.fields.values() if f.is_stored)

    @cached_property
    def asking(self) -> Asking:
        """The written fields that ask something of a record; settled once the model is built."""
        written = [f for f in self.fields.values() if f.is_written]
        return Asking(
            tuple(f for f in written if f.spec.required), tuple(f for f in written if f.spec.default is not None),
            tuple(f for f in written if f.type.kind in ("date", "datetime") and (getattr(f.spec, "min", None) or getattr(f.spec, "max", None))),
            tuple(f for f in written if f.spec.type == "autonumber"), tuple(f for f in written if getattr(f.spec, "moves", None)),
        )

    @property
    def is_append_only(self) -> bool:
        """True for entities without update and history (usage events)."""
        return "append_only" in self.features

    def __repr__(self) -> str:
        return f"<Entity {self.name}>"


@dataclass(eq=False)
class Model:
    """All documents of one release."""

    release: int
    documents: dict[str, Document]
    entities: dict[str, Entity]
    entities_by_id: dict[str, Entity] = dataclass_field(default_factory=dict)
    by_name: dict[tuple[str, str], Document] = dataclass_field(default_factory=dict)
    problems: list[tuple[str, Problem]] = dataclass_field(default_factory=list)
    """What is wrong with the structure: document id and problem; a published release has none."""
    cache: dict[Any, Any] = dataclass_field(default_factory=dict)
    """Compiled statements and other values derived from this release alone; dies with it."""

    def find_entity(self, key: str) -> Entity | None:
        """Return an entity by name or id, or None."""
        return self.entities.get(key) or self.entities_by_id.get(key)

    def get_entity(self, key: str) -> Entity:
        """Return an entity by name or id; raises NotFound."""
        entity = self.find_entity(key)
        if entity is None:
            raise not_found()
        return entity

    def find(self, kind: str, key: str) -> Document | None:
        """Return a document by kind and by name or id, or None."""
        found = self.by_name.get((kind, key)) or self.documents.get(key)
        return found if found is not None and found.kind == kind else None

    def get(self, kind: str, key: str) -> Document:
        """Return a document by kind and by name or id; raises NotFound."""
        document = self.find(kind, key)
        if document is None:
            raise not_found()
        return document

    def all(self, kind: str) -> list[Document]:
        """Return the documents of a kind, by name."""
        return list(self._by_kind.get(kind, ()))

    @cached_property
    def _by_kind(self) -> dict[str, list[Document]]:
        found: dict[str, list[Document]] = {}
        for document in sorted(self.documents.values(), key=lambda d: d.name):
            found.setdefault(document.kind, []).append(document)
        return found

    def extensions_of(self, entity_id: str) -> Iterable[Document]:
        """Return the extensions of an entity, by name."""
        return (d for d in self.all("extension") if d.body.entity == entity_id)
