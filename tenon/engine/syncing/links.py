"""Which record here is which one in another system, and the values on which both sides last agreed."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from tenon.engine.context import Cause, Context
from tenon.engine.records.events import Removed
from tenon.engine.records.linked import links_of
from tenon.engine.records.writing import write_many
from tenon.engine.sql.sets import id_set
from tenon.engine.syncing.tables import links, waiting
from tenon.engine.tables import entity_column
from tenon.engine.unit_of_work import UnitOfWork
from tenon.engine.webhooks.payloads import to_text
from tenon.metamodel.model import Entity


@dataclass(frozen=True)
class Link:
    """One record and what it is there; ``theirs`` and ``ours`` are the values of fields, by id, as plain JSON."""

    external_id: str
    record: str
    version: int = 0
    theirs: dict[str, Any] = field(default_factory=dict)
    ours: dict[str, Any] = field(default_factory=dict)


def by_external(uow: UnitOfWork, system: str, entity: Entity, external: Collection[str]) -> dict[str, Link]:
    """Return the links of what other records are known by there."""
    wanted = select(links).where(links.c.system == system, links.c.entity == entity.id, links.c.external_id.in_(id_set(uow.dialect, external)))
    return {row.external_id: _link(row) for row in uow.connection.execute(wanted)} if external else {}


def by_record(uow: UnitOfWork, system: str, entity: Entity, records: Collection[str]) -> dict[str, Link]:
    """Return the links of records."""
    wanted = select(links).where(links.c.system == system, links.c.entity == entity.id, links.c.record.in_(id_set(uow.dialect, records)))
    return {row.record: _link(row) for row in uow.connection.execute(wanted)} if records else {}


def _link(row: Row[Any]) -> Link:
    return Link(row.external_id, row.record, row.version, row.theirs, row.ours)


def keep(uow: UnitOfWork, system: str, entity: Entity, changed: Sequence[Link], now: datetime) -> None:
    """Keep links, new ones and others than before."""
    if not changed:
        return
    before = links.c.external_id.in_(id_set(uow.dialect, [link.external_id for link in changed]))
    uow.connection.execute(delete(links).where(links.c.system == system, links.c.entity == entity.id, before))
    uow.connection.execute(insert(links), [
        {
            "system": system, "entity": entity.id, "external_id": link.external_id, "record": link.record, "version": link.version,
            "theirs": link.theirs, "ours": link.ours, "synced_at": now,
        }
        for link in changed
    ])  # fmt: skip


def hear_gone(uow: UnitOfWork, event: object) -> None:
    """Forget the values of records that are gone for good; what they were there stays known, so that they do not come back."""
    if isinstance(event, Removed):
        gone = id_set(uow.dialect, event.ids)
        uow.connection.execute(update(links).where(links.c.record.in_(gone)).values(theirs={}, ours={}))
        uow.connection.execute(delete(waiting).where(waiting.c.way == "out", waiting.c.key.in_(gone)))


def merged(link: Link | None, new: Link) -> Link:
    """Return a link with what is known of it besides: fields that another connector of the same system keeps."""
    return new if link is None else replace(new, theirs={**link.theirs, **new.theirs}, ours={**link.ours, **new.ours})


def mirror_of(uow: UnitOfWork, entity: Entity) -> Entity | None:
    """Return the entity in which external numbers of such records stand, None where there is none."""
    mirror = links_of(uow.model, entity)
    return mirror if mirror is not None and mirror.fields["record"].storage.kind == "pair" and {"system", "external_id"} <= set(mirror.fields) else None


def find_mirrored(uow: UnitOfWork, system: str, entity: Entity, external: Collection[str]) -> dict[str, str]:
    """Return the records that people, or an import, said are those of the other system."""
    mirror = mirror_of(uow, entity)
    if mirror is None or not external:
        return {}
    table, record = uow.tables.of(mirror), mirror.fields["record"]
    named, known = (table.c[mirror.fields[name].column] for name in ("system", "external_id"))
    wanted = select(known, table.c[record.column]).where(
        named == system, known.in_(id_set(uow.dialect, external)), table.c[entity_column(record)] == entity.id, table.c.deleted_at.is_(None)
    )
    return {row[0]: row[1] for row in uow.connection.execute(wanted)}


def mirror(uow: UnitOfWork, cause: Cause, system: str, entity: Entity, changed: Sequence[Link]) -> None:
    """Write what records are called there where people look for it; a number that a record of another entity has there stays its own."""
    into = mirror_of(uow, entity)
    if into is None or not changed:
        return
    taken = _taken(uow, system, entity, [link.external_id for link in changed])
    rows = [_mirrored(into, system, entity, link, uow.now) for link in changed if link.external_id not in taken]
    if rows:
        write_many(uow, Context(None, "en", cause, is_system=True), into, rows, mode="upsert", match_on=["system", "external_id"], on_error="skip")


def _mirrored(into: Entity, system: str, entity: Entity, link: Link, now: datetime) -> dict[str, Any]:
    row = {"record": {"entity": entity.name, "id": link.record}, "system": system, "external_id": link.external_id, "synced_at": now.isoformat(), "hash": fingerprint(link.theirs)}
    return {name: value for name, value in row.items() if name in into.fields}


def _taken(uow: UnitOfWork, system: str, entity: Entity, external: Sequence[str]) -> set[str]:
    wanted = select(links.c.external_id).where(links.c.system == system, links.c.entity != entity.id, links.c.external_id.in_(id_set(uow.dialect, external)))
    return set(uow.connection.execute(wanted).scalars())


def fingerprint(values: dict[str, Any]) -> str:
    """Return what tells values apart, in 64 characters."""
    return hashlib.sha256(to_text(sorted(values.items())).encode()).hexdigest()


def external_of(uow: UnitOfWork, system: str, entity: Entity, records: Iterable[str]) -> dict[str, str]:
    """Return what records are known by there."""
    return {record: link.external_id for record, link in by_record(uow, system, entity, list(records)).items()}


def with_version(link: Link, version: int) -> Link:
    """Return a link to another version of its record."""
    return replace(link, version=version)
