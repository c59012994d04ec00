"""What instances hear: changes of the records at which they listen, and events that they wait for."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import select, update

from tenon.engine.recompute.events import Computed
from tenon.engine.records.events import Written
from tenon.engine.scores.events import ScoreChanged
from tenon.engine.sql.sets import id_set
from tenon.engine.unit_of_work import UnitOfWork
from tenon.engine.workflows import token
from tenon.engine.workflows.tables import tokens
from tenon.metamodel.steps_inside import steps_in

CHUNK = 5_000
EVENTS = "usage_event"


def hear_flows(uow: UnitOfWork, event: Any) -> None:
    """Let instances look again whose records changed, and wake those that waited for an event, in the transaction in which it happens."""
    if not isinstance(event, Written | Computed | ScoreChanged):
        return
    if isinstance(event, Written) and event.action == "create":
        _wake_for_events(uow, event)
    elif event.entity.id in _listened(uow):
        _note_news(uow, event.ids, is_gone=isinstance(event, Written) and event.action == "delete")


def look_again(uow: UnitOfWork, ids: Collection[str]) -> None:
    """Let the tokens of records look again that listen: what their conditions read in other records changed."""
    if not uow.is_past:
        _note_news(uow, ids, is_gone=False)


def _listened(uow: UnitOfWork) -> set[str]:
    """Return the entities whose records may have instances: those of the release's workflows, and of what still ran when it came into force."""
    if "flow_entities" not in uow.model.cache:
        running = set(uow.connection.execute(select(tokens.c.entity).distinct()).scalars())
        of_workflows = {s.entity.id for d in uow.model.all("workflow") for s in steps_in(d.body, uow.model) if s.entity is not None}
        uow.model.cache["flow_entities"] = running | of_workflows
    found: set[str] = uow.model.cache["flow_entities"]
    return found


def _note_news(uow: UnitOfWork, ids: Collection[str], *, is_gone: bool) -> None:
    """Let the tokens of records look again that listen; when the records are gone, all of them."""
    listed = list(ids)
    for start in range(0, len(listed), CHUNK):
        among = id_set(uow.dialect, listed[start : start + CHUNK])
        found = [tokens.c.record.in_(among), tokens.c.state == "waiting", tokens.c.news_at.is_(None), *([] if is_gone else [tokens.c.listens])]
        changed = update(tokens).where(*found).values(news_at=uow.now).returning(tokens.c.workflow)
        for workflow in set(uow.connection.execute(changed).scalars()):
            token.call(uow, workflow)


def _wake_for_events(uow: UnitOfWork, event: Written) -> None:
    """Wake the tokens that wait for a usage event of these names, about the records that the events point to."""
    if event.entity.name != EVENTS or "event" not in event.entity.fields:
        return
    links = [f.name for f in event.entity.fields.values() if f.targets and not f.is_to_many]
    about: dict[str, set[str]] = {}
    for values in event.changed.values():
        about.setdefault(str(values.get("event")), set()).update(_id(values[name]) for name in links if values.get(name))
    for name, records in about.items():
        waiting = select(tokens.c.id).where(tokens.c.record.in_(id_set(uow.dialect, records)), tokens.c.event == name, tokens.c.state == "waiting")
        found = list(uow.connection.execute(waiting).scalars())
        if found:
            token.wake(uow, found, "event")


def _id(value: Any) -> str:
    return str(value["id"] if isinstance(value, dict) else value)

