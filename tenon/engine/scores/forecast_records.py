"""Forecasts as records: made by a job of every month or by hand, one a kind and day, and the newest ones of a record for its reader."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

from tenon.engine.access.rights import rights_of
from tenon.engine.context import Context, system_context
from tenon.engine.jobs import put
from tenon.engine.query.pages import Ask, get, page
from tenon.engine.records.writing import write_many
from tenon.engine.scores.definition import Definition, define
from tenon.engine.scores.forecasting import FORECAST, as_records, forecast
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Invalid, NotFound, Problem, not_found
from tenon.metamodel.expressions.check import check
from tenon.metamodel.expressions.scope import Scope
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity, Field

PART = 1_000
MOST = 60
SHOWN = ("kind", "value", "lo", "hi", "method", "data_as_of", "status")
NEEDED = frozenset({*SHOWN, "params"})
"""The fields of an entity that can keep forecasts, beside its reference to the scored records."""


def put_forecast(uow: UnitOfWork, score: str, day: date | None = None, by: str | None = None) -> str:
    """Put a job that makes the forecasts of a score as of a day, and return its id. Raises Invalid when it has none."""
    definition = define(uow.model, uow.model.get("score", score))
    keeping(uow, definition)
    when = day.isoformat() if day is not None else None
    return put(uow.connection, FORECAST, {"score": definition.id, "day": when}, unique_key=f"{FORECAST}:{definition.id}:{when}", key_until="started", created_by=by)


def keep_forecasts(uow: UnitOfWork, score: str, day: date | None = None) -> dict[str, int]:
    """Make the forecasts of a score and keep them as records; those of the same day are written anew. Return how many of each status."""
    definition = define(uow.model, uow.model.get("score", score))
    entity, scored = keeping(uow, definition)
    as_of = day or uow.today
    counts = Counter[str]()
    for made in forecast(uow, definition.id, as_of):
        values = as_records(made, as_of, scored.name)
        counts.update(each["status"] for each in values)
        for start in range(0, len(values), PART):
            write_many(uow, system_context(), entity, values[start : start + PART], mode="upsert", match_on=[scored.name, "kind", "data_as_of"])
    return dict(counts)


def keeping(uow: UnitOfWork, definition: Definition) -> tuple[Entity, Field]:
    """Return the entity that keeps the forecasts of a score, and its reference to the scored records. Raises Invalid."""
    wanted = definition.body.forecasts
    entity = uow.model.get_entity(wanted.keep_in) if wanted is not None else None
    scored = next((f for f in entity.fields.values() if f.type.kind == "reference" and f.type.entity == definition.entity.id), None) if entity else None
    if entity is None or scored is None or not entity.fields.keys() >= NEEDED:
        message = say("This score has no forecasts, or their entity lacks a field.", "此评分未设置预测，或保存预测的对象缺少字段。")
        raise Invalid(Problem("/forecasts", "required", message, say("The entity needs: {names}.", "对象需要字段：{names}。", names=", ".join(sorted(NEEDED)))))
    return entity, scored


def find_forecasts(uow: UnitOfWork, ctx: Context, record: str) -> list[dict[str, Any]]:
    """Return the newest forecasts of a record as its reader may see them, one of each kind. Raises NotFound."""
    found: list[dict[str, Any]] = []
    is_there = False
    for score in uow.model.all("score"):
        if score.body.forecasts is not None:
            definition = define(uow.model, score)
            is_there = is_there or _is_seen(uow, ctx, definition.entity, record)
            if is_there:
                found += _newest(uow, ctx, definition, record)
    if not is_there:
        raise not_found()
    return found


def _is_seen(uow: UnitOfWork, ctx: Context, entity: Entity, record: str) -> bool:
    try:
        get(uow, ctx, entity, record, ["id"])
    except NotFound:
        return False
    return True


def _newest(uow: UnitOfWork, ctx: Context, definition: Definition, record: str) -> Iterator[dict[str, Any]]:
    entity, scored = keeping(uow, definition)
    if not rights_of(uow.model, ctx).may(entity, "read"):
        return
    ask = Ask(filters=[f"{scored.name} == '{record}'"], sort=["-data_as_of"], fields=SHOWN, limit=MOST)
    rows = page(uow, ctx, entity, ask).records
    for each in definition.body.forecasts.items if definition.body.forecasts else ():
        row = next((r for r in rows if r["kind"] == each.name), None)
        if row is not None:
            label = each.label or Text.of(each.name)
            yield {"label": label.show(ctx.language), "horizon_days": each.horizon_days if each.method == "logistic" else None,
                   "is_chance": each.method == "logistic", "currency": _currency(uow, definition, each.amount or each.spent), **{name: row[name] for name in SHOWN}}  # fmt: skip


def _currency(uow: UnitOfWork, definition: Definition, worth: str | None) -> str | None:
    """Return the currency that a forecast is in: that of what it adds up."""
    return check(worth, Scope(uow.model, definition.entity), "number").type.currency if worth is not None else None
