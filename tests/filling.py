"""What a database may hold when a test gets it, made once and copied for every test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tenon.platform.database import Database

MOMENT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Filling:
    """``fill(database, home)`` is called once under this name, on a migrated empty database and with a folder of its own."""

    name: str
    fill: Callable[[Database, Path], None]
