"""What follows by itself from what becomes of alerts and of the scores behind them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from tenon.engine.alerts.finding import CLOSED, NAME, alert_entity
from tenon.engine.alerts.scores import is_better, scores_now
from tenon.engine.columns import show_moment
from tenon.engine.context import system_context
from tenon.engine.playbooks.starting import call_off
from tenon.engine.records.events import Written
from tenon.engine.records.masses import change_part
from tenon.engine.records.stored import load
from tenon.engine.records.writing import write_many
from tenon.engine.rules.membership import Turned
from tenon.engine.rules.tables import members
from tenon.engine.scores.events import BandsMoved
from tenon.engine.sql.sets import id_set
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.model import Entity

Values = Mapping[str, Any]


def hear_alerts(uow: UnitOfWork, event: object) -> None:
    """Note when an alert was closed and what the score is then; and of open ones, that their cause has ceased."""
    if isinstance(event, Written):
        if event.entity.name == NAME and event.action == "update" and (alert := alert_entity(uow.model)) is not None and _says(event, alert, "state"):
            _moved(uow, alert, event)
    elif isinstance(event, BandsMoved):
        _note_bands(uow, event)
    elif isinstance(event, Turned) and event.left:
        _note_left(uow, event)


def _says(event: Written, entity: Entity, name: str) -> bool:
    return event.fields is not None and entity.fields[name].id in event.fields


def _moved(uow: UnitOfWork, alert: Entity, event: Written) -> None:
    """Write when those were closed that are closed now, and with which score; take it back from those that are open again."""
    rows = load(uow, alert, event.ids)
    was = {id: event.before.get(id, {}).get("state") for id in rows}
    closed = {id: values for id, values in rows.items() if values["state"] == CLOSED and was[id] != CLOSED}
    opened = [id for id, values in rows.items() if values["state"] != CLOSED and was[id] == CLOSED]
    if closed:
        _end(uow, alert, closed)
        call_off(uow, system_context(label="alert:closed"), list(closed))
    if opened:
        nothing: dict[str, Any] = {name: None for name in ("closed_at", "score_end", "outcome", "recovered_at") if name in alert.fields}
        change_part(uow, system_context(label="alert:opened"), alert, opened, nothing, uow.new_id())


def _end(uow: UnitOfWork, alert: Entity, closed: Mapping[str, Values]) -> None:
    """Write when alerts ended and what their scores were then; nobody is told of them any more."""
    ends = _scores(uow, closed)
    rows = [
        {"id": id, "closed_at": show_moment(uow.now), "score_end": ends.get(id), "escalate_at": None, "snoozed_until": None} for id in closed
    ]
    write_many(uow, system_context(label="alert:closed"), alert, [{k: v for k, v in r.items() if k in alert.fields or k == "id"} for r in rows], mode="update")


def _scores(uow: UnitOfWork, alerts: Mapping[str, Values]) -> dict[str, str]:
    """Return what the score behind each alert is now."""
    by_score: dict[str, dict[str, str]] = defaultdict(dict)
    for id, values in alerts.items():
        if values.get("score") and values.get("record"):
            by_score[values["score"]][id] = values["record"][1]
    found: dict[str, str] = {}
    for name, records in by_score.items():
        score = uow.model.find("score", name)
        now = scores_now(uow, score.id, list(records.values())) if score is not None else {}
        found |= {id: str(now[r].value) for id, r in records.items() if r in now and now[r].value is not None}
    return found


def _note_bands(uow: UnitOfWork, event: BandsMoved) -> None:
    """Note of the open alerts about a score that its band is better again than when they were raised."""
    alert, score = alert_entity(uow.model), uow.model.find("score", event.score_id)
    if alert is None or score is None or any(name not in alert.fields for name in ("score", "band", "recovered_at")):
        return
    table = uow.tables.of(alert)
    column = {name: table.c[alert.fields[name].column] for name in ("record", "state", "score", "band", "recovered_at")}
    open_ = (table.c.deleted_at.is_(None), column["state"] != CLOSED, column["score"] == score.name, column["recovered_at"].is_(None))
    if uow.connection.execute(select(table.c.id).where(*open_).limit(1)).first() is None:
        return
    after = {move.record: move.after for move in event.moves}
    found = uow.connection.execute(select(table.c.id, column["record"], column["band"]).where(*open_, column["record"].in_(id_set(uow.dialect, after))))
    _note(uow, alert, [id for id, record, band in found if is_better(score, after[record], band)])


def _note_left(uow: UnitOfWork, event: Turned) -> None:
    """Note of the open alerts of a rule that its condition no longer holds."""
    alert, rule = alert_entity(uow.model), uow.model.find("rule", event.rule_id)
    if alert is None or rule is None or "recovered_at" not in alert.fields:
        return
    table = uow.tables.of(alert)
    column = {name: table.c[alert.fields[name].column] for name in ("record", "state", "rule", "recovered_at")}
    wanted = select(table.c.id).where(
        table.c.deleted_at.is_(None), column["state"] != CLOSED, column["rule"] == rule.name, column["recovered_at"].is_(None),
        column["record"].in_(id_set(uow.dialect, event.left)),
    )
    _note(uow, alert, list(uow.connection.execute(wanted).scalars()))


def _note(uow: UnitOfWork, alert: Entity, ids: list[str]) -> None:
    if ids:
        change_part(uow, system_context(label="alert:recovered"), alert, ids, {"recovered_at": uow.now.isoformat()}, uow.new_id())


def recovered(uow: UnitOfWork, alerts: Mapping[str, Values]) -> set[str]:
    """Return which alerts may be closed as recovered: their cause ceased, and has not come back since."""
    over = {id: values for id, values in alerts.items() if values.get("recovered_at") and values.get("state") != CLOSED and values.get("record")}
    by_score: dict[str, dict[str, Values]] = defaultdict(dict)
    for id, values in over.items():
        by_score[values.get("score") or ""][id] = values
    found: set[str] = set()
    for name, some in by_score.items():
        score = uow.model.find("score", name) if name else None
        if score is not None:
            now = scores_now(uow, score.id, [v["record"][1] for v in some.values()])
            found |= {id for id, v in some.items() if (s := now.get(v["record"][1])) is not None and is_better(score, s.band, v.get("band"))}
        else:
            found |= set(some) - _inside(uow, some)
    return found


def _inside(uow: UnitOfWork, alerts: Mapping[str, Values]) -> set[str]:
    """Return the alerts for whose records the condition of their rule holds again."""
    rules = {d.name: d.id for d in uow.model.all("rule")}
    records = {(rules.get(v["rule"] or ""), v["record"][1]): id for id, v in alerts.items()}
    wanted = select(members.c.rule, members.c.record).where(members.c.record.in_(id_set(uow.dialect, [r for _, r in records])))
    return {records[key] for key in map(tuple, uow.connection.execute(wanted)) if key in records}
