"""``tenon bench``: measures this machine against hand-written code."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from tenon.platform.bench.compare import Plan, compare


@click.command(name="bench", epilog="Example: tenon bench --rows 10000 --seconds 1")
@click.option("--rows", type=click.IntRange(1_000, 10_000_000), default=100_000, show_default=True, help="Customers; orders are five times as many.")
@click.option("--seconds", type=click.FloatRange(0.1, 600), default=3.0, show_default=True, help="How long a cell is measured.")
@click.option("--rounds", type=click.IntRange(1, 99), default=3, show_default=True, help="How often; the median counts.")
@click.option("--clients", multiple=True, type=click.IntRange(1, 64), default=(1, 8), show_default=True, help="How many call at once.")
@click.option("--postgresql", nargs=2, metavar="URL URL", help="Two empty PostgreSQL databases to measure on, too: ours and the baseline's.")
@click.option("--output", type=click.Path(path_type=Path), help="Write the table there as Markdown.")
def command(rows: int, seconds: float, rounds: int, clients: tuple[int, ...], postgresql: tuple[str, str] | None, output: Path | None) -> None:
    """Measure Tenon beside hand-written FastAPI and SQLAlchemy Core on the same rows and print the ratios.

    It works in a folder of its own; your workspace is not touched. Compare only figures of one run.
    """
    plan = Plan(rows, seconds, rounds, clients)
    lines: list[str] = []
    with tempfile.TemporaryDirectory(prefix="tenon-bench-") as folder:
        home = Path(folder)
        places = [(home / "sqlite", f"sqlite:///{home / 'tenon.db'}", f"sqlite:///{home / 'baseline.db'}")]
        if postgresql:
            places.append((home / "postgresql", postgresql[0], postgresql[1]))
        for place, ours, base in places:
            place.mkdir()
            lines += compare(place, ours, base, plan, lambda text: click.echo(text, err=True)).lines()
    text = "\n".join([f"Rows {rows}, {seconds:g} s a cell, median of {rounds}; times of Tenon are so many times those of hand-written code.", "", *lines])
    click.echo(text)
    if output is not None:
        output.write_text(text + "\n", "utf-8")
