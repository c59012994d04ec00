"""Both sides of a record since they last agreed: what to take, what to leave, and what both have changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from tenon.engine.history import history
from tenon.engine.sql.sets import id_set
from tenon.engine.syncing.links import Link
from tenon.engine.syncing.reading import canonical, plain
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.model import Entity

SOURCE_WINS, OURS_WINS, NEWEST = "source_wins", "ours_wins", "newest"


@dataclass
class Merge:
    """What becomes of one record: fields (names) to take from there, and those that both sides have changed to something else."""

    take: list[str] = field(default_factory=list)
    contested: list[str] = field(default_factory=list)


def compare(uow: UnitOfWork, entity: Entity, link: Link | None, raw: Mapping[str, Any], values: Mapping[str, Any], stored: Mapping[str, Any]) -> Merge:
    """Return what differs of a record: ``raw`` as it came, ``values`` with references found, ``stored`` as it is here.

    A record that was found by its key agreed with nothing yet: what is empty here is taken, what differs is contested.
    """
    merge = Merge()
    for name, value in values.items():
        where = entity.fields[name]
        if link is not None and where.id in link.theirs and link.theirs[where.id] == plain(raw[name]):
            continue  # nothing new came
        current, incoming = plain(stored.get(name)), canonical(uow, where, value)
        if current == incoming:
            continue
        was_changed_here = current != link.ours[where.id] if link is not None and where.id in link.ours else current is not None
        (merge.contested if was_changed_here else merge.take).append(name)
    return merge


def changed_here(uow: UnitOfWork, entity: Entity, contested: Mapping[str, list[str]]) -> dict[tuple[str, str], datetime]:
    """Return when contested fields were last changed here, by record and field name."""
    wanted = select(history.c.record, history.c.at, history.c.changes).where(history.c.entity == entity.id, history.c.record.in_(id_set(uow.dialect, list(contested))))
    found: dict[tuple[str, str], datetime] = {}
    for row in uow.connection.execute(wanted.order_by(history.c.id)):
        for name in contested[row.record]:
            if entity.fields[name].id in row.changes:
                found[(row.record, name)] = row.at
    return found


def theirs_wins(policy: str, came_at: datetime | None, changed_at: datetime | None) -> bool:
    """Return whether a contested field takes the value from there."""
    if policy != NEWEST:
        return policy == SOURCE_WINS
    return came_at is not None and (changed_at is None or came_at > changed_at)
