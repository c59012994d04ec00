"""Records by the numbers that other systems have for them: the external numbers of the app ``core``."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from tenon.engine.access.resolver import action_condition, environment
from tenon.engine.access.rights import Rights
from tenon.engine.sql.sets import id_set
from tenon.engine.tables import entity_column
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.model import Entity, Model

LINK = "source_link"
NO_SYSTEM = "events"
"""What a system is called whose events do not say what it is."""
Key = tuple[str, str]
"""A system, '' for any, and the number there."""


def links_of(model: Model, target: Entity) -> Entity | None:
    """Return the entity of external numbers when records of the target may have them, None otherwise."""
    found = model.find_entity(LINK)
    return found if found is not None and "record" in found.fields and target.id in found.fields["record"].targets else None


def find_linked(uow: UnitOfWork, rights: Rights, target: Entity, wanted: Collection[Key]) -> dict[Key, str]:
    """Return the ids of the visible records with these numbers; a number that two records have in different systems names neither."""
    link = links_of(uow.model, target)
    if link is None or not wanted or not rights.may(link, "read") or not all(rights.may_read(link, link.fields[n]) for n in ("system", "external_id", "record")):
        return {}
    env, table, far = environment(uow, rights), uow.tables.of(link), uow.tables.of(target)
    record = link.fields["record"]
    system, number, pointed = table.c[link.fields["system"].column], table.c[link.fields["external_id"].column], table.c[record.column]
    limits = [c for c in (action_condition(env, table, link, rights, "read"), action_condition(env, far, target, rights, "read")) if c is not None]
    statement = (
        select(system, number, pointed).join(far, far.c.id == pointed)
        .where(table.c[entity_column(record)] == target.id, table.c.deleted_at.is_(None), far.c.deleted_at.is_(None), *limits)
    )  # fmt: skip
    known: dict[Key, set[str]] = {}
    for in_system, key, id in uow.connection.execute(statement.where(number.in_(id_set(uow.dialect, {key for _, key in wanted})))):
        known.setdefault((in_system, key), set()).add(id)
        known.setdefault(("", key), set()).add(id)
    return {key: next(iter(known[key])) for key in wanted if len(known.get(key, ())) == 1}
