"""What a deletion takes along: what cascades, what is cleared, and what stands in its way."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from tenon.engine.sql.sets import id_set
from tenon.engine.tables import entity_column
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.model import Entity, Field

Pairs = Sequence[tuple[str, str]]
"""Records that refer, each with the record it points to."""
Planned = Callable[[Entity, Field], Collection[str]]
"""The records that refer and that go, or are cleared, in another part of the same deletion."""


def _nothing(_near: Entity, _reference: Field) -> Collection[str]:
    return ()


@dataclass
class Fall:
    """What a deletion takes along: entity id to record id to the record whose deletion it follows; and what points at it."""

    roots: dict[str, dict[str, str]] = field(default_factory=dict)
    cleared: list[tuple[Entity, Field, Pairs]] = field(default_factory=list)
    holding: list[tuple[Entity, Field, Pairs]] = field(default_factory=list)
    """References that restrict, and the records that hold them."""
    planned: Planned = _nothing

    def staying(self, entity: Entity, pairs: Pairs) -> list[tuple[str, str]]:
        """Return the records that do not go along."""
        gone = self.roots.get(entity.id, {})
        return [pair for pair in pairs if pair[0] not in gone]

    @property
    def size(self) -> int:
        """How many records are touched."""
        return sum(len(r) for r in self.roots.values()) + sum(len(self.staying(near, pairs)) for near, _, pairs in self.cleared)


def hold(uow: UnitOfWork, entity: Entity, ids: Iterable[str]) -> None:
    """Keep others from pointing at the records until this transaction ends."""
    if uow.dialect == "postgresql":
        table = uow.tables.of(entity)
        uow.connection.execute(select(table.c.id).where(table.c.id.in_(id_set(uow.dialect, list(ids)))).order_by(table.c.id).with_for_update())


def follow(uow: UnitOfWork, fall: Fall, start: Entity, begun: dict[str, str], *, lock: bool) -> None:
    """Add records, each with the one whose deletion it follows, and look at every reference to them.

    Restrict is noted, clear empties it, cascade takes the record along.
    """
    fall.roots.setdefault(start.id, {}).update(begun)
    waiting = [(start, begun)]
    while waiting:
        entity, roots = waiting.pop()
        for near in uow.model.entities.values():
            for reference in [f for f in near.fields.values() if entity.id in f.targets]:
                found = pointing(uow, near, reference, entity, roots, fall.planned)
                rule = reference.spec.on_delete  # type: ignore[attr-defined]
                if rule != "cascade":
                    if found:
                        (fall.holding if rule == "restrict" else fall.cleared).append((near, reference, found))
                    continue
                if lock:
                    hold(uow, near, [record for record, _ in found])
                gone = fall.roots.setdefault(near.id, {})
                following = {record: roots[target] for record, target in found if record not in gone}
                if following:
                    gone.update(following)
                    waiting.append((near, following))


def pointing(
    uow: UnitOfWork, near: Entity, reference: Field, entity: Entity, roots: Iterable[str], planned: Planned = _nothing,
) -> list[tuple[str, str]]:
    """Return the living records whose reference is, or holds, one of the records, each with the one it points to."""
    table = uow.tables.of(near)
    wanted = id_set(uow.dialect, list(roots))
    if reference.is_to_many:
        links = uow.tables.links(reference)
        statement = select(links.c.record, links.c.target).join(table, table.c.id == links.c.record).where(links.c.target.in_(wanted))
    else:
        column = table.c[reference.column]
        statement = select(table.c.id, column).where(column.in_(wanted))
        if reference.storage.kind == "pair":
            statement = statement.where(table.c[entity_column(reference)] == entity.id)
    found = [(a, b) for a, b in uow.connection.execute(statement.where(table.c.deleted_at.is_(None)))]
    elsewhere = planned(near, reference) if found else ()
    return [pair for pair in found if pair[0] not in elsewhere] if elsewhere else found
