"""The job of a connector: what waits, page after page of what comes, then what goes; each page and how far the run is in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tenon.engine.connectors import TYPES
from tenon.engine.connectors.base import Batch, Line
from tenon.engine.jobs.queue import put
from tenon.engine.jobs.run import JobKind, JobRun
from tenon.engine.jobs.schedules import Schedule
from tenon.engine.jobs.table import keep_problems
from tenon.engine.syncing import links, pushing, runs, waiting
from tenon.engine.syncing.connectors import CONNECTOR, Connector, open_connector, shape_of
from tenon.engine.syncing.moments import before, later
from tenon.engine.syncing.pulling import take
from tenon.engine.syncing.reading import find_broken
from tenon.engine.syncing.tally import MOST, Tally
from tenon.engine.unit_of_work import UnitOfWork
from tenon.engine.webhooks.incoming import at_place
from tenon.metamodel.errors import Conflict, Invalid, NotFound, Problem, Stale, TenonError, TooMany, Unavailable
from tenon.metamodel.kinds.connector import ConnectorKind
from tenon.metamodel.labels import say
from tenon.metamodel.model import Model

JOB, DUE = "connector", "connector_due"
PREFIX = "connector:"
AGAIN = (Unavailable, TooMany, Stale)
OF_THE_WAY = ("/connection", "/url")
"""Where problems stand that are not those of one record."""
WAITING_ROWS = 500
ROWS_AT_ONCE = 2_000
"""So many records of a page are written in one transaction."""
DRY_PAGES = 20
MOST_IN_A_ROW = 100
"""After so many refusals without a break the other side is asked no more in this run."""
AHEAD = timedelta(days=1)
"""What was changed later than that from now has a wrong moment: asking for what came after it would hide everything else."""
OpenWrite = Callable[[], AbstractContextManager[UnitOfWork]]
Row = dict[str, Any]


class _Undo(Exception):
    """Leaves a transaction without keeping what was written in it."""


def connector_jobs(open_write: OpenWrite) -> list[JobKind]:
    """Return the kinds of jobs that run a connector, and that begin a run at its time."""

    def work(run: JobRun) -> dict[str, Any]:
        return _Run(run, open_write).run_all()

    def begin_due(run: JobRun) -> dict[str, Any]:
        with open_write() as uow:
            document = uow.model.find(CONNECTOR, run.payload["connector"])
            job = None
            if document is not None and not runs.state_of(uow.connection, document.id)["is_paused"]:
                job = begin(uow, document.id)
            run.finish(uow.connection, {"job": job})
        return {"job": job}

    return [JobKind(JOB, work), JobKind(DUE, begin_due)]


def connector_schedules(model: Model) -> list[Schedule]:
    """Return when the connectors of a release run."""
    return [Schedule(PREFIX + each.id, each.body.schedule, DUE, {"connector": each.id}) for each in model.all(CONNECTOR) if each.body.schedule is not None]


def begin(uow: UnitOfWork, connector: str, *, is_dry: bool = False, user: str | None = None) -> str:
    """Put the job of a run and return its id; while one is under way it is that one's. Raises Conflict for a connector that rests."""
    if not is_dry and runs.state_of(uow.connection, connector)["is_paused"]:
        message = say("This connector is paused.", "该连接器已暂停。")
        raise Conflict(Problem("", "blocked", message, say("Resume it first, or try it with a dry run.", "请先恢复，或进行试运行。")))
    key = keys_of(connector)[is_dry]
    return put(uow.connection, JOB, {"connector": connector, "dry_run": is_dry, "user": user}, unique_key=key, created_by=user)


def keys_of(connector: str) -> tuple[str, str]:
    """Return the keys of the jobs of a connector: of its run, and of its dry run."""
    return f"{JOB}:{connector}", f"{JOB}:{connector}:dry"


@dataclass
class _Run:
    """One attempt at a run."""

    job: JobRun
    open_write: OpenWrite
    in_a_row: int = 0
    """How many records the other side has refused without a break."""

    def run_all(self) -> dict[str, Any]:
        """Go through all phases; what is away for now is tried again by the job, what is refused ends it."""
        self.id: str = self.job.payload["connector"]
        self.is_dry = bool(self.job.payload.get("dry_run"))
        with self.open_write() as uow:
            self.body: ConnectorKind = self._connector(uow).body
            self.tally = runs.begin(uow, self.job.id, self.id, is_dry=self.is_dry, created_by=self.job.payload.get("user"))
        line: Line = TYPES[self.body.type].open(self.job.outside, self.body)
        try:
            if self.body.pulls:
                self._take_waiting()
                self._pull(line)
            if self.body.pushes:
                self._push(line)
        except TenonError as error:
            self._note(error)
            raise
        state = "cancelled" if self.job.was_stopped else "done"
        result = {"dry_run": self.is_dry, "counts": self.tally.counts, "errors": len(self.tally.errors)}  # which records they are is in the log of runs, for whom that is open
        with self.open_write() as uow:
            runs.keep(uow.connection, self.job.id, self.tally, uow.now, state=state, ended_at=uow.real_now)
            self.job.save(uow.connection, self.job.checkpoint, done=self.tally.counts["pulled"])
        return result

    def _connector(self, uow: UnitOfWork) -> Connector:
        return open_connector(uow, self.id, self.job.id)

    def _note(self, error: TenonError) -> None:
        """Keep what stopped a run, and whether it goes on by itself."""
        goes_on = isinstance(error, AGAIN) and self.job.attempt < self.job.claim.max_attempts
        if len(self.tally.errors) < MOST:
            self.tally.errors.append({"way": "", "key": "", "errors": keep_problems(error.problems)})
        with self.open_write() as uow:
            runs.keep(uow.connection, self.job.id, self.tally, uow.now, state="waiting" if goes_on else "failed", ended_at=None if goes_on else uow.real_now)

    def _step(self, work: Callable[[UnitOfWork, Connector], dict[str, Any] | None]) -> None:
        """Do a part of the work in one transaction, with what it counted and how far it came; of a dry run nothing stays but the counts."""
        if self.is_dry:
            try:
                with self.open_write() as uow:
                    work(uow, self._connector(uow))
                    raise _Undo
            except _Undo:
                pass
        with self.open_write() as uow:
            state = work(uow, self._connector(uow)) if not self.is_dry else None
            if state is not None:
                runs.keep_state(uow.connection, self.id, **state)
            runs.keep(uow.connection, self.job.id, self.tally, uow.now)
            self.job.save(uow.connection, None, done=self.tally.counts["pulled"])

    def _take_waiting(self) -> None:
        """Try anew what was refused here in earlier runs."""
        after: str | None = ""
        while after is not None and not self.job.is_cancelled:
            with self.open_write() as uow:
                rows, after = waiting.rows_after(uow.connection, self.id, after, WAITING_ROWS)
            if rows:
                self._step(lambda uow, connector, rows=rows: take(uow, connector, rows, self.tally, self.job.id))  # type: ignore[misc]

    def _pull(self, line: Line) -> None:
        """Take page after page; where a run was cut the next one goes on at the page it was at."""
        with self.open_write() as uow:
            state, document = runs.state_of(uow.connection, self.id), self._connector(uow).document
        shape = shape_of(document)
        place: dict[str, Any] = state["place"] if state["shape"] == shape else {}
        is_resumed = "pass" in place and not self.is_dry
        if not is_resumed:
            place = {"watermark": place.get("watermark"), "pass": self._new_pass(place.get("watermark"))}
        pages, previous, asked = 0, None, set[str]()
        while "pass" in place and not self.job.is_cancelled and not (self.is_dry and pages >= DRY_PAGES):
            going = place["pass"]
            try:
                batch = line.read(going["since"], going["cursor"])
            except (Invalid, NotFound):
                if not is_resumed or pages:
                    raise
                going = place["pass"] = self._new_pass(place.get("watermark"))  # the place of the run before is no longer there: it is read anew
                batch = line.read(going["since"], going["cursor"])
            if str(batch.following) in asked or (batch.rows and batch.rows == previous):
                message = say("The same page comes again and again.", "同一页反复返回。")
                raise Invalid(Problem("/source/page", "conflict", message, say("Look at how the other system asks for the next page.", "请查看对方系统的翻页方式。")))
            if find_broken({"next": batch.following}) is not None:
                message = say("Where the next page is cannot be kept.", "下一页的位置无法保存。")
                raise Invalid(Problem("/source/page", "bad_format", message, say("Look at an answer of the other system.", "请查看对方系统的返回内容。")))
            asked.add(str(batch.following))
            self.tally.is_whole = going["since"] is None
            place, pages, previous = self._following(place, batch), pages + 1, batch.rows
            kept = {"shape": shape, "place": place, **({} if "pass" in place else {"fresh_at": datetime.fromisoformat(going["began"])})}
            self._take_page(batch, kept)

    def _new_pass(self, watermark: str | None) -> dict[str, Any]:
        source = self.body.source
        overlap = source.since.overlap_seconds if source is not None and source.since is not None else 0
        since = before(watermark, overlap) if watermark is not None else None
        return {"since": since, "cursor": None, "highest": watermark, "began": self.job.outside.clock.now().isoformat()}

    def _following(self, place: dict[str, Any], batch: Batch) -> dict[str, Any]:
        """Return how far the pull is after a page; the watermark moves once all pages were read, whatever their order."""
        source, going, clock = self.body.source, place["pass"], self.job.outside.clock
        highest, last = going["highest"], max(clock.now(), clock.real_now()) + AHEAD
        if source is not None and source.since is not None:
            for row in batch.rows:
                highest = later(highest, at_place(row, source.since.field), last)
        if batch.following is None:
            return {"watermark": highest}
        return {"watermark": place["watermark"], "pass": {**going, "cursor": batch.following, "highest": highest}}

    def _take_page(self, batch: Batch, kept: dict[str, Any]) -> None:
        """Write the records of a page; how far the pull is moves with the last of them."""
        for start in range(0, len(batch.rows) or 1, ROWS_AT_ONCE):
            part = batch.rows[start : start + ROWS_AT_ONCE]
            is_last = start + ROWS_AT_ONCE >= len(batch.rows)

            def work(uow: UnitOfWork, connector: Connector, part: list[Row] = part, is_last: bool = is_last) -> dict[str, Any] | None:
                take(uow, connector, part, self.tally, self.job.id)
                return kept if is_last else None

            self._step(work)

    def _push(self, line: Line) -> None:
        """Send what changed here, one call a record; each is noted once it has arrived."""
        after: str | None = ""
        while after is not None and not self.job.is_cancelled:
            with self.open_write() as uow:
                connector = self._connector(uow)
                part = pushing.find(uow, connector, after)
                if not self.is_dry:
                    links.keep(uow, connector.system, connector.entity, part.even, uow.now)
            for each in part.outgoing:
                if self.job.is_cancelled or self._is_refused_all_along():
                    return
                if self.is_dry:
                    self._would_send(each)
                else:
                    self._send(line, each)
            after = part.after

    def _is_refused_all_along(self) -> bool:
        """Return, and note, whether the other side has refused so much without a break that it will hardly take the next record."""
        if self.in_a_row < MOST_IN_A_ROW:
            return False
        message = say("{n} records in a row were refused: the others wait for the next run.", "连续 {n} 条记录被拒绝：其余记录等待下次运行。", n=self.in_a_row)
        problem = Problem("", "over_limit", message, say("Look at what was sent, and at what the other system asks for.", "请检查所发送的内容与对方系统的要求。"))
        self.tally.errors[MOST - 1 :] = [{"way": "", "key": "", "errors": keep_problems([problem])}]
        return True

    def _would_send(self, each: pushing.Outgoing) -> None:
        if each.link is None and each.record in self.tally.met:
            return
        if each.problems:
            self.tally.refuse("out", each.record, each.problems)
            return
        self.tally.count("sent_created" if each.link is None else "sent_updated")
        self.tally.show("out", "create" if each.link is None else "update", each.link.external_id if each.link is not None else None, each.record, each.values)

    def _send(self, line: Line, each: pushing.Outgoing) -> None:
        problems: tuple[Problem, ...] = tuple(each.problems)
        external = None
        if not problems:
            try:
                external = line.send(each.sending())
            except (Invalid, NotFound) as error:
                if any(problem.path.startswith(OF_THE_WAY) for problem in error.problems):
                    raise  # nothing else would arrive either
                problems = error.problems
            self.in_a_row = self.in_a_row + 1 if problems else 0
        with self.open_write() as uow:
            connector = self._connector(uow)
            if external is not None and not (problems := tuple(pushing.taken(uow, connector, each, external))):
                pushing.note_sent(uow, connector, each, external)
                self.tally.count("sent_created" if each.link is None else "sent_updated")
            else:
                pushing.note_refused(uow, connector, each, problems)
                self.tally.refuse("out", each.record, problems)
            runs.keep(uow.connection, self.job.id, self.tally, uow.now)
            self.job.save(uow.connection, None, done=self.tally.counts["pulled"])


__all__ = ["DUE", "JOB", "PREFIX", "Tally", "begin", "connector_jobs", "connector_schedules"]
