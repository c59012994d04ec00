"""Writing what waited: part by part, as those who sent it; what still cannot be written stays, with the reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

from sqlalchemy import bindparam, delete, select, update

from tenon.engine.context import Cause, Context
from tenon.engine.jobs import JobKind, JobRun, Schedule
from tenon.engine.jobs.table import keep_problems
from tenon.engine.people import load_user
from tenon.engine.sql.sets import id_set
from tenon.engine.unit_of_work import UnitOfWork
from tenon.engine.waiting.hearing import MATCH
from tenon.engine.waiting.table import Wanted, is_one_of, waiting
from tenon.metamodel.errors import Problem
from tenon.metamodel.labels import say

PART = 1_000
NIGHTLY = Schedule("tenon:waiting", "21 3 * * *", MATCH, {"keys": None})
"""Looks through all that waits once a day: for what appeared while it was being sent, or became visible to its sender."""
Stays = Wanted | list[Problem]
Again = Callable[[UnitOfWork, Context, Sequence[Mapping[str, Any]], Mapping[Wanted, str]], dict[str, Stays]]
"""Try rows again and return those that stay, by id, with what they wait for or what is wrong; the others are done with."""


def waiting_jobs(open_write: Callable[[], AbstractContextManager[UnitOfWork]], again: Mapping[str, Again]) -> list[JobKind]:
    """Return the kind of job that writes what waited; ``again`` tries the rows of each kind."""

    def run_matching(run: JobRun) -> dict[str, int]:
        state = run.checkpoint or {"after": "", "written": 0, "seen": 0}
        while True:
            run.check_cancelled()
            with open_write() as uow:
                rows = _next(uow, run.payload.get("keys"), state["after"])
                if not rows:
                    return {"written": state["written"], "waiting": state["seen"] - state["written"]}
                stays = _try(uow, run, rows, again)
                state = {"after": rows[-1]["id"], "written": state["written"] + len(rows) - len(stays), "seen": state["seen"] + len(rows)}
                run.save(uow.connection, state, done=state["seen"])

    return [JobKind(MATCH, run_matching)]


def _next(uow: UnitOfWork, keys: list[list[str]] | None, after: str) -> list[dict[str, Any]]:
    statement = select(waiting).where(waiting.c.id > after).order_by(waiting.c.id).limit(PART)
    if keys is not None:
        statement = statement.where(is_one_of([Wanted(*key) for key in keys]))
    return [dict(row) for row in uow.connection.execute(statement).mappings()]


def _try(uow: UnitOfWork, run: JobRun, rows: list[dict[str, Any]], again: Mapping[str, Again]) -> dict[str, Stays]:
    """Try rows again, those of one sender and one import together; take those that are written out of the queue."""
    chosen = run.payload.get("chosen")
    known = {Wanted(*key): str(chosen) for key in run.payload.get("keys") or ()} if chosen else {}
    groups: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault((row["kind"], row["created_by"], tuple(row["roles"] or ()), row["import"]), []).append(row)
    stays: dict[str, Stays] = {}
    for group in groups.values():
        ctx = _sender(uow, group[0], run.payload.get("by"))
        stays |= again[group[0]["kind"]](uow, ctx, group, known) if ctx is not None else dict.fromkeys([r["id"] for r in group], _gone())
    done = {row["id"] for row in rows} - stays.keys()
    if done:
        uow.connection.execute(delete(waiting).where(waiting.c.id.in_(id_set(uow.dialect, done))))
    _keep(uow, {row["id"]: row for row in rows}, stays)
    return stays


def _sender(uow: UnitOfWork, row: Mapping[str, Any], chooser: str | None) -> Context | None:
    """Return who sent a row, with no more roles than then; who chose the record when that one is no longer there, None when nobody is."""
    cause = Cause("import", row["import"]) if row["import"] else Cause("api")
    if row["created_by"] is None:
        return Context(None, "en", cause, is_system=True)
    user = load_user(uow.connection, row["created_by"])
    if user is not None:
        return Context(replace(user, roles=tuple(r for r in row["roles"] or () if r in user.roles)), "en", cause)
    user = load_user(uow.connection, chooser) if chooser else None
    return Context(user, "en", cause) if user is not None else None


def _gone() -> list[Problem]:
    return [Problem("", "forbidden", say("Who sent this is no longer active.", "发送者已停用。"), say("Choose the record by hand.", "请手动选择记录。"))]


def _keep(uow: UnitOfWork, rows: Mapping[str, Mapping[str, Any]], stays: Mapping[str, Stays]) -> None:
    """Note what rows wait for now, or why they could not be written, where that is another thing than before."""
    changed = []
    for id, why in stays.items():
        wanted = why if isinstance(why, Wanted) else Wanted.of(rows[id])
        problems = None if isinstance(why, Wanted) else keep_problems(why)
        if wanted != Wanted.of(rows[id]) or problems != rows[id]["problems"]:
            changed.append({"k": id, "p": problems, **{f"n_{name}": value for name, value in wanted.to_columns().items()}})
    if changed:
        values: dict[str, Any] = {name: bindparam(f"n_{name}") for name in ("wanted", "by", "system", "key")}
        uow.connection.execute(update(waiting).where(waiting.c.id == bindparam("k")).values(**values, problems=bindparam("p", type_=waiting.c.problems.type)), changed)
