"""Raising an alert about the record, or making the open one more urgent."""

from __future__ import annotations

from typing import Any

from tenon.engine.records.computing import compute
from tenon.engine.records.masses import change_part
from tenon.engine.records.writing import write_many
from tenon.engine.rules.alerts import open_alerts
from tenon.engine.rules.whom import first_of
from tenon.engine.rules.work import Work, needs
from tenon.metamodel.actions.raise_alert import RaiseAlert
from tenon.metamodel.labels import say


def run(work: Work, action: RaiseAlert) -> dict[str, Any]:
    """Open one alert for each record, its type and this rule; where there is one, only its level goes up."""
    alert = needs(work, "alert")
    there = open_alerts(work, alert, work.ids, type_=action.alert, rule=work.doer.name)
    urgent = [found.id for found in there.values() if found.level == "yellow" and action.level == "red"]
    if urgent:
        change_part(work.uow, work.ctx, alert, urgent, {"level": "red"}, work.batch)
    fresh = [record for record in work.ids if record not in there]
    made = _open(work, action, fresh) if fresh else {}
    return {record: {"alert": made.get(record) or there[record].id, "is_new": record in made} for record in work.ids if record in made or record in there}


def _open(work: Work, action: RaiseAlert, ids: list[str]) -> dict[str, str]:
    alert = needs(work, "alert")
    risk = compute(work.uow, work.rights, work.entity, {"value_at_risk": action.value_at_risk}, ids, target=alert) if action.value_at_risk else {}
    whose = first_of(work, action.assign_to) if action.assign_to else {}
    reason = action.reason.show(work.language) if action.reason else None
    title = reason or work.doer.label.show(work.language) or say("Alert", "告警").show(work.language)
    rows = []
    for record in ids:
        facts = work.facts.get(record, {})
        values = {
            "title": title, "record": {"entity": work.entity.name, "id": record}, "type": action.alert, "rule": work.doer.name, "level": action.level,
            "reason": reason, "opened_at": work.uow.now.isoformat(), "assignee": whose.get(record), "owner": whose.get(record),
            "score_from": facts.get("was_value"), "score_to": facts.get("value"), "window_days": facts.get("days"),
            "value_at_risk": risk.get(record, {}).get("value_at_risk"),
        }
        rows.append({k: v for k, v in values.items() if v is not None and (k in alert.fields or k == "owner")})
    stored = write_many(work.uow, work.ctx, alert, rows, batch=work.batch, path="/actions")
    return {record: str(row.id) for record, row in zip(ids, stored, strict=True)}
