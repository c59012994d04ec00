"""Applying what was staged: bands that changed, snapshots and values, as three statements for a chunk of records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, cast, delete, func, insert, literal, null, or_, select, type_coerce, union_all
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from tenon.engine.columns import CodeText, Json, Moment
from tenon.engine.scores.definition import Definition
from tenon.engine.scores.events import BandMoved, BandsMoved, ScoreCause
from tenon.engine.scores.layers import to_stored
from tenon.engine.scores.tables import forms, snapshots, stage, transitions
from tenon.engine.unit_of_work import UnitOfWork

_COPIED = (
    "band", "computed_band", "variant", "shares", "caps", "placed_band", "last_band", "band_since", "wanted", "wanted_since",
)  # fmt: skip
_EXACT = ("score", "coverage", "trend", "computed_score")


@dataclass(frozen=True)
class Batch:
    """Staged rows of one run, all of them or those in a range of records, and why they change.

    A part of a run leaves its rows in the stage: whoever applies it in parts clears the stage at the end.
    """

    run: str
    cause: ScoreCause
    upto: str | None = None
    after: str = ""

    @property
    def rows(self) -> ColumnElement[bool]:
        """The condition of its staged rows."""
        own = stage.c.run == self.run
        return own if self.upto is None else and_(own, stage.c.record > self.after, stage.c.record <= self.upto)


def keep_form(uow: UnitOfWork, definition: Definition) -> None:
    """Keep what the stored shares of this release mean, once."""
    key = ("score_form", definition.id, uow.connection.engine)
    if uow.model.cache.get(key) == definition.form:
        return
    inserted = insert_postgresql(forms) if uow.dialect == "postgresql" else insert_sqlite(forms)
    values = {"form": definition.form, "score": definition.id, "body": definition.form_json}
    uow.connection.execute(inserted.on_conflict_do_nothing(index_elements=["form"]), values)
    uow.after_commit.append(lambda: uow.model.cache.__setitem__(key, definition.form))


def apply(uow: UnitOfWork, definition: Definition, batch: Batch, *, reads_moves: bool = True) -> tuple[list[str], list[BandMoved]]:
    """Store the staged rows of a batch; return the records whose public values changed, and the changes of band.

    Without ``reads_moves`` the changes of band are written and not returned: a long run reads them at its end.
    """
    is_lite = uow.dialect == "sqlite"
    moves = _add_transitions(uow, definition, batch, is_lite=is_lite, reads_moves=reads_moves)
    _add_snapshots(uow, definition, batch, is_lite=is_lite)
    _store_values(uow, definition, batch, is_lite=is_lite)
    scores = uow.tables.score(definition.id)
    if definition.where is not None:
        gone = select(stage.c.record).where(batch.rows, stage.c.is_leaving == 1)
        uow.connection.execute(delete(scores).where(scores.c.record.in_(gone)))
    shown = list(uow.connection.execute(select(stage.c.record).where(batch.rows, stage.c.is_shown == 1).order_by(stage.c.record)).scalars())
    if batch.upto is None:
        uow.connection.execute(delete(stage).where(batch.rows))
    return shown, moves


def _add_transitions(uow: UnitOfWork, definition: Definition, batch: Batch, *, is_lite: bool, reads_moves: bool) -> list[BandMoved]:
    """Write a row for each change of band: into a gap, out of it, and from the band before to the new one."""
    before = func.coalesce(stage.c.was_band, stage.c.was_last)
    into_gap = and_(stage.c.was_band.is_not(None), stage.c.band.is_(None))
    out_of_gap = and_(stage.c.was_band.is_(None), stage.c.was_last.is_not(None), stage.c.band.is_not(None))
    is_move = and_(before.is_not(None), stage.c.band.is_not(None), before != stage.c.band)
    nothing = cast(null(), CodeText())
    kinds: list[tuple[Any, Any, Any]] = [
        (stage.c.was_band, nothing, into_gap), (nothing, stage.c.band, out_of_gap), (before, stage.c.band, is_move),
    ]  # fmt: skip
    if not uow.connection.execute(select(stage.c.record).where(batch.rows, or_(into_gap, out_of_gap, is_move)).limit(1)).first():
        return []
    parts: list[Select[Any]] = [
        select(
            literal(definition.id, CodeText()).label("score"), stage.c.record, old.label("from"), new.label("to"), _now(uow).label("at"),
            to_stored(is_lite, stage.c.score).label("value"), to_stored(is_lite, stage.c.was_score).label("was_value"),
            literal(batch.cause.kind, CodeText()).label("cause"), _json(uow, batch.cause.detail).label("detail"), literal(batch.run, CodeText()).label("run"),
        ).where(batch.rows, condition)
        for old, new, condition in kinds
    ]  # fmt: skip
    names = ["score", "record", "from", "to", "at", "value", "was_value", "cause", "detail", "run"]
    last = uow.connection.execute(select(func.max(transitions.c.id)).where(transitions.c.run == batch.run)).scalar() or 0
    uow.connection.execute(insert(transitions).from_select(names, union_all(*parts)))
    return moves_of(uow, definition, batch.run, last) if reads_moves else []


def moves_of(uow: UnitOfWork, definition: Definition, run: str, after: int, limit: int | None = None) -> list[BandMoved]:
    """Return the changes of band that a run wrote after a certain one, in their order."""
    t = transitions.c
    statement = select(transitions).where(t.run == run, t.id > after).order_by(t.id).limit(limit)
    return [
        BandMoved(
            definition.entity, definition.id, row["record"], row["from"], row["to"], row["at"], row["value"], row["was_value"],
            ScoreCause(row["cause"], row["detail"]), row["id"],
        )
        for row in uow.connection.execute(statement).mappings()
    ]  # fmt: skip


def _add_snapshots(uow: UnitOfWork, definition: Definition, batch: Batch, *, is_lite: bool) -> None:
    values: dict[str, ColumnElement[Any]] = {
        "score": literal(definition.id, CodeText()), "record": stage.c.record, "at": _now(uow), "value": to_stored(is_lite, stage.c.score),
        "band": stage.c.band, "coverage": to_stored(is_lite, stage.c.coverage), "computed_value": to_stored(is_lite, stage.c.computed_score),
        "computed_band": stage.c.computed_band, "variant": stage.c.variant, "shares": stage.c.shares, "caps": stage.c.caps,
        "form": literal(definition.form, CodeText()), "release": literal(definition.release), "cause": _json(uow, batch.cause.to_json()),
    }  # fmt: skip
    uow.connection.execute(insert(snapshots).from_select(list(values), select(*values.values()).where(batch.rows, stage.c.is_kept == 1)))


def _store_values(uow: UnitOfWork, definition: Definition, batch: Batch, *, is_lite: bool) -> None:
    """Write the rows; one that somebody computed later than the stage stays as it is."""
    scores = uow.tables.score(definition.id)
    values: dict[str, Any] = {
        "record": stage.c.record, **{n: stage.c[n] for n in _COPIED}, **{n: to_stored(is_lite, stage.c[n]) for n in _EXACT}, "at": _now(uow),
        "form": literal(definition.form, CodeText()), "release": literal(definition.release),
        "seq": func.coalesce(stage.c.seq, literal(-1)) + 1,
    }  # fmt: skip
    rows = select(*values.values()).where(batch.rows, stage.c.is_leaving == 0).order_by(stage.c.record)
    inserted: Any = (insert_sqlite if is_lite else insert_postgresql)(scores).from_select(list(values), rows)
    fresh = {name: inserted.excluded[name] for name in values if name != "record"}
    uow.connection.execute(
        inserted.on_conflict_do_update(index_elements=["record"], set_=fresh, where=scores.c.seq == inserted.excluded.seq - 1)
    )


def _now(uow: UnitOfWork) -> ColumnElement[Any]:
    return literal(uow.now, Moment())


def _json(uow: UnitOfWork, value: Any) -> ColumnElement[Any]:
    if value is None:
        return cast(null(), Json())
    return type_coerce(literal(value, Json()), Json())


def keep_moves(uow: UnitOfWork, moves: Sequence[BandMoved]) -> None:
    """Keep changes of band until `tell_moves`: rules hear them after every dependent score is done."""
    uow.notes.setdefault("band_moves", []).extend(moves)


def tell_moves(uow: UnitOfWork) -> None:
    """Tell listeners the changes of band kept in this transaction."""
    while moves := uow.notes.pop("band_moves", []):
        for move in moves:
            uow.tell(move)
        tell_together(uow, moves)


def tell_together(uow: UnitOfWork, moves: Sequence[BandMoved]) -> None:
    """Tell changes of band once more, those of a score as one event."""
    by_score: dict[str, list[BandMoved]] = {}
    for move in moves:
        by_score.setdefault(move.score_id, []).append(move)
    for score_id, listed in by_score.items():
        uow.tell(BandsMoved(listed[0].entity, score_id, tuple(listed)))
