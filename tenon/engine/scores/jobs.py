"""The jobs of scores: full runs in chunks, resumable and stoppable, overrides that end, and the nightly sweep."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, delete, exists, select, update

from tenon.engine.columns import show_moment
from tenon.engine.jobs import Cancelled, JobKind, JobRun, Schedule
from tenon.engine.scores.apply import NEW, Batch, apply, keep_form, last_move, read_batch, tell_together
from tenon.engine.scores.calibration import CALIBRATE, calibrate
from tenon.engine.scores.definition import Definition, define
from tenon.engine.scores.events import Moves, ScoreCause, ScoreChanged
from tenon.engine.scores.forecast_records import keep_forecasts
from tenon.engine.scores.forecasting import FORECAST
from tenon.engine.scores.overrides import EXPIRE, expire_overrides
from tenon.engine.scores.realtime import recompute, stage_changes
from tenon.engine.scores.run import begin, cause_of_run, in_order, run_now
from tenon.engine.scores.snapshots import thin
from tenon.engine.scores.tables import runs, stage
from tenon.engine.sql.sets import id_set
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.model import Model

RUN, SWEEP = "score_run", "score_sweep"
CHUNK = 5_000
CHUNKS, WIDEST = 50, 4
"""More chunks than these are made wider, up to so many times: each rewrites pages of an index from one end to the other, the longer the more."""
TELLING = timedelta(seconds=0.2)
"""For so long changes of band are told in one transaction: what listens may write, and others wait."""
TOLD_TOGETHER = 200
"""After so many the clock is looked at; numbers of others lie between, so they are at most so many."""
Open = Callable[[], AbstractContextManager[UnitOfWork]]
"""Open a transaction over the release in force."""


def score_jobs(open_write: Open, open_read: Open, chunk: int = CHUNK) -> list[JobKind]:
    """Return the kinds of jobs of scores.

    ``score_run`` takes ``{"score": id or name, None for all, "cause": "schedule" | "model" | "manual"}``; it applies ``chunk`` rows in
    one transaction, of large runs more. ``score_calibration`` takes ``{"score": id}``, ``score_forecast``
    also ``day``, today without it.
    """
    return [
        JobKind(RUN, lambda job: _Run(job, open_write, open_read, chunk).run()),
        JobKind(CALIBRATE, lambda job: _calibrate(job, open_write)),
        JobKind(FORECAST, lambda job: _forecast(job, open_write)),
        JobKind(EXPIRE, lambda _: {"ended": _in_work(open_write, expire_overrides)}),
        JobKind(SWEEP, lambda _: {"ended": _in_work(open_write, expire_overrides), "thinned": _in_work(open_write, thin)}),
    ]


def score_schedules(model: Model) -> list[Schedule]:
    """Return the schedules of a release, all named ``score:…``: a full run of each score at its time, and the nightly sweep."""
    own = [Schedule(f"score:{d.id}", d.body.schedule, RUN, {"score": d.id, "cause": "schedule"}) for d in model.all("score")]
    own += [
        Schedule(f"score:foresight:{d.id}", d.body.foresees.schedule, CALIBRATE, {"score": d.id}) for d in model.all("score") if d.body.foresees is not None
    ]
    own += [Schedule(f"score:forecast:{d.id}", d.body.forecasts.schedule, FORECAST, {"score": d.id, "day": None}) for d in model.all("score") if d.body.forecasts]
    return [*own, Schedule("score:sweep", "10 0 * * *", SWEEP)] if own else []


def _calibrate(job: JobRun, open_write: Open) -> dict[str, Any]:
    with open_write() as uow:
        found = calibrate(uow, str(job.payload["score"]))
        job.save(uow.connection, {"calibration": found})
    return {"calibration": found}


def _forecast(job: JobRun, open_write: Open) -> dict[str, Any]:
    day = job.payload.get("day")
    with open_write() as uow:
        found = keep_forecasts(uow, str(job.payload["score"]), date.fromisoformat(day) if day else None)
        job.save(uow.connection, dict(found))
    return dict(found)


def _in_work(open_write: Open, work: Callable[[UnitOfWork], int]) -> int:
    with open_write() as uow:
        return work(uow)


@dataclass
class _State:
    """How far the job is; its JSON is the checkpoint."""

    as_of: str
    queue: list[str]
    run: str | None = None
    phase: str = "begin"
    staged: int = 0
    applied: int = 0
    told: int = 0
    last_told: int = 0
    """The numbers of the changes of band that are told, and of the last one of this run."""
    after: str = ""
    skipped: list[str] = field(default_factory=list)
    changed: int = 0

    @property
    def moment(self) -> datetime:
        """The moment the scores are computed for."""
        return datetime.fromisoformat(self.as_of)

    def next_score(self) -> None:
        """Go on to the next score."""
        self.queue = self.queue[1:]
        self.run, self.phase, self.staged, self.applied, self.told, self.last_told, self.after, self.skipped = None, "begin", 0, 0, 0, 0, "", []


class _Run:
    """One attempt at a run: phases begin, stage, apply, tell for each score in turn."""

    def __init__(self, job: JobRun, open_write: Open, open_read: Open, chunk: int) -> None:
        self.job, self.open_write, self.open_read, self.chunk = job, open_write, open_read, chunk
        self.state = _State(**job.checkpoint) if job.checkpoint else self._first()
        self.snapshot: Callable[[], AbstractContextManager[Connection]]

    def _first(self) -> _State:
        with self.open_read() as uow:
            wanted = self.job.payload.get("score")
            queue = [uow.model.get("score", wanted).id] if wanted else in_order(uow.model)
            return _State(show_moment(uow.now), queue)

    @contextmanager
    def _work(self) -> Iterator[UnitOfWork]:
        """A write transaction as of the run's moment."""
        with self.open_write() as uow:
            uow.now = self.state.moment
            yield uow

    def run(self) -> dict[str, Any]:
        """Run every score in the queue."""
        phases = {"begin": self._begin, "stage": self._stage, "apply": self._apply, "tell": self._tell}
        with self.open_read() as uow:
            if self.state.phase == "apply" and uow.dialect == "sqlite":
                self.state.phase, self.state.after = "stage", ""  # the stage went with the attempt before
        with self.job.database.staging() as self.snapshot:
            while self.state.queue:
                if self.job.is_cancelled:
                    self._give_up()
                phases[self.state.phase]()
        return {"changed": self.state.changed}

    def _save(self, uow: UnitOfWork) -> None:
        self.job.save(uow.connection, self.state.__dict__, done=self.state.applied, total=self.state.staged)

    def _cause(self, definition: Definition) -> ScoreCause:
        return cause_of_run(definition, ScoreCause(self.job.payload.get("cause", "schedule")))

    def _definition(self, uow: UnitOfWork) -> Definition | None:
        document = uow.model.find("score", self.state.queue[0])
        return define(uow.model, document) if document is not None else None

    def _begin(self) -> None:
        """Note the run; population measures are done at once, on PostgreSQL the stage is one statement."""
        state = self.state
        with self._work() as uow:
            definition = self._definition(uow)
            if definition is None:
                state.next_score()
            elif definition.has_population:
                state.changed += run_now(uow, definition.id, self._cause(definition)).changed
                state.next_score()
            else:
                cause = self._cause(definition)
                state.run, state.told = begin(uow, definition, cause), last_move(uow)
                keep_form(uow, definition)
                if uow.dialect == "sqlite":
                    state.phase = "stage"
                else:
                    state.staged = stage_changes(uow, definition, state.run, None, is_exempt=cause.kind == "model")
                    state.phase = "apply"
            self._save(uow)

    def _stage(self) -> None:
        """Compute in one read snapshot while others go on writing, and stage what differs in a temporary table."""
        state = self.state
        with self.open_read() as source, self.snapshot() as connection:
            definition = self._definition(source)
            if definition is not None:
                uow = replace(source, connection=connection, now=state.moment)
                is_exempt = self._cause(definition).kind == "model"
                state.staged = state.applied + stage_changes(uow, definition, str(state.run), None, is_exempt=is_exempt)
        with self._work() as uow:
            state.phase = "apply"
            self._save(uow)

    def _apply(self) -> None:
        """Apply the next chunk of staged rows, or go on when there is none."""
        state = self.state
        with self._work() as uow:
            definition = self._definition(uow)
            batch = read_chunk(uow, definition, str(state.run), self._cause(definition), state.after, self._width()) if definition is not None else None
            if definition is None or batch is None or not batch.records:
                self._end_applying(uow, definition)
                return
            skipped = drop_newer(uow, definition, batch)
            shown, _ = apply(uow, definition, batch.without(skipped), finds_moves=False)
            if shown:
                uow.tell(ScoreChanged(definition.entity, definition.id, tuple(shown)))
            state.applied += len(batch.records)
            state.changed += len(batch.records) - len(skipped)
            state.skipped += skipped
            state.after = batch.records[-1]
            self._save(uow)

    def _width(self) -> int:
        return max(self.chunk, min(self.state.staged // CHUNKS, WIDEST * self.chunk))

    def _end_applying(self, uow: UnitOfWork, definition: Definition | None) -> None:
        state = self.state
        done = update(runs).where(runs.c.id == state.run)
        values = {
            "state": "done",
            "staged": state.staged,
            "applied": state.applied,
            "skipped": len(state.skipped),
            "ended_at": uow.real_now,
        }
        uow.connection.execute(done.values(values))
        if uow.dialect == "postgresql" or state.queue[1:]:
            # SQLite empties a table as a whole at once; there it is this run's own, and gone with the connection.
            uow.connection.execute(delete(stage) if uow.dialect == "sqlite" else delete(stage).where(stage.c.run == state.run))
        if definition is not None and state.skipped:
            # Whoever held these rows may have rolled back.
            recompute(uow, definition.id, state.skipped, self._cause(definition))
        state.phase, state.last_told = "tell", last_move(uow)
        self._save(uow)

    def _tell(self) -> None:
        """Tell the changes of band, some at a time, now that everything that depends on the score is done."""
        state = self.state
        with self.open_write() as uow:
            definition = self._definition(uow)
            until = uow.outside.clock.real_now() + TELLING
            while definition is not None and state.told < state.last_told and uow.outside.clock.real_now() <= until:
                last = min(state.told + TOLD_TOGETHER, state.last_told)
                tell_together(uow, [Moves(definition.entity, definition.id, str(state.run), self._cause(definition), state.moment, state.told, last)])
                state.told = last
            if definition is None or state.told >= state.last_told:
                state.next_score()
            self._save(uow)

    def _give_up(self) -> None:
        with self.job.database.write() as connection:
            connection.execute(delete(stage).where(stage.c.run == self.state.run))
            connection.execute(update(runs).where(runs.c.id == self.state.run).values(state="cancelled", applied=self.state.applied))
        raise Cancelled(self.job.id)


def read_chunk(uow: UnitOfWork, definition: Definition, run: str, cause: ScoreCause, after: str, most: int) -> Batch:
    """Return the next staged rows of a run; on SQLite with those that somebody computed since."""
    return read_batch(uow, run, cause, after, most, uow.tables.score(definition.id) if uow.dialect == "sqlite" else None)


def drop_newer(uow: UnitOfWork, definition: Definition, batch: Batch) -> list[str]:
    """Take out of the stage the rows that somebody computed since, or is computing now, and return their records."""
    scores = uow.tables.score(definition.id)
    if uow.dialect == "sqlite":
        if batch.newer:
            uow.connection.execute(delete(stage).where(stage.c.run == batch.run, stage.c.record.in_(id_set("sqlite", batch.newer))))
        return list(batch.newer)
    same = select(scores.c.record).join(stage, and_(stage.c.record == scores.c.record, stage.c.seq == scores.c.seq)).where(batch.own)
    held = set(uow.connection.execute(same.order_by(scores.c.record).with_for_update(of=scores, skip_locked=True)).scalars())
    if len(held) == len(batch.records):
        return []
    if batch.has(NEW):
        there = exists(select(scores.c.record).where(scores.c.record == stage.c.record))
        held |= set(uow.connection.execute(select(stage.c.record).where(batch.own, stage.c.is_new == 1, ~there)).scalars())
    lost = [record for record in batch.records if record not in held]
    if lost:
        uow.connection.execute(delete(stage).where(stage.c.run == batch.run, stage.c.record.in_(lost)))
    return lost
