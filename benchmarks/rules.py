#!/usr/bin/env python3
"""Measures what rules cost that do not fire: one beside each write, and ten beside a large change; prints a table.

    python benchmarks/rules.py                          50,000 customers on SQLite
    python benchmarks/rules.py --private-postgresql     and on a PostgreSQL server of its own
    python benchmarks/rules.py --rows 10000

The same writes are timed with and without rules, one after the other, in the same process. A rule whose condition is false should cost
less than 0.2 ms a write, and ten of them at most as much again as the change of all records by itself.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import click

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tenon.engine.context import system_context
from tenon.engine.records.writing import change, write_many
from tenon.engine.releases import publish_documents
from tenon.platform.bench.ours import fill
from tenon.platform.boot import open_platform
from tenon.platform.settings import Settings
from tenon.platform.workspace import Platform
from tests import postgres

SYSTEM = system_context()
CHUNK = 5_000


def rules(count: int) -> list[dict[str, Any]]:
    """Return rules on customers whose conditions are never true."""
    return [
        {
            "kind": "rule", "name": f"never_{n}", "entity": "customer", "trigger": {"type": "updated"}, "condition": f"arr < -{n} and name != 'none{n}'",
            "actions": [{"type": "set_fields", "fields": {"name": "name"}}],
        }
        for n in range(count)
    ]  # fmt: skip


def timed(work: Callable[[], object]) -> float:
    """Return the seconds of some work."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def measure(platform: Platform, name: str, rounds: int) -> list[str]:
    """Return the lines of a database."""
    with platform.read() as uow:
        entity = uow.model.get_entity("customer")
        table = uow.tables.of(entity)
        ids = [row.id for row in uow.connection.execute(table.select().with_only_columns(table.c.id))]

    def one(n: int) -> None:
        with platform.write() as uow:
            change(uow, SYSTEM, uow.model.get_entity("customer"), ids[n % len(ids)], {"name": f"Written {time.perf_counter_ns()}"})

    def many() -> None:
        for start in range(0, len(ids), CHUNK):
            with platform.write() as uow:
                rows = [{"id": each, "name": f"Changed {time.perf_counter_ns()}"} for each in ids[start : start + CHUNK]]
                write_many(uow, SYSTEM, uow.model.get_entity("customer"), rows, mode="update")

    singles: dict[int, list[float]] = {0: [], 1: []}
    masses: dict[int, list[float]] = {0: [], 10: []}
    for _ in range(rounds):
        for count in (0, 1):
            _have(platform, count)
            singles[count].append(median(timed(lambda n=n: one(n)) for n in range(200)))  # type: ignore[misc]
        for count in (0, 10):
            _have(platform, count)
            masses[count].append(timed(many))
    more = (median(singles[1]) - median(singles[0])) * 1000
    ratio = median(masses[10]) / median(masses[0])
    return [
        f"| {name} | a write, a rule beside it | {median(singles[0]) * 1000:.2f} ms and {more:+.2f} ms (at most +0.2) |",
        f"| {name} | {len(ids)} records changed, ten rules beside it | {median(masses[0]):.1f} s, {ratio:.2f} times (at most 2) |",
    ]


def _have(platform: Platform, count: int) -> None:
    """Let so many rules be in force."""
    publish_documents(platform.publisher, SYSTEM, [{**each, "state": "active" if n < count else "paused"} for n, each in enumerate(rules(10))])


def run(url: str | None, name: str, rows: int, rounds: int) -> list[str]:
    """Fill a workspace and measure it."""
    with tempfile.TemporaryDirectory(prefix="tenon-bench-") as folder:
        platform = open_platform(Settings.load({"TENON_HOME": folder, "TENON_TIMEZONE": "UTC", **({"TENON_DATABASE_URL": url} if url else {})}))
        fill(platform, rows)
        found = measure(platform, name, rounds)
        platform.close()
    return found


@click.command()
@click.option("--rows", default=50_000, show_default=True, help="Customers.")
@click.option("--rounds", default=3, show_default=True, help="How often; the median counts.")
@click.option("--private-postgresql", is_flag=True, help="Measure a PostgreSQL server of its own as well.")
def main(rows: int, rounds: int, private_postgresql: bool) -> None:
    """Measure writes with and without rules."""
    lines = ["| database | what | measured |", "| --- | --- | --- |", *run(None, "SQLite", rows, rounds)]
    if private_postgresql:
        server = postgres.start()
        try:
            lines += run(server.url(server.new_database()), "PostgreSQL", rows, rounds)
        finally:
            server.stop()
    click.echo("\n".join(lines))


if __name__ == "__main__":
    main()
