"""From what happened to runs: the conditions of the rules that it wakes are judged, and what fires is put into the queue of the transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from tenon.engine.context import Cause, Context, system_context
from tenon.engine.jobs.queue import put
from tenon.engine.notices.telling import readable
from tenon.engine.rules import limits
from tenon.engine.rules.acting import role_context, role_named, unknown_to
from tenon.engine.rules.book import Rule, book_of
from tenon.engine.rules.heard import Heard
from tenon.engine.rules.judging import explained, judge
from tenon.engine.rules.misses import Gathered
from tenon.engine.rules.tables import runs
from tenon.engine.rules.triggers import HEARING
from tenon.engine.sql.inserting import insert_into
from tenon.engine.sql.sets import id_set
from tenon.engine.unit_of_work import UnitOfWork

RULES = "rules"
DEPTH = 8
EXPLAINED = 100
"""For so many records of one batch the value of each part of the condition is kept."""


def rule_listener(gathered: Gathered) -> Callable[[UnitOfWork, Any], None]:
    """Return the listener that lets the rules of the release hear what happened, in the transaction in which it happens."""

    def hear(uow: UnitOfWork, event: Any) -> None:
        _hear(uow, event, gathered)

    return hear


def _hear(uow: UnitOfWork, event: Any, gathered: Gathered) -> None:
    book = book_of(uow.model)
    entity = getattr(event, "entity", None)
    rules = book.of(entity, "after") if entity is not None else [r] if (r := book.rules.get(getattr(event, "rule_id", ""))) is not None else ()
    for rule in rules:
        hear = getattr(HEARING[rule.body.trigger.type], "hear", None)
        heard = hear(uow, rule, event) if hear is not None else None
        if heard is not None and heard.ids:
            fire(uow, _acting(uow), rule, heard, gathered)


def fire(uow: UnitOfWork, ctx: Context, rule: Rule, heard: Heard, gathered: Gathered) -> list[str]:
    """Judge a rule for what it heard and put its runs into the queue; return the records it fires for."""
    seen = _seen(uow, rule, list(heard.ids))
    judged = judge(uow, ctx, rule, seen, heard.before, heard.values)
    allowed, held = limits.allowed(uow, rule, judged.holds, judged.others)
    judged.failing.update(held)
    if acts_once(rule):
        return _queue(uow, ctx, rule, heard, allowed[:1]) if allowed else []
    if len(seen) < len(heard.ids):
        judged.failing["run_as"] = len(heard.ids) - len(seen)
    missed = len(heard.ids) - len(allowed)
    if missed:
        kept = set(allowed)
        gathered.miss(uow, rule, missed, judged.failing, [i for i in heard.ids if i not in kept])
    return _queue(uow, ctx, rule, heard, allowed) if allowed else []


def acts_once(rule: Rule) -> bool:
    """Say whether a rule acts once each time it is woken, for the first record for which its condition holds."""
    return bool(getattr(rule.body.trigger, "once", False))


def _seen(uow: UnitOfWork, rule: Rule, ids: list[str]) -> list[str]:
    """Return the records that who acts may see; none where a role acts that may not read what the condition does."""
    role = role_named(uow.model, rule.body)
    if role is None:
        return ids
    if any(unknown_to(uow.model, role, rule.entity, each) is not None for each in (rule.condition, rule.watched) if each is not None):
        return []
    if rule.body.trigger.type == "deleted":
        return ids
    seen = set(readable(uow, role_context(role), rule.entity, ids, ()))
    return [each for each in ids if each in seen]


def _queue(uow: UnitOfWork, ctx: Context, rule: Rule, heard: Heard, ids: Sequence[str]) -> list[str]:
    """Write the runs and the job that does them; a run that would go round in a circle, or too deep, is written as stopped."""
    cause, root = ctx.cause, root_of(uow, ctx)
    parts = explained(uow, ctx, rule, ids[:EXPLAINED], heard.before)
    due = limits.due(uow, rule)
    state = "logged" if rule.body.state == "log_only" else "waiting"
    rows = [
        run_row(uow, ctx, rule, record, root, due, state)
        | {"once": _once(rule, record, root, heard.key), "facts": dict(heard.facts.get(record, {})), "parts": parts.get(record, {})}
        for record in ids
    ]
    too_deep = cause.depth >= DEPTH
    if too_deep:
        for row in rows:
            row |= {"state": "stopped", "reason": "depth", "once": None, "ended_at": uow.now}
    fired = _insert(uow, rows)
    stopped = [{**row, "id": uow.new_id(), "state": "stopped", "reason": "circle", "once": None, "ended_at": uow.now} for row in rows if row["record"] not in fired and not heard.key]
    if stopped:
        uow.connection.execute(insert(runs), stopped)
    if state == "waiting" and fired and not too_deep:
        put(uow.connection, RULES, {"root": root}, due_at=due, unique_key=f"rules:{root}:{due.isoformat()}", key_until="started", priority=50)
    return [] if too_deep else fired


def run_row(uow: UnitOfWork, ctx: Context, rule: Rule, record: str, root: str, due: datetime, state: str) -> dict[str, Any]:
    """Return the row of a run that begins."""
    return {
        "id": uow.new_id(), "rule": rule.id, "entity": rule.entity.id, "record": record, "root": root, "depth": ctx.cause.depth, "state": state, "reason": None, "once": None,
        "at": uow.now, "due_at": due, "ended_at": None if state == "waiting" else uow.now, "took_ms": None, "release": uow.model.release, "by": ctx.user_id,
        "cause": ctx.cause.to_json(), "facts": {}, "parts": {}, "effects": None, "problem": None,
    }  # fmt: skip


def _insert(uow: UnitOfWork, rows: list[dict[str, Any]]) -> list[str]:
    """Insert the runs that are not there yet; return their records."""
    statement = insert_into(runs, uow.dialect).on_conflict_do_nothing(index_elements=["once"])
    uow.connection.execute(statement, rows)
    wanted = [row["id"] for row in rows]
    return list(uow.connection.execute(select(runs.c.record).where(runs.c.id.in_(id_set(uow.dialect, wanted))).order_by(runs.c.id)).scalars())


def _once(rule: Rule, record: str, root: str, keys: Mapping[str, str]) -> str:
    """Return what makes a run the only one of its sort: the outside change, or what the trigger or the limits say."""
    return f"{rule.id}:{record}:{keys.get(record) or root}"


def root_of(uow: UnitOfWork, ctx: Context) -> str:
    """Return the id of the change from outside that began the chain."""
    root: str = ctx.cause.root or uow.notes.setdefault("root", uow.new_id())
    return root


def cause_of_run(row: Mapping[str, Any], rule: Rule) -> Cause:
    """Return the cause of what a run does."""
    return Cause("rule", rule.id, rule.document.name, row["root"], row["depth"] + 1)


def _acting(uow: UnitOfWork) -> Context:
    found = uow.notes.get("acting")
    return found if isinstance(found, Context) else system_context()
