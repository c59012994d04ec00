"""Giving the record an owner."""

from __future__ import annotations

from typing import Any

from tenon.engine.records.writing import write_many
from tenon.engine.rules.loads import loads_of, turns_of
from tenon.engine.rules.whom import people_of
from tenon.engine.rules.work import Work
from tenon.metamodel.actions.assign import Assign


def run(work: Work, action: Assign) -> dict[str, Any]:
    """Choose somebody for each record, one after the other: who got one has one more."""
    field = work.entity.get_field(action.field)
    candidates = people_of(work, action.to)
    everybody = sorted({person for people in candidates.values() for person in people})
    loads = loads_of(work, field, everybody, action.open_when) if action.how == "least_load" or action.capacity else dict.fromkeys(everybody, 0)
    turns = turns_of(work, everybody) if action.how == "round_robin" else None
    chosen: dict[str, str] = {}
    for record in work.living():
        free = [p for p in candidates.get(record, ()) if action.capacity is None or loads[p] < action.capacity]
        if not free:
            continue
        person = turns.next(free) if turns is not None else min(free, key=lambda p: loads[p]) if action.how == "least_load" else free[0]
        loads[person] += 1
        chosen[record] = person
    if turns is not None:
        turns.keep()
    if chosen:
        write_many(work.uow, work.ctx, work.entity, [{"id": r, field.name: p} for r, p in chosen.items()], mode="update", batch=work.batch, path="/actions")
    return {record: {"assigned": chosen.get(record)} for record in work.ids}
