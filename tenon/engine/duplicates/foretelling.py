"""What a record that is still being written looks like, by what its writer may read of the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from tenon.engine.access.rights import Rights, rights_of
from tenon.engine.context import Context
from tenon.engine.duplicates.book import Found, Matching, Read, compare, matchings_of
from tenon.engine.duplicates.finding import sharing
from tenon.engine.duplicates.reading import read_seen
from tenon.engine.duplicates.tables import duplicates
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.model import Entity

MOST = 3


@dataclass(frozen=True)
class Alike:
    """A record that is there already, how alike it is, and why."""

    record: str
    score: Decimal
    reasons: list[dict[str, Any]]


def look_alike(uow: UnitOfWork, ctx: Context, entity: Entity, values: Mapping[str, Any], *, but: str | None = None) -> list[Alike]:
    """Return the records most like these values (canonical, by field name), ``but`` apart and those it was said not to be; at most three."""
    rights = rights_of(uow.model, ctx)
    if not rights.may(entity, "read"):
        return []
    found: dict[str, Found] = {}
    for matching in matchings_of(uow.model, entity):
        known = {p.field.name for p in matching.parts if rights.may_read(entity, p.field)}
        read = matching.read({name: value for name, value in values.items() if name in known})
        for record, each in _candidates(uow, rights, matching, read).items():
            likeness = compare(matching, read, each) if record != but else None
            if likeness is not None and (record not in found or found[record].score < likeness.score):
                found[record] = likeness
    for record in _told_apart(uow, but) if but and found else ():
        found.pop(record, None)
    best = sorted(found.items(), key=lambda pair: (-pair[1].score, pair[0]))[:MOST]
    return [Alike(record, each.score, [r for r in each.reasons if r["likeness"] > 0]) for record, each in best]


def _candidates(uow: UnitOfWork, rights: Rights, matching: Matching, read: Read) -> dict[str, Read]:
    """Return what is compared of the readable records that have a key in common."""
    ids = {record for _, record in sharing(uow, matching.id, matching.keys(read), least=1)}
    return read_seen(uow, rights, matching, ids=ids) if ids else {}


def _told_apart(uow: UnitOfWork, record: str) -> set[str]:
    """Return the records that somebody said this one is not."""
    statement = select(duplicates.c.first, duplicates.c.second).where(
        duplicates.c.state == "dismissed", (duplicates.c.first == record) | (duplicates.c.second == record)
    )
    return {other for pair in uow.connection.execute(statement) for other in pair if other != record}
