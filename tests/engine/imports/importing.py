"""Importing files in tests: write one, carry it out, and look at what came of it."""

from __future__ import annotations

import io
from typing import Any

from tenon.engine.imports import orders
from tenon.engine.imports.refused import refused_csv
from tenon.engine.jobs import find
from tenon.platform.workspace import Platform
from tests.shop import Shop


def csv_of(*lines: str) -> bytes:
    """Return lines as a CSV file."""
    return ("\n".join(lines) + "\n").encode()


def order_import(platform: Platform, content: bytes, entity: str, name: str = "file.csv", user: str | None = None, **values: Any) -> str:
    """Store a file and order its import; return the import's id."""
    key = platform.outside.new_id().replace("-", "")
    platform.outside.files.write(key, io.BytesIO(content))
    with platform.write() as uow:
        found = uow.model.get_entity(entity)
        return orders.add(uow, user, found, name, key, orders.read_order(found, values), is_started=True)


def run_import(shop: Shop, content: bytes, entity: str, name: str = "file.csv", user: str | None = None, **values: Any) -> dict[str, Any]:
    """Import a file through its job and return the job with ``id`` and ``counts`` (created, updated, unchanged, skipped, refused)."""
    import_id = order_import(shop.platform, content, entity, name, user, **values)
    shop.work()
    return job_of(shop.platform, import_id)


def job_of(platform: Platform, import_id: str) -> dict[str, Any]:
    """Return the job of an import; its counts add up to its rows."""
    with platform.read() as uow:
        job = dict(find(uow.connection, import_id) or {})
    result = job["result"]
    assert result or job["state"] != "done", job
    if result:
        job["counts"] = tuple(result[n] for n in ("created", "updated", "unchanged", "skipped", "refused"))
        assert result["rows"] == sum(job["counts"])
    return job


def refusals(platform: Platform, import_id: str) -> list[tuple[int, str, str]]:
    """Return row, path and code of everything that was refused."""
    with platform.read() as uow:
        return [(r["row"], p.get("path", ""), p["code"]) for r in orders.refused_rows(uow.connection, import_id) for p in r["problems"]]


def errors_csv(platform: Platform, import_id: str, header: list[str], language: str = "en") -> str:
    """Return the refused rows as a file."""
    with platform.read() as uow:
        return "".join(refused_csv(uow.connection, import_id, header, language))
