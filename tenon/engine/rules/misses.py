"""Evaluations that did not fire: of sets of records at once, of single ones gathered in the process and written now and then."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert

from tenon.engine.rules.book import Rule
from tenon.engine.rules.tables import misses
from tenon.engine.unit_of_work import UnitOfWork

KEPT = 100
"""So many records of a batch are named."""
AT_ONCE = 20
"""From so many records on a batch is written with what judged it; fewer are gathered, for a row of its own would cost more than the judging."""
SECONDS = 10.0
"""What was gathered is written by the next transaction after so long."""


class Gathered:
    """What did not fire lately, by rule, in one process: it only says how often and why, so it may be lost with the process."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.by_rule: dict[str, tuple[int, Counter[str], list[str]]] = {}
        self.written = time.monotonic()

    def add(self, rule: str, count: int, failing: Counter[str], records: Sequence[str]) -> None:
        """Count evaluations."""
        with self.lock:
            before, parts, named = self.by_rule.get(rule, (0, Counter(), []))
            self.by_rule[rule] = (before + count, parts + failing, [*named, *records][:KEPT])

    def write(self, uow: UnitOfWork, *, at_once: bool = False) -> None:
        """Write what was gathered, when it is time or ``at_once``."""
        if not at_once and time.monotonic() - self.written < SECONDS:
            return
        with self.lock:
            found, self.by_rule, self.written = self.by_rule, {}, time.monotonic()
        rows = [_row(uow, rule, count, parts, records) for rule, (count, parts, records) in found.items()]
        if rows:
            uow.connection.execute(insert(misses), rows)

    def miss(self, uow: UnitOfWork, rule: Rule, count: int, failing: Counter[str], records: Sequence[str]) -> None:
        """Note that a rule did not fire for some records, and which part of its condition failed how often."""
        self.write(uow)
        if count >= AT_ONCE:
            uow.connection.execute(insert(misses), [_row(uow, rule.id, count, failing, records)])
            return
        named = list(records[:KEPT])
        uow.after_commit.append(lambda: self.add(rule.id, count, failing, named))


def _row(uow: UnitOfWork, rule: str, count: int, failing: Counter[str], records: Sequence[str]) -> dict[str, Any]:
    return {"id": uow.new_id(), "rule": rule, "at": uow.now, "count": count, "parts": dict(failing), "records": list(records[:KEPT])}
