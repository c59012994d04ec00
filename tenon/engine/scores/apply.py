"""Applying what was staged: bands that changed, snapshots and values, as three statements for a chunk of records."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Insert,
    Select,
    Update,
    and_,
    cast,
    delete,
    func,
    insert,
    literal,
    null,
    select,
    type_coerce,
    union_all,
    update,
)

from tenon.engine.columns import CodeText, Json, Moment
from tenon.engine.scores.definition import Definition
from tenon.engine.scores.events import BandMoved, BandsMoved, Moves, ScoreCause
from tenon.engine.scores.layers import add, flag, times, to_stored
from tenon.engine.scores.tables import forms, snapshots, stage, transitions
from tenon.engine.sql.inserting import insert_into
from tenon.engine.unit_of_work import UnitOfWork

_COPIED = (
    "band", "computed_band", "variant", "shares", "caps", "placed_band", "last_band", "band_since", "wanted", "wanted_since",
)  # fmt: skip
W = TypeVar("W", Insert, Update)
_EXACT = ("score", "coverage", "trend", "computed_score")


NEW, LEAVING, SHOWN, INTO_GAP, OUT_OF_GAP, MOVE, NEWER = (1 << bit for bit in range(7))
"""What happens to a staged row, as bits: it is new, leaves, its public values change, its band goes, comes back,
or is another, somebody computed it since."""
_BEFORE = func.coalesce(stage.c.was_band, stage.c.was_last)
_MOVES: dict[int, ColumnElement[bool]] = {
    INTO_GAP: and_(stage.c.was_band.is_not(None), stage.c.band.is_(None)),
    OUT_OF_GAP: and_(stage.c.was_band.is_(None), stage.c.was_last.is_not(None), stage.c.band.is_not(None)),
    MOVE: and_(_BEFORE.is_not(None), stage.c.band.is_not(None), stage.c.band != _BEFORE),
}


@dataclass(frozen=True)
class Batch:
    """Staged rows of one run, all of them or the next so many, and why they change; ``happens`` are the bits of each sort of row.

    A part of a run leaves its rows in the stage: whoever applies it in parts clears the stage at the end.
    """

    run: str
    cause: ScoreCause
    records: Sequence[str]
    happens: frozenset[int]
    after: str | None = None
    newer: Sequence[str] = ()

    @property
    def own(self) -> ColumnElement[bool]:
        """The condition of its rows in the stage."""
        return _own(self.run, self.after, self.records)

    def has(self, bits: int) -> bool:
        """Return whether any of this happens to any of its rows."""
        return any(each & bits for each in self.happens)

    def without(self, records: Collection[str]) -> Batch:
        """Return the batch without some of its records; they are no longer in the stage."""
        gone = set(records)
        return replace(self, records=[record for record in self.records if record not in gone]) if gone else self


def read_batch(
    uow: UnitOfWork, run: str, cause: ScoreCause, after: str | None = None, most: int | None = None, beside: FromClause | None = None
) -> Batch:
    """Return all staged rows of a run, or the next ``most`` of them after a record; ``beside`` is the score's table where newer rows matter."""
    rest = [stage.c.run == run, *([stage.c.record > after] if after is not None else [])]
    bits = {NEW: stage.c.is_new == 1, LEAVING: stage.c.is_leaving == 1, SHOWN: stage.c.is_shown == 1, **_MOVES}
    if beside is not None:
        bits[NEWER] = beside.c.seq.is_distinct_from(stage.c.seq)
    happens = add([times(flag(condition), bit) for bit, condition in bits.items()]).label("happens")
    source = stage if beside is None else stage.outerjoin(beside, beside.c.record == stage.c.record)
    rows = uow.connection.execute(select(stage.c.record, happens).select_from(source).where(*rest).order_by(stage.c.record).limit(most)).all()
    return Batch(run, cause, [record for record, _ in rows], frozenset(map(itemgetter(1), rows)), after, [r for r, bits in rows if bits & NEWER])


def _own(run: str, after: str | None, records: Sequence[str]) -> ColumnElement[bool]:
    own = stage.c.run == run
    return own if after is None else and_(own, stage.c.record > after, stage.c.record <= (records[-1] if records else after))


def keep_form(uow: UnitOfWork, definition: Definition) -> None:
    """Keep what the stored shares of this release mean, once."""
    key = ("score_form", definition.id, uow.connection.engine)
    if uow.model.cache.get(key) == definition.form:
        return
    inserted = insert_into(forms, uow.dialect)
    values = {"form": definition.form, "score": definition.id, "body": definition.form_json}
    uow.connection.execute(inserted.on_conflict_do_nothing(index_elements=["form"]), values)
    uow.after_commit.append(lambda: uow.model.cache.__setitem__(key, definition.form))


def apply(uow: UnitOfWork, definition: Definition, batch: Batch, *, finds_moves: bool = True) -> tuple[list[str], Moves | None]:
    """Store the staged rows of a batch; return the records whose public values changed, and the changes of band.

    Without ``finds_moves`` the changes of band are written and not returned: a long run looks for them at its end.
    """
    is_lite = uow.dialect == "sqlite"
    shown = _shown(uow, batch)
    _store_values(uow, definition, batch, is_lite=is_lite)
    moves = _add_transitions(uow, definition, batch, is_lite=is_lite, finds_moves=finds_moves)
    _add_snapshots(uow, definition, batch, is_lite=is_lite)
    if batch.has(LEAVING):
        scores = uow.tables.score(definition.id)
        gone = select(stage.c.record).where(batch.own, stage.c.is_leaving == 1)
        uow.connection.execute(delete(scores).where(scores.c.record.in_(gone)))
    if batch.after is None:
        uow.connection.execute(delete(stage).where(batch.own))
    return shown, moves


def _shown(uow: UnitOfWork, batch: Batch) -> list[str]:
    """Return the records whose public values change."""
    if all(bits & SHOWN for bits in batch.happens):
        return list(batch.records)
    if not batch.has(SHOWN):
        return []
    return list(uow.connection.execute(select(stage.c.record).where(batch.own, stage.c.is_shown == 1).order_by(stage.c.record)).scalars())


def _add_transitions(uow: UnitOfWork, definition: Definition, batch: Batch, *, is_lite: bool, finds_moves: bool) -> Moves | None:
    """Write a row for each change of band: into a gap, out of it, and from the band before to the new one."""
    nothing = cast(null(), CodeText())
    sides: dict[int, tuple[Any, Any]] = {INTO_GAP: (stage.c.was_band, nothing), OUT_OF_GAP: (nothing, stage.c.band), MOVE: (_BEFORE, stage.c.band)}
    parts: list[Select[Any]] = [
        select(
            literal(definition.id, CodeText()).label("score"), stage.c.record, old.label("from"), new.label("to"), _now(uow).label("at"),
            to_stored(is_lite, stage.c.score).label("value"), to_stored(is_lite, stage.c.was_score).label("was_value"),
            literal(batch.cause.kind, CodeText()).label("cause"), _json(uow, batch.cause.detail).label("detail"), literal(batch.run, CodeText()).label("run"),
        ).where(batch.own, _MOVES[bit])
        for bit, (old, new) in sides.items() if batch.has(bit)
    ]  # fmt: skip
    if not parts:
        return None
    names = ["score", "record", "from", "to", "at", "value", "was_value", "cause", "detail", "run"]
    last = last_move(uow) if finds_moves else 0
    uow.connection.execute(_whole(insert(transitions)).from_select(names, union_all(*parts) if parts[1:] else parts[0]))
    return Moves(definition.entity, definition.id, batch.run, batch.cause, uow.now, last, last_move(uow)) if finds_moves else None


def last_move(uow: UnitOfWork) -> int:
    """Return the number of the last change of band there is: what is written from here on has a higher one."""
    return uow.connection.execute(select(func.max(transitions.c.id))).scalar() or 0


def read_moves(uow: UnitOfWork, moves: Moves) -> list[BandMoved]:
    """Return the changes of band one by one, in their order."""
    t = transitions.c
    columns, own = (t.record, t["from"], t.to, t.value, t.was_value, t.id), (t.run == moves.run, t.id > moves.after, t.id <= moves.last)
    found = uow.connection.execute(select(*columns).where(*own).order_by(t.id)).all()
    return [
        BandMoved(moves.entity, moves.score_id, record, old, new, moves.at, value, was, moves.cause, id) for record, old, new, value, was, id in found
    ]


def _add_snapshots(uow: UnitOfWork, definition: Definition, batch: Batch, *, is_lite: bool) -> None:
    values: dict[str, ColumnElement[Any]] = {
        "score": literal(definition.id, CodeText()), "record": stage.c.record, "at": _now(uow), "value": to_stored(is_lite, stage.c.score),
        "band": stage.c.band, "coverage": to_stored(is_lite, stage.c.coverage), "computed_value": to_stored(is_lite, stage.c.computed_score),
        "computed_band": stage.c.computed_band, "variant": stage.c.variant, "shares": stage.c.shares, "caps": stage.c.caps,
        "form": literal(definition.form, CodeText()), "release": literal(definition.release), "cause": _json(uow, batch.cause.to_json()),
    }  # fmt: skip
    rows = select(*values.values()).where(batch.own, stage.c.is_kept == 1)
    uow.connection.execute(_whole(insert(snapshots)).from_select(list(values), rows))


def _store_values(uow: UnitOfWork, definition: Definition, batch: Batch, *, is_lite: bool) -> None:
    """Write the rows; one that somebody computed later than the stage stays as it is."""
    scores = uow.tables.score(definition.id)
    values: dict[str, Any] = {
        **{n: stage.c[n] for n in _COPIED}, **{n: to_stored(is_lite, stage.c[n]) for n in _EXACT}, "at": _now(uow),
        "form": literal(definition.form, CodeText()), "release": literal(definition.release),
    }  # fmt: skip
    kinds = {bits & (NEW | LEAVING) for bits in batch.happens}
    if 0 in kinds:
        stays = and_(batch.own, stage.c.is_new == 0, stage.c.is_leaving == 0)
        changed = update(scores).where(stays, scores.c.record == stage.c.record, scores.c.seq == stage.c.seq)
        uow.connection.execute(_whole(changed).values({**values, "seq": stage.c.seq + 1}))
    if NEW in kinds:
        values = {"record": stage.c.record, **values, "seq": literal(0)}
        rows = select(*values.values()).where(batch.own, stage.c.is_new == 1).order_by(stage.c.record)
        inserted = insert_into(scores, uow.dialect)
        uow.connection.execute(_whole(inserted).from_select(list(values), rows).on_conflict_do_nothing(index_elements=["record"]))


def _whole(statement: W) -> W:
    """Return a statement that is undone with its transaction only: SQLite need not copy every page first to undo it alone."""
    return statement.prefix_with("OR FAIL", dialect="sqlite")


def _now(uow: UnitOfWork) -> ColumnElement[Any]:
    return literal(uow.now, Moment())


def _json(uow: UnitOfWork, value: Any) -> ColumnElement[Any]:
    if value is None:
        return cast(null(), Json())
    return type_coerce(literal(value, Json()), Json())


def keep_moves(uow: UnitOfWork, moves: Moves | None) -> None:
    """Keep changes of band until `tell_moves`: rules hear them after every dependent score is done."""
    if moves is not None:
        uow.notes.setdefault("band_moves", []).append(moves)


def tell_moves(uow: UnitOfWork) -> None:
    """Tell listeners the changes of band kept in this transaction, those of a score as one event."""
    while moves := uow.notes.pop("band_moves", []):
        by_score: dict[str, list[Moves]] = {}
        for each in moves:
            by_score.setdefault(each.score_id, []).append(each)
        for listed in by_score.values():
            tell_together(uow, listed)


def tell_together(uow: UnitOfWork, moves: Sequence[Moves]) -> None:
    """Tell changes of band of one score as one event; they are read when a listener asks for them."""
    uow.tell(BandsMoved(moves[0].entity, moves[0].score_id, lambda: tuple(move for each in moves for move in read_moves(uow, each))))
