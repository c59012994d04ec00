"""A workspace of tests: a model from raw documents, its tables, records put in directly, and a clock that can be moved."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select, update

from tenon.engine.jobs import job_kinds
from tenon.engine.outside import FixedClock, fake_outside, new_record_id
from tenon.engine.recompute.touch import Change, Recompute
from tenon.engine.records.events import Written
from tenon.engine.scores.events import BandsMoved, ScoreCause
from tenon.engine.scores.realtime import realtime
from tenon.engine.scores.run import run_now
from tenon.engine.scores.tables import snapshots, transitions
from tenon.engine.scores.wiring import run_score, score_jobs, score_listener, tell_moves
from tenon.engine.tables import Tables
from tenon.engine.unit_of_work import Listeners, UnitOfWork
from tenon.metamodel.model import Model
from tenon.metamodel.naming import to_stored
from tenon.metamodel.parse import identify, read_document
from tenon.metamodel.snapshot import build, outline
from tenon.platform.database import Database
from tenon.platform.worker import Worker

ZONE = ZoneInfo("Asia/Shanghai")

CUSTOMER: dict[str, Any] = {
    "kind": "entity", "name": "customer", "fields": [
        {"name": "name", "type": "text"}, {"name": "arr", "type": "money"}, {"name": "ratio", "type": "percent", "scale": 4},
        {"name": "hours", "type": "decimal", "scale": 2}, {"name": "stage", "type": "choice", "options": [{"name": "onboarding"}, {"name": "live"}]},
        {"name": "is_tracked", "type": "boolean"}, {"name": "team_used_on", "type": "date"}, {"name": "report_used_on", "type": "date"},
        {"name": "admin_seen_on", "type": "date"}, {"name": "trained_on", "type": "date"}, {"name": "goal_set", "type": "boolean"},
    ],
}  # fmt: skip
TICKET: dict[str, Any] = {
    "kind": "entity", "name": "ticket", "time_field": "opened_on", "fields": [
        {"name": "title", "type": "text"}, {"name": "opened_on", "type": "date"}, {"name": "rating", "type": "integer"},
        {"name": "priority", "type": "choice", "options": [{"name": "low"}, {"name": "urgent"}]},
        {"name": "customer", "type": "reference", "entity": "customer", "reverse": {"name": "tickets", "label": {"en": "Tickets"}}},
    ],
}  # fmt: skip
BANDS = [
    {"name": "risk", "from": 0, "colour": "red"},
    {"name": "fair", "from": 50, "colour": "amber"},
    {"name": "healthy", "from": 80, "colour": "green"},
]


def score(*measures: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A score of customers named health with one variant."""
    variants = more.pop("variants", [{"name": "default", "measures": list(measures)}])
    return {"kind": "score", "name": "health", "entity": "customer", "bands": BANDS, "variants": variants, **more}


def points(name: str, worth: float, **more: Any) -> dict[str, Any]:
    """A measure worth so many points."""
    return {"name": name, "points": worth, **more}


def model_of(*documents: dict[str, Any], number: int = 1, before: Model | None = None) -> Model:
    """The model of raw documents; the ids of an earlier one are kept."""
    read = [read_document(raw) for raw in documents]
    read = [identify(d, before.find(d.kind, d.name) if before else None) for d in read]
    shape = outline(read, number)
    model = build([to_stored(d, shape) for d in read], number)
    assert not model.problems, model.problems
    return model


class World:
    """One workspace: ``work()`` opens a transaction at the clock's moment."""

    def __init__(self, database: Database, model: Model, moment: datetime) -> None:
        self.database, self.clock = database, FixedClock(moment)
        self.told: list[Any] = []
        self.on_event: Callable[[UnitOfWork, Any], None] = lambda _, __: None
        self.outside = replace(fake_outside(moment), clock=self.clock)
        self.recompute = Recompute(run_score, lambda *_: None, tell_moves)
        self.publish(model)
        with database.ddl() as connection:
            list(self.tables.all())
            self.tables.metadata.create_all(connection)

    def publish(self, model: Model) -> None:
        """Work with another release."""
        self.model, self.tables = model, Tables(model, self.database.dialect)

    @contextmanager
    def work(self) -> Iterator[UnitOfWork]:
        """A transaction."""
        with self.database.write() as connection:
            uow = self.uow(connection)
            yield uow
        for function in uow.after_commit:
            function()

    def uow(self, connection: Any, as_of: datetime | None = None) -> UnitOfWork:
        """A unit of work on a connection."""
        now = as_of or self.clock.now()
        listeners = Listeners(after=(self.hear, self._keep_fresh, score_listener(self.recompute)))
        return UnitOfWork(connection, self.model, self.tables, self.outside, ZONE, now, self.clock.real_now(), listeners)

    def hear(self, uow: UnitOfWork, event: Any) -> None:
        """Keep an event; a test may be told of it too."""
        self.told.append(event)
        if isinstance(event, BandsMoved):
            _ = event.moves  # read while the transaction lasts
        self.on_event(uow, event)

    def _keep_fresh(self, uow: UnitOfWork, event: Any) -> None:
        if isinstance(event, Written):
            self.recompute.after(uow, Change(event.entity.id, event.ids, event.fields, event.before))

    @contextmanager
    def reading(self) -> Iterator[UnitOfWork]:
        """A read transaction."""
        with self.database.read() as connection:
            yield self.uow(connection)

    def worker(self, chunk: int = 5_000) -> Worker:
        """A worker for the jobs of scores."""
        return Worker(self.database, job_kinds(score_jobs(self.work, self.reading, chunk)), self.outside, lease_time=timedelta(minutes=5))

    @property
    def today(self) -> date:
        """Today in the workspace's zone."""
        return self.clock.now().astimezone(ZONE).date()

    def ago(self, days: int) -> date:
        """The day so many days ago."""
        return self.today - timedelta(days=days)

    def put(self, entity: str, **values: Any) -> str:
        """Put a record in and return its id; nothing is computed."""
        found = self.model.get_entity(entity)
        now = self.clock.now()
        row = {"id": new_record_id(), "created_at": now, "updated_at": now, "version": 1, **values}
        with self.database.write() as connection:
            connection.execute(insert(self.tables.of(found)), {found.fields[k].column: v for k, v in row.items()})
        return str(row["id"])

    def change(self, entity: str, record: str, **values: Any) -> None:
        """Change a record; nothing is computed."""
        found = self.model.get_entity(entity)
        table = self.tables.of(found)
        row = {"updated_at": self.clock.now(), **values}
        with self.database.write() as connection:
            connection.execute(update(table).where(table.c.id == record).values({found.fields[k].column: v for k, v in row.items()}))

    @property
    def score_id(self) -> str:
        """The id of the score health."""
        return self.model.get("score", "health").id

    def touch(self, *records: str, cause: ScoreCause | None = None) -> list[str]:
        """Compute the score of some records and return those whose public values changed."""
        with self.work() as uow:
            return realtime(uow, self.score_id, records, cause)

    def run(self, name: str = "health", cause: str = "schedule") -> Any:
        """Compute a score for all records."""
        with self.work() as uow:
            return run_now(uow, self.model.get("score", name).id, ScoreCause(cause))  # type: ignore[arg-type]

    def row(self, record: str, name: str = "health") -> dict[str, Any]:
        """What is stored for a record."""
        table = self.tables.score(self.model.get("score", name).id)
        with self.database.read() as connection:
            found = connection.execute(select(table).where(table.c.record == record)).mappings().first()
        return dict(found) if found else {}

    def value(self, record: str) -> Decimal | None:
        """The public score."""
        found: Decimal | None = self.row(record).get("score")
        return found

    def band(self, record: str) -> str | None:
        """The public band."""
        found: str | None = self.row(record).get("band")
        return found

    def snapshots(self, record: str) -> list[dict[str, Any]]:
        """The snapshots of a record, oldest first."""
        with self.database.read() as connection:
            statement = select(snapshots).where(snapshots.c.record == record).order_by(snapshots.c.id)
            return [dict(row) for row in connection.execute(statement).mappings()]

    def moves(self, record: str) -> list[tuple[str | None, str | None]]:
        """The changes of band of a record, oldest first."""
        with self.database.read() as connection:
            statement = select(transitions).where(transitions.c.record == record).order_by(transitions.c.id)
            return [(row["from"], row["to"]) for row in connection.execute(statement).mappings()]

    def causes(self, record: str) -> list[str]:
        """Why the bands of a record changed."""
        with self.database.read() as connection:
            statement = select(transitions.c.cause).where(transitions.c.record == record).order_by(transitions.c.id)
            return list(connection.execute(statement).scalars())
