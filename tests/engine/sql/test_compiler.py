"""What compiled expressions look like to a database, and the values that the comparison of engines does not reach."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import ClauseElement, ColumnElement, Executable, FromClause, select
from sqlalchemy.ext.compiler import compiles

from tenon.engine.sql.compiler import compile_condition, compile_value, result_scale
from tenon.engine.sql.environment import Environment, Everything
from tenon.engine.sql.hints import index_hints
from tenon.engine.sql.numbers import to_field
from tenon.engine.sql.postgres_functions import postgres_setup
from tenon.engine.sql.source import Source
from tenon.engine.sql.texts import next_text
from tenon.engine.sql.values import from_db
from tenon.engine.tables import Tables
from tenon.metamodel.expressions.check import check
from tenon.metamodel.expressions.scope import Scope
from tenon.metamodel.expressions.tree import Expression
from tenon.metamodel.model import Entity, Field
from tenon.metamodel.storage import Storage
from tenon.platform.database import Database
from tests.properties.expression_records import World, make_world, store

ZONE = ZoneInfo("Asia/Shanghai")


class _Explain(Executable, ClauseElement):
    """A statement whose plan is asked for."""

    inherit_cache = False

    def __init__(self, word: str, statement: Any) -> None:
        self.word, self.statement = word, statement


@compiles(_Explain)
def _explain(element: _Explain, compiler: Any, **more: Any) -> str:
    return f"{element.word} {compiler.process(element.statement, **more)}"


@dataclass
class Bench:
    database: Database
    world: World
    environment: Environment

    def check(self, text: str, use: str = "value", entity: str = "customer") -> Expression:
        return check(text, Scope(self.world.model, self.world.model.entities[entity], use=use))

    def source(self, **more: Any) -> Source:
        return Source(more.pop("environment", self.environment), self.world.model.entities["customer"], **more)

    def values(self, text: str, use: str = "value", **more: Any) -> dict[str, Any]:
        expression, source = self.check(text, use), self.source(**more)
        value = compile_value(source, expression)
        statement = select(source.alias.c.id, value).select_from(source.from_clause)
        if source.ids is not None:
            statement = statement.where(source.alias.c.id.in_(source.ids))
        with self.database.read() as connection:
            return {row[0]: from_db(expression.type, row[1]) for row in connection.execute(statement)}

    def total(self, text: str) -> Any:
        expression, source = self.check(text, "report"), self.source()
        value = compile_value(source, expression)
        with self.database.read() as connection:
            return from_db(expression.type, connection.scalar(select(value).select_from(source.from_clause)))

    def plan(self, text: str) -> str:
        source = self.source()
        condition = compile_condition(source, self.check(text))
        statement = select(source.alias.c.id).select_from(source.from_clause).where(condition)
        with self.database.read() as connection:
            if self.environment.is_sqlite:
                return "\n".join(str(row) for row in connection.execute(_Explain("EXPLAIN QUERY PLAN", statement)))
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            return "\n".join(str(row) for row in connection.execute(_Explain("EXPLAIN", statement)))


@pytest.fixture
def bench(new_database: Callable[..., Database], dialect: str) -> Bench:
    world, database = make_world(), new_database(bare=True)
    tables = Tables(world.model, dialect)
    with database.write() as connection:
        for statement in postgres_setup() if dialect == "postgresql" else []:
            connection.exec_driver_sql(statement)
        store(world, tables, connection)
    now = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
    return Bench(database, world, Environment(dialect, tables, world.model, now, now.astimezone(ZONE).date(), ZONE))


@pytest.mark.parametrize("text", ["start_of(seen, 'month')", "date(seen)", "hour(seen)"])
def test_days_of_moments_call_nothing_row_by_row(bench: Bench, dialect: str, text: str) -> None:
    source = bench.source()
    value = compile_value(source, bench.check(text))
    statement = select(value).select_from(source.from_clause).group_by(value)
    with bench.database.read() as connection:
        plan = "\n".join(str(row) for row in connection.execute(_Explain("EXPLAIN QUERY PLAN" if dialect == "sqlite" else "EXPLAIN VERBOSE", statement)))
    assert "SCAN" in plan.upper()
    assert "tenon_" not in plan


@pytest.mark.parametrize(
    "text",
    ["arr > 99900", "arr > 999.995", "seats == 5", "days_since(signed) <= 30", "starts_with(name, 'A')", "stage == 'won'", "days_since(seen) < 9"],
)
def test_plain_conditions_use_an_index(bench: Bench, dialect: str, text: str) -> None:
    table = bench.environment.tables.of(bench.world.model.entities["customer"])
    with bench.database.write() as connection:
        for number, name in enumerate(("arr", "signed", "name", "stage", "seen", "seats")):
            column = bench.world.model.entities["customer"].fields[name].column
            connection.exec_driver_sql(f'CREATE INDEX i{number} ON "{table.name}" ("{column}")')
    plan = bench.plan(text)
    assert "USING" in plan if dialect == "sqlite" else "Index Cond" in plan, plan


def test_aggregates_of_a_relation_are_the_same_grouped_and_restricted(bench: Bench) -> None:
    for text in ("sum(orders.amount)", "count(orders, where=amount > this.arr)", "count(industry.customers)", "exists(orders)", "sum(products.price)"):
        plain = bench.values(text)
        assert bench.values(text, grouped=True) == plain
        few = sorted(plain)[:5]
        assert bench.values(text, grouped=True, ids=few) == {key: plain[key] for key in few}


def test_ntile_counts_equal_values_together_and_leaves_empties_out(bench: Bench) -> None:
    seats = {row["id"]: row["seats"] for row in bench.world.rows["customer"]}
    full = [v for v in seats.values() if v is not None]
    wanted = {k: None if v is None else -(-5 * sum(o <= v for o in full) // len(full)) for k, v in seats.items()}
    assert bench.values("quintile(seats)", "score") == wanted
    assert bench.values("ntile(seats, 5)", "score") == wanted
    assert max(v for v in bench.values("percent_rank(seats)", "score").values() if v is not None) == 1.0


def test_aggregates_over_the_querys_own_set(bench: Bench) -> None:
    arr = [row["arr"] for row in bench.world.rows["customer"] if row["arr"] is not None]
    assert bench.total("count()") == len(bench.world.rows["customer"])
    assert bench.total("sum(arr)") == sum(arr)
    assert bench.total("sum(arr, where=arr > 0)") == sum(a for a in arr if a > 0)
    seats = [(row["arr"], row["seats"]) for row in bench.world.rows["customer"] if row["arr"] is not None and row["seats"] is not None]
    assert bench.total("max(arr * seats)") == max(Fraction(a) * s for a, s in seats)
    assert bench.total("sum(arr * seats)") == sum(Fraction(a) * s for a, s in seats)


def test_deep_nesting_is_cut_into_stages(bench: Bench) -> None:
    text = "name"
    for _ in range(36):
        text = f"concat({text}, 'x')"
    values = bench.values(text)
    for row in bench.world.rows["customer"]:
        assert values[row["id"]] == (row["name"] or "") + "x" * 36


class OnlyGold(Everything):
    """Names are read on gold records alone, and only open orders are seen."""

    def column(self, environment: Environment, alias: FromClause, entity: Entity, field: Field) -> ColumnElement[Any]:
        column: ColumnElement[Any] = alias.c[field.column]
        return column

    def rows(self, environment: Environment, alias: FromClause, entity: Entity) -> ColumnElement[Any] | None:
        return alias.c[entity.fields["status"].column] == "open" if entity.name == "order" else None


def test_the_resolver_hides_rows_of_relations(bench: Bench) -> None:
    environment = Environment(**{**bench.environment.__dict__, "resolver": OnlyGold()})
    assert bench.values("count(orders)", environment=environment) == bench.values("count(orders, where=status == 'open')")


def test_a_formula_is_rounded_into_its_column(bench: Bench, dialect: str) -> None:
    source, expression = bench.source(), bench.check("1.005 + ratio * 0")
    column = to_field(source.environment, compile_value(source, expression), expression.type, Storage("exact", scale=2))
    with bench.database.read() as connection:
        found = {v for v in connection.scalars(select(column).select_from(source.from_clause)) if v is not None}
    assert found == ({101} if dialect == "sqlite" else {Decimal("1.01")})
    assert result_scale(expression) == 4


def test_hints_cover_aggregates_and_simple_comparisons(bench: Bench) -> None:
    expression = bench.check("sum(orders.amount, where=ordered_at >= days_ago(30)) > 5 and stage == 'won'")
    named = [(entity.name, [f.name for f in fields]) for entity, fields in index_hints(expression, bench.world.model)]
    assert named == [("order", ["customer", "ordered_at", "amount"]), ("customer", ["stage"])]


@pytest.mark.parametrize(("prefix", "after"), [("ab", "ac"), ("\ud7ff", "\ue000"), ("a\U0010ffff", "b"), ("\U0010ffff", None)])
def test_the_end_of_a_prefix(prefix: str, after: str | None) -> None:
    assert next_text(prefix) == after


