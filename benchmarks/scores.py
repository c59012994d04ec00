#!/usr/bin/env python3
"""Measures scores beside a hand-written UPDATE of the same expressions, on the same rows, in the same run; prints ratios.

    python benchmarks/scores.py                          100,000 customers with 300,000 tickets, SQLite
    python benchmarks/scores.py --postgresql URL         also on an empty PostgreSQL database
    python benchmarks/scores.py --private-postgresql     also on a server of its own, started for the run
    python benchmarks/scores.py --rows 100000 --rows 1000000
"""

from __future__ import annotations

import sys
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import click

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.calls import SETTINGS
from tenon.engine.outside import FixedClock
from tenon.platform.bench.scores import NOW, Times, measure_scores
from tenon.platform.boot import open_outside, start
from tenon.platform.database import Database
from tenon.platform.migrate import migrate
from tenon.platform.settings import Settings
from tests import postgres as private


def measure(home: Path, url: str, rows: int, rounds: int) -> tuple[Times, list[str]]:
    """Measure on one empty database and return the times and the rows of the table."""
    settings = Settings.load({"TENON_HOME": str(home), "TENON_DATABASE_URL": url, "TENON_TIMEZONE": "Asia/Shanghai"}, env_file=None)
    database, clock = Database(settings.database_url, synchronous=settings.sqlite_synchronous), FixedClock(NOW)
    migrate(database)
    platform = start(settings, database, replace(open_outside(settings), clock=clock))
    times, lines = measure_scores(platform, clock, rows, rounds, lambda text: click.echo(f"  {text}", err=True))
    platform.close()
    return times, [f"{what} | {value}" for what, value in lines]


@click.command()
@click.option("--rows", multiple=True, type=click.IntRange(100, 10_000_000), default=(100_000,), help="Customers; given twice, growth is shown.")
@click.option("--rounds", type=click.IntRange(1, 99), default=5, help="The median counts.")
@click.option("--sqlite/--no-sqlite", default=True)
@click.option("--postgresql", metavar="URL", multiple=True, help="An empty database for each --rows.")
@click.option("--private-postgresql", is_flag=True, help="Start a server for the run.")
def main(rows: tuple[int, ...], rounds: int, sqlite: bool, postgresql: tuple[str, ...], private_postgresql: bool) -> None:
    """Measure scores beside a hand-written UPDATE."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tenon-bench-")))
        urls: dict[str, list[str]] = {}
        if sqlite:
            urls["SQLite"] = [f"sqlite:///{folder / str(n)}.db" for n in rows]
        if private_postgresql:
            server = private.start(SETTINGS)
            stack.callback(server.stop)
            postgresql = tuple(server.url(server.new_database()) for _ in rows)
        if postgresql:
            urls["PostgreSQL"] = list(postgresql)
        for name, listed in urls.items():
            found = []
            for count, url in zip(rows, listed, strict=True):
                home = folder / f"{name}-{count}"
                home.mkdir()
                times, lines = measure(home, url, count, rounds)
                found.append(times)
                click.echo("\n".join(["", f"### {name}, {count} customers x 7 measures", "", "| what | measured |", "| --- | --- |", *[f"| {each} |" for each in lines]]))
            for few, many in pairwise(found):
                growth = ", ".join(f"{what} {many.middle(what) / few.middle(what):.1f}" for what in ("job", "nothing job", "bare job"))
                click.echo(f"| {many.rows} against {few.rows} customers | times: {growth} |")


if __name__ == "__main__":
    main()
