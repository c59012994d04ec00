"""A score that is not published, computed for today's records: what it would change, with nothing stored touched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from tenon.engine.access.resolver import action_condition, environment, readable_condition
from tenon.engine.access.rights import Rights, rights_of
from tenon.engine.context import Context
from tenon.engine.releases.drafted import Drafted, draft_one
from tenon.engine.scores.alarms import alarms
from tenon.engine.scores.definition import WHOLE, Definition, define
from tenon.engine.scores.ranking import store_cuts
from tenon.engine.scores.realtime import environment_of, stage_changes
from tenon.engine.scores.sides import BUCKETS, Group, Mean, Sides, Totals, moved_rows, totals
from tenon.engine.scores.tables import cuts, stage
from tenon.engine.sql.environment import Column
from tenon.engine.sql.source import Source
from tenon.engine.sql.values import from_db
from tenon.engine.tables import Tables
from tenon.engine.trial import shadow
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.labels import say
from tenon.metamodel.model import Field, Model

LISTED = 100


@dataclass(frozen=True)
class Moved:
    """Which page of the moved records is wanted."""

    limit: int = 50
    after: str | None = None


@dataclass(frozen=True)
class _Trial:
    """A score computed in the transaction of a trial; ``published`` is the release, ``uow`` works with the draft."""

    uow: UnitOfWork
    published: Model
    drafted: Drafted
    before: Definition | None
    after: Definition
    sides: Sides


def simulate(uow: UnitOfWork, ctx: Context, name: str, body: dict[str, Any] | None, moved: Moved | None = None) -> dict[str, Any]:
    """Return what a score with that body (without one: as drafted) would change, as JSON; ``uow`` is in a transaction of a trial.

    Everybody is counted; records are listed that the reader may see with the score, ``moved`` of them one more than asked for.
    Raises NotFound, Invalid.
    """
    trial = _computed(uow, draft_one(uow.connection, uow.model, "score", name, body))
    total = totals(trial.uow, trial.sides)
    found = total.groups
    alarm = alarms(trial.uow, trial.sides.environment, trial.before, trial.after)
    wanted = moved or Moved()
    return {
        "score": trial.after.document.name, "is_published": trial.before is not None, "is_changed": trial.drafted.is_changed,
        "records": sum(g.count for g in found if g.is_in),
        **_distribution(trial, found),
        "moves": _moves(trial, ctx, found),
        "histogram": _histogram(trial.sides, found),
        "coverage": {"before": _coverage(found, "was"), "after": _coverage(found, "is")},
        "measures": _measures(trial, total, ctx.language),
        "alerts_per_week": alarm.after, "alerts": alarm.to_json(ctx.language),
        "moved": _page(trial, ctx, wanted),
    }  # fmt: skip


def _computed(uow: UnitOfWork, drafted: Drafted) -> _Trial:
    """Stage what a run after publishing would change, in tables of this connection alone."""
    published = uow.model
    uow = replace(uow, model=drafted.model, tables=Tables(drafted.model, uow.dialect))
    after = define(drafted.model, drafted.document)
    before = define(published, drafted.before) if drafted.before is not None else None
    if before is not None and before.entity.id != after.entity.id:
        message = say("A score stays with its entity.", "评分不能更换对象。")
        raise Invalid(Problem("/body/entity", "refused", message, say("Simulate it under another name.", "请使用另一个名称进行模拟。")))
    shadow(uow.connection, [stage, cuts, *([uow.tables.score(after.id)] if before is None else [])])
    environment_ = environment_of(uow, after)
    if after.has_population:
        store_cuts(uow, environment_, after)
    run = uow.new_id()
    staged = stage_changes(uow, after, run, None, is_exempt=drafted.is_changed)
    scales = [d.body.scale for d in (before, after) if d is not None]
    sides = Sides(environment_, after, before, run, min(s[0] for s in scales), max(s[1] for s in scales), staged)
    return _Trial(uow, published, drafted, before, after, sides)


def _distribution(trial: _Trial, found: list[Group]) -> dict[str, Any]:
    """Return how many records are in each band, "" standing for those without one."""
    was, now, stay = Counter[str](), Counter[str](), Counter[str]()
    for group in found:
        was[group.was_band or ""] += group.count if group.was_in else 0
        now[group.is_band or ""] += group.count if group.is_in else 0
        stay[group.is_band or ""] += group.count if group.was_in and group.is_in and group.was_band == group.is_band else 0
    before = trial.before.bands if trial.before is not None else ()
    return {"before": _by_band(before, was), "after": _by_band(trial.after.bands, now), "stay": _by_band(trial.after.bands, stay)}


def _by_band(bands: Iterable[str], counts: Counter[str]) -> dict[str, int]:
    names = dict.fromkeys([*bands, *sorted(name for name, count in counts.items() if count and name), *([""] if counts[""] else [])])
    return {name: counts[name] for name in names}


def _moves(trial: _Trial, ctx: Context, found: list[Group]) -> list[dict[str, Any]]:
    """Return the changes of band with how many records make them; ``kind`` tells those that get or lose the score."""
    counts = Counter[tuple[str, str | None, str | None]]()
    for group in found:
        if group.was_in != group.is_in or group.was_band != group.is_band:
            counts[_kind(group.was_in, group.is_in), group.was_band, group.is_band] += group.count
    ids: dict[tuple[str, str | None, str | None], list[str]] = {}
    if counts:
        seen = _seen(trial, ctx)
        if seen is not None:
            source, conditions, _ = seen
            rows = moved_rows(trial.sides, source.alias, source.from_clause, conditions).subquery("moved")
            way = [rows.c[n] for n in ("was_in", "is_in", "was_band", "is_band")]
            place = func.row_number().over(partition_by=way, order_by=rows.c.id).label("place")
            numbered = select(rows.c.id, *way, place).subquery("numbered")
            for row in trial.uow.connection.execute(select(numbered).where(numbered.c.place <= LISTED).order_by(numbered.c.id)):
                ids.setdefault((_kind(bool(row[1]), bool(row[2])), row[3], row[4]), []).append(row[0])
    ordered = sorted(counts.items(), key=lambda each: (-each[1], each[0][0], each[0][1] or "", each[0][2] or ""))
    return [{"from": way[1], "to": way[2], "count": count, "kind": way[0], "records": ids.get(way, [])} for way, count in ordered]


def _kind(was_in: bool, is_in: bool) -> str:
    return "moves" if was_in and is_in else "enters" if is_in else "leaves"


def _histogram(sides: Sides, found: list[Group]) -> dict[str, Any]:
    was, now = [0] * BUCKETS, [0] * BUCKETS
    for group in found:
        if group.was_in and group.was_bucket is not None:
            was[group.was_bucket] += group.count
        if group.is_in and group.is_bucket is not None:
            now[group.is_bucket] += group.count
    width = (sides.high - sides.low) / BUCKETS
    return {"edges": [sides.low + width * index for index in range(BUCKETS + 1)], "before": was, "after": now}


def _coverage(found: list[Group], side: str) -> Decimal | None:
    """Return the mean coverage of the records that have the score."""
    own = [g for g in found if getattr(g, f"{side}_in")]
    count = sum(g.count for g in own)
    total = sum(getattr(g, f"{side}_coverage") for g in own)
    return (Decimal(total) / count / WHOLE).quantize(Decimal("0.0001")) if count else None


def _measures(trial: _Trial, total: Totals, language: str) -> list[dict[str, Any]]:
    """Return the mean share of each measure before and after; null where the measure was not, or will no longer be."""
    listed: dict[tuple[str, str], dict[str, Any]] = {}
    for definition, side, found in ((trial.after, "after", total.now), (trial.before, "before", total.was)):
        for variant in definition.variants if definition is not None else ():
            for plan in variant.measures:
                shown = {
                    "variant": variant.body.name, "name": plan.body.name, "label": plan.body.title().show(language), "group": plan.body.group,
                    "before": None, "after": None,
                }  # fmt: skip
                key = (variant.body.name, plan.id)
                listed.setdefault(key, shown)[side] = found.get(key, Mean(None, 0, 0)).to_json()
    return list(listed.values())


def _page(trial: _Trial, ctx: Context, wanted: Moved) -> list[dict[str, Any]]:
    """Return the moved records by id, one more than asked for when there are more."""
    seen = _seen(trial, ctx) if trial.sides.staged else None
    if seen is None:
        return []
    source, conditions, rights = seen
    title = source.entity.fields.get(source.entity.title) if source.entity.title else None
    is_titled = title is not None and rights.may_read(source.entity, title)
    shown = [source.at((), title).label("title")] if is_titled and title is not None else []
    if wanted.after is not None:
        conditions = [*conditions, source.alias.c.id > wanted.after]
    statement = moved_rows(trial.sides, source.alias, source.from_clause, conditions, *shown).order_by(source.alias.c.id).limit(wanted.limit + 1)
    return [
        {
            "id": row["id"], "title": _title(title, row["title"]) if shown and title is not None else None, "before": _value(row["was_score"]),
            "after": _value(row["is_score"]), "band_before": row["was_band"], "band_after": row["is_band"],
            "kind": _kind(bool(row["was_in"]), bool(row["is_in"])),
        }
        for row in trial.uow.connection.execute(statement).mappings()
    ]  # fmt: skip


def _title(field: Field, value: Any) -> str | None:
    shown = field.spec.show(from_db(field.type, value))
    return shown if isinstance(shown, str) or shown is None else str(shown)


def _value(whole: int | None) -> Decimal | None:
    return None if whole is None else Decimal(int(whole)).scaleb(-4)


def _seen(trial: _Trial, ctx: Context) -> tuple[Source, list[Column], Rights] | None:
    """Return the records the reader may see with the score, as it is and as it would be; None when there are none.

    What a measure would newly read, and the reader may not see, hides the record as it would hide the score.
    """
    rights = rights_of(trial.uow.model, ctx)
    entity = trial.after.entity
    if not rights.may(entity, "read"):
        return None
    seen = environment(trial.uow, rights)
    source = Source(seen, entity)
    limits = [action_condition(seen, source.alias, entity, rights, "read")]
    for model, score_id in ((trial.published, trial.before.id if trial.before else None), (trial.uow.model, trial.after.id)):
        own, holder = rights_of(model, ctx), model.get_entity(entity.id)
        fields = [f for f in holder.fields.values() if f.score == score_id and score_id is not None and f.part in ("score", "band")]
        if any(not own.may_read(holder, f) for f in fields):
            return None
        limits.append(readable_condition(environment(trial.uow, own), source.alias, holder, own, fields))
    return source, [c for c in limits if c is not None], rights
