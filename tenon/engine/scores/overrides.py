"""Overrides: a person sets value or band for a while, with a reason; the computed score stays visible beside it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, select, update

from tenon.engine.access.rights import rights_of
from tenon.engine.context import Context
from tenon.engine.jobs import put
from tenon.engine.records.save import allowed_ids
from tenon.engine.scores.definition import Definition, define
from tenon.engine.scores.events import ScoreCause
from tenon.engine.scores.realtime import recompute
from tenon.engine.scores.tables import overrides
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Forbidden, Invalid, Problem, not_found
from tenon.metamodel.labels import say

LONGEST = timedelta(days=90)
EXPIRE = "score_expire"


def set_override(
    uow: UnitOfWork,
    ctx: Context,
    score: str,
    record: str,
    *,
    value: Decimal | None = None,
    band: str | None = None,
    reason: str | None,
    expires_at: datetime | None = None,
) -> str:
    """Put value or band of a person in front of the computed score and return the override's id; one before it ends.

    ``expires_at`` is at most 90 days away and 90 days when left out. Raises Invalid, Forbidden, NotFound.
    """  # fmt: skip
    definition = allowed_definition(uow, ctx, score, record, "override")
    until = expires_at or uow.now + LONGEST
    problems = list(_problems(uow, definition, value, band, reason, until))
    if problems:
        raise Invalid(problems)
    _end(uow, definition, record, ctx.user_id)
    override = uow.new_id()
    row = {
        "id": override, "score": definition.id, "record": record, "value": value, "band": band, "reason": (reason or "").strip(), "by": ctx.user_id,
        "at": uow.now, "expires_at": until,
    }  # fmt: skip
    uow.connection.execute(insert(overrides), row)
    put(uow.connection, EXPIRE, {"override": override}, due_at=until)
    recompute(uow, definition.id, [record], ScoreCause("override", {"override": override}))
    return override


def remove_override(uow: UnitOfWork, ctx: Context, score: str, record: str) -> None:
    """End an override: the computed score is shown again. Raises NotFound when there is none, Forbidden."""
    definition = allowed_definition(uow, ctx, score, record, "override")
    ended = _end(uow, definition, record, ctx.user_id)
    if ended is None:
        raise not_found()
    recompute(uow, definition.id, [record], ScoreCause("override", {"override": ended}))


def find_override(uow: UnitOfWork, definition: Definition, record: str, at: datetime) -> dict[str, Any] | None:
    """Return the override that held at a moment, or None."""
    o = overrides.c
    holds = [o.score == definition.id, o.record == record, o.at <= at, o.expires_at > at, o.ended_at.is_(None) | (o.ended_at > at)]
    row = uow.connection.execute(select(overrides).where(*holds).order_by(o.at.desc(), o.id.desc()).limit(1)).mappings().first()
    return dict(row) if row else None


def overrides_between(uow: UnitOfWork, definition: Definition, record: str, since: datetime, until: datetime) -> list[dict[str, Any]]:
    """Return the overrides that held in a span of time, oldest first, with ``ends_at``: when each ended or will."""
    o = overrides.c
    rows = uow.connection.execute(
        select(overrides).where(o.score == definition.id, o.record == record, o.at < until, o.expires_at > since).order_by(o.at, o.id)
    ).mappings()
    listed = [{**row, "ends_at": min(row["ended_at"] or row["expires_at"], row["expires_at"])} for row in rows]
    return [row for row in listed if row["ends_at"] > since]


def expire_overrides(uow: UnitOfWork) -> int:
    """End the overrides whose time is over, compute their scores again, and return how many there were."""
    o = overrides.c
    due = update(overrides).where(o.ended_at.is_(None), o.expires_at <= uow.now).values(ended_at=o.expires_at).returning(o.score, o.record)
    by_score: dict[str, list[str]] = {}
    for score, record in uow.connection.execute(due):
        by_score.setdefault(score, []).append(record)
    for score, records in by_score.items():
        if uow.model.find("score", score) is not None:
            recompute(uow, score, records, ScoreCause("override", {"expired": True}))
    return sum(len(records) for records in by_score.values())


def allowed_definition(uow: UnitOfWork, ctx: Context, score: str, record: str, action: str) -> Definition:
    """Return the definition of a score when the person may act on the record; raises Forbidden or NotFound."""
    definition = define(uow.model, uow.model.get("score", score))
    rights = rights_of(uow.model, ctx)
    rights.require(definition.entity, action)
    table = uow.tables.of(definition.entity)
    there = uow.connection.execute(select(table.c.id).where(table.c.id == record, table.c.deleted_at.is_(None))).first()
    visible = allowed_ids(uow, rights, definition.entity, [record], "read", [])
    if there is None or (visible is not None and record not in visible):
        raise not_found()
    allowed = allowed_ids(uow, rights, definition.entity, [record], action, [])
    if allowed is not None and record not in allowed:
        message = say("Your roles do not allow this on this record.", "您的角色不允许对该记录执行此操作。")
        raise Forbidden(
            Problem("", "forbidden", message, say("Ask an administrator for a role that allows it.", "请向管理员申请相应角色。"))
        )
    return definition


def _end(uow: UnitOfWork, definition: Definition, record: str, by: str | None) -> str | None:
    o = overrides.c
    ending = update(overrides).where(o.score == definition.id, o.record == record, o.ended_at.is_(None))
    return uow.connection.execute(ending.values(ended_at=uow.now, ended_by=by).returning(o.id)).scalar()


def _problems(
    uow: UnitOfWork, definition: Definition, value: Decimal | None, band: str | None, reason: str | None, until: datetime
) -> Iterable[Problem]:
    low, high = definition.body.scale
    if (value is None) == (band is None):
        message = say("An override sets either a value or a band.", "人工调整须设置分数或等级，二者择一。")
        yield Problem("/value", "required", message, say("Send one of them.", "请提供其中一个。"))
    if value is not None and not low <= value <= high:
        yield Problem(
            "/value", "out_of_range", say("A score lies between {low} and {high}.", "分数须在 {low} 与 {high} 之间。", low=low, high=high)
        )
    if band is not None and band not in definition.bands:
        hint = say("One of {bands}.", "可选：{bands}。", bands=", ".join(definition.bands))
        yield Problem("/band", "bad_choice", say("There is no band {band}.", "没有等级 {band}。", band=band[:60]), hint)
    if not (reason or "").strip():
        yield Problem(
            "/reason",
            "required",
            say("An override needs a reason.", "人工调整须填写原因。"),
            say("Say why in a sentence.", "请用一句话说明原因。"),
        )
    if not uow.now < until <= uow.now + LONGEST:
        message = say("An override ends within 90 days.", "人工调整须在 90 天内到期。")
        yield Problem("/expires_at", "out_of_range", message, say("Choose a day in the next 90 days.", "请选择未来 90 天内的日期。"))
