"""What rules cost that do not fire: one beside each write, and ten beside an import that changes all records."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from statistics import median
from typing import Any

from tenon.engine.context import system_context
from tenon.engine.imports import orders
from tenon.engine.jobs import get
from tenon.engine.records.writing import change
from tenon.engine.releases import publish_documents
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.labels import say
from tenon.platform.boot import make_worker
from tenon.platform.workspace import Platform

SYSTEM = system_context()
MANY, BESIDE = 50_000, 10


def rules(count: int) -> list[dict[str, Any]]:
    """Return rules on customers whose conditions are never true."""
    return [
        {
            "kind": "rule", "name": f"never_{n}", "entity": "customer", "trigger": {"type": "updated"}, "condition": f"arr < -{n} and name != 'none{n}'",
            "actions": [{"type": "set_fields", "fields": {"name": "name"}}],
        }
        for n in range(count)
    ]  # fmt: skip


def measure_rules(platform: Platform, rounds: int) -> list[tuple[str, str]]:
    """Return what one rule adds to a write, and how many times longer ten make the change of up to 50,000 records, by the clock and in CPU time.

    The same writes are timed with and without rules, by turns, in this process.
    """
    with platform.read() as uow:
        table = uow.tables.of(uow.model.get_entity("customer"))
        ids = list(uow.connection.execute(table.select().with_only_columns(table.c.id).limit(MANY)).scalars())

    def one(n: int) -> None:
        with platform.write() as uow:
            change(uow, SYSTEM, uow.model.get_entity("customer"), ids[n % len(ids)], {"name": f"Written {time.perf_counter_ns()}"})

    def many() -> None:
        names = (f"{each},Changed {time.perf_counter_ns()}" for each in ids)
        _import(platform, "\n".join(("id,name", *names)).encode())

    singles: dict[int, list[tuple[float, float]]] = {0: [], 1: []}
    masses: dict[int, list[tuple[float, float]]] = {0: [], BESIDE: []}
    for turn in range(rounds):
        # Now one side first, now the other: what the machine does besides falls on both.
        for count in (0, 1) if turn % 2 == 0 else (1, 0):
            _have(platform, count)
            each = [_timed(lambda n=n: one(n)) for n in range(200)]  # type: ignore[misc]
            singles[count].append((median(e[0] for e in each), median(e[1] for e in each)))
        for count in (0, BESIDE) if turn % 2 == 0 else (BESIDE, 0):
            _have(platform, count)
            masses[count].append(_timed(many))
    _have(platform, 0)
    more, more_cpu = ((median(e[at] for e in singles[1]) - median(e[at] for e in singles[0])) * 1000 for at in (0, 1))
    wall, cpu = ({count: median(each[at] for each in found) for count, found in masses.items()} for at in (0, 1))
    return [
        ("a write, a rule beside it that does not fire", f"{median(e[0] for e in singles[0]) * 1000:.2f} ms and {more:+.2f} ms, {more_cpu:+.2f} ms of CPU time"),
        (
            f"{len(ids)} records changed by one import, ten rules beside it that do not fire",
            f"{wall[BESIDE] / wall[0]:.2f} times the time ({wall[0]:.1f} s without), {cpu[BESIDE] / cpu[0]:.2f} times the CPU time of this process",
        ),
    ]


def _import(platform: Platform, content: bytes) -> None:
    """Import a file over the customers that it names by their ids, through its job."""
    key = platform.outside.new_id().replace("-", "")
    platform.outside.files.write(key, io.BytesIO(content))
    with platform.write() as uow:
        entity = uow.model.get_entity("customer")
        order = orders.read_order(entity, {"mode": "update", "match_on": ["id"], "mapping": {"id": "id", "name": "name"}})
        import_id = orders.add(uow, None, entity, "changed.csv", key, order, is_started=True)
    make_worker(platform).run_until_idle()
    with platform.database.read() as connection:
        job = get(connection, import_id)
    if job["state"] != "done" or job["result"]["refused"] or job["result"]["skipped"]:
        raise Invalid(Problem("", "failed", say("The import did not take every row.", "导入未写入全部行。")))


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    """Return the seconds of some work, by the clock and of the processor."""
    started, used = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - started, time.process_time() - used


def _have(platform: Platform, count: int) -> None:
    """Let so many rules be in force."""
    publish_documents(platform.publisher, SYSTEM, [{**each, "state": "active" if n < count else "paused"} for n, each in enumerate(rules(BESIDE))])
