#!/usr/bin/env python3
"""Measures the page of a list beside the API call for the same records, and weighs what a browser loads for it.

    python benchmarks/list_page.py                    100,000 customers on SQLite
    python benchmarks/list_page.py --rows 10000

Both answer in this process, one after the other, so that what the machine does besides falls on both. The page may take at most 1.5 times
the time of its API call and 20 ms; what is loaded at first should weigh at most 120 KB.
"""

from __future__ import annotations

import argparse
import gzip
import re
import statistics
import tempfile
import time
from collections.abc import Callable

import click
from starlette.testclient import TestClient

from tenon.engine.context import Context, system_context
from tenon.platform import accounts, sessions
from tenon.platform.bench.ours import fill
from tenon.platform.boot import open_platform
from tenon.platform.settings import Settings
from tenon.server import build

BASE = "http://127.0.0.1:8000"
QUERIES = {
    "first page": ("", ""), "sorted": ("sort=-arr", "sort=-arr"),
    "filtered and sorted": ("filter=industry+%3D%3D+%27saas%27+and+arr+%3E+20000&sort=-arr",) * 2, "searched": ("q=10", "search=10"),
}  # fmt: skip


def timed(call: Callable[[], object], rounds: int) -> float:
    """Return the median of some calls in milliseconds."""
    found = []
    for _ in range(rounds):
        started = time.perf_counter()
        call()
        found.append((time.perf_counter() - started) * 1_000)
    return statistics.median(found)


def weight(client: TestClient) -> tuple[int, int]:
    """Return how many bytes a browser loads for the page and everything it names, packed, and without the font."""
    page = client.get("/records/customer").text
    total, font = len(gzip.compress(page.encode(), 6)), 0
    waiting = re.findall(r'(?:href|src)="(/static/[^"#]+)"', page)
    seen: set[str] = set()
    while waiting:
        url = waiting.pop()
        if url in seen or url.endswith(".svg"):
            continue
        seen.add(url)
        body = client.get(url).content
        if url.endswith(".woff2"):
            font += len(body)
            continue
        total += len(gzip.compress(body, 6))
        if url.endswith(".js") and "/vendor/" not in url:
            folder = url.rsplit("/", 1)[0]
            names = re.findall(r'(?:from|import) "\./([\w.-]+)"', body.decode())
            waiting += [f"{folder}/{name}" for name in names]
            waiting += [f"{folder.rsplit('/', 1)[0]}/{name}" for name in re.findall(r'from "\.\./(vendor/[\w.-]+)"', body.decode())]
    return total, font


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=31)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tenon-lists-") as folder:
        platform = open_platform(Settings.load({"TENON_HOME": folder, "TENON_BASE_URL": BASE}, env_file=None))
        fill(platform, chosen.rows)
        with platform.write() as uow:
            user = accounts.create(uow.connection, system_context("command"), "ann@example.com", "Ann", ["admin"], password="three blue boats")
            token = sessions.begin(uow.connection, Context(None), user).token
        client = TestClient(build(platform), base_url=BASE)
        client.cookies.set("tenon_session", token)
        click.echo(f"{chosen.rows:,} customers on SQLite, median of {chosen.rounds} calls")
        click.echo("| list | page ms | API ms | ratio | over 1.5 × API + 20 ms |\n| --- | --- | --- | --- | --- |")
        columns = ",".join(("name", "email", "phone", "industry", "region", "stage", "arr"))
        for name, (asked, api_asked) in QUERIES.items():
            page, api = f"/records/customer?{asked}", f"/api/v1/records/customer?fields={columns}&count=capped&{api_asked}"
            for each in (page, api):
                assert client.get(each).status_code == 200, client.get(each).text
            ours, theirs = timed(lambda page=page: client.get(page), chosen.rounds), timed(lambda api=api: client.get(api), chosen.rounds)
            over = ours - (1.5 * theirs + 20)
            click.echo(f"| {name} | {ours:.1f} | {theirs:.1f} | {ours / theirs:.2f} | {f'{over:.1f} ms' if over > 0 else 'no'} |")
        packed, font = weight(client)
        click.echo(f"\nFirst load: {packed / 1024:.0f} KB packed without the font, {(packed + font) / 1024:.0f} KB with it.")
        platform.close()


if __name__ == "__main__":
    main()
