"""A score of seven measures beside the UPDATE that somebody would write by hand for the same expressions, on the same rows, by turns."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import islice
from statistics import median
from typing import Any

from sqlalchemy import Integer, Numeric, and_, case, cast, func, insert, not_, select, type_coerce, update
from sqlalchemy.types import Float

from tenon.engine.context import system_context
from tenon.engine.jobs import get, put
from tenon.engine.outside import FixedClock
from tenon.engine.records.stored import to_columns
from tenon.engine.releases import publish_documents
from tenon.engine.scores.events import ScoreCause
from tenon.engine.scores.jobs import RUN
from tenon.engine.scores.realtime import recompute
from tenon.engine.scores.run import run_now
from tenon.engine.scores.tables import snapshots
from tenon.platform.bench.rows import row_id
from tenon.platform.boot import make_worker
from tenon.platform.workspace import Platform

TICKETS_A_CUSTOMER = 3
PART = 5_000
NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
CUSTOMER: dict[str, Any] = {
    "kind": "entity", "name": "scored_customer", "fields": [
        {"name": "name", "type": "text"}, {"name": "ratio", "type": "percent", "scale": 4}, {"name": "hours", "type": "decimal", "scale": 2},
        {"name": "team_used_on", "type": "date"}, {"name": "trained_on", "type": "date"}, {"name": "goal_set", "type": "boolean"},
        {"name": "is_tracked", "type": "boolean"},
    ],
}  # fmt: skip
TICKET: dict[str, Any] = {
    "kind": "entity", "name": "scored_ticket", "time_field": "opened_on", "fields": [
        {"name": "opened_on", "type": "date"}, {"name": "rating", "type": "integer"},
        {"name": "priority", "type": "choice", "options": [{"name": "low"}, {"name": "urgent"}]},
        {"name": "customer", "type": "reference", "entity": "scored_customer", "reverse": {"name": "tickets", "label": {"en": "Tickets"}}},
    ],
}  # fmt: skip
SCORE: dict[str, Any] = {
    "kind": "score", "name": "health", "entity": "scored_customer",
    "variants": [{"name": "default", "measures": [
        {"name": "weekly", "points": 25, "value": "scale(ratio, 0, 0.30)", "missing": "zero"},
        {"name": "team", "points": 15, "when": "team_used_on >= days_ago(30)"}, {"name": "hours", "points": 15, "when": "hours > 5"},
        {"name": "tickets", "points": 15, "value": "1 - scale(count(tickets, where=priority == 'urgent' and opened_on >= days_ago(30)), 0, 5)"},
        {"name": "rating", "points": 10, "value": "avg(tickets.rating) / 5"}, {"name": "goal", "points": 10, "when": "goal_set and is_tracked"},
        {"name": "training", "points": 10, "when": "days_since(trained_on) <= 90"},
    ]}],
    "bands": [{"name": "risk", "from": 0}, {"name": "fair", "from": 50}, {"name": "healthy", "from": 80}],
}  # fmt: skip


@dataclass
class Times:
    """Seconds of each round by what was measured."""

    rows: int
    dialect: str
    tell: Callable[[str], None]
    seconds: dict[str, list[float]] = field(default_factory=dict)
    cpu: dict[str, list[float]] = field(default_factory=dict)
    """Of this process: on SQLite all the work there is."""

    def take(self, what: str, work: Callable[[], object]) -> None:
        """Measure a piece of work."""
        started, cpu = time.perf_counter(), time.process_time()
        work()
        self.seconds.setdefault(what, []).append(time.perf_counter() - started)
        self.cpu.setdefault(what, []).append(time.process_time() - cpu)
        self.tell(f"{self.dialect}: score of {self.rows}, {what} {self.seconds[what][-1]:.3f} s")

    def middle(self, what: str) -> float:
        """Return the median of what was measured."""
        return median(self.seconds[what])

    def ratio(self, what: str) -> str:
        """Return the median against that of the bare UPDATE, and the range of the rounds."""
        bare = f"bare {what.removeprefix('nothing ')}"
        each = [a / b for a, b in zip(self.seconds[what], self.seconds[bare], strict=True)]
        shown = f"{self.middle(what) / self.middle(bare):.2f} times the bare UPDATE (rounds {min(each):.1f} to {max(each):.1f}"
        worked = f"; CPU {median(self.cpu[what]) / median(self.cpu[bare]):.1f}" if self.dialect == "sqlite" else ""
        return f"{shown}{worked})"


class Bench:
    """A workspace with customers, tickets and a score of seven measures."""

    def __init__(self, platform: Platform, clock: FixedClock, rows: int) -> None:
        self.platform, self.clock, self.rows, self.chance = platform, clock, rows, random.Random(20_260_302)
        publish_documents(platform.publisher, system_context("command", "bench"), [CUSTOMER, TICKET, SCORE])
        with platform.read() as uow:
            self.model, self.tables = uow.model, uow.tables
        self.score = self.model.get("score", "health").id
        self._fill()

    def _fill(self) -> None:
        today = NOW.date()
        self._store("scored_customer", (
            {
                "id": row_id(1, n), "name": f"Customer {n}", "ratio": Decimal(self.chance.randint(0, 4_000)) / 10_000,
                "hours": Decimal(self.chance.randint(0, 1_000)) / 100, "team_used_on": today - timedelta(days=self.chance.randint(0, 60)),
                "trained_on": today - timedelta(days=self.chance.randint(0, 180)), "goal_set": True, "is_tracked": self.chance.random() < 0.5,
            } for n in range(self.rows)
        ))  # fmt: skip
        self._store("scored_ticket", (
            {
                "id": row_id(2, n), "customer": row_id(1, n % self.rows), "priority": self.chance.choice(("low", "urgent")),
                "opened_on": today - timedelta(days=self.chance.randint(0, 60)), "rating": self.chance.randint(1, 5),
            } for n in range(self.rows * TICKETS_A_CUSTOMER)
        ))  # fmt: skip
        if self.platform.database.dialect == "postgresql":
            self.analyze()

    def analyze(self) -> None:
        """Do what the server's own cleaning would have done long ago."""
        with self.platform.database.write() as connection:
            connection.exec_driver_sql("ANALYZE")

    def _store(self, name: str, rows: Iterator[dict[str, Any]]) -> None:
        entity = self.model.get_entity(name)
        system = {"created_at": NOW, "updated_at": NOW, "version": 1, "search": ""}
        while part := list(islice(rows, PART)):
            listed = [{"id": r["id"], **to_columns(entity, {k: v for k, v in r.items() if k != "id"}), **system} for r in part]
            with self.platform.database.write() as connection:
                connection.execute(insert(self.tables.of(entity)), listed)

    def job(self) -> dict[str, Any]:
        """Run the score as a job and return its result."""
        with self.platform.write() as uow:
            job = put(uow.connection, RUN, {"score": self.score, "cause": "schedule"})
        make_worker(self.platform).run_until_idle()
        with self.platform.read() as uow:
            found = get(uow.connection, job)
        if found["state"] != "done":
            raise RuntimeError(str(found))
        result: dict[str, Any] = found["result"]
        return result

    def at_once(self) -> None:
        """Run the score in one transaction."""
        with self.platform.write() as uow:
            run_now(uow, self.score, ScoreCause("schedule"))

    def change_all(self) -> None:
        """Change every customer so that every score changes."""
        entity = self.model.get_entity("scored_customer")
        table = self.tables.of(entity)
        tracked = table.c[entity.fields["is_tracked"].column]
        with self.platform.database.write() as connection:
            connection.execute(update(table).values({tracked.name: not_(tracked)}))

    def touch(self, number: int, times: Times) -> None:
        """Change one customer and measure what its score takes on top."""
        entity, record = self.model.get_entity("scored_customer"), row_id(1, number % self.rows)
        table = self.tables.of(entity)
        tracked = table.c[entity.fields["is_tracked"].column]
        with self.platform.write() as uow:
            uow.connection.execute(update(table).where(table.c.id == record).values({tracked.name: not_(tracked)}))
            started = time.perf_counter()
            recompute(uow, self.score, [record], ScoreCause())
            times.seconds.setdefault("touch", []).append(time.perf_counter() - started)

    def bare(self) -> None:
        """Run the UPDATE that somebody would write by hand."""
        statement = _bare(self)
        with self.platform.database.write() as connection:
            connection.execute(statement)

    def undo_bare(self) -> None:
        """Undo the change of all customers and what the UPDATE made of it: no history grows by measuring it."""
        self.change_all()
        s = self.tables.score(self.score)
        with self.platform.database.write() as connection:
            connection.execute(update(s).values(score=s.c.computed_score, band=s.c.computed_band))

    def kept(self) -> int:
        """Return how many snapshots there are."""
        with self.platform.read() as uow:
            return int(uow.connection.execute(select(func.count()).select_from(snapshots)).scalar_one())


class _Bare:
    """The columns that the hand-written UPDATE reads, by their names."""

    def __init__(self, bench: Bench, name: str) -> None:
        self.entity = bench.model.get_entity(name)
        self.table = bench.tables.of(self.entity)
        self.is_lite = bench.platform.database.dialect == "sqlite"

    def __getitem__(self, name: str) -> Any:
        return self.table.c[self.entity.fields[name].column]

    def real(self, name: str, scale: int) -> Any:
        """Return an exact number as a real one."""
        return type_coerce(self[name], Float) / 10.0**scale if self.is_lite else cast(self[name], Float)


def _bare(bench: Bench) -> Any:
    """Return the UPDATE of score and band of every customer from the same seven measures."""
    c, t, s = _Bare(bench, "scored_customer"), _Bare(bench, "scored_ticket"), bench.tables.score(bench.score)
    today = bench.clock.now().date()
    is_urgent = and_(t["priority"] == "urgent", t["opened_on"] >= today - timedelta(days=30))
    group = (
        select(t["customer"].label("near"), func.count().filter(is_urgent).label("urgent"), func.avg(t["rating"]).label("rating"))
        .where(t.table.c.deleted_at.is_(None)).group_by(t["customer"]).subquery("grouped")
    )  # fmt: skip

    def least(a: Any, b: Any) -> Any:
        return (func.min if c.is_lite else func.least)(a, b, type_=Float())

    def given(condition: Any, points: float) -> Any:
        return case((condition, points), else_=0.0)

    value = (
        25 * least(1.0, c.real("ratio", 4) / 0.3) + given(c["team_used_on"] >= today - timedelta(days=30), 15.0) + given(c.real("hours", 2) > 5, 15.0)
        + 15 * (1 - least(1.0, cast(func.coalesce(group.c.urgent, 0), Float) / 5.0)) + 10 * cast(func.coalesce(group.c.rating, 0), Float) / 5.0
        + given(and_(c["goal_set"], c["is_tracked"]), 10.0) + given(c["trained_on"] >= today - timedelta(days=90), 10.0)
    )  # fmt: skip
    worked = (
        select(c["id"].label("id"), value.label("value")).select_from(c.table.outerjoin(group, group.c.near == c["id"]))
        .where(c.table.c.deleted_at.is_(None)).subquery("worked")
    )  # fmt: skip
    v = worked.c.value
    stored = cast(func.round(v * 10_000), Integer) if c.is_lite else cast(cast(v, Numeric), Numeric(38, 4))
    band = case((v >= 80, "healthy"), (v >= 50, "fair"), else_="risk")
    return update(s).where(s.c.record == worked.c.id).values(score=type_coerce(stored, s.c.score.type), band=band)


def _waits(bench: Bench) -> float:
    """Return how long another writer waited at most while a job changed every score."""
    entity = bench.model.get_entity("scored_customer")
    table, longest, is_over = bench.tables.of(entity), [0.0], threading.Event()

    def write() -> None:
        number = 0
        while not is_over.wait(0.02):
            number += 1
            started = time.perf_counter()
            with bench.platform.database.write() as connection:
                connection.execute(update(table).where(table.c.id == row_id(1, number % bench.rows)).values(version=table.c.version + 1))
            longest.append(time.perf_counter() - started)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        bench.job()
    finally:
        is_over.set()
        writer.join()
    return max(longest)


def measure_scores(platform: Platform, clock: FixedClock, rows: int, rounds: int, tell: Callable[[str], None]) -> tuple[Times, list[tuple[str, str]]]:
    """Measure in a workspace whose clock is ``clock``, set to `NOW`; return the times, and what is printed of them."""
    bench = Bench(platform, clock, rows)
    times = Times(rows, platform.database.dialect, tell)
    times.take("first job", bench.job)
    if times.dialect == "postgresql":
        bench.analyze()
    for what, work in (("job", bench.job), ("at once", bench.at_once)):  # one after the other: each finds the history that its own rounds made
        for _ in range(rounds):
            bench.change_all()
            times.take(what, work)
            kept = bench.kept()
            times.take(f"nothing {what}", work)
            if bench.kept() != kept:
                raise RuntimeError("a run that changes nothing wrote snapshots")
            bench.change_all()  # the same change for the UPDATE
            times.take(f"bare {what}", bench.bare)
            bench.undo_bare()
    for number in range(30):
        bench.touch(number, times)
    bench.clock.advance(days=1)
    times.seconds["first of a day"], was = [], len(times.seconds["touch"])
    bench.touch(99, times)
    times.seconds["first of a day"].append(times.seconds["touch"].pop(was))
    bench.change_all()
    wait = _waits(bench)
    touched = sorted(times.seconds["touch"][1:])
    return times, [
        ("all changed, with snapshots, as a job", times.ratio('job')),
        ("all changed, with snapshots, in one transaction", times.ratio('at once')),
        ("nothing changed, as a job, no row written", times.ratio('nothing job')),
        ("nothing changed, in one transaction", times.ratio('nothing at once')),
        ("one touched record", f"median {median(touched) * 1000:.1f} ms, slowest {touched[-1] * 1000:.1f} ms"),
        ("the first one ever, of a day", f"{times.seconds['touch'][0] * 1000:.0f} ms, {times.middle('first of a day') * 1000:.0f} ms"),
        ("another writer while a job changes everything", f"waits at most {wait:.2f} s"),
        ("bare UPDATE", f"{times.middle('bare job'):.2f} s"),
    ]
