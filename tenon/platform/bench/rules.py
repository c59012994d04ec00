"""What rules cost that do not fire: one beside each write, and ten beside an import that changes all records."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median
from typing import Any

from tenon.engine.context import system_context
from tenon.engine.records.writing import change, write_many
from tenon.engine.releases import publish_documents
from tenon.platform.workspace import Platform

SYSTEM = system_context()
CHUNK = 5_000
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
        for start in range(0, len(ids), CHUNK):
            with platform.write() as uow:
                rows = [{"id": each, "name": f"Changed {time.perf_counter_ns()}"} for each in ids[start : start + CHUNK]]
                write_many(uow, SYSTEM, uow.model.get_entity("customer"), rows, mode="update")

    singles: dict[int, list[float]] = {0: [], 1: []}
    masses: dict[int, list[tuple[float, float]]] = {0: [], BESIDE: []}
    for turn in range(rounds):
        # Now one side first, now the other: what the machine does besides falls on both.
        for count in (0, 1) if turn % 2 == 0 else (1, 0):
            _have(platform, count)
            singles[count].append(median(_timed(lambda n=n: one(n))[0] for n in range(200)))  # type: ignore[misc]
        for count in (0, BESIDE) if turn % 2 == 0 else (BESIDE, 0):
            _have(platform, count)
            masses[count].append(_timed(many))
    _have(platform, 0)
    more = (median(singles[1]) - median(singles[0])) * 1000
    wall, cpu = ({count: median(each[at] for each in found) for count, found in masses.items()} for at in (0, 1))
    return [
        ("a write, a rule beside it that does not fire", f"{median(singles[0]) * 1000:.2f} ms and {more:+.2f} ms"),
        (
            f"{len(ids)} records changed by one import, ten rules beside it that do not fire",
            f"{wall[BESIDE] / wall[0]:.2f} times the time ({wall[0]:.1f} s without), {cpu[BESIDE] / cpu[0]:.2f} times the CPU time of this process",
        ),
    ]


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    """Return the seconds of some work, by the clock and of the processor."""
    started, used = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - started, time.process_time() - used


def _have(platform: Platform, count: int) -> None:
    """Let so many rules be in force."""
    publish_documents(platform.publisher, SYSTEM, [{**each, "state": "active" if n < count else "paused"} for n, each in enumerate(rules(BESIDE))])
