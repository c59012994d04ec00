"""A score for the few records that a change touched: the same computation with their ids inside every subquery."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Insert, bindparam, func, insert, select, update
from sqlalchemy.schema import CreateTable

from tenon.engine.columns import CodeText
from tenon.engine.records.events import Written
from tenon.engine.scores.apply import apply, keep_form, keep_moves, read_batch, tell_moves
from tenon.engine.scores.definition import Definition, define
from tenon.engine.scores.events import ScoreCause, ScoreChanged
from tenon.engine.scores.layers import ids_parameter, ids_value
from tenon.engine.scores.outcome import COLUMNS, changes, departures
from tenon.engine.scores.ranking import with_cuts
from tenon.engine.scores.tables import stage, temporary_stage
from tenon.engine.sql.environment import Environment, Everything, Moving, Resolver
from tenon.engine.sql.sets import id_set
from tenon.engine.sql.values import read_clock
from tenon.engine.unit_of_work import UnitOfWork

FEW = 200
"""Up to so many records aggregates are looked up one by one, above they are grouped."""
_ROOM = (
    "SELECT set_config('jit', 'off', true),"
    " set_config('work_mem', greatest(pg_size_bytes(current_setting('work_mem')), 67108864) / 1024 || 'kB', true)"
)
"""Room for joining all records in memory and in their order; to compile so long a statement takes longer than to run it."""


def realtime(uow: UnitOfWork, score_id: str, ids: Collection[str], cause: ScoreCause | None = None) -> list[str]:
    """Compute a score for some records and return the ids of those whose public values changed.

    The changes of band wait in the transaction until `tell_moves`. On PostgreSQL the records are locked first, in id order, so that
    two writers of children cannot leave a score that saw only one of them.
    """
    definition = define(uow.model, uow.model.get("score", score_id))
    if not ids:
        return []
    _lock(uow, definition, ids)
    run = uow.new_id()
    if not stage_changes(uow, definition, run, ids):
        return []
    keep_form(uow, definition)
    shown, moves = apply(uow, definition, read_batch(uow, run, cause or cause_of(uow)))
    keep_moves(uow, moves)
    return shown


def recompute(uow: UnitOfWork, score_id: str, ids: Collection[str], cause: ScoreCause) -> list[str]:
    """Compute a score for some records and tell listeners at once; return the ids of those whose public values changed."""
    definition = define(uow.model, uow.model.get("score", score_id))
    shown = realtime(uow, score_id, ids, cause)
    if shown:
        uow.tell(ScoreChanged(definition.entity, definition.id, tuple(shown)))
    tell_moves(uow)
    return shown


def cause_of(uow: UnitOfWork) -> ScoreCause:
    """Return the cause noted in the transaction, else the write that came last: its entity and how many records it wrote."""
    noted = uow.notes.get("score_cause")
    if isinstance(noted, ScoreCause):
        return noted
    written = next((e for e in reversed(uow.events) if isinstance(e, Written)), None)
    if written is None:
        return ScoreCause("event")
    one = {"record": written.ids[0]} if len(written.ids) == 1 else {"records": len(written.ids)}
    return ScoreCause("event", {"entity": written.entity.name, "action": written.action, **one})


def environment_of(uow: UnitOfWork, definition: Definition, resolver: Resolver | None = None) -> Environment:
    """Return what the score is compiled against; without a resolver every record and every stored value counts."""
    environment = Environment(uow.dialect, uow.tables, uow.model, uow.now, uow.today, uow.timezone, resolver=resolver or Everything())
    return with_cuts(environment, definition)


def _lock(uow: UnitOfWork, definition: Definition, ids: Collection[str]) -> None:
    """Lock the records, then stamp their scores: whoever staged them before knows that somebody computed them later."""
    wanted = id_set(uow.dialect, ids)
    if uow.dialect == "postgresql":
        table = uow.tables.of(definition.entity)
        # The lock comes before every look at other rows: a statement that waits for it would still see them as they were.
        uow.connection.execute(select(table.c.id).where(table.c.id.in_(wanted)).order_by(table.c.id).with_for_update(key_share=True))
    scores = uow.tables.score(definition.id)
    uow.connection.execute(update(scores).where(scores.c.record.in_(wanted)).values(seq=scores.c.seq + 1))


def stage_changes(
    uow: UnitOfWork, definition: Definition, run: str, ids: Collection[str] | None, *, is_exempt: bool = False, resolver: Resolver | None = None,
) -> int:
    """Stage what changes for some records, or for all of them, and return how many rows that are."""
    parameters: dict[str, Any] = {"now": uow.now, "run": run}
    if ids is not None:
        parameters["ids"] = ids_value(uow.dialect, ids)
    grouped = ids is None or len(ids) > FEW
    if uow.dialect == "sqlite" and "score_stage" not in uow.connection.info:
        # Temporary tables go before others of the same name and are not written to the log; should this one be rolled back, that one serves.
        uow.connection.execute(CreateTable(temporary_stage, if_not_exists=True))
        uow.connection.info["score_stage"] = True
    if uow.dialect == "postgresql" and ids is None:
        uow.connection.exec_driver_sql(_ROOM)
    statements, read = staging(uow, definition, has_ids=ids is not None, grouped=grouped, is_exempt=is_exempt, resolver=resolver)
    for statement in statements:
        uow.connection.execute(statement, {**parameters, **read})
    return int(uow.connection.execute(select(func.count()).select_from(stage).where(stage.c.run == run)).scalar_one())


def staging(
    uow: UnitOfWork, definition: Definition, *, has_ids: bool, grouped: bool, is_exempt: bool, resolver: Resolver | None = None
) -> tuple[list[Insert], dict[str, Any]]:
    """Return the statements that stage changes, and what they read off the clock; they are made once for a release.

    Where the moment decides how they are built, they are kept for a day, or for a moment when the score reads now().
    """
    key = ("score_staging", definition.id, uow.tables, has_ids, grouped, is_exempt, type(resolver))
    when = uow.now if definition.follows_the_moment else uow.today
    stamp, kept = (uow.timezone, definition), uow.model.cache.get(key)
    plain = Environment(uow.dialect, uow.tables, uow.model, uow.now, uow.today, uow.timezone)
    if kept is not None and kept.stamp == stamp and (kept.when == when or not kept.moving.is_fixed):
        read = read_clock(plain, kept.moving)
        if read is not None:
            return kept.statements, read
    moving = Moving()
    environment = replace(environment_of(uow, definition, resolver), moving=moving)
    ids = ids_parameter(uow.dialect) if has_ids else None
    selects = [changes(environment, definition, ids, grouped=grouped, is_exempt=is_exempt), departures(environment, definition, ids)]
    run = bindparam("run", type_=CodeText(), required=True).label("run")
    statements = [insert(stage).from_select(["run", *COLUMNS], s.with_only_columns(run, *s.selected_columns)) for s in selects if s is not None]
    uow.model.cache[key] = _Staging(stamp, when, statements, moving)
    return statements, read_clock(plain, moving) or {}


@dataclass(frozen=True)
class _Staging:
    """Statements that are kept: what they were made for, the moment, and what of them follows the clock."""

    stamp: tuple[Any, ...]
    when: date
    statements: list[Insert]
    moving: Moving
