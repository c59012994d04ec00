#!/usr/bin/env python3
"""Measures what rules cost that do not fire, as `tenon bench` does, but nothing else: one beside each write, and ten beside a large change.

    python benchmarks/rules.py                          50,000 customers on SQLite
    python benchmarks/rules.py --private-postgresql     and on a PostgreSQL server of its own
    python benchmarks/rules.py --rows 10000

A rule whose condition is false should cost less than 0.2 ms a write, and ten of them at most as much again as the change of all records by
itself.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import click

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tenon.platform.bench.ours import fill
from tenon.platform.bench.rules import measure_rules
from tenon.platform.boot import open_platform
from tenon.platform.settings import Settings
from tests import postgres


def run(url: str | None, name: str, rows: int, rounds: int) -> list[str]:
    """Fill a workspace and measure it."""
    with tempfile.TemporaryDirectory(prefix="tenon-bench-") as folder:
        platform = open_platform(Settings.load({"TENON_HOME": folder, "TENON_TIMEZONE": "UTC", **({"TENON_DATABASE_URL": url} if url else {})}))
        fill(platform, rows)
        found = measure_rules(platform, rounds)
        platform.close()
    return [f"| {name} | {what} | {value} |" for what, value in found]


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
