"""Ratings by people: the share of a manual measure, until it expires."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from sqlalchemy import delete

from tenon.engine.context import Context
from tenon.engine.scores.definition import Definition, MeasurePlan, ten_thousandths
from tenon.engine.scores.events import ScoreCause
from tenon.engine.scores.overrides import allowed_definition
from tenon.engine.scores.realtime import recompute
from tenon.engine.scores.tables import ratings
from tenon.engine.sql.inserting import insert_into
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Invalid, Problem, not_found
from tenon.metamodel.labels import say


def rate(uow: UnitOfWork, ctx: Context, score: str, record: str, measure: str, share: Decimal, note: str | None = None) -> None:
    """Rate a manual measure of a record, from 0 to 1 of its points. Raises Invalid, Forbidden, NotFound."""
    definition = allowed_definition(uow, ctx, score, record, "update")
    plan = _manual(definition, measure)
    if not 0 <= share <= 1:
        message = say("A rating lies between 0 and 1.", "评分须在 0 与 1 之间。")
        raise Invalid(
            Problem("/share", "out_of_range", message, say("1 gives all points, 0.5 half of them.", "1 为全部分值，0.5 为一半。"))
        )
    until = uow.now + timedelta(days=plan.body.expires_days) if plan.body.expires_days else None
    row = {
        "score": definition.id, "measure": plan.id, "record": record, "share": ten_thousandths(share), "note": note, "by": ctx.user_id, "at": uow.now,
        "expires_at": until,
    }  # fmt: skip
    inserted = insert_into(ratings, uow.dialect)
    fresh = {name: inserted.excluded[name] for name in ("share", "note", "by", "at", "expires_at")}
    uow.connection.execute(inserted.on_conflict_do_update(index_elements=["score", "measure", "record"], set_=fresh), row)
    recompute(uow, definition.id, [record], ScoreCause("manual", {"measure": plan.body.name}))


def clear_rating(uow: UnitOfWork, ctx: Context, score: str, record: str, measure: str) -> None:
    """Take a rating away. Raises NotFound when there is none, Forbidden."""
    definition = allowed_definition(uow, ctx, score, record, "update")
    plan = _manual(definition, measure)
    r = ratings.c
    gone = uow.connection.execute(delete(ratings).where(r.score == definition.id, r.measure == plan.id, r.record == record))
    if not gone.rowcount:
        raise not_found()
    recompute(uow, definition.id, [record], ScoreCause("manual", {"measure": plan.body.name}))


def _manual(definition: Definition, measure: str) -> MeasurePlan:
    plan = definition.measure(measure)
    if plan is None or not plan.body.manual:
        raise not_found("/measure")
    return plan
