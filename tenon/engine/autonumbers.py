"""Counters of autonumbers: unique and rising under any number of writers; numbers of a rolled back write stay unused."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Table
from sqlalchemy.dialects import postgresql, sqlite

from tenon.engine.columns import CodeText
from tenon.engine.store import metadata
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.autonumber import parse
from tenon.metamodel.model import Field

counters = Table(
    "tenon_counter", metadata, Column("field", CodeText(), primary_key=True), Column("period", CodeText(), primary_key=True),
    Column("last", BigInteger(), nullable=False),
)


def take(uow: UnitOfWork, field: Field, count: int) -> list[str]:
    """Return the next numbers of a field, in rising order; other writers wait until this transaction ends."""
    pattern = parse(field.spec.pattern)  # type: ignore[attr-defined]
    period = pattern.period(uow.today)
    insert = sqlite.insert if uow.dialect == "sqlite" else postgresql.insert
    statement = insert(counters).values(field=field.id, period=period, last=count)
    statement = statement.on_conflict_do_update(index_elements=["field", "period"], set_={"last": counters.c.last + count})
    last: int = uow.connection.execute(statement.returning(counters.c.last)).scalar_one()
    return [pattern.format(uow.today, number) for number in range(last - count + 1, last + 1)]


def raise_to(uow: UnitOfWork, field: Field, number: int, period: str) -> None:
    """Let a counter go on after a number that came from outside."""
    insert = sqlite.insert if uow.dialect == "sqlite" else postgresql.insert
    statement = insert(counters).values(field=field.id, period=period, last=number)
    statement = statement.on_conflict_do_update(index_elements=["field", "period"], set_={"last": number}, where=counters.c.last < number)
    uow.connection.execute(statement)
