from __future__ import annotations

import threading
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import func, select

from tenon.engine import views
from tenon.engine.people import users
from tenon.engine.records.writing import create
from tenon.engine.releases import publish_documents, restore
from tenon.metamodel.errors import Conflict, Invalid, Unavailable
from tenon.platform import audit, files, passwords, tokens
from tenon.platform.backup import write_backup
from tenon.platform.database import Database
from tenon.platform.files import DiskFiles
from tenon.platform.restore import read_manifest, restore_backup
from tenon.platform.workspace import Platform
from tests.platform.backup_workspace import CUSTOMER, SYSTEM, everything, fill, open_workspace, person

NewDatabase = Callable[..., Database]


@pytest.fixture
def platform(new_database: NewDatabase, tmp_path: Path) -> Platform:
    """A filled workspace."""
    platform = open_workspace(tmp_path / "one", new_database())
    fill(platform)
    return platform


def rewrite(source: Path, target: Path, change: Callable[[str, bytes], bytes]) -> Path:
    """Copy a zip with members changed."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return target


def restored(path: Path, database: Database, home: Path) -> Platform:
    """Restore a backup and open it."""
    restore_backup(database, DiskFiles(home / "files"), path)
    return open_workspace(home, database)


def scores(platform: Platform) -> list[tuple[Any, ...]]:
    """What the score of every customer is, with its parts."""
    with platform.read() as uow:
        table = uow.tables.score(uow.model.get("score", "health").id)
        return [tuple(row) for row in uow.connection.execute(select(table).order_by(table.c.record))]


def first_file(platform: Platform) -> bytes:
    with platform.read() as uow:
        key = uow.connection.execute(select(files.files.c.key)).scalar_one()
    with platform.outside.files.open(key) as file:
        return file.read()


def test_a_restored_workspace_is_the_same(platform: Platform, new_database: NewDatabase, tmp_path: Path) -> None:
    manifest = write_backup(platform, tmp_path / "b.zip")
    assert (manifest["release"], manifest["files"], manifest["missing_files"]) == (1, 1, [])
    assert (tmp_path / "b.zip").stat().st_mode & 0o077 == 0
    again = restored(tmp_path / "b.zip", new_database(bare=True), tmp_path / "two")
    records = everything(again)
    assert records == everything(platform)
    assert len(records) == 30
    assert scores(again) == scores(platform)
    assert len(scores(again)) == 30
    assert first_file(again) == first_file(platform)
    with again.read() as uow:
        assert audit.verify(uow.connection) is None
        kept = uow.connection.execute(select(users.c.password_hash).where(users.c.email == "ada@example.com")).scalar()
    assert passwords.is_right("three blue boats", kept)
    with again.write() as uow:
        create(uow, SYSTEM, uow.model.get_entity("customer"), {"code": "new", "name": "New", "seats": 60})
    with pytest.raises(Conflict), again.write() as uow:
        create(uow, SYSTEM, uow.model.get_entity("customer"), {"code": "new"})
    assert len(everything(again)) == 31


def test_it_moves_between_the_databases(sqlite_template: Path, new_database: NewDatabase, tmp_path: Path) -> None:
    one = open_workspace(tmp_path / "one", Database(f"sqlite:///{tmp_path / 'x.db'}"))
    fill(one)
    write_backup(one, tmp_path / "b.zip")
    there = restored(tmp_path / "b.zip", new_database(bare=True), tmp_path / "two")
    assert everything(there) == everything(one)
    write_backup(there, tmp_path / "c.zip")
    back = restored(tmp_path / "c.zip", Database(f"sqlite:///{tmp_path / 'y.db'}"), tmp_path / "three")
    assert everything(back) == everything(one)


def test_what_was_dropped_still_comes_back_after_a_restore(platform: Platform, new_database: NewDatabase, tmp_path: Path) -> None:
    before = everything(platform)
    without = {**CUSTOMER, "fields": [f for f in CUSTOMER["fields"] if f["name"] != "arr"]}  # type: ignore[index]
    with pytest.raises(Conflict) as refused:
        publish_documents(platform.publisher, SYSTEM, [without])
    steps = [p.path.removeprefix("/plan/") for p in refused.value.problems]
    publish_documents(platform.publisher, SYSTEM, [without], accept=steps)
    write_backup(platform, tmp_path / "b.zip")
    again = restored(tmp_path / "b.zip", new_database(bare=True), tmp_path / "two")
    assert "arr" not in everything(again)[0]
    restore(again.publisher, SYSTEM, 1)
    assert everything(again) == before


def test_nothing_that_lets_somebody_in_is_in_it(platform: Platform, tmp_path: Path) -> None:
    ctx = person(platform, "ada@example.com")
    assert ctx.user is not None
    with platform.database.write() as connection:
        _, token = tokens.create(connection, ctx, ctx.user.id, "robot")
    write_backup(platform, tmp_path / "b.zip")
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        names = archive.namelist()
        content = b"".join(archive.read(name) for name in names)
    assert not {n for n in names if ("session" in n or "token" in n or "link" in n) and "flow_token" not in n and "connector_link" not in n}  # these let nobody in
    assert token.encode() not in content
    assert platform.settings.secret.encode() not in content


def test_it_is_of_one_moment_while_others_write(platform: Platform, new_database: NewDatabase, tmp_path: Path) -> None:
    stop = threading.Event()

    def write() -> None:
        number = 1_000
        while not stop.is_set():
            with platform.write() as uow:  # always two at a time
                for _ in range(2):
                    create(uow, SYSTEM, uow.model.get_entity("customer"), {"code": f"W{number}"})
                    number += 1

    thread = threading.Thread(target=write)
    thread.start()
    try:
        write_backup(platform, tmp_path / "b.zip")
    finally:
        stop.set()
        thread.join()
    again = restored(tmp_path / "b.zip", new_database(bare=True), tmp_path / "two")
    records = everything(again)
    assert len(records) % 2 == 0
    with again.read() as uow:
        history = uow.connection.exec_driver_sql("SELECT count(*) FROM tenon_history").scalar()
    assert history == len(records)


def test_damaged_altered_and_newer_files_are_refused(platform: Platform, new_database: NewDatabase, tmp_path: Path) -> None:
    path = tmp_path / "b.zip"
    write_backup(platform, path)
    short = tmp_path / "short.zip"
    short.write_bytes(path.read_bytes()[:-200])
    altered = rewrite(path, tmp_path / "altered.zip", lambda n, c: c.replace(b"ada@", b"eve@") if n == "rows/tenon_user.jsonl" else c)

    def newer(name: str, content: bytes) -> bytes:
        return orjson.dumps({**orjson.loads(content), "format": 99}) if name == "manifest.json" else content

    def foreign(name: str, content: bytes) -> bytes:
        return orjson.dumps({**orjson.loads(content), "revision": "9999"}) if name == "manifest.json" else content

    wrong = tmp_path / "wrong.zip"
    wrong.write_bytes(b"hello")
    bad = [short, altered, rewrite(path, tmp_path / "n.zip", newer), rewrite(path, tmp_path / "f.zip", foreign), wrong, tmp_path / "none.zip"]
    database = new_database(bare=True)
    for each in bad:
        with pytest.raises(Invalid):
            restore_backup(database, DiskFiles(tmp_path / "files"), each)
    restore_backup(database, DiskFiles(tmp_path / "files"), path)
    assert read_manifest(path)["rows"] > 30


def test_it_restores_into_an_empty_workspace_only(platform: Platform, new_database: NewDatabase, tmp_path: Path) -> None:
    write_backup(platform, tmp_path / "b.zip")
    with pytest.raises(Conflict):
        restore_backup(platform.database, platform.outside.files, tmp_path / "b.zip")
    database = new_database()  # migrated, nobody in it yet
    restore_backup(database, DiskFiles(tmp_path / "files"), tmp_path / "b.zip")
    with database.read() as connection:
        assert connection.execute(select(func.count()).select_from(users)).scalar() == 2


def test_a_backup_overwrites_nothing(platform: Platform, tmp_path: Path) -> None:
    (tmp_path / "b.zip").write_text("mine")
    with pytest.raises(Unavailable):
        write_backup(platform, tmp_path / "b.zip")
    assert (tmp_path / "b.zip").read_text() == "mine"
    with pytest.raises(Unavailable):
        write_backup(platform, Path("/dev/null/b.zip"))


def test_saved_views_come_along(platform: Platform, new_database: NewDatabase, tmp_path: Path) -> None:
    ada = person(platform, "ada@example.com")
    with platform.write() as uow:
        made, _ = views.save(uow, ada, {"entity": "customer", "label": {"en": "Busy"}, "filter": "seats > 10", "columns": ["name"]})
    write_backup(platform, tmp_path / "b.zip")
    again = restored(tmp_path / "b.zip", new_database(bare=True), tmp_path / "two")
    with again.read() as uow:
        assert views.get(uow, person(again, "ada@example.com"), "busy") == made
