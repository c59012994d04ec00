from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select, update

from tenon.engine.files import files
from tenon.engine.jobs import put
from tenon.engine.jobs.table import jobs
from tenon.engine.schema import statements as sql
from tenon.platform.audit import audit
from tenon.platform.clock import real_now
from tenon.platform.database import Database
from tenon.platform.doctor import STUCK_AFTER, Finding, examine, is_well
from tenon.platform.workspace import Platform
from tests.platform.backup_workspace import fill, open_workspace


@pytest.fixture
def platform(new_database: Callable[..., Database], tmp_path: Path) -> Platform:
    platform = open_workspace(tmp_path / "one", new_database())
    fill(platform)
    return platform


def look(platform: Platform) -> list[Finding]:
    settings = platform.settings
    return examine(type(settings)(settings.home, platform.database.url.render_as_string(hide_password=False), settings.secret), {})


def wrong(platform: Platform) -> str:
    """What is not well, in one text; everything that is wrong says what to do."""
    findings = [f for f in look(platform) if f.level != "ok"]
    assert all(f.to_do is not None and f.to_do.zh and f.what.zh for f in findings)
    return " ".join(f.what.show() for f in findings)


def test_a_sound_workspace_is_well(platform: Platform) -> None:
    assert is_well(look(platform))
    assert wrong(platform) == ""


def test_an_empty_database_is_not_a_workspace(new_database: Callable[..., Database], tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    platform = open_workspace(tmp_path / "one", new_database())
    assert is_well(look(platform))
    bare = new_database(bare=True)
    findings = examine(type(platform.settings)(tmp_path / "one", bare.url.render_as_string(hide_password=False), "s" * 40), {"TENON_HOEM": "x"})
    assert not is_well(findings)
    assert any("TENON_HOEM" in f.what.show() for f in findings)


def test_it_sees_a_changed_audit(platform: Platform) -> None:
    with platform.database.write() as connection:
        connection.execute(update(audit).where(audit.c.seq == 2).values(action="nothing"))
    assert "entry 2" in wrong(platform)


def test_it_sees_a_missing_file(platform: Platform) -> None:
    with platform.database.read() as connection:
        key = connection.execute(select(files.c.key)).scalar_one()
    platform.outside.files.delete(key)
    assert "contract.pdf" in wrong(platform)


def test_it_sees_missing_columns_and_indexes(platform: Platform) -> None:
    with platform.read() as uow:
        entity = uow.model.get_entity("customer")
        index = uow.tables.indexes_of(entity)[0]
    with platform.database.ddl() as connection:
        connection.execute(sql.drop_index(index.name))
        connection.execute(sql.drop_column(entity.table, entity.fields["note"].column))
    found = wrong(platform)
    assert "1 table or column is missing" in found
    assert "1 index is missing" in found


def test_it_sees_stuck_jobs(platform: Platform) -> None:
    with platform.database.write() as connection:
        job = put(connection, "mail", {})
        connection.execute(update(jobs).where(jobs.c.id == job).values(created_at=real_now() - 2 * STUCK_AFTER))
    assert "1 jobs wait" in wrong(platform)
    with platform.database.write() as connection:
        past = real_now() - STUCK_AFTER
        connection.execute(update(jobs).where(jobs.c.id == job).values(state="running", lease_until=past, worker="gone"))
    assert "1 were left" in wrong(platform)
    with platform.database.write() as connection:
        connection.execute(update(jobs).where(jobs.c.id == job).values(state="dead"))
    findings = look(platform)
    assert is_well(findings)
    assert any(f.level == "warning" for f in findings)


def test_it_sees_a_damaged_file(tmp_path: Path) -> None:
    path = tmp_path / "one" / "tenon.db"
    platform = open_workspace(tmp_path / "one", Database(f"sqlite:///{path}"))
    fill(platform, 2_000)
    platform.close()
    platform.database.dispose()
    content = bytearray(path.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 40_000] = b"\xff" * 40_000
    path.write_bytes(content)
    assert not is_well(look(platform))
