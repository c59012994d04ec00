"""Moves of stages: which are declared, for whom, what they require, and under which condition, held against the stored record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from tenon.engine.access.resolver import environment
from tenon.engine.access.rights import rights_of
from tenon.engine.context import Context
from tenon.engine.facts import RecordFacts, value_of
from tenon.engine.records.row import Row
from tenon.engine.records.rules import compiled, listed
from tenon.engine.sql.compiler import compile_condition
from tenon.engine.sql.sets import id_set
from tenon.engine.sql.source import Source
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.expressions.conditions.reading import read
from tenon.metamodel.expressions.conditions.wording import say_group
from tenon.metamodel.expressions.scope import Scope
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity, Field


@dataclass(frozen=True)
class Waiting:
    """A move that is allowed if one of the conditions holds once the record is stored; else the problem is its."""

    row: Row
    conditions: tuple[str, ...]
    problem: Problem


def check_moves(uow: UnitOfWork, ctx: Context, entity: Entity, rows: list[Row]) -> list[Waiting]:
    """Refuse moves that the field does not allow, and return those that hang on a condition.

    A record without a stage may begin at any but those that only other roles may move records to.
    """
    waiting = []
    for field in entity.asking.with_moves:
        for row in rows:
            if field.name not in row.values:
                continue
            if row.before is None or row.before.get(field.name) is None:
                _check_start(uow, ctx, field, row)
                continue
            found = _check_move(uow, ctx, entity, field, row)
            waiting += [found] if found is not None else []
    return waiting


def failing_moves(uow: UnitOfWork, ctx: Context, entity: Entity, waiting: list[Waiting]) -> Iterator[tuple[Row, Problem]]:
    """Yield the moves none of whose conditions holds on the stored record, a statement for each condition."""
    holding: dict[str, set[str]] = {}
    for text in {c for w in waiting for c in w.conditions}:
        ids = [str(w.row.id) for w in waiting if text in w.conditions]
        source = Source(environment(uow, ctx=ctx), entity)
        condition = compile_condition(source, compiled(uow, entity, text, "value", "boolean"))
        statement = select(source.alias.c.id).select_from(source.from_clause).where(source.alias.c.id.in_(id_set(uow.dialect, ids)), condition)
        holding[text] = set(uow.connection.execute(statement).scalars())
    for each in waiting:
        if not any(each.row.id in holding[text] for text in each.conditions):
            yield each.row, each.problem


def move_problem(uow: UnitOfWork, ctx: Context, field: Field, facts: RecordFacts, stage: str) -> Problem | None:
    """Return why a record with these facts may not be moved to a stage, None when it may; nothing is stored."""
    entity, before = facts.entity, dict(facts.old) if facts.old else None
    row = Row(0, {field.name: stage}, before=before, values={**facts.values, field.name: stage})
    if before is None or before.get(field.name) is None:
        _check_start(uow, ctx, field, row)
        return row.problems[0] if row.problems else None
    waiting = _check_move(uow, ctx, entity, field, row)
    if row.problems:
        return row.problems[0]
    conditions = [compiled(uow, entity, text, "value", "boolean") for text in waiting.conditions] if waiting is not None else []
    is_open = not conditions or any(value_of(uow, each, facts, ctx.user) is True for each in conditions)
    return None if is_open or waiting is None else waiting.problem


def _check_move(uow: UnitOfWork, ctx: Context, entity: Entity, field: Field, row: Row) -> Waiting | None:
    old, new = (row.before or {}).get(field.name), row.values[field.name]
    moves = field.spec.moves  # type: ignore[attr-defined]
    fitting = [m for m in moves if m.to == new and _starts(m, old)]
    labels = {o.name: o.title() for o in field.spec.options}  # type: ignore[attr-defined]
    shown = {"old": labels.get(str(old), old), "new": labels.get(new, new or "-")}
    path = f"/{field.name}"
    if not fitting:
        message = say("{old} cannot become {new}.", "不能从{old}变为{new}。", **shown)
        allowed = listed([labels.get(m.to, m.to) for m in moves if _starts(m, old)])
        row.refuse(Problem(path, "refused", message, say("Possible: {names}.", "可变为：{names}。", names=allowed) if allowed.en else None))
        return None
    problems = [_why_not(uow, ctx, entity, move, path, row, shown) for move in fitting]
    open_moves = [m for m, problem in zip(fitting, problems, strict=True) if problem is None]
    if not open_moves:
        row.refuse(problems[0])  # type: ignore[arg-type]
        return None
    if any(m.when is None for m in open_moves):
        return None
    conditions = tuple(m.when for m in open_moves)
    message = say("The condition for {old} to {new} does not hold.", "从{old}变为{new}的条件不满足。", **shown)
    return Waiting(row, conditions, Problem(path, "refused", message, _condition_hint(uow, ctx, entity, conditions)))


def _condition_hint(uow: UnitOfWork, ctx: Context, entity: Entity, conditions: tuple[str, ...]) -> Text:
    """Return what has to hold in words; nothing is told of fields that the writer may not read."""
    rights = rights_of(uow.model, ctx)
    scope = Scope(uow.model, entity, may_read=None if rights.is_unlimited else rights.may_read)
    try:
        groups = [read(text, scope) for text in conditions]
    except Invalid:
        return say("Leave the stage as it is.", "请保持原阶段。")
    words = [say_group(g, scope) if g is not None else Text(text, text) for g, text in zip(groups, conditions, strict=True)]
    en, zh = " or ".join(w.show("en") for w in words), "或".join(w.show("zh") for w in words)
    return say("It takes: {condition}.", "须满足：{condition}。", condition=Text(en, zh))


def _check_start(uow: UnitOfWork, ctx: Context, field: Field, row: Row) -> None:
    """Refuse a new record at a stage that somebody else has to bring it to."""
    stage = row.values[field.name] if field.name in row.sent else None  # a default is the builder's word
    leading = [m for m in field.spec.moves if m.to == stage]  # type: ignore[attr-defined]
    if leading and not any(_may_make(uow, ctx, move) for move in leading):
        label = next((o.title() for o in field.spec.options if o.name == stage), stage)  # type: ignore[attr-defined]
        message = say("Your roles may not begin with {stage}.", "您的角色不能以{stage}开始。", stage=label)
        row.refuse(Problem(f"/{field.name}", "forbidden", message, say("Leave the stage out, or ask somebody who may.", "请不填写阶段，或联系有权限的同事。")))


def _starts(move: Any, old: str | None) -> bool:
    return "*" in move.starts_from() or old in move.starts_from()


def _why_not(uow: UnitOfWork, ctx: Context, entity: Entity, move: Any, path: str, row: Row, shown: dict[str, Any]) -> Problem | None:
    """Return what keeps a move from happening before its condition is looked at, or None."""
    if not _may_make(uow, ctx, move):
        message = say("Your roles may not move {old} to {new}.", "您的角色无权将{old}变为{new}。", **shown)
        labels = listed([d.label for key in move.roles if (d := uow.model.find("role", key)) is not None])
        return Problem(path, "forbidden", message, say("These may: {roles}.", "可执行的角色：{roles}。", roles=labels))
    after = row.after()
    for name in move.requires:
        needed = entity.find_field(name)
        if needed is not None and after.get(needed.name) in (None, ()):
            message = say("{new} needs {field}.", "变为{new}前须填写{field}。", field=needed.label, **shown)
            return Problem(f"/{needed.name}", "required", message, say("Fill it in first.", "请先填写。"))
    return None


def _may_make(uow: UnitOfWork, ctx: Context, move: Any) -> bool:
    """True when the roles of who acts are among those that a move is for."""
    user = ctx.user
    if not move.roles or ctx.is_system or (user is not None and user.is_admin):
        return True
    return _has_role(uow, user.roles if user is not None else (ctx.role or "",), move.roles)


def _has_role(uow: UnitOfWork, roles: tuple[str, ...], wanted: list[str]) -> bool:
    names = {d.name for key in wanted if (d := uow.model.find("role", key)) is not None}
    return bool(names & set(roles))
