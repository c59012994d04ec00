"""Whom something is for, by record."""

from __future__ import annotations

from sqlalchemy import select

from tenon.engine.access.resolver import environment
from tenon.engine.people import users, users_in_unit, users_with_roles
from tenon.engine.rules.expressions import read
from tenon.engine.rules.work import Work
from tenon.engine.sql.compiler import compile_value
from tenon.engine.sql.sets import id_set
from tenon.engine.sql.source import Source
from tenon.metamodel.whom import Whom


def people_of(work: Work, whom: Whom) -> dict[str, list[str]]:
    """Return the ids of active people for each record."""
    path = whom.field or whom.manager_of or whom.expression
    if path is not None:
        found = _in_field(work, path)
        return {r: [p] for r, p in (_managers(work, found) if whom.manager_of is not None else found).items()}
    return dict.fromkeys(work.ids, _named(work, whom))


def first_of(work: Work, whom: Whom) -> dict[str, str]:
    """Return the one person for each record; nobody where several are meant (the role has it then)."""
    return {record: people[0] for record, people in people_of(work, whom).items() if len(people) == 1 or (people and whom.role is None and whom.unit is None)}


def role_of(work: Work, whom: Whom | None) -> str | None:
    """Return the name of the role that is meant, None when people are."""
    if whom is None or whom.role is None:
        return None
    role = work.uow.model.find("role", whom.role)
    return role.name if role is not None else whom.role


def _named(work: Work, whom: Whom) -> list[str]:
    connection = work.uow.connection
    if whom.role is not None:
        return users_with_roles(connection, [str(role_of(work, whom))])
    if whom.unit is not None:
        return users_in_unit(connection, whom.unit)
    found = select(users.c.id).where(users.c.state == "active", users.c.email == str(whom.user).lower())
    return list(connection.execute(found).scalars())


def _in_field(work: Work, path: str) -> dict[str, str]:
    uow = work.uow
    source = Source(environment(uow), work.entity)
    person = compile_value(source, read(uow.model, work.entity, path))
    statement = select(source.alias.c.id, person).select_from(source.from_clause).where(source.alias.c.id.in_(id_set(uow.dialect, work.ids)))
    found = {record: str(value) for record, value in uow.connection.execute(statement) if value is not None}
    active = select(users.c.id).where(users.c.state == "active", users.c.id.in_(id_set(uow.dialect, set(found.values()))))
    known = set(uow.connection.execute(active).scalars()) if found else set()
    return {record: person for record, person in found.items() if person in known}


def _managers(work: Work, found: dict[str, str]) -> dict[str, str]:
    manager = users.alias()
    rows = select(users.c.id, manager.c.id.label("manager")).join(manager, manager.c.id == users.c.manager).where(manager.c.state == "active")
    above = {row.id: row.manager for row in work.uow.connection.execute(rows.where(users.c.id.in_(id_set(work.uow.dialect, set(found.values())))))} if found else {}
    return {record: str(above[person]) for record, person in found.items() if above.get(person)}
