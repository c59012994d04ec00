"""Doing what fired: the runs of one outside change, those of a rule as one set, in the order of the rules."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import func, literal_column, select, update

from tenon.engine.jobs.queue import NewJob, put_all
from tenon.engine.jobs.run import JobKind, JobRun
from tenon.engine.rules.acting import Acting, role_named
from tenon.engine.rules.actions import DOING
from tenon.engine.rules.book import book_of
from tenon.engine.rules.firing import RULES, cause_of_run
from tenon.engine.rules.tables import runs
from tenon.engine.rules.work import Work
from tenon.engine.sql.sets import id_set
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Stale, TenonError, TooMany, Unavailable

AT_ONCE = 500
LATE = timedelta(minutes=10)
WAITING = runs.c.state == literal_column("'waiting'")  # written out, so that the partial index is found
OpenWrite = Callable[[], AbstractContextManager[UnitOfWork]]
Row = dict[str, Any]
AGAIN = (Stale, TooMany, Unavailable)


def rule_jobs(open_write: OpenWrite, language: Callable[[], str]) -> list[JobKind]:
    """Return the kind of job that does the runs of an outside change."""

    def work(run: JobRun) -> dict[str, Any]:
        return _work(run, open_write, language)

    return [JobKind(RULES, work)]


def _work(run: JobRun, open_write: OpenWrite, language: Callable[[], str]) -> dict[str, Any]:
    return {"runs": do_runs(run.payload["root"], open_write, language(), run.check_cancelled)}


def do_runs(root: str, open_write: OpenWrite, language: str, check: Callable[[], None] = lambda: None) -> int:
    """Do what waits of an outside change, a part of one rule in one transaction with the note that it was done; return how many runs."""
    done = 0
    while True:
        check()
        with open_write() as uow:
            rows = _waiting(uow, root)
        if not rows:
            return done
        for _, part in groupby(rows, key=lambda row: (row["rule"], row["by"], row["depth"], row["cause"].get("kind"))):
            done += _together(list(part), open_write, language)


def call_waiting(uow: UnitOfWork) -> None:
    """Call for what has waited for a while: should workers have died over its jobs, nothing stays behind."""
    wanted = select(runs.c.root).where(WAITING, runs.c.due_at <= uow.now - LATE).group_by(runs.c.root).order_by(func.min(runs.c.due_at)).limit(AT_ONCE)
    roots = list(uow.connection.execute(wanted).scalars())
    put_all(uow.connection, [NewJob(RULES, {"root": root}, unique_key=f"rules:{root}:again", key_until="started", priority=50) for root in roots])


def _waiting(uow: UnitOfWork, root: str) -> list[Row]:
    """Return the next runs that are due, by the order of their rules."""
    wanted = select(runs).where(runs.c.root == root, runs.c.state == "waiting", runs.c.due_at <= uow.now).order_by(runs.c.id).limit(AT_ONCE)
    order = {rule: place for place, rule in enumerate(book_of(uow.model).rules)}
    return sorted((dict(row) for row in uow.connection.execute(wanted).mappings()), key=lambda row: (order.get(row["rule"], -1), row["depth"], row["id"]))


def _together(rows: list[Row], open_write: OpenWrite, language: str) -> int:
    """Do runs of one rule as a set; when that is refused, each by itself, so that one does not hold up the others."""
    try:
        with open_write() as uow:
            _do(uow, rows, language)
    except AGAIN:
        raise
    except TenonError as error:
        if len(rows) > 1:
            return sum(_together([row], open_write, language) for row in rows)
        with open_write() as uow:
            _end(uow, rows, "failed", problem=[p.to_json("en") for p in error.problems])
    return len(rows)


def _do(uow: UnitOfWork, rows: list[Row], language: str) -> None:
    """Do every action of a rule for the records of its runs."""
    rows = _held(uow, rows)
    rule = book_of(uow.model).rules.get(rows[0]["rule"]) if rows else None
    if not rows:
        return
    if rule is None:
        _end(uow, rows, "stopped", reason="no_rule")
        return
    began = uow.outside.clock.real_now()
    effects: dict[str, list[dict[str, Any]]] = {row["record"]: [] for row in rows}
    acting = Acting(rule.body.run_as, role_named(uow.model, rule.body), rows[0]["by"], cause_of_run(rows[0], rule), language)
    for ctx, ids in acting.split(uow, rule.doer, list(effects)):
        work = Work(uow, ctx, rule.doer, ids, {row["record"]: row["facts"] for row in rows}, uow.new_id(), language)
        for index, action in enumerate(rule.body.actions):
            try:
                found = DOING[action.type].run(work, action)
            except TenonError as error:
                raise error.at(f"/actions/{index}") from None
            for record, effect in found.items():
                effects[record].append({"type": action.type, **effect})
    took = uow.outside.clock.real_now() - began
    for row in rows:
        _end(uow, [row], "done", effects=effects[row["record"]], took_ms=round(took.total_seconds() * 1000 / len(rows)))


def _held(uow: UnitOfWork, rows: Sequence[Row]) -> list[Row]:
    """Return the runs that still wait, held until the end of the transaction: another worker may have done them."""
    wanted = select(runs.c.id).where(runs.c.id.in_(id_set(uow.dialect, [row["id"] for row in rows])), runs.c.state == "waiting").with_for_update()
    there = set(uow.connection.execute(wanted).scalars())
    return [row for row in rows if row["id"] in there]


def _end(uow: UnitOfWork, rows: Sequence[Row], state: str, **values: Any) -> None:
    ended = {"state": state, "ended_at": uow.now, **values}
    uow.connection.execute(update(runs).where(runs.c.id.in_(id_set(uow.dialect, [row["id"] for row in rows]))).values(ended))

