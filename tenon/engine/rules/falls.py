"""The highest value that records had within some days, and the one they have now."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, func, insert, or_, select

from tenon.engine.history import history
from tenon.engine.recompute.fallen import changes_of, values_now
from tenon.engine.rules.book import Rule
from tenon.engine.rules.tables import members
from tenon.engine.scores.tables import snapshots
from tenon.engine.sql.sets import id_set
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.model import Field

CHUNK = 5_000


@dataclass(frozen=True)
class Peak:
    """The highest value, when it was that last, and the value now."""

    highest: Decimal
    at: datetime
    now: Decimal


def peaks_of_score(uow: UnitOfWork, rule: Rule, score_id: str, ids: Collection[str], start: datetime) -> dict[str, Peak]:
    """Return the peaks of a score since a moment, by record: what it was then counts; empty values do not."""
    table, found = uow.tables.score(score_id), {}
    for part in _parts(ids):
        among = id_set(uow.dialect, part)
        since = _since(uow, rule, part, start)
        now = {r: v for r, v in uow.connection.execute(select(table.c.record, table.c.score).where(table.c.record.in_(among))) if v is not None}
        last = select(func.max(snapshots.c.id).label("id")).where(snapshots.c.score == score_id, snapshots.c.record.in_(among), snapshots.c.at <= start).group_by(snapshots.c.record)
        wanted = select(snapshots.c.record, snapshots.c.at, snapshots.c.value).where(
            snapshots.c.score == score_id, snapshots.c.record.in_(among), or_(snapshots.c.at > start, snapshots.c.id.in_(last)),
        )
        found.update(_highest(((r, max(at, start), v) for r, at, v in uow.connection.execute(wanted.order_by(snapshots.c.id))), now, since))
    return found


def peaks_of_field(uow: UnitOfWork, rule: Rule, field: Field, ids: Collection[str], start: datetime) -> dict[str, Peak]:
    """Return the peaks of a number since a moment, by record, from the history of its changes; those of a formula are kept apart."""
    found: dict[str, Peak] = {}
    for part in _parts(ids):
        among = id_set(uow.dialect, part)
        since = _since(uow, rule, part, start)
        now = {record: value for record, value in values_now(uow, rule.entity, field, part).items() if value is not None}
        wanted = select(history.c.record, history.c.at, history.c.changes).where(history.c.record.in_(among), history.c.at > start).order_by(history.c.id)
        changed = changes_of(uow, field, part, start) if field.is_formula else uow.connection.execute(wanted)
        found.update(_highest(_values(changed, field, start), now, since))
    return found


def note_fallen(uow: UnitOfWork, rule: Rule, ids: Collection[str]) -> None:
    """Note that the rule acted for records: the next fall is counted from here."""
    for part in _parts(ids):
        uow.connection.execute(delete(members).where(members.c.rule == rule.id, members.c.record.in_(id_set(uow.dialect, part))))
        uow.connection.execute(insert(members), [{"rule": rule.id, "record": each, "since": uow.now} for each in part])


def _since(uow: UnitOfWork, rule: Rule, ids: list[str], start: datetime) -> dict[str, datetime]:
    """Return from when on values count for records: the start, or when the rule acted for them last."""
    wanted = select(members.c.record, members.c.since).where(members.c.rule == rule.id, members.c.record.in_(id_set(uow.dialect, ids)), members.c.since > start)
    return {row.record: row.since for row in uow.connection.execute(wanted)}


def _values(rows: Any, field: Field, start: datetime) -> Iterator[tuple[str, datetime, Decimal | None]]:
    """Yield the values before and after each change; the one before the first stands for the beginning."""
    seen: set[str] = set()
    for record, at, changes in rows:
        if field.id in changes:
            before, after = changes[field.id]
            if record not in seen and before is not None:
                yield record, start, Decimal(str(before))
            seen.add(record)
            if after is not None:
                yield record, at, Decimal(str(after))


def _highest(values: Iterator[tuple[str, datetime, Any]], now: Mapping[str, Decimal], since: Mapping[str, datetime]) -> dict[str, Peak]:
    """Return the peaks of the records that have a value now; of those that fell before, what was until then counts as what it was at that moment."""
    best: dict[str, tuple[Decimal, datetime]] = {}
    for record, at, value in values:
        edge = since.get(record)
        if edge is not None and at <= edge:
            best.pop(record, None)
        if value is not None and (record not in best or value >= best[record][0]):
            best[record] = (Decimal(value), max(at, edge) if edge is not None else at)
    return {record: Peak(*best[record], Decimal(value)) for record, value in now.items() if record in best}


def _parts(ids: Collection[str]) -> Iterator[list[str]]:
    listed = sorted(ids)
    return (listed[start : start + CHUNK] for start in range(0, len(listed), CHUNK))
