"""Why records were lost, told twice: by the reason that was written down, and by the group of measures that lost most points before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from sqlalchemy import case, null, select

from tenon.engine.access.resolver import environment
from tenon.engine.access.rights import rights_of
from tenon.engine.columns import CodeText
from tenon.engine.context import Context
from tenon.engine.query.behind import among, literal
from tenon.engine.query.pages import Ask, where
from tenon.engine.query.paths import find_path
from tenon.engine.reports.falls import CAPS, given_of, score_of
from tenon.engine.reports.shape import options_of
from tenon.engine.scores.definition import Definition, define
from tenon.engine.scores.difference import difference
from tenon.engine.scores.groups import named_groups
from tenon.engine.scores.snapshots import end_of, find_form
from tenon.engine.scores.tables import snapshots
from tenon.engine.sql.sets import id_set
from tenon.engine.sql.source import Source
from tenon.engine.sql.values import from_db
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity

MOST = 2_000
"""So many events are looked into; of more, the latest."""
NO_HISTORY, NO_LOSS, NO_GROUP = say("No history", "无历史"), say("No points lost", "未失分"), say("Without a group", "未分组")


@dataclass(frozen=True)
class Attributed:
    """What is asked: the entity of the events, the paths of the reason and of a score they lead to, how far back, and a filter."""

    entity: Entity
    reason: str
    score: str
    days: int
    filter: str | None = None


@dataclass(frozen=True)
class _Event:
    """One event: its id, its reason, the scored record (None where the score may not be read), and its day."""

    id: str
    reason: Any
    record: str | None
    day: date


def attribute(uow: UnitOfWork, ctx: Context, asked: Attributed) -> dict[str, Any]:
    """Return rows of a reason with its events beside a group with its events, the most first; both add up to ``events``.

    The details of both counts have the filters behind the rows and behind all. Raises NotFound, Invalid.
    """
    rights = rights_of(uow.model, ctx)
    rights.require(asked.entity, "read")
    scored = find_path(rights, asked.entity, asked.score, "field", readable=True)
    field = score_of(scored.field, scored.entity)
    find_path(rights, asked.entity, ".".join([*asked.score.split(".")[:-1], field.name]), "field", readable=True)
    definition = define(uow.model, uow.model.get("score", str(field.score)))
    reason = find_path(rights, asked.entity, asked.reason, "field", readable=True)
    events = _find(uow, ctx, asked, scored.steps, field.name)
    labels = {each["name"]: each["label"] for each in options_of(reason.field.spec, ctx.language)} if hasattr(reason.field.spec, "named") else {}
    reasons: dict[Any, list[str]] = {}
    for event in events:
        reasons.setdefault(event.reason, []).append(event.id)
    groups = _groups(uow, definition, events, asked.days, ctx.language)
    heads = (("reason", reason.field.label, "text"), ("events", say("Lost", "流失数"), "number"),
             ("group", say("Lost most points in", "失分最多的维度"), "text"), ("of_group", say("Lost", "流失数"), "number"))  # fmt: skip
    columns = [{"name": name, "label": label.show(ctx.language), "type": type_} for name, label, type_ in heads]
    told = [(labels.get(r, "–" if r is None else str(r)), len(ids), _behind(asked, f"is_empty({asked.reason})" if r is None else f"{asked.reason} == {literal(r)}")) for r, ids in reasons.items()]
    sides = [sorted(side, key=lambda each: (-each[1], each[0])) for side in (told, [(name, len(ids), among(ids, asked.filter)) for name, ids in groups.items()])]
    pairs = list(zip_longest(*sides, fillvalue=(None, None, None)))
    details: list[dict[str, Any]] = [{}, {}, named_groups(groups, ctx.language), {}]
    if len(events) < MOST:
        for place, side in ((1, 0), (3, 1)):
            details[place] = {"behind": [pair[side][2] for pair in pairs], "behind_total": _behind(asked)}
    return {"columns": columns, "rows": [[*left[:2], *right[:2]] for left, right in pairs], "details": details, "events": len(events), "days": asked.days}


def _behind(asked: Attributed, *more: str) -> str:
    """Return the filter of the events, those with a day, narrowed by more conditions."""
    parts = [*([asked.filter] if asked.filter else []), f"not is_empty({asked.entity.fields[asked.entity.time_field].name})", *more]
    return " and ".join(f"({part})" for part in parts)


def _find(uow: UnitOfWork, ctx: Context, asked: Attributed, steps: tuple[Any, ...], score: str) -> list[_Event]:
    rights, entity = rights_of(uow.model, ctx), asked.entity
    source = Source(environment(uow, rights), entity)
    reason = find_path(rights, entity, asked.reason, "field", readable=True)
    time = find_path(rights, entity, entity.time_field, "field", readable=True).field
    node = source.reach(steps)
    readable = source.environment.resolver.cell(source.environment, node.alias, node.entity, node.entity.fields[score])
    record = node.alias.c.id if readable is None else case((readable, node.alias.c.id), else_=null().cast(CodeText()))
    columns = [source.at(reason.steps, reason.field), record, source.at((), time), source.alias.c.id]
    conditions = where(uow, rights, source, entity, Ask([asked.filter] if asked.filter else []))
    statement = select(*columns).select_from(source.from_clause).where(*conditions).order_by(columns[2].desc(), source.alias.c.id).limit(MOST)
    found = []
    for row in uow.connection.execute(statement):
        moment = from_db(time.type, row[2])
        if moment is not None:
            day = moment if time.type.kind == "date" else moment.astimezone(uow.timezone).date()
            found.append(_Event(row[3], from_db(reason.field.type, row[0]), row[1], day))
    return found


def _groups(uow: UnitOfWork, definition: Definition, events: Sequence[_Event], days: int, language: str) -> dict[str, list[str]]:
    """Return the events there are for each group of measures that lost most points up to the day before the event."""
    history = _history(uow, definition, sorted({e.record for e in events if e.record is not None}))
    forms = {row.form: find_form(uow, row.form) or definition.form_json for row in {r.form: r for rows in history.values() for r in rows}.values()}
    found: dict[str, list[str]] = {}
    for event in events:
        rows = history.get(event.record or "", ())
        before, after = (_at(uow, rows, event.day - timedelta(days=back)) for back in (days, 1))
        found.setdefault(_group(definition, forms, before, after, language), []).append(event.id)
    return found


def _history(uow: UnitOfWork, definition: Definition, records: Sequence[str]) -> dict[str, list[Any]]:
    s = snapshots.c
    own = (s.score == definition.id, s.record.in_(id_set(uow.dialect, records)))
    statement = select(s.record, s.at, s.form, s.variant, s.shares, s.caps, s.computed_value).where(*own).order_by(s.record, s.at, s.id)
    found: dict[str, list[Any]] = {}
    for row in uow.connection.execute(statement):
        found.setdefault(row.record, []).append(row)
    return found


def _at(uow: UnitOfWork, rows: Sequence[Any], day: date) -> Any:
    edge = end_of(uow, day)
    return next((row for row in reversed(rows) if row.at < edge), None)


def _group(definition: Definition, forms: Mapping[str, Any], before: Any, after: Any, language: str) -> str:
    if before is None or after is None or not before.shares or not after.shares:
        return NO_HISTORY.show(language)
    sides = [given_of(forms[row.form], row) for row in (before, after)]
    lost: dict[str, Decimal] = {}
    for moved in difference(*sides[0], *sides[1]):
        if moved["change"] < 0:
            name = _named(definition, moved, language)
            lost[name] = lost.get(name, Decimal(0)) - Decimal(str(moved["change"]))
    return max(sorted(lost), key=lambda name: lost[name]) if lost else NO_LOSS.show(language)


def _named(definition: Definition, moved: Mapping[str, Any], language: str) -> str:
    if moved["name"] == "adjustments":
        return CAPS.show(language)
    plan = definition.measure(moved["name"])
    return (plan.body.group if plan is not None else None) or NO_GROUP.show(language)
