"""The score behind an alert: which it is, from what it fell, what it is now, and in which band."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from tenon.engine.rules.book import book_of
from tenon.engine.rules.work import Work
from tenon.engine.scores.snapshots import end_of
from tenon.engine.scores.tables import snapshots
from tenon.engine.sql.sets import id_set
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.document import Document


@dataclass(frozen=True)
class Standing:
    """What a score of a record is now."""

    value: Decimal | None
    band: str | None


def score_behind(work: Work) -> Document | None:
    """Return the score that an alert is about: the one that woke the rule, or the first that its conditions read."""
    model = work.uow.model
    named = next((facts["score"] for facts in work.facts.values() if facts.get("score")), None)
    if named is not None:
        return model.find("score", named)
    rule = book_of(model).rules.get(work.doer.id)
    read = [r for e in (rule.watched, rule.condition) if e is not None for r in e.reads] if rule is not None else []
    fields = (work.entity.fields_by_id.get(key) for entity, key in read if entity == work.entity.id)
    score = next((f.score for f in fields if f is not None and f.score), None)
    return model.find("score", score) if score else None


def falls(work: Work, score: Document | None, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return for each record the values of an alert about the fall: before, now, within how many days, the score and its band."""
    found: dict[str, dict[str, Any]] = {}
    now = scores_now(work.uow, score.id, ids) if score is not None else {}
    days = int(score.body.trend_days) if score is not None else 0
    then = values_then(work.uow, score.id, ids, end_of(work.uow, work.uow.today - timedelta(days=days))) if score is not None else {}
    for record in ids:
        facts: Mapping[str, Any] = work.facts.get(record, {})
        is_told = facts.get("days") is not None or then.get(record) is None
        standing = now.get(record)
        found[record] = {
            "score_from": facts.get("was_value") if is_told else _text(then[record]), "window_days": facts.get("days") if is_told else days,
            "score_to": facts.get("value") if facts.get("value") is not None else _text(standing.value) if standing else None,
            "score": score.name if score is not None else None, "band": standing.band if standing else None,
        }  # fmt: skip
    return found


def scores_now(uow: UnitOfWork, score_id: str, ids: Sequence[str]) -> dict[str, Standing]:
    """Return what a score of records is now."""
    table = uow.tables.score(score_id)
    wanted = select(table.c.record, table.c.score, table.c.band).where(table.c.record.in_(id_set(uow.dialect, ids)))
    return {record: Standing(value, band) for record, value, band in uow.connection.execute(wanted)}


def values_then(uow: UnitOfWork, score_id: str, ids: Sequence[str], moment: datetime) -> dict[str, Decimal]:
    """Return what a score of records was at a moment, of those that had one."""
    s = snapshots.c
    last = select(func.max(s.id)).where(s.score == score_id, s.record.in_(id_set(uow.dialect, ids)), s.at < moment).group_by(s.record)
    return {record: value for record, value in uow.connection.execute(select(s.record, s.value).where(s.id.in_(last))) if value is not None}


def is_better(score: Document, band: str | None, than: str | None) -> bool:
    """Say whether a band is above another; none is above no band."""
    order = [each.name for each in score.body.bands]
    return band in order and than in order and order.index(str(band)) > order.index(str(than))


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)
