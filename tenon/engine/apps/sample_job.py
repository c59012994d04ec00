"""The job that fills an app with its sample records, in parts, and then fills in the past of its scores."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from tenon.engine.apps.package import Package
from tenon.engine.apps.sample_marks import samples_of
from tenon.engine.apps.samples import Rows, read_rows, write_rows
from tenon.engine.columns import show_moment
from tenon.engine.context import Cause, Context
from tenon.engine.jobs import JobKind, JobRun, put
from tenon.engine.jobs.table import jobs
from tenon.engine.outside import FileStore
from tenon.engine.people import load_user
from tenon.engine.rules.silence import note_all_silent
from tenon.engine.scores.forecast_records import put_forecast
from tenon.engine.scores.past import begin_history, days_before, end_history, fill_day, without_history
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Problem, Unavailable
from tenon.metamodel.labels import say

SAMPLES = "app_samples"
PART = 5_000
DAYS_A_STEP = 4
ATTEMPTS = 20
A_MONTH = timedelta(days=30)
OpenWrite = Callable[[], AbstractContextManager[UnitOfWork]]


def put_samples(uow: UnitOfWork, ctx: Context, packages: Sequence[Package]) -> str | None:
    """Keep the sample files of packages and put the job that loads them; None when there are none.

    What came back with an app that had been removed is not loaded a second time.
    """
    content = io.BytesIO()
    parts: list[dict[str, Any]] = []
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for package in packages:
            there = samples_of(uow, package.name)
            for sample in package.app.body.sample:
                name = f"{package.name}/{sample.file}"
                archive.writestr(name, package.samples[sample.file])
                entity = uow.model.find_entity(sample.entity)
                if entity is not None and (entity.app != package.name or entity.id not in there):
                    parts.append({"app": package.name, "entity": entity.name, "file": name, "match_on": sample.match_on})
    if not parts:
        return None
    key = uow.new_id().replace("-", "")
    content.seek(0)
    uow.outside.files.write(key, content)
    days = max(p.app.body.sample_days for p in packages)
    payload = {"key": key, "parts": parts, "apps": [p.name for p in packages], "days": days, "user": ctx.user_id, "now": show_moment(uow.now)}
    return put(uow.connection, SAMPLES, payload, max_attempts=ATTEMPTS, created_by=ctx.user_id)


def sample_jobs(open_write: OpenWrite, language: Callable[[], str] = lambda: "en") -> list[JobKind]:
    """Return the kind of job that loads sample records, with the texts of the workspace's language."""
    return [JobKind(SAMPLES, lambda run: _Loading(run, open_write, language()).run())]


def _of_the_past(open_write: OpenWrite) -> OpenWrite:
    """Return what opens transactions whose records have been there for long: rules are not woken by them."""

    @contextmanager
    def open_past() -> Iterator[UnitOfWork]:
        with open_write() as uow:
            uow.is_past = True
            yield uow

    return open_past


@dataclass(frozen=True)
class _Part:
    """Some rows of one file."""

    app: str
    entity: str
    file: str
    match_on: tuple[str, ...]
    rows: Rows


class _Loading:
    """One attempt: parts of files, each in a transaction of its own, then the past of scores some days at a time."""

    def __init__(self, job: JobRun, open_write: OpenWrite, language: str) -> None:
        self.job, self.open_write, self.language = job, _of_the_past(open_write), language
        self.moment = datetime.fromisoformat(job.payload["now"])
        state = job.checkpoint or {}
        self.part, self.day, self.read, self.left_out = (int(state.get(name, 0)) for name in ("part", "day", "read", "left_out"))

    def run(self) -> dict[str, Any]:
        """Load what is left; raises Unavailable while the samples of an app installed before are not there yet."""
        self._wait_for_others()
        key = self.job.payload["key"]
        parts = list(self._parts(self.job.outside.files, key))
        moments = days_before(self.moment, self.job.payload["days"])
        total = sum(len(p.rows) for p in parts) + len(moments)
        for part in parts[self.part :]:
            self.job.check_cancelled()
            with self.open_write() as uow:
                today = self.moment.astimezone(uow.timezone).date()
                wrote = write_rows(uow, self._context(uow, part.file), part.entity, part.rows, app=part.app, today=today, match_on=part.match_on)
                self.part += 1
                self.read += len(part.rows)
                self.left_out += wrote.left_out
                self._save(uow.connection, total)
        self._fill(moments, total)
        self._settle()
        self.job.outside.files.delete(key)
        return {"records": self.read - self.left_out, "left_out": self.left_out, "days": self.day}

    def _wait_for_others(self) -> None:
        own = (jobs.c.kind == SAMPLES, jobs.c.state.in_(("queued", "running")), jobs.c.id < self.job.id)
        with self.open_write() as uow:
            if uow.connection.execute(select(jobs.c.id).where(*own).limit(1)).first() is not None:
                message = say("Other sample records are loaded first.", "正在先载入其他应用的示例数据。")
                raise Unavailable(Problem("", "conflict", message, say("This goes on by itself.", "稍后会自动继续。")))

    def _fill(self, moments: list[datetime], total: int) -> None:
        """Fill in the past of the scores of the apps that have none."""
        if not moments:
            return
        scores: list[str] | None = (self.job.checkpoint or {}).get("scores")
        if scores is None:
            with self.open_write() as uow:
                own = [d.id for d in uow.model.all("score") if d.app in self.job.payload["apps"]]
                scores = without_history(uow, own)
                begin_history(uow, scores)
                self._save(uow.connection, total, scores)
        while scores and self.day < len(moments):
            self.job.check_cancelled()
            with self.open_write() as uow:
                for moment in moments[self.day : self.day + DAYS_A_STEP]:
                    fill_day(uow, scores, moment)
                self.day = min(self.day + DAYS_A_STEP, len(moments))
                self._save(uow.connection, total, scores)
        with self.open_write() as uow:
            end_history(uow, scores)
            for score in scores:
                if uow.model.documents[score].body.forecasts is not None:
                    for day in (uow.today - A_MONTH, uow.today):  # a number shows how it moves from its second day on
                        put_forecast(uow, score, day)
            self._save(uow.connection, total, scores)

    def _settle(self) -> None:
        """Let rules that wait for silence know who is silent already."""
        with self.open_write() as uow:
            note_all_silent(uow)

    def _save(self, connection: Connection, total: int, scores: list[str] | None = None) -> None:
        state = {"part": self.part, "day": self.day, "read": self.read, "left_out": self.left_out, **({} if scores is None else {"scores": scores})}
        self.job.save(connection, state, done=self.read + self.day, total=total)

    def _context(self, uow: UnitOfWork, file: str) -> Context:
        """Whoever installs needs no rights on the records; they stand where a sample names somebody who is not there."""
        user = self.job.payload["user"]
        known = load_user(uow.connection, user) if user is not None else None
        return replace(Context(known), is_system=True, cause=Cause("import", label=file))

    def _parts(self, files: FileStore, key: str) -> Iterator[_Part]:
        with files.open(key) as stored, zipfile.ZipFile(io.BytesIO(stored.read())) as archive:
            for each in self.job.payload["parts"]:
                rows = read_rows(archive.read(each["file"]), self.language)
                for start in range(0, len(rows), PART):
                    yield _Part(each["app"], each["entity"], each["file"], tuple(each["match_on"]), rows[start : start + PART])

