#!/usr/bin/env python3
"""Measures a step of the dashboard designer with thirty widgets beside showing that dashboard once; prints a line.

    python benchmarks/designing.py                 10,000 customers and 50,000 orders, SQLite
    python benchmarks/designing.py --rows 100000
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import click
from starlette.testclient import TestClient

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.dashboard import WIDGETS
from tenon.engine.context import Context
from tenon.engine.releases import publish_documents
from tenon.platform import accounts, sessions
from tenon.platform.bench.ours import SYSTEM, fill
from tenon.platform.boot import open_platform
from tenon.platform.settings import Settings
from tenon.server import build

TILES = 30
NAMES = [WIDGETS[i % len(WIDGETS)]["name"] for i in range(TILES)]
BOARD = {"kind": "dashboard", "name": "board", "layout": [{"widget": name, "x": i % 3 * 4, "y": i // 3 * 4, "w": 4, "h": 4} for i, name in enumerate(NAMES)]}
URL = "/design/dashboard/board"


def _timed(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def measure(client: TestClient, rounds: int) -> str:
    """Return a line: showing the dashboard with every widget, one step on the canvas, and how they compare."""
    page = client.get(URL).text
    csrf = re.findall(r'name="csrf" value="([^"]+)"', page)[0]
    tile = re.findall(r'data-item="([^"]+)" data-group="tile"', page)[0]

    def show() -> None:
        client.get("/dashboards/board").raise_for_status()
        for name in NAMES:
            client.get(f"/widgets/{name}?dashboard=board").raise_for_status()

    def step(width: int) -> None:
        operations = json.dumps([{"op": "set", "at": f"/layout/{tile}/w", "value": width}])
        client.post(URL, data={"csrf": csrf, "operations": operations}, headers={"HX-Request": "true"}).raise_for_status()

    shown, steps = [], []
    for number in range(rounds + 1):  # the first one warms caches and does not count
        shown.append(_timed(show))
        steps.append(_timed(lambda number=number: step(1 + number % 4)))  # type: ignore[misc]
    whole, one = median(shown[1:]), median(steps[1:])
    return f"{TILES} widgets: shown once {whole:.0f} ms, a step on the canvas {one:.0f} ms, {one / whole:.2f} times (at most 3)."


@click.command()
@click.option("--rows", default=10_000, show_default=True, help="Customers; orders are five times as many.")
@click.option("--rounds", default=5, show_default=True, help="How often; the median counts.")
def main(rows: int, rounds: int) -> None:
    """Fill a workspace, show a dashboard, and change it in its designer."""
    with tempfile.TemporaryDirectory(prefix="tenon-bench-") as folder:
        platform = open_platform(Settings.load({"TENON_HOME": folder, "TENON_TIMEZONE": "UTC"}))
        fill(platform, rows)
        publish_documents(platform.publisher, SYSTEM, [*WIDGETS, BOARD])
        with platform.write() as uow:
            user = accounts.create(uow.connection, SYSTEM, "ann@example.com", "Ann", ["admin"], password="three blue boats", is_role=lambda _: True)
            token = sessions.begin(uow.connection, Context(None), user).token
        with TestClient(build(platform), base_url="http://127.0.0.1:8000") as client:
            client.cookies.set("tenon_session", token)
            click.echo(measure(client, rounds))
        platform.close()


if __name__ == "__main__":
    main()
