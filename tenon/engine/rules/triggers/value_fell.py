"""Hearing that a score or a number fell: from the highest of the last days to what it is now."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from tenon.engine.history import as_plain
from tenon.engine.recompute.events import Computed
from tenon.engine.records.events import Written
from tenon.engine.rules.book import Rule
from tenon.engine.rules.falls import Peak, note_fallen, peaks_of_field, peaks_of_score
from tenon.engine.rules.heard import Heard
from tenon.engine.scores.events import ScoreChanged
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.triggers.value_fell import ValueFell


def hear(uow: UnitOfWork, rule: Rule, event: Any) -> Heard | None:
    """Return the records whose value fell so far since it was highest, within the days and since the rule acted for them last."""
    trigger = rule.body.trigger
    assert isinstance(trigger, ValueFell)
    if getattr(event, "entity", None) is None or event.entity.id != rule.entity.id:
        return None
    start = uow.now - timedelta(days=trigger.within_days)
    if trigger.score is not None:
        score = uow.model.find("score", trigger.score)
        if score is None or not _is_of_score(event, score.id):
            return None
        peaks = peaks_of_score(uow, rule, score.id, event.ids, start)
    else:
        field = rule.entity.get_field(str(trigger.field))
        if not isinstance(event, Written) or event.action != "update" or not event.fields or field.id not in event.fields:
            return None
        peaks = peaks_of_field(uow, rule, field, event.ids, start)
    fallen = {record: peak for record, peak in peaks.items() if _fell(trigger, peak)}
    note_fallen(uow, rule, fallen)
    return Heard(list(fallen), facts={record: _facts(uow.now, peak) for record, peak in fallen.items()})


def _is_of_score(event: Any, score_id: str) -> bool:
    if isinstance(event, ScoreChanged):
        return event.score_id == score_id
    return isinstance(event, Computed) and any(f.score == score_id and f.id in event.fields for f in event.entity.fields.values())


def _fell(trigger: ValueFell, peak: Peak) -> bool:
    fall = peak.highest - peak.now
    if trigger.by is not None:
        return fall >= trigger.by
    return peak.highest > 0 and fall * 100 >= Decimal(trigger.by_percent or 0) * peak.highest


def _facts(now: datetime, peak: Peak) -> dict[str, Any]:
    return {
        "was_value": as_plain(peak.highest), "was_at": as_plain(peak.at), "value": as_plain(peak.now), "at": as_plain(now), "days": max(0, (now - peak.at).days),
    }
