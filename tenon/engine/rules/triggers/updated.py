"""Hearing that fields of records changed: by people, and computed ones that a rule names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select

from tenon.engine.recompute.events import Computed
from tenon.engine.records.events import Written
from tenon.engine.rules.book import Rule
from tenon.engine.rules.heard import Heard, Past
from tenon.engine.rules.traces import MOST, changes
from tenon.engine.scores.events import ScoreChanged
from tenon.engine.scores.tables import snapshots
from tenon.engine.sql.past import PARTS
from tenon.engine.sql.sets import id_set
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.model import Field

CHUNK = 5_000


def hear(uow: UnitOfWork, rule: Rule, event: Any) -> Heard | None:
    """Return the records of which a named field changed; without names, any field that people write."""
    if getattr(event, "entity", None) is None or event.entity.id != rule.entity.id:
        return None
    named = named_fields(rule)
    if isinstance(event, Written) and event.action == "update":
        return _written(rule, event, named)
    if isinstance(event, Computed | ScoreChanged):
        mine = [f for f in named if (f.id in event.fields if isinstance(event, Computed) else f.score == event.score_id)]
        return Heard(_changed(uow, mine, event.ids)) if mine else None
    return None


def _changed(uow: UnitOfWork, fields: Sequence[Field], ids: Sequence[str]) -> list[str]:
    """Return the records of which one of some computed fields changed: of a score that changed the parts that are named, by its snapshots."""
    parts = {PARTS[str(f.part)] for f in fields if f.score is not None and f.part in PARTS}
    if any(f.score is None or f.part not in PARTS for f in fields) or len({f.score for f in fields}) > 1:
        return list(ids)
    found: dict[str, list[Any]] = {}
    for start in range(0, len(ids), CHUNK):
        c = snapshots.c
        place = func.row_number().over(partition_by=c.record, order_by=c.id.desc()).label("place")
        columns = [c[name] for name in sorted(parts)]
        among = c.record.in_(id_set(uow.dialect, ids[start : start + CHUNK]))
        latest = select(c.record, place, *columns).where(c.score == fields[0].score, among).subquery()
        for record, _, *values in uow.connection.execute(select(latest).where(latest.c.place <= 2).order_by(latest.c.place)):
            found.setdefault(record, []).append(values)
    return [each for each in ids if len(seen := found.get(each, [])) < 2 or seen[0] != seen[1]]


def named_fields(rule: Rule) -> list[Field]:
    """Return the fields that the trigger names."""
    return [f for key in getattr(rule.body.trigger, "fields", ()) if (f := rule.entity.find_field(key)) is not None]


def _written(rule: Rule, event: Written, named: list[Field]) -> Heard | None:
    if not named:
        return Heard(event.ids, event.before, event.changed)
    if event.fields is not None and not event.fields & {f.id for f in named}:
        return None
    names = {f.name for f in named}
    return Heard([i for i in event.ids if names & event.changed.get(i, {}).keys()], event.before, event.changed)


def past(uow: UnitOfWork, rule: Rule, since: datetime, until: datetime) -> list[Past]:
    """Return the records of which a named field changed between two moments: written ones by the history, parts of scores by their snapshots."""
    named = named_fields(rule)
    return [*changes(uow, rule, since, until, "update", [f.id for f in named]), *_moved(uow, [f for f in named if f.part in PARTS], since, until)]


def _moved(uow: UnitOfWork, fields: Sequence[Field], since: datetime, until: datetime) -> Iterator[Past]:
    """Yield when parts of scores became others than they were, the newest of it."""
    c = snapshots.c
    for score in sorted({str(f.score) for f in fields}):
        now = [c[PARTS[str(f.part)]] for f in fields if f.score == score]
        was = [func.lag(part).over(partition_by=c.record, order_by=c.id).label(f"was_{part.name}") for part in now]
        place = func.row_number().over(partition_by=c.record, order_by=c.id).label("place")
        each = select(c.id, c.record, c.at, place, *now, *was).where(c.score == score, c.at < until).subquery()
        differs = or_(*(each.c[part.name].is_distinct_from(each.c[f"was_{part.name}"]) for part in now))
        wanted = select(each.c.record, each.c.at).where(each.c.at >= since, each.c.place > 1, differs)
        yield from (Past(row.record, row.at) for row in uow.connection.execute(wanted.order_by(each.c.id.desc()).limit(MOST)))
