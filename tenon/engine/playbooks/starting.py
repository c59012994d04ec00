"""Beginning a playbook: a task for each step that is needed, for whom and by when the step says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from tenon.engine.access.resolver import environment
from tenon.engine.calendars import due_after
from tenon.engine.context import Context, system_context
from tenon.engine.playbooks.plays import OPEN, plays_of, task_entity
from tenon.engine.records.deleting import delete
from tenon.engine.records.masses import change_part
from tenon.engine.records.writing import write_many
from tenon.engine.rules.whom import first_of, role_of
from tenon.engine.rules.work import Doer, Work
from tenon.engine.sql.compiler import compile_condition
from tenon.engine.sql.sets import id_set
from tenon.engine.sql.source import Source
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.document import Document
from tenon.metamodel.expressions.check import check
from tenon.metamodel.expressions.scope import Scope
from tenon.metamodel.kinds.playbook import PlaybookKind, PlaybookStep
from tenon.metamodel.model import Entity

Origins = Mapping[str, tuple[str, str]]
"""What a playbook begins for: by the record it is about, the entity and id of that record or of the alert about it."""


def start(uow: UnitOfWork, ctx: Context, playbook: Document, origins: Origins, *, language: str = "en") -> dict[str, list[str]]:
    """Make the tasks of a playbook for records; open tasks of what began for the same before go to the trash. Return the ids by record."""
    entity, task = uow.model.find_entity(playbook.body.entity), task_entity(uow.model)
    if entity is None or task is None or not origins:
        return {}
    acting = system_context(ctx.cause.kind, label=f"playbook:{playbook.name}", language=language).with_cause(ctx.cause)
    old = [t.id for play in plays_of(uow, [id for _, id in origins.values()], lock=True) for t in play.tasks if t.is_open]
    if old:
        delete(uow, acting, task, old)
    body: PlaybookKind = playbook.body
    made: dict[str, list[str]] = {record: [] for record in origins}
    for position, step in enumerate(body.steps, 1):
        for record, id in make(uow, acting, playbook, entity, step, position, {r: origins[r] for r in needed(uow, entity, step, list(origins))}, language).items():
            made[record].append(id)
    _name(uow, acting, playbook.name, origins)
    return made


def needed(uow: UnitOfWork, entity: Entity, step: PlaybookStep, ids: Sequence[str]) -> list[str]:
    """Return the records for which a step is needed now."""
    if step.when is None or not ids:
        return list(ids)
    source = Source(environment(uow), entity)
    test = compile_condition(source, check(step.when, Scope(uow.model, entity, use="access"), "boolean"))
    found = select(source.alias.c.id).select_from(source.from_clause).where(source.alias.c.id.in_(id_set(uow.dialect, ids)), test)
    kept = set(uow.connection.execute(found).scalars())
    return [each for each in ids if each in kept]


def make(
    uow: UnitOfWork, acting: Context, playbook: Document, entity: Entity, step: PlaybookStep, position: int, origins: Origins, language: str,
) -> dict[str, str]:
    """Make the task of one step for records; return the ids by record."""
    task = task_entity(uow.model)
    if task is None or not origins:
        return {}
    work = Work(uow, acting, Doer("rule", playbook.id, playbook.name, playbook.label, entity), list(origins), {}, uow.new_id(), language)
    whose = first_of(work, step.assign_to) if step.assign_to else {}
    due = due_after(uow, step.due_hours, business_hours=step.business_hours, calendar=playbook.body.calendar) if step.due_hours is not None else None
    title = step.title.show(language)
    rows = []
    for record, (kind, id) in origins.items():
        values: dict[str, Any] = {
            "title": title[:200], "description": step.description.show(language) if step.description else None, "assignee": whose.get(record), "owner": whose.get(record),
            "for_role": role_of(work, step.assign_to), "due": due.isoformat() if due is not None else None, "origin": {"entity": kind, "id": id},
            "customer": work.customers.get(record), "playbook": playbook.name, "step": step.id, "position": position, "sop_step": title[:100], "required": step.required,
        }
        rows.append({k: v for k, v in values.items() if v is not None and (k in task.fields or k == "owner")})
    stored = write_many(uow, acting, task, rows, batch=work.batch)
    return {record: str(row.id) for record, row in zip(origins, stored, strict=True)}


def _name(uow: UnitOfWork, acting: Context, name: str, origins: Origins) -> None:
    """Write on the alerts which playbook began for them."""
    alert = uow.model.entities.get("alert")
    ids = [id for kind, id in origins.values() if kind == "alert"]
    if alert is not None and "playbook" in alert.fields and ids:
        change_part(uow, acting, alert, ids, {"playbook": name}, uow.new_id())


def call_off(uow: UnitOfWork, acting: Context, origins: Sequence[str]) -> None:
    """Cancel what is still to be done of the playbooks that began for alerts or records."""
    task = task_entity(uow.model)
    open_ = [t.id for play in plays_of(uow, origins, lock=True) for t in play.tasks if t.state in OPEN]
    if task is not None and open_:
        change_part(uow, acting, task, open_, {"state": "cancelled"}, uow.new_id())
