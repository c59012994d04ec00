"""A platform over the tutorial's documents, for tests that read the shared files."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tenon.engine.context import system_context
from tenon.engine.imports import orders
from tenon.engine.jobs import find
from tenon.engine.outside import fake_outside
from tenon.engine.releases import publish_documents
from tenon.platform.boot import make_worker, start
from tenon.platform.database import Database
from tenon.platform.settings import Settings
from tenon.platform.workspace import Platform

TUTORIAL = Path(__file__).resolve().parents[2] / "docs" / "tutorial"


@pytest.fixture
def real_platform(database: Database, tmp_path: Path) -> Callable[..., Platform]:
    """Open a platform at a moment with the documents of one part of the tutorial published."""

    def make(part: str, moment: datetime = datetime(2026, 1, 15, 1, tzinfo=UTC)) -> Platform:
        settings = Settings.load({"TENON_HOME": str(tmp_path), "TENON_TIMEZONE": "Asia/Shanghai"})
        platform = start(settings, database, fake_outside(moment))
        documents = [json.loads(path.read_text("utf-8")) for path in sorted((TUTORIAL / part).rglob("*.json"))]
        publish_documents(platform.publisher, system_context(), documents, note="tutorial")
        return platform

    return make


@pytest.fixture
def import_file() -> Callable[..., dict[str, Any]]:
    """Import a file through the job that does it, and return its result."""

    def run(platform: Platform, path: Path, entity: str, **values: Any) -> dict[str, Any]:
        from_file = path.open("rb")
        with from_file, platform.write() as uow:
            found = uow.model.get_entity(entity)
            key = uow.new_id().replace("-", "")
            platform.outside.files.write(key, from_file)
            import_id = orders.add(uow, None, found, path.name, key, orders.read_order(found, values))
            job = orders.put_job(uow, import_id)
        make_worker(platform).run_until_idle()
        with platform.read() as uow:
            row = find(uow.connection, job)
        assert row is not None
        assert row["state"] == "done", row
        result: dict[str, Any] = row["result"]
        return result

    return run
