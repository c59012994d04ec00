"""Hearing that a score or a number fell: from the highest of the last days to what it is now."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from tenon.engine.history import as_plain
from tenon.engine.recompute.events import Computed
from tenon.engine.records.events import Written
from tenon.engine.rules.book import Rule
from tenon.engine.rules.fallen_before import values_of_field, values_of_score
from tenon.engine.rules.falls import Peak, note_fallen, peaks_of_field, peaks_of_score
from tenon.engine.rules.heard import Heard, Past
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
    score = uow.model.find("score", trigger.score) if trigger.score is not None else None
    if trigger.score is not None:
        if score is None or not _is_of_score(event, score.id):
            return None
        peaks = peaks_of_score(uow, rule, score.id, event.ids, start)
    else:
        field = rule.entity.get_field(str(trigger.field))
        is_heard = isinstance(event, Computed) if field.is_formula else isinstance(event, Written) and event.action == "update"
        if not is_heard or not event.fields or field.id not in event.fields:
            return None
        peaks = peaks_of_field(uow, rule, field, event.ids, start)
    fallen = {record: peak for record, peak in peaks.items() if _fell(trigger, peak)}
    note_fallen(uow, rule, fallen)
    named = {"score": score.name} if trigger.score is not None and score is not None else {}
    return Heard(list(fallen), facts={record: {**named, **_facts(uow.now, peak)} for record, peak in fallen.items()})


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


def past(uow: UnitOfWork, rule: Rule, since: datetime, until: datetime) -> list[Past]:
    """Return when values fell so far between two moments, from snapshots of the score or the history of the field; after each fall it is counted anew."""
    trigger = rule.body.trigger
    assert isinstance(trigger, ValueFell)
    within = timedelta(days=trigger.within_days)
    if trigger.score is not None:
        values = values_of_score(uow, uow.model.get("score", trigger.score).id, since - within, until)
    else:
        values = values_of_field(uow, rule.entity, rule.entity.get_field(str(trigger.field)), since - within, until)
    found: list[Past] = []
    known: dict[str, list[tuple[datetime, Decimal]]] = {}
    for record, at, value in values:
        if value is None:
            continue
        before = _within(known.get(record, []), at - within)
        highest = max(before, key=lambda each: each[1], default=(at, value))
        peak = Peak(highest[1], highest[0], value)
        if at >= since and before and _fell(trigger, peak):
            found.append(Past(record, at, _facts(at, peak)))
            before = []
        known[record] = [*(each for each in before if each[1] > value), (at, value)]
    return found


def _within(values: list[tuple[datetime, Decimal]], start: datetime) -> list[tuple[datetime, Decimal]]:
    """Return the values that counted since a moment: the last one before it is what it was then."""
    later = [each for each in values if each[0] > start]
    earlier = [each for each in values if each[0] <= start]
    return [(start, earlier[-1][1]), *later] if earlier else later
