"""How a run goes: what was counted, what went wrong, and what a dry run would do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tenon.engine.jobs.table import keep_problems
from tenon.metamodel.errors import Problem

COUNTS = ("pulled", "created", "updated", "unchanged", "skipped", "refused", "conflicts", "sent_created", "sent_updated", "sent_refused")
MOST = 100


@dataclass
class Tally:
    """The counts of a run, its first errors and rows, and the oldest change that came."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTS, 0))
    errors: list[dict[str, Any]] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    oldest: datetime | None = None
    is_dry: bool = False
    is_whole: bool = False
    """True while everything is asked for: what was made long before the connector has not waited for it."""

    met: set[str] = field(default_factory=set)
    """The records that a dry run would have linked."""

    def count(self, name: str, by: int = 1) -> None:
        """Count something."""
        self.counts[name] += by

    def refuse(self, way: str, key: str, problems: Iterable[Problem]) -> None:
        """Note a record that was refused."""
        self.count("refused" if way == "in" else "sent_refused")
        if len(self.errors) < MOST:
            self.errors.append({"way": way, "key": key, "errors": keep_problems(problems)})
        self.show(way, "refuse", key)

    def show(self, way: str, action: str, key: str | None, record: str | None = None, fields: Iterable[str] = ()) -> None:
        """Note what a dry run would do."""
        if self.is_dry and len(self.rows) < MOST:
            self.rows.append({"way": way, "action": action, "key": key, "record": record, "fields": sorted(fields)})

    def contest(self, key: str, record: str, fields: dict[str, str]) -> None:
        """Note a record that both sides changed: which side each field was taken from."""
        self.count("conflicts")
        if len(self.rows) < MOST:
            self.rows.append({"way": "in", "action": "conflict", "key": key, "record": record, "fields": sorted(fields), "taken": fields})

    def came(self, at: datetime | None) -> None:
        """Note when a change was made there."""
        if at is not None and not self.is_whole and (self.oldest is None or at < self.oldest):
            self.oldest = at
