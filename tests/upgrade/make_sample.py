"""Writes a small database as this version makes it: every table of Tenon's own, and a few rows in the simple ones."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Boolean, Connection, Float, Integer, LargeBinary, Table, insert

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tenon.engine.columns import Day, Exact, Json, Moment  # noqa: E402
from tenon.platform.all_tables import metadata  # noqa: E402
from tenon.platform.database import Database  # noqa: E402
from tenon.platform.migrate import migrate  # noqa: E402

ROWS = 3


def make(path: Path) -> None:
    """Write the database; a file that is there is replaced."""
    path.unlink(missing_ok=True)
    whole = path.with_name(path.name + ".whole")
    database = Database(f"sqlite:///{whole}")
    migrate(database)
    with database.write() as connection:
        for table in metadata.sorted_tables:
            fill(connection, table)
    database.snapshot_copy(path)
    database.dispose()
    for leftover in whole.parent.glob(whole.name + "*"):
        leftover.unlink()


def fill(connection: Connection, table: Table) -> None:
    """Put rows into a table: every column a value of its type, references to the row of the same number."""
    connection.execute(insert(table), [{column.name: sample(column, number) for column in table.columns} for number in range(ROWS)])


def sample(column: Any, number: int) -> Any:
    """Return the value of a column in a row."""
    kinds: tuple[tuple[type, Any], ...] = (
        (Moment, datetime(2026, 3, 2, 1, 30, number, tzinfo=UTC)),
        (Day, date(2026, 3, 2 + number)),
        (Json, {"number": number, "名称": "客户"}),
        (Boolean, bool(number % 2)),
        (Integer, number),
        (Float, number / 2),
        (Exact, number),
        (LargeBinary, bytes([number])),
    )
    return next((value for kind, value in kinds if isinstance(column.type, kind)), f"{number:08d}-0000-7000-8000-000000000000")


if __name__ == "__main__":
    make(Path(sys.argv[1]))
