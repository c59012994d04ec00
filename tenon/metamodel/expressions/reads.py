"""What an expression depends on, and how a change somewhere else travels back to the record that holds it."""

from __future__ import annotations

from collections.abc import Iterable

from tenon.metamodel.expressions.scope import Scope
from tenon.metamodel.expressions.tree import Aggregate, Dependency, ValuePath
from tenon.metamodel.model import Entity, Field

Hops = tuple[tuple[Field, bool], ...]
Reads = frozenset[tuple[str, str]]
DELETED = "deleted_at"


class _Trail:
    """The fields read, by entity and by the way back to the record."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.found: dict[tuple[str, Hops], set[str]] = {}

    def note(self, entity_id: str, hops: Hops, *field_ids: str) -> None:
        """Note fields of one entity, reached over one way."""
        self.found.setdefault((entity_id, hops), set()).update(field_ids)

    def follow(self, entity_id: str, hops: Hops, steps: Iterable[Field]) -> tuple[str, Hops]:
        """Note references followed one after the other; a target that goes to the trash is a missing link."""
        for step in steps:
            self.note(entity_id, hops, step.id)
            entity_id, hops = step.type.entity or "", ((step, False), *hops)
            self._note_existence(entity_id, hops)
        return entity_id, hops

    def _note_existence(self, entity_id: str, hops: Hops) -> None:
        entity = self.scope.model.find_entity(entity_id)
        self.note(entity_id, hops, *([] if entity is None or entity.is_system else [DELETED]))

    def path(self, entity_id: str, hops: Hops, path: ValuePath) -> None:
        """Note a path that gives one value."""
        entity_id, hops = self.follow(entity_id, hops, path.steps)
        if path.field is not None:
            self.note(entity_id, hops, path.field.id)

    def far(self, entity_id: str, hops: Hops, aggregate: Aggregate) -> tuple[str, Hops]:
        """Note the way to the far records of an aggregate."""
        entity_id, hops = self.follow(entity_id, hops, aggregate.steps)
        relation = aggregate.relation
        if relation is None:
            return entity_id, hops
        field = self.scope.relation_field(relation)
        if relation.is_reverse:
            hops = ((field, True), *hops)
            self.note(relation.far_id, hops, field.id)
        else:
            self.note(entity_id, hops, field.id)
            hops = ((field, False), *hops)
        self._note_existence(relation.far_id, hops)
        return relation.far_id, hops


def collect(
    scope: Scope, paths: list[tuple[ValuePath, Aggregate | None]], aggregates: list[Aggregate]
) -> tuple[Reads, tuple[Dependency, ...]]:
    """Return what is read, as (entity id, field id), and the ways of a change back to the record."""
    trail = _Trail(scope)
    for aggregate in aggregates:
        _collect_aggregate(trail, scope, aggregate)
    for path, around in paths:
        if path.absent or path.base in ("user", "value"):
            continue
        start = _start(scope, path.base, in_aggregate=around is not None)
        if start is None:
            continue
        if around is not None and path.base == "row":
            trail.path(*trail.far(start.id, (), around), path)
        else:
            trail.path(start.id, (), path)
    reads = frozenset((e, f) for (e, _), fields in trail.found.items() for f in fields if f != DELETED or _names_deletion(paths))
    return reads, tuple(Dependency(e, frozenset(fields), hops) for (e, hops), fields in trail.found.items())


def _names_deletion(paths: list[tuple[ValuePath, Aggregate | None]]) -> bool:
    return any(p.field is not None and p.field.id == DELETED for p, _ in paths)


def _start(scope: Scope, base: str, *, in_aggregate: bool) -> Entity | None:
    """Return the entity that a base begins at; inside an aggregate everything begins at the record itself."""
    return scope.entity if base in ("this", "old") and not in_aggregate else scope.row


def _collect_aggregate(trail: _Trail, scope: Scope, aggregate: Aggregate) -> None:
    start = _start(scope, aggregate.base, in_aggregate=False)
    if start is None or aggregate.relation is None:
        return
    far_id, hops = trail.far(start.id, (), aggregate)
    if aggregate.value is not None:
        trail.path(far_id, hops, aggregate.value)
    if aggregate.name in ("first", "last"):
        far = scope.model.get_entity(far_id)
        time_field = far.find_field(far.time_field)
        trail.note(far_id, hops, time_field.id if time_field else far.time_field)
