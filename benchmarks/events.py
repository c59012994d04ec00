#!/usr/bin/env python3
"""Measures how many events of use are taken in a second, in calls of 1,000 from the body to the commit, on SQLite; with Customer core alone.

    python benchmarks/events.py                 20 calls over 10,000 customers
    python benchmarks/events.py --calls 100
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import orjson

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tenon.engine.apps import find_app, install
from tenon.engine.context import Context, system_context
from tenon.engine.events.intake import take
from tenon.engine.events.reading import read_events
from tenon.engine.records.writing import write_many
from tenon.platform.boot import open_platform
from tenon.platform.settings import Settings

CALL, CUSTOMERS, SYSTEM = 1_000, 10_000, system_context()


def bodies(calls: int) -> list[bytes]:
    """Return bodies of events of random customers, users and moments."""
    choose, now = random.Random(1), datetime.now(UTC)

    def event(name: str) -> dict[str, object]:
        at = (now - timedelta(minutes=choose.randrange(100_000))).isoformat()
        who = {"groupId": f"K-{choose.randrange(CUSTOMERS)}", "userId": f"u{choose.randrange(50_000)}"}
        return {"type": "track", "event": choose.choice(("login", "report", "share")), **who, "timestamp": at, "messageId": name, "properties": {"feature": "reports"}}

    return [orjson.dumps({"batch": [event(f"{call}-{n}") for n in range(CALL)]}) for call in range(calls)]


@click.command(help=__doc__)
@click.option("--calls", default=20, show_default=True)
def main(calls: int) -> None:
    """Print events a second of time and of CPU time."""
    with tempfile.TemporaryDirectory(prefix="tenon-") as home:
        platform = open_platform(Settings.load({"TENON_HOME": home}, env_file=None))
        install(platform.publisher, SYSTEM, find_app("core"))
        with platform.write() as uow:
            write_many(uow, SYSTEM, uow.model.get_entity("customer"), [{"name": f"Customer {n}", "code": f"K-{n}"} for n in range(CUSTOMERS)])
        sent = bodies(calls + 2)
        for number, body in enumerate(sent):
            if number == 2:  # the first ones prepare statements
                began, cpu = time.perf_counter(), time.process_time()
            events, _ = read_events(orjson.loads(body), "")
            with platform.write() as uow:
                assert take(uow, Context(None, is_system=True), events).counts["accepted"] == CALL
        count = calls * CALL
        click.echo(f"{count:,} events: {count / (time.perf_counter() - began):,.0f} a second, {count / (time.process_time() - cpu):,.0f} a CPU second")
        platform.close()


if __name__ == "__main__":
    main()
