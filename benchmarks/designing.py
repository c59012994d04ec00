#!/usr/bin/env python3
"""Measures a step of a designer beside showing once what it designs: a dashboard of thirty widgets, a form and an entity of 150 fields.

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
FIELDS = 150
TYPES: tuple[dict[str, Any], ...] = (
    {"type": "text"}, {"type": "integer"}, {"type": "money", "currency": "CNY"}, {"type": "date"}, {"type": "boolean"},
    {"type": "choice", "options": [{"name": "a", "colour": "red"}, {"name": "b", "colour": "teal"}, {"name": "c"}]},
)
WIDE = {
    "kind": "entity", "name": "wide", "label": {"en": "Wide", "zh": "宽"}, "title": "f0",
    "fields": [{"name": f"f{n}", "label": {"en": f"Field {n}", "zh": f"字段 {n}"}, **TYPES[n % len(TYPES)]} for n in range(FIELDS)],
}  # fmt: skip
FORM = {
    "kind": "form", "name": "wide_form", "entity": "wide", "label": {"en": "Wide", "zh": "宽"},
    "sections": [{"label": {"en": f"Part {s}"}, "items": [{"field": f"f{n}"} for n in range(s * 15, s * 15 + 15)]} for s in range(FIELDS // 15)],
}  # fmt: skip


def _timed(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def measure(client: TestClient, rounds: int) -> list[str]:
    """Return a line for each designer: showing once what it designs, one step on the canvas, and how they compare."""
    tile = _items(client, "/design/dashboard/board", "tile")[0]
    field, moved = _items(client, "/design/form/wide_form", "field")[:2]
    column = _items(client, "/design/entity/wide", "field")[1]

    def board() -> None:
        _get(client, "/dashboards/board", *(f"/widgets/{name}?dashboard=board" for name in NAMES))

    def form() -> None:
        _get(client, "/records/wide/new")

    measured = (
        (f"Dashboard, {TILES} widgets", board, "/design/dashboard/board", lambda n: {"op": "set", "at": f"/layout/{tile}/w", "value": 1 + n % 4}),
        (f"Form, {FIELDS} fields, one renamed", form, "/design/form/wide_form", lambda n: {"op": "set", "at": f"/sections/0/items/{field}/label/en", "value": f"Name {n}"}),
        (f"Form, {FIELDS} fields, one moved", form, "/design/form/wide_form", lambda n: {"op": "move", "item": moved, "to": "/sections/0/items", "index": n % 10}),
        (f"Entity, {FIELDS} fields, one renamed", form, "/design/entity/wide", lambda n: {"op": "set", "at": f"/fields/{column}/label/en", "value": f"Name {n}"}),
    )
    return [f"{label}: {_compare(client, show, url, change, rounds)}" for label, show, url, change in measured]


def _compare(client: TestClient, show: Callable[[], None], url: str, change: Callable[[int], dict[str, Any]], rounds: int) -> str:
    csrf = re.findall(r'name="csrf" value="([^"]+)"', client.get(url).text)[0]

    def step(number: int) -> None:
        sent = {"csrf": csrf, "operations": json.dumps([change(number)])}
        client.post(url, data=sent, headers={"HX-Request": "true"}).raise_for_status()

    shown, steps = [], []
    for number in range(rounds + 1):  # the first one warms caches and does not count
        shown.append(_timed(show))
        steps.append(_timed(lambda number=number: step(number)))  # type: ignore[misc]
    whole, one = median(shown[1:]), median(steps[1:])
    return f"shown once {whole:.0f} ms, a step on the canvas {one:.0f} ms, {one / whole:.2f} times (at most 3)."


def _items(client: TestClient, url: str, group: str) -> list[str]:
    return re.findall(rf'data-item="([^"]+)" data-group="{group}"', client.get(url).text)


def _get(client: TestClient, *urls: str) -> None:
    for url in urls:
        client.get(url).raise_for_status()


@click.command()
@click.option("--rows", default=10_000, show_default=True, help="Customers; orders are five times as many.")
@click.option("--rounds", default=5, show_default=True, help="How often; the median counts.")
def main(rows: int, rounds: int) -> None:
    """Fill a workspace, show a dashboard and a form, and change them in their designers."""
    with tempfile.TemporaryDirectory(prefix="tenon-bench-") as folder:
        platform = open_platform(Settings.load({"TENON_HOME": folder, "TENON_TIMEZONE": "UTC"}))
        fill(platform, rows)
        publish_documents(platform.publisher, SYSTEM, [*WIDGETS, BOARD, WIDE, FORM])
        with platform.write() as uow:
            user = accounts.create(uow.connection, SYSTEM, "ann@example.com", "Ann", ["admin"], password="three blue boats", is_role=lambda _: True)
            token = sessions.begin(uow.connection, Context(None), user).token
        with TestClient(build(platform), base_url="http://127.0.0.1:8000") as client:
            client.cookies.set("tenon_session", token)
            click.echo("\n".join(measure(client, rounds)))
        platform.close()


if __name__ == "__main__":
    main()
