"""Judging the condition of a rule for a set of records: for which it holds, with the value of each part, and what failed for the others."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, case, func, select

from tenon.engine.access.resolver import environment
from tenon.engine.context import Context
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
Before = Mapping[str, Mapping[str, Any]]


@dataclass
class Judged:
    """The records for which a condition holds, the others, and how often each part of it was one that failed."""

    holds: list[str]
    others: list[str] = field(default_factory=list)
    failing: Counter[str] = field(default_factory=Counter)


def judge(uow: UnitOfWork, ctx: Context, rule: Rule, ids: Sequence[str], before: Before) -> Judged:
    """Hold the condition of a rule against records; ``before`` are their values before the change, for a condition that reads them."""
    condition = rule.condition
    if condition is None:
        return Judged(list(ids))
    if condition.uses_old:
        return _judge_changes(uow, ctx, rule, condition, ids, before)
    found = set(holding(uow, ctx, rule, condition, ids))
    judged = Judged([i for i in ids if i in found], [i for i in ids if i not in found])
    if judged.others:
        judged.failing = _count_failing(uow, ctx, rule, condition, judged.others)
    return judged


def holding(uow: UnitOfWork, ctx: Context, rule: Rule, condition: Expression, ids: Sequence[str]) -> Iterator[str]:
    """Yield the records for which a condition holds, from one statement for thousands."""

    def make() -> Select[Any]:
        source = Source(environment(uow, ctx=ctx), rule.entity)
        test = compile_condition(source, condition)
        return select(source.alias.c.id).select_from(source.from_clause).where(source.alias.c.id.in_(id_param(uow.dialect)), test)

    cache = uow.model.cache.setdefault("statements", {})
    key = ("rule", uow.dialect, rule.entity.id, condition.text, ctx.user if condition.uses_user else None)
    statement = make() if condition.is_clocked else kept(cache, key, make)
    for start in range(0, len(ids), CHUNK):
        yield from uow.connection.execute(statement, {"ids": id_value(uow.dialect, ids[start : start + CHUNK])}).scalars()


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


def _count_failing(uow: UnitOfWork, ctx: Context, rule: Rule, condition: Expression, ids: Sequence[str]) -> Counter[str]:
    """Return how often each part that a condition joins with "and" did not hold."""
    parts = parts_of(uow, rule, condition)
    if len(parts) < 2:
        return Counter({condition.text: len(ids)})
    source = Source(environment(uow, ctx=ctx), rule.entity)
    counts = [func.count(case((compile_condition(source, part), None), else_=1)) for part in parts]
    statement = select(*counts).select_from(source.from_clause).where(source.alias.c.id.in_(id_param(uow.dialect)))
    found: Counter[str] = Counter()
    for start in range(0, len(ids), CHUNK):
        row = uow.connection.execute(statement, {"ids": id_value(uow.dialect, ids[start : start + CHUNK])}).one()
        found.update({part.text: count for part, count in zip(parts, row, strict=True) if count})
    return found


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
    found = {}
    for id in ids:
        facts = RecordFacts(uow, rule.entity, {**stored.get(id, {}), "id": id}, before.get(id))
        tree = explain(rule.condition, facts, now=uow.now, timezone=uow.timezone, today=uow.today, user=ctx.user)
        found[id] = _plain_tree(tree)
    return found


def _plain_tree(tree: dict[str, Any]) -> dict[str, Any]:
    parts = [_plain_tree(part) for part in tree.get("parts", ())]
    return {**tree, "value": as_plain(tree.get("value")), **({"parts": parts} if parts else {})}
