"""Alerts that nobody takes up: as time goes by others are told; those that were put off come back on their day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any

import orjson
from sqlalchemy import select

from tenon.engine.alerts.finding import IN_PROGRESS, OPEN, SNOOZED, alert_entity
from tenon.engine.calendars import due_after
from tenon.engine.columns import show_moment
from tenon.engine.context import Context, system_context
from tenon.engine.jobs.run import JobKind, JobRun
from tenon.engine.jobs.schedules import Schedule
from tenon.engine.notices.telling import contexts_of, full_names, notice, tell
from tenon.engine.people import names_of
from tenon.engine.records.masses import change_part
from tenon.engine.records.stored import load
from tenon.engine.records.writing import write_many
from tenon.engine.rules.whom import people_of
from tenon.engine.rules.work import Doer, Work
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.actions.raise_alert import Escalation
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity
from tenon.metamodel.whom import Whom

SWEEP = "sweep_alerts"
SCHEDULE = Schedule("tenon:alerts", "*/5 * * * *", SWEEP)
AT_ONCE = 500
OpenWrite = Callable[[], AbstractContextManager[UnitOfWork]]
Values = dict[str, Any]


def plans(uow: UnitOfWork, steps: Sequence[Escalation]) -> list[dict[str, Any]]:
    """Return when which people are told, the next first, as an alert raised now keeps it."""
    found = [
        {"at": show_moment(due_after(uow, s.after_hours, business_hours=s.business_hours, calendar=s.calendar)), "to": s.to.model_dump(exclude_none=True)} for s in steps
    ]
    return sorted(found, key=lambda step: str(step["at"]))


def alert_jobs(open_write: OpenWrite) -> list[JobKind]:
    """Return the kind of job that brings back alerts that were put off, and tells others of those that nobody takes up."""

    def work(run: JobRun) -> dict[str, Any]:
        woken = told = 0
        with open_write() as uow:
            woken = wake(uow)
        while True:
            run.check_cancelled()
            with open_write() as uow:
                count = escalate(uow)
            told += count
            if not count:
                return {"woken": woken, "escalated": told}

    return [JobKind(SWEEP, work)]


def wake(uow: UnitOfWork) -> int:
    """Bring back the alerts whose day has come, to who had taken them up as theirs, and tell who has them; return how many."""
    alert = alert_entity(uow.model)
    if alert is None or "snoozed_until" not in alert.fields:
        return 0
    alerts = load(uow, alert, _due(uow, alert, SNOOZED, "snoozed_until"), lock=True)
    taken = [id for id, values in alerts.items() if values.get("acknowledged_at") and values.get("assignee")]
    for state, ids in ((IN_PROGRESS, taken), (OPEN, [id for id in alerts if id not in set(taken)])):
        if ids:
            change_part(uow, _acting(), alert, ids, {"state": state, "snoozed_until": None, "snooze_reason": None}, uow.new_id())
    _notify(uow, alert, alerts, {id: [values["assignee"]] for id, values in alerts.items() if values.get("assignee")}, _back, "alert:woken")
    return len(alerts)


def escalate(uow: UnitOfWork) -> int:
    """Tell the next people of the open alerts whose time has come, one step of each; return of how many."""
    alert = alert_entity(uow.model)
    if alert is None or any(name not in alert.fields for name in ("escalation", "escalate_at", "escalated_to")):
        return 0
    alerts = load(uow, alert, _due(uow, alert, OPEN, "escalate_at")[:AT_ONCE], lock=True)
    told = _told(uow, alerts)
    rows = []
    for id, values in alerts.items():
        _now, rest = _split(values)
        names = names_of(uow.connection, told[id])
        listed = ", ".join(names[p] for p in told[id] if p in names) or values["escalated_to"]
        rows.append({"id": id, "escalation": rest or None, "escalate_at": rest[0]["at"] if rest else None, "escalated_to": (listed or "")[:200] or None})
    if rows:
        write_many(uow, _acting(), alert, rows, mode="update", batch=uow.new_id())
        _notify(uow, alert, alerts, told, _left, "alert:escalated")
    return len(rows)


def _due(uow: UnitOfWork, alert: Entity, state: str, field: str) -> list[str]:
    table = uow.tables.of(alert)
    moment = table.c[alert.fields[field].column]
    wanted = select(table.c.id).where(table.c.deleted_at.is_(None), table.c[alert.fields["state"].column] == state, moment <= uow.now)
    return list(uow.connection.execute(wanted.order_by(table.c.id)).scalars())


def _split(values: Values) -> tuple[Values | None, list[Values]]:
    """Return the step of an alert whose time has come, and those after it."""
    steps = values["escalation"]
    steps = orjson.loads(steps) if isinstance(steps, str) else steps
    return (steps[0], list(steps[1:])) if steps else (None, [])


def _told(uow: UnitOfWork, alerts: dict[str, Values]) -> dict[str, list[str]]:
    """Return the people that the next step of each alert names, those of one step and entity as a set."""
    together: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for id, values in alerts.items():
        step, _rest = _split(values)
        about = values["record"]
        if step is not None and about is not None:
            together[(str(orjson.dumps(step["to"]), "utf-8"), about[0])][id] = about[1]
    found: dict[str, list[str]] = {id: [] for id in alerts}
    for (whom, key), records in together.items():
        entity = uow.model.find_entity(key)
        if entity is not None:
            work = Work(uow, _acting(), Doer("rule", "", "", Text("", ""), entity), sorted(set(records.values())), {}, "")
            people = people_of(work, Whom.model_validate_json(whom))
            found |= {id: people.get(record, []) for id, record in records.items()}
    return found


def _notify(uow: UnitOfWork, alert: Entity, alerts: dict[str, Values], told: dict[str, list[str]], words: Callable[[str], Text], label: str) -> None:
    wanted: dict[str, list[str]] = defaultdict(list)
    for id, people in told.items():
        for person in people:
            wanted[person].append(id)
    rows = []
    for person, ctx in contexts_of(uow, wanted).items():
        for id, title in full_names(uow, ctx, alert, wanted[person]).items():
            level = "urgent" if alerts[id]["level"] == "red" else "warning"
            rows.append(notice(person, words(title).show(ctx.language), (alert, id), alerts[id].get("reason"), level))
    tell(uow, rows, label)


def _left(title: str) -> Text:
    return say("Nobody has taken up: {title}", "尚无人处理：{title}", title=title)


def _back(title: str) -> Text:
    return say("Back again: {title}", "推迟到期：{title}", title=title)


def _acting() -> Context:
    return system_context(label=SWEEP)
