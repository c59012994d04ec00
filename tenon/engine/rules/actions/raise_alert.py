"""Raising an alert about the record, or making the open one more urgent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tenon.engine.alerts.escalating import plans
from tenon.engine.alerts.finding import CLOSED, OPEN, SNOOZED, OpenAlert, hold, standing
from tenon.engine.alerts.scores import falls, score_behind
from tenon.engine.records.computing import compute
from tenon.engine.records.masses import change_part
from tenon.engine.records.writing import write_many
from tenon.engine.rules.whom import first_of
from tenon.engine.rules.work import Work, needs
from tenon.metamodel.actions.raise_alert import RaiseAlert
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity
from tenon.metamodel.naming import find_path


def run(work: Work, action: RaiseAlert) -> dict[str, Any]:
    """Open one alert for each record, its type and this rule; where there is one, only its level goes up.

    One whose cause had ceased, and that nobody took, is closed as recovered: what comes then is another. Of an action ``about`` other
    records each record of the rule is a cause: a second one of the same makes the alert red, whatever the level.
    """
    alert = needs(work, "alert")
    about = _about(work, action)
    far, causes = about.entity, about.causes
    hold(work.uow, far, list(causes))
    there = standing(work.uow, alert, list(causes), type_=action.alert, rule=work.doer.name, level=action.level)
    over = [there.pop(record).id for record in list(there) if there[record].is_over]
    if over:
        change_part(work.uow, work.ctx, alert, over, {"state": CLOSED, "outcome": "recovered"}, work.batch)
    worse = [r for r in there if there[r].level == "yellow" and (action.level == "red" or action.about)]
    fresh = [record for record in causes if record not in there]
    facts = _facts(work, action, alert, [causes[r][0] for r in (*fresh, *worse)])
    for record in (*worse, *(r for r in fresh if len(causes[r]) > 1)):
        facts[causes[record][0]]["level"] = "red"
    _worsen(work, alert, [(there[r], facts[causes[r][0]]) for r in worse])
    made = _open(work, alert, far, action.alert, {r: facts[causes[r][0]] for r in fresh}) if fresh else {}
    return {
        cause: {"alert": made.get(record) or there[record].id, "is_new": record in made and cause == causes[record][0]} for record in causes for cause in causes[record]
    }


@dataclass(frozen=True)
class _About:
    """The entity of the records that alerts are about, and for each record those of the rule that are its causes."""

    entity: Entity
    causes: dict[str, list[str]]


def _about(work: Work, action: RaiseAlert) -> _About:
    """Return what alerts are about: the records of the rule, or those that a reference of them names; where it names none, nothing is raised."""
    if action.about is None:
        return _About(work.entity, {record: [record] for record in work.ids})
    model, causes = work.uow.model, dict[str, list[str]]()
    field = (find_path(model, work.entity, action.about) or [])[-1]
    found = compute(work.uow, work.rights, work.entity, {field.name: action.about}, work.ids, target=model.entities_by_id[field.entity_id])
    for record in work.ids:
        if named := found.get(record, {}).get(field.name):
            causes.setdefault(str(named), []).append(record)
    return _About(model.get_entity(field.targets[0]), causes)


def _facts(work: Work, action: RaiseAlert, alert: Entity, ids: list[str]) -> dict[str, dict[str, Any]]:
    """Return what an alert says of each record: why, from what to what, who looks after it and who does when nobody has."""
    if not ids:
        return {}
    risk = compute(work.uow, work.rights, work.entity, {"value_at_risk": action.value_at_risk}, ids, target=alert) if action.value_at_risk else {}
    whose = first_of(work, action.assign_to) if action.assign_to else {}
    fall, steps = falls(work, score_behind(work), ids), plans(work.uow, action.escalate)
    reason = action.reason.show(work.language) if action.reason else None
    title = reason or work.doer.label.show(work.language) or say("Alert", "预警").show(work.language)
    return {
        record: {
            "title": title, "reason": reason, "level": action.level, "assignee": whose.get(record), "escalation": steps or None,
            "escalate_at": steps[0]["at"] if steps else None, "value_at_risk": risk.get(record, {}).get("value_at_risk"), **fall[record],
        }
        for record in ids
    }  # fmt: skip


def _worsen(work: Work, alert: Entity, worse: Iterable[tuple[OpenAlert, dict[str, Any]]]) -> None:
    """Make yellow alerts red for another cause; one that was put off comes back. From what it fell, and who has it, stays."""
    rows = []
    for found, facts in worse:
        kept = {k: v for k, v in facts.items() if k not in ("assignee", "score_from", "window_days") and v is not None}
        back = {"state": OPEN, "snoozed_until": None, "snooze_reason": None} if found.state == SNOOZED else {}
        rows.append({"id": found.id, **kept, **back, "escalated_to": None, "escalated_by": work.doer.name if work.doer.name != found.rule else None})
    if rows:
        write_many(work.uow, work.ctx, alert, [_known(alert, row) for row in rows], mode="update", batch=work.batch, path="/actions")


def _open(work: Work, alert: Entity, entity: Entity, type_: str, facts: dict[str, dict[str, Any]]) -> dict[str, str]:
    rows = []
    for record in facts:
        about = {"entity": entity.name, "id": record}
        values = {**facts[record], "record": about, "type": type_, "rule": work.doer.name, "opened_at": work.uow.now.isoformat(), "owner": facts[record]["assignee"]}
        rows.append({k: v for k, v in _known(alert, values).items() if v is not None})
    stored = write_many(work.uow, work.ctx, alert, rows, batch=work.batch, path="/actions")
    return {record: str(row.id) for record, row in zip(facts, stored, strict=True)}


def _known(alert: Entity, values: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in values.items() if k in alert.fields or k in ("owner", "id")}
