"""Who is who: an event that says which contact or customer a key belongs to leaves an external number, and nothing else.

What it tells of them (their name, their plan) changes no field: master data comes by forms, imports and connectors.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tenon.engine.access.rights import rights_of
from tenon.engine.context import Context
from tenon.engine.events.sent import Sent
from tenon.engine.events.who import CONTACT, CUSTOMER, KEYS, Who, find_by_email, find_who, wants
from tenon.engine.records.linked import LINK, NO_SYSTEM
from tenon.engine.records.writing import write_many
from tenon.engine.unit_of_work import UnitOfWork
from tenon.engine.waiting.table import Wanted
from tenon.metamodel.errors import Problem

ACCEPTED, IGNORED = "accepted", "ignored"


def link(uow: UnitOfWork, ctx: Context, events: Sequence[Sent], who: Who, known: Mapping[Wanted, str], outcomes: list[Any]) -> bool:
    """Note the keys that identify and group events tell and return whether any was new; ``outcomes`` gets what became of each."""
    telling = [(i, e) for i, e in enumerate(events) if e.type in ("identify", "group")]
    entity = uow.model.find_entity(LINK)
    if not telling or entity is None:
        return False
    rights = rights_of(uow.model, ctx)
    emails = find_by_email(uow, rights, {text for _, e in telling if (text := _text(e, "email"))}, known)
    named = _by_traits(uow, ctx, [e for _, e in telling if e.type == "group"], known)
    found: dict[tuple[str, str], tuple[int, dict[str, Any]]] = {}
    for index, event in telling:
        outcome = _told(uow, event, who, emails, named)
        if isinstance(outcome, dict):
            found.setdefault((outcome["system"], outcome["external_id"]), (index, outcome))
            outcome = ACCEPTED
        outcomes[index] = outcome
    if found and not rights.may(entity, "create"):
        for index, _ in found.values():
            outcomes[index] = IGNORED
        return False
    rows = write_many(uow, ctx, entity, [values for _, values in found.values()], on_error="skip", path="") if found else []
    for (index, _), row in zip(found.values(), rows, strict=True):
        if not row.is_good and not any(p.code == "not_unique" for p in row.problems):
            outcomes[index] = [Problem("", p.code, p.message, p.hint) for p in row.problems]
    return bool(found)


def _told(uow: UnitOfWork, event: Sent, who: Who, emails: Mapping[str, str], named: Mapping[str, str]) -> Any:
    """Return the external number an event tells, what it waits for, or that there is nothing to do."""
    if event.type == "identify":
        email = _text(event, "email")
        if not event.user or who.contact(event):
            return ACCEPTED if event.user else IGNORED
        if email is None:
            return IGNORED
        return _number(event.system, event.user, CONTACT, emails[email]) if email in emails else wants(uow, CONTACT, "", email)
    if not event.group:
        return IGNORED
    if who.customer(event):
        return ACCEPTED
    texts = [text for name in KEYS[CUSTOMER] if (text := _text(event, name))]
    customer = next((named[text] for text in texts if text in named), None) or who.of_contact.get(who.contact(event) or "")
    if customer:
        return _number(event.system, event.group, CUSTOMER, customer)
    if texts:
        return wants(uow, CUSTOMER, "", texts[0])
    return wants(uow, CONTACT, event.system, event.user) if event.user and not who.contact(event) else IGNORED


def _by_traits(uow: UnitOfWork, ctx: Context, events: Sequence[Sent], known: Mapping[Wanted, str]) -> dict[str, str]:
    """Return the customers that groups are said to be, by code, external id or credit code."""
    texts = {text for e in events for name in KEYS[CUSTOMER] if (text := _text(e, name))}
    asked = [Sent("group", group=text) for text in texts]
    return {key: id for (_, key), id in find_who(uow, rights_of(uow.model, ctx), asked, known).customers.items()} if asked else {}


def _number(system: str, key: str, entity: str, id: str) -> dict[str, Any]:
    return {"system": system or NO_SYSTEM, "external_id": key, "record": {"entity": entity, "id": id}}


def _text(event: Sent, name: str) -> str | None:
    value = event.traits.get(name)
    return value.strip()[:200] or None if isinstance(value, str) else None
