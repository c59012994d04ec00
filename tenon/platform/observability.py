"""What the process counts of itself, written as Prometheus reads it."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Traffic:
    """Requests by method, route and status, and how long they took; one for each application."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._counts: dict[tuple[str, str, int], int] = {}
        self._buckets = [0] * (len(BUCKETS) + 1)
        self._seconds = 0.0

    def note(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request."""
        known = method if method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS") else "OTHER"
        with self._guard:
            key = (known, route, status)
            self._counts[key] = self._counts.get(key, 0) + 1
            self._buckets[next((i for i, most in enumerate(BUCKETS) if seconds <= most), len(BUCKETS))] += 1
            self._seconds += seconds

    def lines(self) -> list[str]:
        """Return the counters and the histogram."""
        with self._guard:
            counts, buckets, seconds = dict(self._counts), list(self._buckets), self._seconds
        found = metric(
            "tenon_requests_total", "counter", "Requests by method, route and status.",
            [({"method": m, "route": r, "status": str(s)}, n) for (m, r, s), n in sorted(counts.items())],
        )
        found += ["# HELP tenon_request_seconds How long requests took.", "# TYPE tenon_request_seconds histogram"]
        total = 0
        for most, count in zip((*BUCKETS, "+Inf"), buckets, strict=True):
            total += count
            found.append(f'tenon_request_seconds_bucket{{le="{most}"}} {total}')
        return [*found, f"tenon_request_seconds_sum {seconds:.6f}", f"tenon_request_seconds_count {total}"]


def metric(name: str, kind: str, meaning: str, values: Iterable[tuple[Mapping[str, str], float]]) -> list[str]:
    """Return the lines of one metric with a value for each set of labels."""
    lines = [f"# HELP {name} {meaning}", f"# TYPE {name} {kind}"]
    for labels, value in values:
        written = ",".join(f'{key}="{_escape(text)}"' for key, text in labels.items())
        lines.append(f"{name}{{{written}}} {value}" if written else f"{name} {value}")
    return lines


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
