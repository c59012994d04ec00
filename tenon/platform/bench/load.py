"""The load client: the same call again and again from some clients at once, for some seconds, every answer checked."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from tenon.platform.bench.server import Server

Request = tuple[str, str, dict[str, Any] | None]
Ask = Callable[[int], Request]


@dataclass(frozen=True)
class Measured:
    """Calls a second, milliseconds a call (median and 95th of a hundred), and the server's CPU milliseconds a call."""

    rate: float
    p50: float
    p95: float
    cpu: float


def measure(server: Server, ask: Ask, *, clients: int, seconds: float, headers: dict[str, str] | None = None, expect: int = 200) -> Measured:
    """Call as fast as the clients can. RuntimeError for an answer that is not the expected one."""
    times: list[list[float]] = [[] for _ in range(clients)]
    failed: list[str] = []
    begin = threading.Barrier(clients + 1)

    def call(client: int) -> None:
        with httpx.Client(base_url=server.url, headers=headers, timeout=30) as http:
            try:
                send(http, ask(client), expect)  # opens the connection
            except RuntimeError as error:
                failed.append(str(error))
            begin.wait(60)
            if failed:
                return
            end, number = time.perf_counter() + seconds, 1
            while time.perf_counter() < end:
                started = time.perf_counter()
                try:
                    send(http, ask(number * clients + client), expect)
                except RuntimeError as error:
                    failed.append(str(error))
                    return
                times[client].append(time.perf_counter() - started)
                number += 1

    threads = [threading.Thread(target=call, args=(client,), daemon=True) for client in range(clients)]
    for thread in threads:
        thread.start()
    begin.wait(60)
    cpu, started = server.cpu_seconds(), time.perf_counter()
    for thread in threads:
        thread.join()
    passed, used = time.perf_counter() - started, server.cpu_seconds() - cpu
    if failed:
        raise RuntimeError(failed[0])
    every = sorted(each for listed in times for each in listed)
    return Measured(len(every) / passed, statistics.median(every) * 1000, every[int(len(every) * 0.95)] * 1000, used / len(every) * 1000)


def send(http: httpx.Client, request: Request, expect: int) -> Any:
    """Send one call and return its answer. RuntimeError when the status is not the expected one."""
    method, path, body = request
    response = http.request(method, path, json=body)
    if response.status_code != expect:
        raise RuntimeError(f"{method} {path} answered {response.status_code}: {response.text[:300]}")
    return response.json()


def median_of(measured: list[Measured]) -> Measured:
    """Return the run in the middle, by rate."""
    return sorted(measured, key=lambda each: each.rate)[len(measured) // 2]
