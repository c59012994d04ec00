#!/usr/bin/env python3
"""Measures a dashboard of twelve widgets beside the statements that somebody would write by hand; prints a table and ratios.

    python benchmarks/dashboard.py                     100,000 customers and 500,000 orders, SQLite
    python benchmarks/dashboard.py --postgresql URL    on an empty PostgreSQL database
    python benchmarks/dashboard.py --private-postgresql    also on a server of its own, started for the run
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
from sqlalchemy import Select, case, func, select
from starlette.testclient import TestClient

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.calls import SETTINGS
from tenon.engine.context import Context
from tenon.engine.releases import publish_documents
from tenon.engine.unit_of_work import UnitOfWork
from tenon.platform import accounts, sessions
from tenon.platform.bench.ours import SYSTEM, fill
from tenon.platform.boot import open_platform
from tenon.platform.settings import Settings
from tenon.platform.workspace import Platform
from tenon.server import build
from tests import postgres as private

COUNT = {"name": "n", "expr": "count()"}
ARR = {"name": "arr", "expr": "sum(arr)"}
MONTH = {"field": "ordered_at", "by": "month"}
By = Callable[[UnitOfWork], Select[Any]]


def _widget(name: str, type_: str, groups: list[Any], measures: list[Any], entity: str = "customer", **more: Any) -> dict[str, Any]:
    return {"kind": "widget", "name": name, "type": type_, "query": {"entity": entity, "group_by": groups, "measures": measures, **more}}


WIDGETS = [
    _widget("customers", "number", [], [COUNT]), _widget("revenue", "number", [], [ARR]), _widget("health", "gauge", [], [{"name": "h", "expr": "avg(health)"}]),
    _widget("active", "number", [], [COUNT], filter="active"), _widget("by_industry", "line", ["industry"], [COUNT]), _widget("by_stage", "funnel", ["stage"], [COUNT]),
    _widget("industry_stage", "heatmap", ["industry", "stage"], [COUNT, ARR]), _widget("region_stage", "heatmap", ["region", "stage"], [COUNT]),
    _widget("sold", "number", [], [{"name": "a", "expr": "sum(amount)"}], "purchase"), _widget("by_month", "line", [MONTH], [{"name": "a", "expr": "sum(amount)"}], "purchase"),
    _widget("by_quarter", "line", [{"field": "ordered_at", "by": "quarter"}], [COUNT, {"name": "a", "expr": "avg(amount)"}], "purchase"),
    _widget("large", "line", [MONTH], [COUNT], "purchase", filter="amount > 5000"),
]  # fmt: skip
BOARD = {"kind": "dashboard", "name": "board", "layout": [{"widget": w["name"], "x": i % 3 * 4, "y": i // 3 * 4, "w": 4, "h": 4} for i, w in enumerate(WIDGETS)]}


def by_hand(uow: UnitOfWork) -> dict[str, Select[Any]]:
    """Return the statement of each widget as somebody would write it for these tables, in UTC."""
    customer, order = uow.model.get_entity("customer"), uow.model.get_entity("purchase")
    t, o = uow.tables.of(customer), uow.tables.of(order)
    c = {f.name: t.c[f.column] for f in customer.fields.values() if f.column in t.c}
    p = {f.name: o.c[f.column] for f in order.fields.values() if f.column in o.c}
    living, placed = t.c.deleted_at.is_(None), o.c.deleted_at.is_(None)
    is_lite = uow.dialect == "sqlite"
    month = func.strftime("%Y-%m-01", p["ordered_at"]) if is_lite else func.date_trunc("month", p["ordered_at"])
    number = func.strftime("%m", p["ordered_at"])
    quarter = func.strftime("%Y", p["ordered_at"]) + case((number < "04", "-1"), (number < "07", "-2"), (number < "10", "-3"), else_="-4") if is_lite else func.date_trunc("quarter", p["ordered_at"])

    def grouped(*columns: Any, where: Any = living, groups: int = 0) -> Select[Any]:
        statement = select(*columns).where(where)
        return statement.group_by(*columns[:groups]).order_by(*columns[:groups]) if groups else statement

    n, arr = func.count(), func.sum(c["arr"])
    return {
        "customers": grouped(n), "revenue": grouped(arr), "health": grouped(func.avg(c["health"])), "active": grouped(n, where=living & c["active"]),
        "by_industry": grouped(c["industry"], n, groups=1), "by_stage": grouped(c["stage"], n, groups=1), "industry_stage": grouped(c["industry"], c["stage"], n, arr, groups=2),
        "region_stage": grouped(c["region"], c["stage"], n, groups=2), "sold": grouped(func.sum(p["amount"]), where=placed),
        "by_month": grouped(month, func.sum(p["amount"]), where=placed, groups=1), "by_quarter": grouped(quarter, n, func.avg(p["amount"]), where=placed, groups=1),
        "large": grouped(month, n, where=placed & (p["amount"] > 5000), groups=1),
    }  # fmt: skip


def _timed(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def measure(platform: Platform, client: TestClient, rounds: int) -> list[str]:
    """Return the table: each widget's request and its statement by hand, medians, and the page itself."""
    times: dict[str, tuple[list[float], list[float]]] = {w["name"]: ([], []) for w in WIDGETS}
    pages: list[float] = []
    for _ in range(rounds + 1):  # the first one warms caches and does not count
        pages.append(_timed(lambda: client.get("/dashboards/board").raise_for_status()))
        for name, (ours, hand) in times.items():
            ours.append(_timed(lambda name=name: client.get(f"/widgets/{name}?dashboard=board").raise_for_status()))  # type: ignore[misc]
            with platform.read() as uow:
                statement = by_hand(uow)[name]
                hand.append(_timed(lambda statement=statement, uow=uow: uow.connection.execute(statement).all()))  # type: ignore[misc]
    lines = ["| widget | by hand, ms | Tenon, ms | ratio |", "|---|---|---|---|"]
    totals = [0.0, 0.0]
    for name, (ours, hand) in times.items():
        mine, theirs = median(ours[1:]), median(hand[1:])
        totals = [totals[0] + theirs, totals[1] + mine]
        lines.append(f"| {name} | {theirs:.1f} | {mine:.1f} | {mine / theirs:.2f} |")
    lines.append(f"| **all** | {totals[0]:.1f} | {totals[1]:.1f} | **{totals[1] / totals[0]:.2f}** |")
    return [*lines, "", f"The page itself, before any widget: {median(pages[1:]):.1f} ms."]


@click.command()
@click.option("--rows", default=100_000, show_default=True, help="Customers; orders are five times as many.")
@click.option("--rounds", default=3, show_default=True, help="How often; the median counts.")
@click.option("--postgresql", help="An empty PostgreSQL database to measure on instead of SQLite.")
@click.option("--private-postgresql", is_flag=True, help="Start a server for the run and measure on it too.")
def main(rows: int, rounds: int, postgresql: str | None, private_postgresql: bool) -> None:
    """Fill a workspace, ask every widget as the page does, and run the statements by hand beside it."""
    run(rows, rounds, postgresql)
    if private_postgresql:
        server = private.start(SETTINGS)
        try:
            click.echo()
            run(rows, rounds, server.url(server.new_database()))
        finally:
            server.stop()


def run(rows: int, rounds: int, postgresql: str | None) -> None:
    """Measure one database and print its table."""
    with tempfile.TemporaryDirectory(prefix="tenon-bench-") as folder:
        given = {"TENON_HOME": folder, "TENON_TIMEZONE": "UTC", **({"TENON_DATABASE_URL": postgresql} if postgresql else {})}
        platform = open_platform(Settings.load(given))
        fill(platform, rows)
        publish_documents(platform.publisher, SYSTEM, [*WIDGETS, BOARD])
        with platform.write() as uow:
            user = accounts.create(uow.connection, SYSTEM, "ann@example.com", "Ann", ["admin"], password="three blue boats", is_role=lambda _: True)
            token = sessions.begin(uow.connection, Context(None), user).token
        with TestClient(build(platform), base_url="http://127.0.0.1:8000") as client:
            client.cookies.set("tenon_session", token)
            click.echo("\n".join([f"{rows} customers, {rows * 5} orders, {platform.database.dialect}, median of {rounds}.", "", *measure(platform, client, rounds)]))
        platform.close()


if __name__ == "__main__":
    main()
