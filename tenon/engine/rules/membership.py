"""Which records the condition of a rule on entering or leaving holds for: judged for those that a change touches, and who came and went."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import delete, insert, literal, select

from tenon.engine.access.resolver import environment
from tenon.engine.columns import CodeText, Moment
from tenon.engine.context import system_context
from tenon.engine.rules.book import book_of
from tenon.engine.rules.judging import holding
from tenon.engine.rules.tables import members
from tenon.engine.sql.compiler import compile_condition
from tenon.engine.sql.sets import id_set
from tenon.engine.sql.source import Source
from tenon.engine.unit_of_work import UnitOfWork

CHUNK = 5_000


@dataclass(frozen=True)
class Turned:
    """The condition of a rule became true for some records and false for others."""

    rule_id: str
    entered: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


def watch(uow: UnitOfWork, rule_id: str, ids: Collection[str]) -> None:
    """Judge the condition for records and tell who came and went."""
    rule = book_of(uow.model).rules.get(rule_id)
    if rule is None or rule.watched is None or not ids:
        return
    listed, ctx = sorted(ids), system_context("rule")
    now = set(holding(uow, ctx, rule, rule.watched, listed))
    before: set[str] = set()
    for start in range(0, len(listed), CHUNK):
        among = id_set(uow.dialect, listed[start : start + CHUNK])
        before.update(uow.connection.execute(select(members.c.record).where(members.c.rule == rule_id, members.c.record.in_(among))).scalars())
    entered, left = sorted(now - before), sorted(before - now)
    if entered:
        uow.connection.execute(insert(members), [{"rule": rule_id, "record": each, "since": uow.now} for each in entered])
    for start in range(0, len(left), CHUNK):
        gone = id_set(uow.dialect, left[start : start + CHUNK])
        uow.connection.execute(delete(members).where(members.c.rule == rule_id, members.c.record.in_(gone)))
    if entered or left:
        uow.tell(Turned(rule_id, tuple(entered), tuple(left)))


def watch_all(uow: UnitOfWork, rule_id: str) -> None:
    """Find whom the condition of a new or changed rule holds for, in one statement; nobody is told of these."""
    uow.connection.execute(delete(members).where(members.c.rule == rule_id))
    rule = book_of(uow.model).rules.get(rule_id)
    if rule is None or rule.watched is None:
        return
    source = Source(environment(uow), rule.entity)
    test = compile_condition(source, rule.watched)
    found = select(literal(rule_id, CodeText()), source.alias.c.id, literal(uow.now, Moment())).select_from(source.from_clause)
    uow.connection.execute(insert(members).from_select(["rule", "record", "since"], found.where(source.alias.c.deleted_at.is_(None), test)))
