"""Rules that run before a record is stored: each once for a write, in their order, seeing what those before them set.

What they did is noted with the row, and becomes part of the journal once the row is stored: of a write that is refused nothing stays.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert

from tenon.engine.context import Context
from tenon.engine.facts import RecordFacts, value_of
from tenon.engine.records.events import Writing, Written
from tenon.engine.records.row import Row
from tenon.engine.rules.actions import DOING
from tenon.engine.rules.book import Rule, book_of
from tenon.engine.rules.firing import EXPLAINED, root_of, run_row
from tenon.engine.rules.judging import explained_by, failing_parts
from tenon.engine.rules.misses import Gathered
from tenon.engine.rules.tables import runs
from tenon.engine.rules.triggers.updated import named_fields
from tenon.engine.unit_of_work import UnitOfWork

NOTES = "rules_before"


@dataclass(frozen=True)
class _Done:
    """What a rule made of a row: whether it acted, its condition with values or the parts that failed, and what it did."""

    rule: Rule
    row: Row
    fired: bool
    parts: Any
    effects: list[dict[str, Any]] | None = None


def hear_before(uow: UnitOfWork, event: Any) -> None:
    """Let the rules of the entity set fields of the rows, or refuse them; those that only log do neither."""
    if not isinstance(event, Writing):
        return
    done: list[_Done] = []
    for rule in book_of(uow.model).of(event.entity, "before"):
        for count, row in enumerate(_woken(rule, event)):
            done.append(_run(uow, event, rule, row, is_told=count < EXPLAINED))
    if done and not uow.is_past:
        uow.notes[NOTES] = [*uow.notes.get(NOTES, ()), *done]


def note_before(uow: UnitOfWork, event: Any, gathered: Gathered) -> None:
    """Write into the journal what was done to the rows that are stored now."""
    noted: list[_Done] = uow.notes.get(NOTES, []) if isinstance(event, Written) else []
    ids = set(event.ids) if noted else set()
    mine = [each for each in noted if str(each.row.id) in ids]
    if not mine:
        return
    uow.notes[NOTES] = [each for each in noted if str(each.row.id) not in ids]
    ctx: Context = event.ctx
    root = root_of(uow, ctx)
    fired = [_run_row(uow, ctx, root, each) for each in mine if each.fired]
    if fired:
        uow.connection.execute(insert(runs), fired)
    for rule in {each.rule.id: each.rule for each in mine if not each.fired}.values():
        missed = [each for each in mine if each.rule is rule and not each.fired]
        failing: Counter[str] = Counter(part for each in missed for part in each.parts)
        gathered.miss(uow, rule, len(missed), failing, [str(each.row.id) for each in missed])


def _run_row(uow: UnitOfWork, ctx: Context, root: str, done: _Done) -> dict[str, Any]:
    state = "logged" if done.effects is None else "done"
    return run_row(uow, ctx, done.rule, str(done.row.id), root, uow.now, state) | {"parts": done.parts or {}, "effects": done.effects, "took_ms": 0}


def _woken(rule: Rule, event: Writing) -> list[Row]:
    if rule.body.trigger.type == "created":
        return event.creates
    named = {field.name for field in named_fields(rule)}
    return [row for row in event.updates if not row.is_taken_back and (not named or named & row.values.keys())]


def _run(uow: UnitOfWork, event: Writing, rule: Rule, row: Row, *, is_told: bool) -> _Done:
    """Do what a rule says with one row: what it looks at is nowhere yet but in this row."""
    facts = RecordFacts(uow, rule.entity, {**row.after(), "id": row.id}, row.before)
    if rule.condition is not None and value_of(uow, rule.condition, facts, event.ctx.user) is not True:
        return _Done(rule, row, False, failing_parts(uow, rule, facts, event.ctx.user))
    parts = explained_by(uow, event.ctx, rule, facts) if is_told else {}
    if rule.body.state != "active":
        return _Done(rule, row, True, parts)
    effects: list[dict[str, Any]] = []
    for action in rule.body.actions:
        effects.append({"type": action.type, **DOING[action.type].before(uow, event, rule, action, row)})
    return _Done(rule, row, True, parts, effects)
