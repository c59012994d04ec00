"""Time of an import beside a bare bulk insert of the same rows, in the same database: ``python -m benchmarks.import_speed [ROWS] [DATABASE_URL]``.

The bare side reads the same file with the csv module, makes the values by hand and inserts them in parts of 5,000: no checks, no
history, no search, no rights.
"""

from __future__ import annotations

import csv
import gc
import io
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from tenon.engine.context import system_context
from tenon.engine.imports import orders
from tenon.engine.jobs import get
from tenon.engine.releases import publish_documents
from tenon.platform.bench import baseline
from tenon.platform.bench.rows import INDUSTRIES, REGIONS, STAGES, customers
from tenon.platform.boot import make_worker, open_platform
from tenon.platform.settings import Settings
from tenon.platform.workspace import Platform

PART = 5_000


def _choice(name: str, options: tuple[str, ...]) -> dict[str, Any]:
    return {"name": name, "type": "choice", "options": [{"name": o} for o in options]}


ENTITY: dict[str, Any] = {
    "kind": "entity", "name": "customer", "label": {"en": "Customer", "zh": "客户"}, "title": "name", "search": ["name"], "fields": [
        {"name": "code", "type": "text", "unique": True}, {"name": "name", "type": "text", "required": True}, {"name": "email", "type": "email"},
        {"name": "phone", "type": "phone"}, _choice("industry", INDUSTRIES), _choice("region", REGIONS), _choice("stage", STAGES),
        {"name": "arr", "type": "money", "currency": "CNY"}, {"name": "seats", "type": "integer"}, {"name": "health", "type": "integer"},
        {"name": "signed_on", "type": "date"}, {"name": "last_login", "type": "datetime"}, {"name": "active", "type": "boolean"},
        {"name": "notes", "type": "text"}, {"name": "started", "type": "datetime"},
    ],
}  # fmt: skip


def write_file(count: int) -> bytes:
    """Return rows with fifteen columns as CSV."""
    text = io.StringIO()
    writer = csv.writer(text)
    for row in customers(count):
        values = {"code": row.pop("id"), **row}
        values["started"] = values.pop("created_at")
        if not text.tell():
            writer.writerow(values)
        writer.writerow([v.isoformat() if isinstance(v, date) else str(v).lower() if isinstance(v, bool) else v for v in values.values()])
    return text.getvalue().encode()


def bare(platform: Platform, content: bytes) -> None:
    """Insert the rows by hand."""
    rows = csv.DictReader(io.StringIO(content.decode()))
    while part := list(islice(rows, PART)):
        values = [
            {
                **{k: r[k] for k in ("name", "email", "phone", "industry", "region", "stage", "notes")}, "id": r["code"], "arr": Decimal(r["arr"]),
                "seats": int(r["seats"]), "health": int(r["health"]), "signed_on": date.fromisoformat(r["signed_on"]),
                "last_login": datetime.fromisoformat(r["last_login"]), "active": r["active"] == "true", "created_at": datetime.fromisoformat(r["started"]),
            }
            for r in part
        ]  # fmt: skip
        with platform.database.write() as connection:
            connection.execute(insert(baseline.customers), values)


def imported(platform: Platform, content: bytes) -> None:
    """Import the file through its job."""
    key = platform.outside.new_id().replace("-", "")
    platform.outside.files.write(key, io.BytesIO(content))
    with platform.write() as uow:
        entity = uow.model.get_entity("customer")
        import_id = orders.add(uow, None, entity, "rows.csv", key, orders.read_order(entity, {}), is_started=True)
    make_worker(platform).run_until_idle()
    with platform.database.read() as connection:
        job = get(connection, import_id)
    if job["state"] != "done" or job["result"]["refused"]:
        raise SystemExit(f"the import did not take every row: {job['errors'] or job['result']}")


def _seconds(work: Callable[[Platform, bytes], None], platform: Platform, content: bytes) -> float:
    started = time.perf_counter()
    work(platform, content)
    return time.perf_counter() - started


def main() -> None:
    """Measure and print the ratio."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory(prefix="tenon-") as home:
        url = {"TENON_DATABASE_URL": sys.argv[2]} if len(sys.argv) > 2 else {}
        platform = open_platform(Settings.load({"TENON_HOME": str(Path(home)), **url}, env_file=None))
        publish_documents(platform.publisher, system_context(), [ENTITY])
        with platform.database.write() as connection:
            baseline.customers.create(connection)
        gc.freeze()
        gc.set_threshold(50_000, 20, 50)  # as the commands do
        content = write_file(count)
        by_hand, ours = _seconds(bare, platform, content), _seconds(imported, platform, content)
        sys.stdout.write(f"{platform.database.dialect}: {count} rows: bare {by_hand:.2f} s, import {ours:.2f} s, {ours / by_hand:.2f} times\n")
        platform.close()


if __name__ == "__main__":
    main()
