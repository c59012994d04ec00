"""Taking events in: those of known customers are stored, those of unknown ones wait, each once by its message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from tenon.engine.access.rights import rights_of
from tenon.engine.context import Context
from tenon.engine.events.features import USAGE, feature_of
from tenon.engine.events.linking import link
from tenon.engine.events.sent import LONGEST_NAME, Sent
from tenon.engine.events.who import CONTACT, CUSTOMER, Who, find_who, wants
from tenon.engine.records.row import Row
from tenon.engine.records.writing import write_many
from tenon.engine.sql.sets import id_set
from tenon.engine.unit_of_work import UnitOfWork
from tenon.engine.waiting.table import Parked, Wanted, park, waiting
from tenon.metamodel.errors import Problem, not_found
from tenon.metamodel.model import Entity

EVENT = "event"
"""The kind under which events wait."""
DONE, DUPLICATE, IGNORED = "accepted", "duplicates", "ignored"
Outcome = str | Wanted | list[Problem]
"""What became of an event: stored, known already, of no use here; else what it waits for, or what is wrong with it."""


@dataclass
class Taken:
    """What became of the events of a call; ``refused`` are paths of events, and their problems."""

    counts: dict[str, int] = field(default_factory=lambda: {DONE: 0, DUPLICATE: 0, "waiting": 0, IGNORED: 0})
    refused: list[tuple[str, list[Problem]]] = field(default_factory=list)


def take(uow: UnitOfWork, ctx: Context, events: Sequence[Sent]) -> Taken:
    """Store events, or let them wait. Raises NotFound without the app of customers, Forbidden without the right to add usage."""
    usage = usage_of(uow)
    rights_of(uow.model, ctx).require(usage, "create")
    taken, parked = Taken(), []
    for event, outcome in zip(events, settle(uow, ctx, events, {}), strict=True):
        if isinstance(outcome, Wanted):
            parked.append(Parked(EVENT, usage.id, outcome, event.to_json(), event.message))
            taken.counts["waiting"] += 1
        elif isinstance(outcome, str):
            taken.counts[outcome] += 1
        else:
            taken.refused.append((event.path, [p.at(event.path) for p in outcome]))
    park(uow, ctx, parked)
    return taken


def usage_of(uow: UnitOfWork) -> Entity:
    """Return the entity of usage. Raises NotFound without it."""
    found = uow.model.find_entity(USAGE)
    if found is None:
        raise not_found()
    return found


def settle(uow: UnitOfWork, ctx: Context, events: Sequence[Sent], known: Mapping[Wanted, str], *, are_waiting: bool = False) -> list[Outcome]:
    """Store what can be stored and return what became of each event; ``are_waiting`` for those out of the queue."""
    rights = rights_of(uow.model, ctx)
    who = find_who(uow, rights, events, known)
    outcomes: list[Outcome] = [IGNORED] * len(events)
    if link(uow, ctx, events, who, known, outcomes):
        who = find_who(uow, rights, events, known)  # what is told of somebody counts for the other events of the call
    seen = _messages(uow, {e.message for e in events if e.message}, with_waiting=not are_waiting)
    ready: list[tuple[int, str]] = []
    for index, event in enumerate(events):
        if event.type != "usage":
            continue
        if event.message in seen:
            outcomes[index] = DUPLICATE
            continue
        if event.message:
            seen.add(event.message)
        customer = who.customer(event)
        if customer is None:
            name, key = (CUSTOMER, event.group) if event.group else (CONTACT, str(event.user))
            outcomes[index] = wants(uow, name, event.system, str(key))
        else:
            ready.append((index, customer))
    _store(uow, ctx, events, ready, who, outcomes)
    return outcomes


def _messages(uow: UnitOfWork, wanted: set[str], *, with_waiting: bool) -> set[str | None]:
    """Return the messages among these that are stored, or wait."""
    if not wanted:
        return set()
    usage = usage_of(uow)
    table, listed = uow.tables.of(usage), id_set(uow.dialect, wanted)
    column = table.c[usage.fields["message_id"].column]
    found: set[str | None] = set(uow.connection.execute(select(column).where(column.in_(listed), table.c.deleted_at.is_(None))).scalars())
    if with_waiting and uow.has_waiting:
        found.update(uow.connection.execute(select(waiting.c.message).where(waiting.c.message.in_(listed))).scalars())
    return found


def _store(uow: UnitOfWork, ctx: Context, events: Sequence[Sent], ready: Sequence[tuple[int, str]], who: Who, outcomes: list[Outcome]) -> None:
    if not ready:
        return
    usage, find = usage_of(uow), feature_of(uow)
    written = write_many(uow, ctx, usage, [_values(uow, usage, events[i], customer, who, find(events[i].event)) for i, customer in ready], on_error="skip", path="")
    for (index, _), row in zip(ready, written, strict=True):
        outcomes[index] = _outcome(row)


def _outcome(row: Row) -> Outcome:
    if row.is_good:
        return DONE
    if any(p.code == "not_unique" for p in row.problems):
        return DUPLICATE  # somebody else sent it at the same moment
    return row.own_problems


def _values(uow: UnitOfWork, usage: Entity, event: Sent, customer: str, who: Who, feature: str | None) -> dict[str, Any]:
    values: dict[str, Any] = {
        "customer": customer, "contact": who.contact(event), "event": event.event[:LONGEST_NAME], "feature": feature or event.feature,
        "at": event.at or uow.now.isoformat(), "qty": event.quantity, "message_id": event.message, "user_key": event.user, "properties": dict(event.properties) or None,
    }  # fmt: skip
    return {name: value for name, value in values.items() if value is not None and name in usage.fields}
