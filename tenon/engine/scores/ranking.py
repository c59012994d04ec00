"""Population measures: the cut points of a full run, and the place of a record among them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import delete, func, insert, literal, select
from sqlalchemy.sql.expression import cast

from tenon.engine.columns import CodeText
from tenon.engine.scores.definition import Definition
from tenon.engine.scores.missing import ranked
from tenon.engine.scores.tables import cuts
from tenon.engine.sql.compiler import compile_condition, compile_value
from tenon.engine.sql.elements import BIG, REAL, is_null
from tenon.engine.sql.environment import Column, Environment
from tenon.engine.sql.source import Source
from tenon.engine.unit_of_work import UnitOfWork


def with_cuts(environment: Environment, definition: Definition) -> Environment:
    """Return the environment with population functions answered from the stored cut points; before the first run: empty."""
    if not definition.has_population:
        return environment

    def ranks(_name: str, text: str, value: Column) -> tuple[Column, Column]:
        cut = cuts.alias()
        own = [cut.c.score == definition.id, cut.c.call == text]
        below = select(cut.c.at_or_below).where(*own, cut.c.value <= cast(value, REAL)).order_by(cut.c.value.desc()).limit(1)
        total = select(cut.c.total).where(*own).order_by(cut.c.value).limit(1)
        whole = total.correlate(None).scalar_subquery()
        return func.coalesce(below.correlate_except(cut).scalar_subquery(), 0, type_=BIG), whole

    return replace(environment, ranks=ranks)


def store_cuts(uow: UnitOfWork, environment: Environment, definition: Definition) -> None:
    """Replace the cut points of a score by those of the records it is for, now."""
    uow.connection.execute(delete(cuts).where(cuts.c.score == definition.id))
    done: set[str] = set()
    for expression in definition.expressions:
        for call, _ in ranked(expression):
            found: list[tuple[str, Column]] = []

            def collect(_name: str, text: str, value: Column, found: list[Any] = found) -> tuple[Column, Column]:
                found.append((text, value))
                return literal(0, BIG), literal(0, BIG)

            source = Source(replace(environment, ranks=collect), definition.entity, grouped=True)
            compile_value(source, call)
            text, value = found[0]
            if text not in done:
                done.add(text)
                _store(uow, definition, source, text, value)


def _store(uow: UnitOfWork, definition: Definition, source: Source, text: str, value: Column) -> None:
    """Store every different value with how many records are at or below it."""
    conditions = [is_null(source.alias.c.deleted_at)]
    if definition.where is not None:
        conditions.append(compile_condition(source, definition.where))
    values = select(cast(value, REAL).label("value")).select_from(source.from_clause).where(*conditions).subquery("ranked")
    counted = (
        select(values.c.value, func.count(type_=BIG).label("n"))
        .where(values.c.value.is_not(None))
        .group_by(values.c.value)
        .subquery("counted")
    )
    rows = select(
        literal(definition.id, CodeText()), literal(text, CodeText()), counted.c.value,
        cast(func.sum(counted.c.n).over(order_by=counted.c.value), BIG), cast(func.sum(counted.c.n).over(), BIG),
    )  # fmt: skip
    uow.connection.execute(insert(cuts).from_select(["score", "call", "value", "at_or_below", "total"], rows))
