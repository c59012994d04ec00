"""The one list of what people have to do: tasks of the app core and steps of workflows, in one shape."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, CompoundSelect, Row, Select, and_, exists, func, or_, select, union

from tenon.engine.access.rights import rights_of
from tenon.engine.approvals.journal import Task
from tenon.engine.approvals.seats import seats_of
from tenon.engine.approvals.tables import copies
from tenon.engine.approvals.taking import labelled_outcomes
from tenon.engine.context import Context
from tenon.engine.notices.telling import titles
from tenon.engine.people import names_of, units_above
from tenon.engine.query.pages import CAP, MAX_LIMIT, Ask, page
from tenon.engine.unit_of_work import UnitOfWork
from tenon.engine.workflows.tables import human_tasks, task_people
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity

Which = Literal["open", "done", "copied"]
Whose = Literal["mine", "role"]
Edge = tuple[datetime | None, str]
"""A place in a list by when things are due: when the last one before it is, and its id."""
OPEN = "state in ['open', 'in_progress']"
CORE_FIELDS = ("title", "customer", "origin", "assignee", "for_role", "due", "priority", "state", "outcome", "done_at")
CORE_OUTCOMES = [("done", say("Done", "完成"))]


@dataclass(frozen=True)
class Wanted:
    """What a list is of: whose (``mine``, ``role``), one role, only overdue ones, one app; open, done by who asks, or copied to them."""

    whose: tuple[Whose, ...] = ("mine", "role")
    role: str | None = None
    overdue: bool = False
    app: str | None = None
    which: Which = "open"
    record: str | None = None


def tasks_page(uow: UnitOfWork, ctx: Context, wanted: Wanted, *, before: str | None, limit: int) -> list[dict[str, Any]]:
    """Return what somebody has to do, newest first, at most ``limit``: every one in the shape of `shape_of`."""
    found = [*steps_page(uow, ctx, wanted, before, limit), *_core(uow, ctx, wanted, before, limit)]
    return sorted(found, key=lambda each: str(each["id"]), reverse=True)[:limit]


def count_tasks(uow: UnitOfWork, ctx: Context, wanted: Wanted, *, exact: bool = False) -> tuple[int, bool]:
    """Return how many things the list has, unless ``exact`` only as far as lists count, and whether that is too far."""
    steps, core = count_steps(uow, ctx, wanted, exact=exact), 0
    entity, filters = _core_asked(uow, ctx, wanted)
    if entity is not None and filters is not None:
        found = page(uow, ctx, entity, Ask(filters, fields=["id"], limit=1, count="exact" if exact else "capped"))
        core = (found.count or 0) + found.is_capped
    return (steps + core, False) if exact else (min(steps + core, CAP), steps + core > CAP)


def count_steps(uow: UnitOfWork, ctx: Context, wanted: Wanted, *, exact: bool = False) -> int:
    """Return how many steps of workflows wait for somebody; unless ``exact`` one more than lists count stands for all that are more."""
    found = _statement(uow, ctx, wanted).with_only_columns(human_tasks.c.id).limit(None if exact else CAP + 1).subquery()
    return int(uow.connection.execute(select(func.count()).select_from(found)).scalar_one())


def shape_of(uow: UnitOfWork, ctx: Context, task: Task, *, seats: Sequence[Row[Any]], title: str | None, names: Mapping[str, str]) -> dict[str, Any]:
    """Return a step of a workflow as lists have it.

    ``{"id", "type": task|approval|form, "title", "record": {"entity", "id", "title"}, "app", "due", "overdue", "for": mine|role,
    "outcomes": [{"name", "label"}], "priority", "state", "outcome", …}``; ``instead_of`` is who is away.
    """
    entity = uow.model.find_entity(task.entity)
    document = next((d for d in uow.model.all("workflow") if d.id == task.workflow), None)
    mine = [s for s in seats if s.person == ctx.user_id]
    away = next((s.instead_of for s in mine if s.instead_of), None)
    is_open = task.state == "open"
    return {
        "id": task.id, "type": task.type, "title": Text.of(task.title).show(ctx.language),
        "record": {"entity": entity.name if entity is not None else None, "id": task.record, "title": title},
        "app": document.app if document is not None else None, "due": task.due_at, "overdue": is_open and task.due_at is not None and task.due_at < uow.now,
        "for": "role" if is_open and not seats else "mine",
        "outcomes": [{"name": name, "label": label.show(ctx.language)} for name, label in labelled_outcomes(uow, task)] if is_open else [],
        "priority": "normal", "state": task.state, "outcome": task.outcome, "comment": task.comment, "role": task.role,
        "workflow": document.name if document is not None else None, "step": task.step, "instance": task.instance, "form": task.form, "created_at": task.created_at,
        "instead_of": {"id": away, "title": names.get(away)} if away is not None else None,
    }


def steps_page(uow: UnitOfWork, ctx: Context, wanted: Wanted, before: str | None, limit: int) -> list[dict[str, Any]]:
    """Return what workflows ask of somebody, newest first."""
    t, statement = human_tasks.c, _statement(uow, ctx, wanted)
    if before is not None:
        statement = statement.where(t.id < before)
    return shapes(uow, ctx, uow.connection.execute(statement.order_by(t.id.desc()).limit(limit)).all())


def steps_by_due(uow: UnitOfWork, ctx: Context, wanted: Wanted, after: Edge | None, limit: int) -> list[dict[str, Any]]:
    """Return what workflows ask of somebody, what is due first before the others, those behind an edge."""
    t, statement = human_tasks.c, _statement(uow, ctx, wanted)
    if after is not None:
        due, id = after
        beyond = or_(t.due_at > due, and_(t.due_at == due, t.id > id), t.due_at.is_(None)) if due is not None else and_(t.due_at.is_(None), t.id > id)
        statement = statement.where(beyond)
    return shapes(uow, ctx, uow.connection.execute(statement.order_by(t.due_at.is_(None), t.due_at, t.id).limit(limit)).all())


def shapes(uow: UnitOfWork, ctx: Context, tasks: Sequence[Task]) -> list[dict[str, Any]]:
    """Return steps as lists have them, with the titles of the records that the reader may see."""
    seats = seats_of(uow, [t.id for t in tasks]) if tasks else {}
    names = names_of(uow.connection, [s.instead_of for rows in seats.values() for s in rows if s.instead_of])
    known: dict[str, str] = {}
    for key in {t.entity for t in tasks}:
        entity = uow.model.find_entity(key)
        if entity is not None:
            known |= titles(uow, ctx, entity, {t.record for t in tasks if t.entity == key})
    return [shape_of(uow, ctx, t, seats=seats[t.id], title=known.get(t.record), names=names) for t in tasks]


def _statement(uow: UnitOfWork, ctx: Context, wanted: Wanted) -> Select[Any]:
    """Return the statement of the steps that somebody is asked."""
    t, me = human_tasks.c, ctx.user_id or ""
    mine = select(task_people.c.task).where(task_people.c.person == me)
    if wanted.which == "copied":
        conditions: list[ColumnElement[bool]] = [t.id.in_(select(copies.c.task).where(copies.c.person == me))]
    elif wanted.which == "done":
        conditions = [t.id.in_(mine.where(task_people.c.decided_by == me))]
    else:
        conditions = [t.state == "open", t.id.in_(_whose(uow, ctx, wanted, mine.where(task_people.c.state == "open")))]
    if wanted.overdue:
        conditions.append(t.due_at < uow.now)
    if wanted.record is not None:
        conditions.append(t.record == wanted.record)
    if wanted.app is not None:
        conditions.append(t.workflow.in_([d.id for d in uow.model.all("workflow") if d.app == wanted.app]))
    return select(human_tasks).where(*conditions)


def _whose(uow: UnitOfWork, ctx: Context, wanted: Wanted, mine: Select[Any]) -> CompoundSelect[Any]:
    """Return the ids of steps that are one's own, or of one of one's roles or units while nobody has them."""
    user, free = ctx.user, human_tasks.alias("free")
    roles = [r for r in (user.roles if user else ()) if wanted.role in (None, r)]
    units = units_above(uow.connection, user.unit) if user is not None and user.unit is not None and wanted.role is None else ()
    nobody = ~exists(select(task_people.c.id).where(task_people.c.task == free.c.id))
    of_nobody = select(free.c.id).where(free.c.state == "open", free.c.type != "approval", nobody)
    parts = [mine] if "mine" in wanted.whose else []
    return union(*parts, *([of_nobody.where(free.c.role.in_(roles)), of_nobody.where(free.c.unit.in_(units))] if "role" in wanted.whose else []))


def _core(uow: UnitOfWork, ctx: Context, wanted: Wanted, before: str | None, limit: int) -> list[dict[str, Any]]:
    entity, filters = _core_asked(uow, ctx, wanted)
    if entity is None or filters is None:
        return []
    names = ["id", *(f for f in CORE_FIELDS if f in entity.fields and rights_of(uow.model, ctx).may_read(entity, entity.fields[f]))]
    found = page(uow, ctx, entity, Ask(filters, sort=["-id"], fields=names, limit=min(limit, MAX_LIMIT), older_than=before))
    more = _core(uow, ctx, wanted, found.records[-1]["id"], limit - MAX_LIMIT) if limit > MAX_LIMIT and found.next is not None else []
    return [*(core_shape(uow, ctx, entity, record) for record in found.records), *more]


def _core_asked(uow: UnitOfWork, ctx: Context, wanted: Wanted) -> tuple[Entity | None, list[str] | None]:
    """Return the entity of tasks of the app core and the filters of those that the list has; None where it has none."""
    entity = core_tasks(uow, ctx)
    if entity is None or wanted.which == "copied" or wanted.app not in (None, entity.document.app) or wanted.record is not None:
        return None, None
    return entity, _core_filters(uow, ctx, entity, wanted)


def core_tasks(uow: UnitOfWork, ctx: Context) -> Entity | None:
    """Return the entity of tasks of the app core, None where there is none or the reader sees none."""
    found = uow.model.entities.get("task")
    if found is None or found.document.app != "core" or not rights_of(uow.model, ctx).may(found, "read"):
        return None
    return found


def _core_filters(uow: UnitOfWork, ctx: Context, entity: Entity, wanted: Wanted) -> list[str] | None:
    if wanted.which == "done":
        return ["state == 'done' and assignee == user.id"]
    parts = ["assignee == user.id"] if "mine" in wanted.whose and wanted.role is None else []
    roles = [r for r in (ctx.user.roles if ctx.user else ()) if wanted.role in (None, r)]
    if "role" in wanted.whose and roles and "for_role" in entity.fields and rights_of(uow.model, ctx).may_read(entity, entity.fields["for_role"]):
        parts.append(f"(is_empty(assignee) and for_role in [{', '.join(repr(r) for r in roles)}])")
    if not parts:
        return None
    return [OPEN, " or ".join(parts), *(["due < now()"] if wanted.overdue else [])]


def core_shape(uow: UnitOfWork, ctx: Context, entity: Entity, record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a task of the app core in the shape of the list."""
    due, about = record.get("due"), record.get("origin") or record.get("customer")
    is_open = record.get("state") in ("open", "in_progress")
    return {
        "id": record["id"], "type": "task", "title": record.get("title"),
        "record": {"entity": about.get("entity", "customer"), "id": about["id"], "title": about.get("title")} if about else None,
        "app": entity.document.app, "due": due, "overdue": bool(is_open and due and _moment(due) < uow.now),
        "for": "mine" if record.get("assignee") else "role", "outcomes": [{"name": n, "label": label.show(ctx.language)} for n, label in CORE_OUTCOMES] if is_open else [],
        "priority": record.get("priority") or "normal", "state": record.get("state"), "outcome": record.get("outcome"), "comment": None, "role": record.get("for_role"),
        "workflow": None, "step": None, "instance": None, "form": None, "created_at": None, "instead_of": None,
    }


def _moment(value: Any) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(str(value))


