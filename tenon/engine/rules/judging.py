"""Judging the condition of a rule for a set of records: for which it holds, with the value of each part, and what failed for the others."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, case, func, select

from tenon.engine.access.resolver import environment
from tenon.engine.context import Context, User
from tenon.engine.evaluate_explain import explain
from tenon.engine.facts import RecordFacts, value_of
from tenon.engine.history import as_plain
from tenon.engine.records.stored import load
from tenon.engine.rules.book import Rule
from tenon.engine.sql.compiler import compile_condition
from tenon.engine.sql.sets import id_param, id_value
from tenon.engine.sql.source import Source
from tenon.engine.statements import kept
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.expressions.check import check
from tenon.metamodel.expressions.scope import Scope
from tenon.metamodel.expressions.syntax import parse
from tenon.metamodel.expressions.tree import Expression

CHUNK = 5_000
FEW = 20
Before = Mapping[str, Mapping[str, Any]]


@dataclass
class Judged:
    """The records for which a condition holds, the others, and how often each part of it was one that failed."""

    holds: list[str]
    others: list[str] = field(default_factory=list)
    failing: Counter[str] = field(default_factory=Counter)


def judge(uow: UnitOfWork, ctx: Context, rule: Rule, ids: Sequence[str], before: Before, written: Before) -> Judged:
    """Hold the condition of a rule against records; ``before`` are their values before the change, ``written`` those that were written."""
    condition = rule.condition
    if condition is None:
        return Judged(list(ids))
    if condition.uses_old:
        return _judge_changes(uow, ctx, rule, condition, ids, before)
    if len(ids) <= FEW and reads_own_alone(uow, rule, condition) and all(each in written for each in ids):
        return _judge_few(uow, ctx, rule, ids, before, written)
    return _judge_set(uow, ctx, rule, condition, ids)


def reads_own_alone(uow: UnitOfWork, rule: Rule, condition: Expression) -> bool:
    """True when a condition reads nothing but fields of the record that are written: a write knows them all."""

    def find() -> bool:
        fields = [rule.entity.fields_by_id.get(key) if entity == rule.entity.id else None for entity, key in condition.reads]
        plain = all(f is not None and f.is_written and not f.is_to_many and f.origin != "system" for f in fields)
        return plain and not condition.has_aggregates and all(not d.hops for d in condition.dependencies)

    return kept(uow.model.cache.setdefault("own_alone", {}), (rule.id, condition.text), find)


def _judge_few(uow: UnitOfWork, ctx: Context, rule: Rule, ids: Sequence[str], before: Before, written: Before) -> Judged:
    """Judge a few records by what the write knows of them: the database need not be asked."""
    assert rule.condition is not None
    judged = Judged([])
    for id in ids:
        facts = RecordFacts(uow, rule.entity, {**before.get(id, {}), **written[id], "id": id})
        if value_of(uow, rule.condition, facts, ctx.user) is True:
            judged.holds.append(id)
            continue
        judged.others.append(id)
        judged.failing.update(failing_parts(uow, rule, facts, ctx.user))
    return judged


def failing_parts(uow: UnitOfWork, rule: Rule, facts: RecordFacts, user: User | None) -> list[str]:
    """Return the parts of the condition of a rule that do not hold for one record."""
    parts = parts_of(uow, rule, rule.condition) if rule.condition is not None else ()
    return [part.text for part in parts if value_of(uow, part, facts, user) is not True]


def holding(uow: UnitOfWork, ctx: Context, rule: Rule, condition: Expression, ids: Sequence[str]) -> Iterator[str]:
    """Yield the records for which a condition holds, from one statement for thousands."""

    def make() -> Select[Any]:
        source = Source(environment(uow, ctx=ctx), rule.entity)
        test = compile_condition(source, condition)
        return select(source.alias.c.id).select_from(source.from_clause).where(source.alias.c.id.in_(id_param(uow.dialect)), test)

    statement = _kept(uow, ctx, rule, condition, "rule", make)
    for start in range(0, len(ids), CHUNK):
        yield from uow.connection.execute(statement, {"ids": id_value(uow.dialect, ids[start : start + CHUNK])}).scalars()


def _kept(uow: UnitOfWork, ctx: Context, rule: Rule, condition: Expression, name: str, make: Callable[[], Select[Any]]) -> Select[Any]:
    """Return a statement over a condition, kept with the release where it says the same for everybody at any time."""
    if condition.is_clocked:
        return make()
    key = (name, uow.dialect, rule.entity.id, condition.text, ctx.user if condition.uses_user else None)
    return kept(uow.model.cache.setdefault("statements", {}), key, make)


def _judge_changes(uow: UnitOfWork, ctx: Context, rule: Rule, condition: Expression, ids: Sequence[str], before: Before) -> Judged:
    """Judge a condition over values before and after, record by record: what was before is nowhere but here."""
    judged = Judged([])
    stored = load(uow, rule.entity, ids)
    for id in ids:
        facts = RecordFacts(uow, rule.entity, {**stored.get(id, {}), "id": id}, before.get(id))
        (judged.holds if value_of(uow, condition, facts, ctx.user) is True else judged.others).append(id)
    if judged.others:
        judged.failing[condition.text] = len(judged.others)
    return judged


def _judge_set(uow: UnitOfWork, ctx: Context, rule: Rule, condition: Expression, ids: Sequence[str]) -> Judged:
    """Judge thousands of records in one look: the ids for which the condition holds, and how often each of its parts did not."""
    parts = parts_of(uow, rule, condition)

    def make() -> Select[Any]:
        source = Source(environment(uow, ctx=ctx), rule.entity)
        together = func.group_concat if uow.dialect == "sqlite" else func.string_agg
        held = case((compile_condition(source, condition), source.alias.c.id), else_=None)
        counts = [func.count(case((compile_condition(source, part), None), else_=1)) for part in parts]
        found: Select[Any] = select(together(held, ","), *counts).select_from(source.from_clause)
        return found.where(source.alias.c.id.in_(id_param(uow.dialect)))

    statement = _kept(uow, ctx, rule, condition, "rule_set", make)
    found: set[str] = set()
    failing: Counter[str] = Counter()
    for start in range(0, len(ids), CHUNK):
        held, *counts = uow.connection.execute(statement, {"ids": id_value(uow.dialect, ids[start : start + CHUNK])}).one()
        found.update(held.split(",") if held else ())
        failing.update({part.text: count for part, count in zip(parts, counts, strict=True) if count})
    return Judged([i for i in ids if i in found], [i for i in ids if i not in found], failing)


def parts_of(uow: UnitOfWork, rule: Rule, condition: Expression) -> list[Expression]:
    """Return the conditions that a condition joins with "and"; itself when it joins none."""
    tree = condition.tree
    if not isinstance(tree, ast.BoolOp) or not isinstance(tree.op, ast.And):
        return [condition]

    def make() -> list[Expression]:
        scope, source = Scope(uow.model, rule.entity, use="rule"), parse(condition.text)
        assert isinstance(source.tree, ast.BoolOp)
        return [check(source.segment(value), scope, "boolean") for value in source.tree.values]

    return kept(uow.model.cache.setdefault("parts", {}), (rule.id, condition.text), make)


def explained(uow: UnitOfWork, ctx: Context, rule: Rule, ids: Collection[str], before: Before) -> dict[str, dict[str, Any]]:
    """Return the condition as a tree with the value of every part, by record."""
    if rule.condition is None:
        return {}
    stored = load(uow, rule.entity, list(ids))
    return {id: explained_by(uow, ctx, rule, RecordFacts(uow, rule.entity, {**stored.get(id, {}), "id": id}, before.get(id))) for id in ids}


def explained_by(uow: UnitOfWork, ctx: Context, rule: Rule, facts: RecordFacts) -> dict[str, Any]:
    """Return the condition as a tree with the value of every part for one record; empty for a rule without one."""
    if rule.condition is None:
        return {}
    return _plain_tree(explain(rule.condition, facts, now=uow.now, timezone=uow.timezone, today=uow.today, user=ctx.user))


def _plain_tree(tree: dict[str, Any]) -> dict[str, Any]:
    parts = [_plain_tree(part) for part in tree.get("parts", ())]
    return {**tree, "value": as_plain(tree.get("value")), **({"parts": parts} if parts else {})}
