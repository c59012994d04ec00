"""What people do with alerts: take them up, put them off until a day, close them with what became of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import func, select

from tenon.engine.alerts.finding import CLOSED, IN_PROGRESS, SNOOZED, alert_entity
from tenon.engine.context import Context
from tenon.engine.notices.telling import readable
from tenon.engine.records.masses import change_part
from tenon.engine.sql.sets import id_set
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Conflict, Invalid, Problem, not_found
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity


def acknowledge(uow: UnitOfWork, ctx: Context, ids: Sequence[str]) -> str:
    """Note that who acts has taken alerts up, each theirs when it was nobody's; return the batch. Raises Invalid, Forbidden, Conflict."""
    values: dict[str, Any] = {"state": IN_PROGRESS, "acknowledged_at": uow.now.isoformat(), "snoozed_until": None, "snooze_reason": None}
    alert, batch = _open(uow, ctx, ids), uow.new_id()
    free = _without_person(uow, alert, ids) if ctx.user_id is not None else []
    for part, more in ((free, {"assignee": ctx.user_id}), ([i for i in ids if i not in set(free)], {})):
        if part:
            change_part(uow, ctx, alert, list(part), _known(alert, {**values, **more}), batch)
    return batch


def snooze(uow: UnitOfWork, ctx: Context, ids: Sequence[str], until: Any, reason: Any) -> str:
    """Put alerts off until a moment, or the beginning of a day, for a reason; return the batch. Raises Invalid, Forbidden, Conflict."""
    moment = _moment(uow, until)
    if not isinstance(reason, str) or not reason.strip():
        raise Invalid(Problem("/reason", "required", say("Say why it can wait.", "请填写推迟原因。"), say("Such as: waits for the renewal talk.", "例如：等待续约洽谈。")))
    alert, batch = _open(uow, ctx, ids), uow.new_id()
    change_part(uow, ctx, alert, list(ids), _known(alert, {"state": SNOOZED, "snoozed_until": moment.isoformat(), "snooze_reason": reason.strip()}), batch)
    return batch


def close(uow: UnitOfWork, ctx: Context, ids: Sequence[str], outcome: Any, cause: Any = None) -> str:
    """Close alerts with what became of them and what it came from; return the batch. Raises Invalid, Forbidden, Conflict."""
    if not outcome:
        raise Invalid(Problem("/outcome", "required", say("Say what became of it.", "请填写处理结果。"), say("Such as recovered.", "例如 recovered（已恢复）。")))
    alert, batch = _open(uow, ctx, ids), uow.new_id()
    values = {"state": CLOSED, "outcome": outcome, **({"cause": cause} if cause else {})}
    try:
        change_part(uow, ctx, alert, list(ids), _known(alert, values), batch)
    except Invalid as error:
        raise Invalid([Problem(p.path.replace("/set/", "/", 1), p.code, p.message, p.hint) for p in error.problems]) from None
    return batch


def _known(alert: Entity, values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name in alert.fields}


def _open(uow: UnitOfWork, ctx: Context, ids: Sequence[str]) -> Entity:
    """Return the entity of alerts when none of these is closed. Raises Conflict, NotFound."""
    alert = alert_entity(uow.model)
    if alert is None or len(readable(uow, ctx, alert, ids, ())) < len(set(ids)):
        raise not_found()
    table = uow.tables.of(alert)
    closed = select(func.count()).where(table.c.id.in_(id_set(uow.dialect, ids)), table.c[alert.fields["state"].column] == CLOSED, table.c.deleted_at.is_(None))
    count = uow.connection.execute(closed).scalar_one()
    if count:
        message = say("This alert is closed.", "该预警已关闭。") if len(ids) == 1 else say("{n} of these alerts are closed.", "其中 {n} 条预警已关闭。", n=count)
        raise Conflict(Problem("/state", "conflict", message, say("Open it again first.", "请先重新打开。")))
    return alert


def _without_person(uow: UnitOfWork, alert: Entity, ids: Sequence[str]) -> list[str]:
    if "assignee" not in alert.fields:
        return []
    table = uow.tables.of(alert)
    wanted = select(table.c.id).where(table.c.id.in_(id_set(uow.dialect, ids)), table.c[alert.fields["assignee"].column].is_(None))
    return list(uow.connection.execute(wanted).scalars())


def _moment(uow: UnitOfWork, until: Any) -> datetime:
    """Return until when: a day begins at midnight where the workspace is. Raises Invalid."""
    hint = say("Such as 2026-03-01, or 2026-03-01T09:00.", "例如 2026-03-01 或 2026-03-01T09:00。")
    if until in (None, ""):
        raise Invalid(Problem("/until", "required", say("Say until when.", "请填写推迟到的日期。"), hint))
    try:
        text = str(until)
        found = datetime.combine(date.fromisoformat(text), time()) if len(text) == len("2026-03-01") else datetime.fromisoformat(text)
    except ValueError:
        raise Invalid(Problem("/until", "bad_format", say("This is no day.", "这不是有效的日期。"), hint)) from None
    moment = found if found.tzinfo is not None else found.replace(tzinfo=uow.timezone)
    if moment <= uow.now:
        raise Invalid(Problem("/until", "out_of_range", say("That day has come already.", "该日期已过。"), say("Choose a day ahead.", "请选择将来的日期。")))
    return moment
