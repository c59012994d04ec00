"""How the records of a widget are looked at: as they are, or with a score over time when its options say ``history``."""

from __future__ import annotations

from datetime import date
from typing import Any

from tenon.engine.query.lens import NOW, Lens
from tenon.engine.reports.asked import Asked
from tenon.engine.reports.history import PastScores
from tenon.engine.reports.periods import BUCKETS, Period, buckets, end_of, move, start_of
from tenon.metamodel.document import Document
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.labels import say

PERIODS, MOST_PERIODS = 12, 120


def time_field(asked: Asked) -> str | None:
    """Return the name of the field that stands for the time of a history, None for a widget that looks at the present."""
    score = asked.option("history")
    return f"{score}_at" if score else None


def lens_of(asked: Asked, period: Period | None = None) -> Lens:
    """Return the lens of a widget; ``period`` says which end of a period counts where there is no time axis."""
    name = asked.option("history")
    if not name:
        return NOW
    return PastScores(asked.rights, score_of(asked, "history"), asked.entity, _days(asked, period))


def score_of(asked: Asked, option: str) -> Document:
    """Return the score that an option names. Raises Invalid where the entity of the widget has no such score."""
    name = asked.option(option)
    score = asked.uow.model.find("score", name)
    if score is None or asked.uow.model.find_entity(score.body.entity) is not asked.entity:
        message = say("{entity} has no score {name}.", "{entity} 没有评分 {name}。", entity=asked.entity.label, name=name[:40])
        raise Invalid(Problem(f"/options/{option}", "unknown_name", message, say("Name one of its scores.", "请写它的某个评分。")))
    return score


def _days(asked: Asked, period: Period | None) -> list[tuple[date, date]]:
    """Return the periods of a history: those of the chosen span, else the last twelve."""
    today, field = asked.uow.today, time_field(asked)
    by = next((g.by for g in asked.query.group_by if g.field == field and g.by in BUCKETS), None)
    chosen = period or asked.applied.periods.get(str(field))
    if by is None:
        last = min(chosen.last, today) if chosen and chosen.last else today
        return [(last, last)]
    count = min(max(int(asked.number("periods", PERIODS)), 1), MOST_PERIODS)
    last = min(chosen.last or today, today) if chosen else today
    first = chosen.first if chosen and chosen.first else move(start_of(last, by), 1 - count, by)
    first = max(first, move(start_of(last, by), 1 - MOST_PERIODS, by))
    return [(day, min(end_of(day, by), last)) for day in buckets(first, last, by)] or [(last, last)]


def question_of(asked: Asked, **changes: Any) -> Any:
    """Return the widget's question; a chosen time of a history is no filter."""
    field = time_field(asked)
    return asked.question(**({"filter": asked.filter(without=field)} if field else {}), **changes)
