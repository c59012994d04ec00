"""Puts the jobs of schedules that are due; any number of processes may look, each tick is put once."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from tenon.engine.jobs import Transactions, schedules
from tenon.engine.outside import Clock


@dataclass(frozen=True)
class Scheduler:
    """The schedules of one workspace, read in its zone and by the business clock."""

    database: Transactions
    clock: Clock
    zone: ZoneInfo

    def tick(self) -> int:
        """Put what is due, what was missed included, and return how many jobs were put."""
        now = self.clock.now()
        with self.database.read() as connection:
            if not schedules.is_due(connection, now=now):
                return 0
        with self.database.write() as connection:
            return schedules.tick(connection, now=now, zone=self.zone)
