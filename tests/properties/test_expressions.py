"""One language, three engines: the evaluator, SQLite and PostgreSQL give the same value for every expression and record."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, Phase, given, settings, strategies as st
from sqlalchemy import Connection, select
from sqlalchemy.exc import DBAPIError

from tenon.engine.context import User
from tenon.engine.evaluate import evaluate, fit
from tenon.engine.evaluate_facts import MappingFacts
from tenon.engine.sql.compiler import compile_condition, compile_value
from tenon.engine.sql.environment import Environment
from tenon.engine.sql.postgres_functions import postgres_setup
from tenon.engine.sql.source import Source
from tenon.engine.sql.sqlite_functions import register
from tenon.engine.sql.values import from_db
from tenon.engine.tables import Tables
from tenon.metamodel.errors import Invalid
from tenon.metamodel.expressions.check import check
from tenon.metamodel.expressions.scope import Scope
from tenon.metamodel.expressions.tree import Expression
from tenon.platform.database import Database
from tests import postgres
from tests.properties.expression_generator import NEAR, Generator
from tests.properties.expression_records import World, make_world, store

ZONES = ("Asia/Shanghai", "America/New_York", "America/Sao_Paulo", "Europe/London", "UTC")
NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
BATCH, FULL = 40, 14_000


@dataclass(repr=False)
class Engines:
    world: World
    databases: dict[str, Database]
    tables: dict[str, Tables]
    user: User

    def environment(self, dialect: str, zone: str) -> Environment:
        timezone = ZoneInfo(zone)
        return Environment(
            dialect, self.tables[dialect], self.world.model, NOW, NOW.astimezone(timezone).date(), timezone, user=self.user
        )


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Engines]:
    world = make_world()
    databases = {"sqlite": Database(f"sqlite:///{tmp_path_factory.mktemp('expressions')}/tenon.db", synchronous="OFF")}
    if postgres.is_possible():
        server: postgres.Server = request.getfixturevalue("postgres_server")
        databases["postgresql"] = Database(server.url(server.new_database()))
    tables = {dialect: Tables(world.model, dialect) for dialect in databases}
    for dialect, database in databases.items():
        database.register_sqlite(register)
        with database.write() as connection:
            for statement in postgres_setup() if dialect == "postgresql" else []:
                connection.exec_driver_sql(statement)
            store(world, tables[dialect], connection)
    units = tuple(row["id"] for row in world.rows["unit"][:2])
    yield Engines(world, databases, tables, User(world.rows["user"][0]["id"], "p0@x.cn", "P0", ("sales",), units[0], units))
    for database in databases.values():
        database.dispose()


def generate(chance: random.Random, world: World) -> tuple[Expression, str]:
    """Return an expression that the checker takes, and its text."""
    generator, scope = Generator(chance, NEAR), Scope(world.model, world.model.entities["customer"])
    while True:
        text = generator.any(chance.choice((1, 2, 2, 3, 3, 4)))
        if len(text) > 3900:
            continue
        try:
            return check(text, scope), text
        except Invalid:
            continue


def in_python(engines: Engines, expression: Expression, zone: str) -> dict[str, Any]:
    """Return the value of every record by the evaluator."""
    timezone = ZoneInfo(zone)
    return {
        row["id"]: evaluate(expression, MappingFacts(row, engines.world.model), now=NOW, timezone=timezone, user=engines.user)
        for row in engines.world.mappings["customer"]
    }


def in_sql(connection: Connection, environment: Environment, expressions: list[Expression], grouped: bool) -> list[dict[str, Any]]:
    """Return the values of every record for several expressions in one statement."""
    source = Source(environment, environment.model.entities["customer"], grouped=grouped)
    columns = [compile_value(source, e).label(f"v{n}") for n, e in enumerate(expressions)]
    # Statements this large would fill the memory if each were kept.
    statement = select(source.alias.c.id, *columns).select_from(source.from_clause)
    rows = connection.execute(statement, execution_options={"compiled_cache": None}).all()
    return [{row[0]: fit(from_db(e.type, row[n + 1]), e.type) for row in rows} for n, e in enumerate(expressions)]


def is_same(a: Any, b: Any) -> bool:
    if isinstance(a, float) and isinstance(b, float):
        return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12)
    return type(a) is type(b) and bool(a == b)


def compare(engines: Engines, dialect: str, batch: list[tuple[Expression, str]], zone: str, grouped: bool) -> None:
    """Hold one database against the evaluator; a statement that fails is taken apart to name the expression."""
    try:
        with engines.databases[dialect].read() as connection:
            answers = in_sql(connection, engines.environment(dialect, zone), [e for e, _ in batch], grouped)
    except DBAPIError as error:
        if len(batch) == 1:
            raise AssertionError(f"{dialect}: {batch[0][1]}: {error.orig}") from error
        for one in batch:
            compare(engines, dialect, [one], zone, grouped)
        raise
    for (expression, text), answer in zip(batch, answers, strict=True):
        for record, wanted in in_python(engines, expression, zone).items():
            assert is_same(wanted, answer[record]), f"{dialect} {zone}: {text}: {wanted!r} by the evaluator, {answer[record]!r} by SQL"


def check_partition(engines: Engines, dialect: str, connection: Connection, batch: list[tuple[Expression, str]], zone: str) -> None:
    """WHERE c and WHERE NOT c hold every record once, c those where the evaluator says true."""
    for expression, text in batch:
        if expression.type.kind != "boolean":
            continue
        found: list[set[str]] = []
        for negated in (False, True):
            source = Source(engines.environment(dialect, zone), engines.world.model.entities["customer"])
            condition = compile_condition(source, expression, negated)
            statement = select(source.alias.c.id).select_from(source.from_clause).where(condition)
            found.append(set(connection.scalars(statement, execution_options={"compiled_cache": None})))
        wanted = {record for record, value in in_python(engines, expression, zone).items() if value is True}
        assert found[0] == wanted, f"{dialect}: {text}"
        assert found[1] == {row["id"] for row in engines.world.rows["customer"]} - wanted, f"{dialect}: not {text}"


@pytest.fixture
def examples(request: pytest.FixtureRequest) -> int:
    """How many batches are compared."""
    return FULL // BATCH if request.config.getoption("--long") else FULL // BATCH // 20


def test_three_engines_agree(engines: Engines, examples: int) -> None:
    """Every batch is one statement per database; a failure names the expression."""

    # Shrinking a seed tells nothing: the failure names the one expression. The daily run always takes the same ones.
    is_daily = examples < FULL // BATCH

    @settings(
        max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate],
        derandomize=is_daily,
    )
    @given(seed=st.binary(min_size=8, max_size=8), zone=st.sampled_from(ZONES), grouped=st.booleans())
    def agree(seed: bytes, zone: str, grouped: bool) -> None:
        chance = random.Random(seed)
        batch = [generate(chance, engines.world) for _ in range(BATCH)]
        for dialect, database in engines.databases.items():
            compare(engines, dialect, batch, zone, grouped)
            with database.read() as connection:
                check_partition(engines, dialect, connection, batch[:6], zone)

    agree()


