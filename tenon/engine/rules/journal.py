"""The journal of rules: what fired and why, what did not and which part of the condition failed, and doing a run again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, update

from tenon.engine.context import Context
from tenon.engine.jobs.queue import put
from tenon.engine.jobs.table import show_time
from tenon.engine.rules.book import Rule, read_rule
from tenon.engine.rules.firing import RULES
from tenon.engine.rules.judging import explained
from tenon.engine.rules.tables import misses, runs
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Conflict, Problem, not_found
from tenon.metamodel.expressions.naming import to_shown
from tenon.metamodel.expressions.scope import Scope
from tenon.metamodel.labels import say

AGAIN = ("failed", "logged", "stopped")
STATES = ("waiting", "done", "failed", "stopped", "logged")


def rule_of(uow: UnitOfWork, name: str) -> Rule:
    """Return a rule of the release, also one that is paused. Raises NotFound."""
    document = uow.model.get("rule", name)
    return read_rule(uow.model, document, uow.model.get_entity(document.body.entity))


def page_of_runs(uow: UnitOfWork, rule: Rule, *, before: str | None = None, limit: int = 50, record: str | None = None, state: str | None = None) -> list[dict[str, Any]]:
    """Return runs newest first, as JSON; ``before`` is the id of the last one of the page before."""
    wanted = select(runs).where(runs.c.rule == rule.id).order_by(runs.c.id.desc()).limit(limit)
    for column, value in ((runs.c.record, record), (runs.c.state, state)):
        wanted = wanted if value is None else wanted.where(column == value)
    if before is not None:
        wanted = wanted.where(runs.c.id < before)
    return [_run(dict(row)) for row in uow.connection.execute(wanted).mappings()]


def _run(row: Mapping[str, Any]) -> dict[str, Any]:
    kept = ("id", "record", "root", "depth", "state", "reason", "took_ms", "release", "by", "cause", "facts", "parts", "effects", "problem")
    moments = {key: show_time(row[key]) for key in ("at", "due_at", "ended_at")}
    return {**{key: row[key] for key in kept}, **moments}


def page_of_misses(uow: UnitOfWork, rule: Rule, limit: int = 50) -> list[dict[str, Any]]:
    """Return the batches of evaluations that did not fire, newest first: how many, which part failed how often, the first records."""
    wanted = select(misses).where(misses.c.rule == rule.id).order_by(misses.c.id.desc()).limit(limit)
    scope = Scope(uow.model, rule.entity, use="rule")
    return [
        {
            "id": row["id"], "at": show_time(row["at"]), "count": row["count"], "records": row["records"],
            "parts": {part if re.fullmatch("[a-z_]+", part) else to_shown(part, scope): count for part, count in row["parts"].items()},
        }
        for row in uow.connection.execute(wanted).mappings()
    ]


def why(uow: UnitOfWork, ctx: Context, rule: Rule, record: str) -> dict[str, Any]:
    """Return the condition of a rule for a record as it is now, with the value of every part; empty for a rule without one."""
    return explained(uow, ctx, rule, [record], {}).get(record, {})


def replay(uow: UnitOfWork, id: str) -> dict[str, Any]:
    """Put a run that failed, was stopped or was only logged into the queue again and return it. Raises NotFound, Conflict."""
    row = uow.connection.execute(select(runs).where(runs.c.id == id).with_for_update()).mappings().first()
    if row is None:
        raise not_found()
    if row["state"] not in AGAIN:
        message = say("This run is {state}.", "该执行的状态为 {state}。", state=row["state"])
        raise Conflict(Problem("", "conflict", message, say("Only failed, stopped and logged runs are done again.", "只能重新执行失败、已停止或仅记录的执行。")))
    rule = uow.model.documents.get(row["rule"])
    if rule is not None and rule.kind == "rule" and rule.body.timing == "before":
        message = say("What is done before a record is stored belongs to that write.", "保存之前执行的操作属于该次写入。")
        raise Conflict(Problem("", "conflict", message, say("Change the record again.", "请再次修改该记录。")))
    changed = {"state": "waiting", "reason": None, "problem": None, "ended_at": None, "due_at": uow.now}
    uow.connection.execute(update(runs).where(runs.c.id == id).values(changed))
    put(uow.connection, RULES, {"root": row["root"]}, unique_key=f"rules:{row['root']}:again", key_until="started")
    return _run({**row, **changed})
