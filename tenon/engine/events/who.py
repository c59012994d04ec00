"""Whose events these are: keys of groups are customers, keys of users are contacts; found as sets, as far as the sender may read."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from tenon.engine.access.resolver import action_condition, environment, readable_condition
from tenon.engine.access.rights import Rights
from tenon.engine.events.sent import Sent
from tenon.engine.records.linked import Key, find_linked
from tenon.engine.sql.sets import id_set
from tenon.engine.unit_of_work import UnitOfWork
from tenon.engine.waiting.table import ANY_KEY, Wanted, folded
from tenon.metamodel.fields.base import BadValue
from tenon.metamodel.model import Entity

CUSTOMER, CONTACT = "customer", "contact"
KEYS: Mapping[str, tuple[str, ...]] = {CUSTOMER: ("code", "external_id", "uscc"), CONTACT: ("email",)}
"""Fields by whose value a customer or a contact is known, the first that finds exactly one decides; external numbers come before them."""


@dataclass(frozen=True)
class Who:
    """The customers and contacts of some events, by their keys; ``of_contact`` the customer of each contact."""

    customers: Mapping[Key, str]
    contacts: Mapping[Key, str]
    of_contact: Mapping[str, str]

    def contact(self, event: Sent) -> str | None:
        """Return the contact an event names, None when nobody knows it."""
        return self.contacts.get((event.system, event.user)) if event.user else None

    def customer(self, event: Sent) -> str | None:
        """Return the customer an event names, or the one of its contact."""
        if event.group:
            return self.customers.get((event.system, event.group))
        return self.of_contact.get(self.contact(event) or "")


def find_who(uow: UnitOfWork, rights: Rights, events: Sequence[Sent], known: Mapping[Wanted, str]) -> Who:
    """Look everybody up whom some events name; ``known`` are keys for which somebody chose a record."""
    customers = _find(uow, rights, CUSTOMER, {(e.system, e.group) for e in events if e.group}, known)
    contacts = _find(uow, rights, CONTACT, {(e.system, e.user) for e in events if e.user}, known)
    return Who(customers, contacts, _customers_of(uow, rights, set(contacts.values())))


def find_by_email(uow: UnitOfWork, rights: Rights, emails: Collection[str], known: Mapping[Wanted, str]) -> dict[str, str]:
    """Return the contacts with these addresses."""
    return {key: id for (_, key), id in _find(uow, rights, CONTACT, {("", email) for email in emails}, known).items()}


def wants(uow: UnitOfWork, name: str, system: str, key: str) -> Wanted:
    """Return what an event waits for whose customer or contact nobody knows."""
    return Wanted(uow.model.get_entity(name).id, ANY_KEY, system, folded(key))


def _find(uow: UnitOfWork, rights: Rights, name: str, wanted: set[Key], known: Mapping[Wanted, str]) -> dict[Key, str]:
    target = uow.model.find_entity(name)
    if target is None or not wanted or not rights.may(target, "read"):
        return {}
    small = {key: (key[0], folded(key[1])) for key in wanted}
    found = {key: known[w] for key in wanted if (w := Wanted(target.id, ANY_KEY, *small[key])) in known} if known else {}
    linked = find_linked(uow, rights, target, {*wanted, *small.values()} - found.keys())
    found |= {key: id for key in wanted - found.keys() if (id := linked.get(key) or linked.get(small[key])) is not None}
    for field in KEYS[name]:
        missing = wanted - found.keys()
        if missing and field in target.fields:
            by_text = _by_field(uow, rights, target, field, {key for _, key in missing})
            found |= {key: by_text[key[1]] for key in missing if key[1] in by_text}
    return found


def _by_field(uow: UnitOfWork, rights: Rights, target: Entity, name: str, texts: set[str]) -> dict[str, str]:
    """Return the only visible record with each text in a field."""
    field, table, env = target.fields[name], uow.tables.of(target), environment(uow, rights)
    if not rights.may_read(target, field):
        return {}
    cleaned: dict[str, list[str]] = {}
    for text in texts if name != "email" else [t for t in texts if "@" in t]:
        try:
            for value in {str(field.spec.clean(form, uow.place)) for form in {text, folded(text)}}:
                cleaned.setdefault(value, []).append(text)
        except BadValue:
            continue
    limits = [c for c in (action_condition(env, table, target, rights, "read"), readable_condition(env, table, target, rights, [field])) if c is not None]
    column = table.c[field.column]
    statement = select(column, table.c.id).where(column.in_(id_set(uow.dialect, set(cleaned))), table.c.deleted_at.is_(None), *limits)
    seen: dict[str, list[str]] = {}
    for value, id in uow.connection.execute(statement) if cleaned else ():
        seen.setdefault(value, []).append(id)
    return {text: ids[0] for value, ids in seen.items() if len(ids) == 1 for text in cleaned[value]}


def _customers_of(uow: UnitOfWork, rights: Rights, contacts: set[str]) -> dict[str, str]:
    target = uow.model.find_entity(CONTACT)
    field = target.fields.get(CUSTOMER) if target is not None else None
    if target is None or field is None or not contacts or not rights.may_read(target, field):
        return {}
    table = uow.tables.of(target)
    rows = uow.connection.execute(select(table.c.id, table.c[field.column]).where(table.c.id.in_(id_set(uow.dialect, contacts)), table.c[field.column].is_not(None)))
    return {row[0]: row[1] for row in rows}
