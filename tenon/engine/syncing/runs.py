"""How far connectors are, and the log of their runs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from tenon.engine.jobs.table import jobs, show_problem, show_time
from tenon.engine.sql.inserting import insert_into
from tenon.engine.syncing.tables import runs, states
from tenon.engine.syncing.tally import COUNTS, Tally
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.document import Document

KEPT_FOR = timedelta(days=90)
GOING = ("running", "waiting")


def state_of(connection: Connection, connector: str) -> dict[str, Any]:
    """Return how far a connector is: ``is_paused``, ``shape``, ``place`` and ``fresh_at``."""
    row = connection.execute(select(states).where(states.c.connector == connector)).mappings().first()
    return dict(row) if row is not None else _new(connector)


def _new(connector: str) -> dict[str, Any]:
    return {"connector": connector, "is_paused": False, "shape": "", "place": {}, "fresh_at": None}


def all_states(connection: Connection) -> dict[str, dict[str, Any]]:
    """Return how far each connector is, by id."""
    return {row["connector"]: dict(row) for row in connection.execute(select(states)).mappings()}


def keep_state(connection: Connection, connector: str, **values: Any) -> None:
    """Keep something of how far a connector is."""
    new = insert_into(states, connection.dialect.name).values({**_new(connector), **values})
    connection.execute(new.on_conflict_do_update(index_elements=["connector"], set_=values))  # a run and somebody who pauses it may come at once


def begin(uow: UnitOfWork, id: str, connector: str, *, is_dry: bool, created_by: str | None) -> Tally:
    """Note that a run began, or goes on after it was cut, and return how it goes."""
    row = uow.connection.execute(select(runs).where(runs.c.id == id)).mappings().first()
    if row is None or is_dry:
        uow.connection.execute(delete(runs).where(runs.c.id == id))
        uow.connection.execute(insert(runs).values(
            id=id, connector=connector, is_dry=is_dry, state="running", started_at=uow.real_now, counts=dict.fromkeys(COUNTS, 0), errors=[], rows=[], created_by=created_by
        ))  # fmt: skip
        return Tally(is_dry=is_dry)
    uow.connection.execute(update(runs).where(runs.c.id == id).values(state="running"))
    oldest = uow.now - timedelta(seconds=row["lag_seconds"]) if row["lag_seconds"] is not None else None
    return Tally(dict.fromkeys(COUNTS, 0) | row["counts"], list(row["errors"]), list(row["rows"]), oldest)


def keep(connection: Connection, id: str, tally: Tally, now: datetime, *, state: str = "running", ended_at: datetime | None = None) -> None:
    """Keep how a run goes."""
    lag = max(0, int((now - tally.oldest).total_seconds())) if tally.oldest is not None else None
    values = {"counts": tally.counts, "errors": tally.errors, "rows": tally.rows, "lag_seconds": lag, "state": state, "ended_at": ended_at}
    connection.execute(update(runs).where(runs.c.id == id).values(values))


def page(connection: Connection, connector: str, limit: int, before: str | None = None) -> list[dict[str, Any]]:
    """Return the runs of a connector, newest first; one whose job is over without having said so has failed."""
    wanted = select(runs, jobs.c.state.label("job_state")).outerjoin(jobs, jobs.c.id == runs.c.id).where(runs.c.connector == connector)
    if before is not None:
        wanted = wanted.where(runs.c.id < before)
    return [_row(row) for row in connection.execute(wanted.order_by(runs.c.id.desc()).limit(limit))]


def latest(connection: Connection, connectors: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return the newest run of each connector that was no dry one, by the id of the connector."""
    newest = select(func.max(runs.c.id)).where(runs.c.connector.in_(connectors), runs.c.is_dry.is_(False)).group_by(runs.c.connector)
    wanted = select(runs, jobs.c.state.label("job_state")).outerjoin(jobs, jobs.c.id == runs.c.id).where(runs.c.id.in_(newest))
    return {row.connector: _row(row) for row in connection.execute(wanted)}


def _row(row: Row[Any]) -> dict[str, Any]:
    found = dict(row._mapping)
    job_state = found.pop("job_state")
    if found["state"] in GOING and job_state not in ("queued", "running"):
        found["state"] = "cancelled" if job_state == "cancelled" else "failed"
    return found


def run_json(document: Document, row: dict[str, Any], language: str) -> dict[str, Any]:
    """Return a run as the API shows it."""
    errors = [{**each, "errors": [show_problem(problem, language) for problem in each["errors"]]} for each in row["errors"]]
    return {
        "id": row["id"], "connector": document.name, "dry_run": row["is_dry"], "state": row["state"], "started_at": show_time(row["started_at"]),
        "ended_at": show_time(row["ended_at"]), "counts": dict.fromkeys(COUNTS, 0) | row["counts"], "lag_seconds": row["lag_seconds"], "errors": errors, "rows": row["rows"],
    }  # fmt: skip


def withheld(shown: dict[str, Any]) -> dict[str, Any]:
    """Return a run as somebody sees it who builds but does not see records: counts and codes, no values and no records."""
    errors = [{**each, "key": None, "errors": [{"path": p["path"], "code": p["code"], "message": None, "hint": None} for p in each["errors"]]} for each in shown["errors"]]
    return {**shown, "errors": errors, "rows": []}


def forget_old(connection: Connection, real_now: datetime) -> int:
    """Forget runs of 90 days ago; return how many."""
    return connection.execute(delete(runs).where(runs.c.started_at < real_now - KEPT_FOR)).rowcount
