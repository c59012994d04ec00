"""Scratch copies on both databases: all of one moment, apart from the workspace, gone whole; and what a server may not do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import inspect

from tenon.engine.context import Context
from tenon.engine.records.writing import create
from tenon.metamodel.errors import Conflict, Forbidden, NotFound, Unavailable
from tenon.platform import sessions
from tenon.platform.copies import Copies
from tenon.platform.database import Database
from tenon.platform.scratch import drop_copy, list_copies, make_copy
from tenon.platform.workspace import Platform
from tests import postgres
from tests.platform.backup_workspace import SYSTEM, everything, fill, open_workspace

NewDatabase = Callable[..., Database]


@pytest.fixture
def platform(new_database: NewDatabase, tmp_path: Path) -> Platform:
    """A filled workspace."""
    platform = open_workspace(tmp_path / "one", new_database())
    fill(platform)
    return platform


def schemas(platform: Platform) -> list[str]:
    """The schemas of copies, none on SQLite."""
    with platform.database.read() as connection:
        return [name for name in inspect(connection).get_schema_names() if name.startswith("scratch_")]


def test_a_copy_holds_everything_and_is_apart(platform: Platform) -> None:
    heard: list[tuple[int, int]] = []
    made = make_copy(platform, "try_out", ctx=SYSTEM, tell=lambda done, total: heard.append((done, total)))
    assert (made.release, heard != []) == (1, True)
    copies = Copies(platform)
    copy = copies.open("try_out")
    assert everything(copy) == everything(platform)
    with copy.write() as uow:
        create(uow, SYSTEM, uow.model.get_entity("customer"), {"code": "new", "name": "New", "seats": 60})
    assert len(everything(copy)) == len(everything(platform)) + 1
    with pytest.raises(Unavailable):
        copy.outside.http.request("GET", "https://example.com", headers={}, body=b"", timeout=1)
    assert not copy.outside.mail.is_set_up
    with pytest.raises(Conflict):
        make_copy(copy, "of_a_copy", ctx=SYSTEM)
    copies.drop("try_out")
    assert (list_copies(platform.settings), schemas(platform)) == ([], [])
    with pytest.raises(NotFound):
        copies.open("try_out")


def test_nobody_is_signed_in_there(platform: Platform) -> None:
    with platform.write() as uow:
        row = uow.connection.exec_driver_sql("SELECT id FROM tenon_user ORDER BY id").first()
        assert row is not None
        token = sessions.begin(uow.connection, Context(None), row.id).token
    make_copy(platform, "try_out", ctx=SYSTEM)
    copies = Copies(platform)
    assert copies.open("try_out").principals.by_session(token) is None
    copies.close_all()
    drop_copy(platform.settings, "try_out")


def test_what_fails_leaves_nothing(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    def tell(_done: int, _total: int) -> None:
        raise Unavailable([])

    with pytest.raises(Unavailable):
        make_copy(platform, "try_out", ctx=SYSTEM, tell=tell)
    assert (list_copies(platform.settings), schemas(platform)) == ([], [])
    assert list((platform.settings.home / "scratch").iterdir()) == []


def test_a_server_that_makes_no_schema_says_what_to_grant(postgres_server: postgres.Server, tmp_path: Path) -> None:
    name = postgres_server.new_database()
    owner = Database(postgres_server.url(name))
    with owner.write() as connection:
        connection.exec_driver_sql(f"CREATE ROLE {name} LOGIN")
        connection.exec_driver_sql(f"GRANT ALL ON SCHEMA public TO {name}")
    owner.dispose()
    small = Database(owner.url.set(username=name, password=None).render_as_string(hide_password=False))
    platform = open_workspace(tmp_path / "one", small)
    with pytest.raises(Forbidden) as refused:
        make_copy(platform, "try_out", ctx=SYSTEM)
    hint = refused.value.problems[0].hint
    assert hint is not None
    assert "GRANT CREATE ON DATABASE" in hint.show("en")
    assert "请授权" in hint.show("zh")
    assert list_copies(platform.settings) == []
    small.dispose()
    postgres_server.drop(name)
