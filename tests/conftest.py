"""Fixtures of the whole suite: a fresh migrated database of each dialect, a fixed moment, the size of long tests."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from anyio.from_thread import start_blocking_portal
from starlette.testclient import TestClient

from tenon.platform.database import Database
from tenon.platform.garbage import spare
from tenon.platform.migrate import migrate
from tests import browser_binary, postgres
from tests.filling import MOMENT, Filling

MANY_OBJECTS = 1_000_000
SHARED = Path(__file__).resolve().parents[2] / "shared"
collect_ignore = [] if SHARED.is_dir() else ["real"]
BROWSER = Path(__file__).resolve().parent / "browser"
gc.disable()  # what is loaded now stays; it is looked for again once all tests are found


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="run sized tests at full size instead of a twentieth")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what needs a PostgreSQL or a browser that cannot be had here; the closing line of script/test names it."""
    if os.environ.get("TENON_TEST_DEMAND") == "all":
        return  # it is to fail then
    out: set[pytest.Item] = set()
    if not postgres.is_possible():
        out |= {item for item in items if needs_postgres(item)}
    of_browser = {item for item in items if BROWSER in item.path.parents}
    if of_browser and not browser_binary.find():
        out |= of_browser
    if out:
        config.hook.pytest_deselected(items=list(out))
        items[:] = [item for item in items if item not in out]


def pytest_collection_finish() -> None:
    """Spare the search for garbage what the modules of the tests hold, as servers and workers do."""
    spare()
    gc.set_threshold(MANY_OBJECTS, 50, 100)
    gc.enable()


def pytest_runtest_logfinish() -> None:
    """Look for the platforms, models and statements of the tests before when they are many: between two tests hardly anything else is left to look at."""
    young, *old = gc.get_count()
    if young > MANY_OBJECTS // 3 or any(old):
        gc.collect()


def needs_postgres(item: pytest.Item) -> bool:
    """True when a test runs on PostgreSQL: by its parameter or because it asks for the server."""
    parameters = item.callspec.params.values() if hasattr(item, "callspec") else ()
    return "postgresql" in parameters or "postgres_server" in getattr(item, "fixturenames", ())


@pytest.fixture(scope="session", autouse=True)
def one_loop() -> Iterator[None]:
    """One event loop that answers every client, as in a server; left alone, a client makes a loop and a thread for every call."""
    with start_blocking_portal() as portal:
        TestClient.portal = portal
        yield
        TestClient.portal = None


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """A private PostgreSQL server, started when the first test asks for it."""
    server = postgres.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated empty SQLite file."""
    path = tmp_path_factory.mktemp("template") / "tenon.db"
    database = Database(f"sqlite:///{path}", synchronous="OFF")
    migrate(database)
    with database.write() as connection:
        connection.exec_driver_sql("SELECT 1")
    database.dispose()
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres_server: postgres.Server) -> str:
    """The name of a migrated empty PostgreSQL database."""
    name = postgres_server.new_database()
    database = Database(postgres_server.url(name))
    migrate(database)
    database.dispose()
    return name


@pytest.fixture(scope="session")
def sqlite_filled(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Filling], Path]:
    """Return a SQLite file with a filling, made when it is first asked for."""
    made: dict[str, Path] = {}

    def make(filling: Filling) -> Path:
        if filling.name not in made:
            home = tmp_path_factory.mktemp("filled")
            path = Path(shutil.copyfile(sqlite_template, home / "tenon.db"))
            database = Database(f"sqlite:///{path}", synchronous="OFF")
            filling.fill(database, home)
            database.dispose()
            made[filling.name] = path
        return made[filling.name]

    return make


@pytest.fixture(scope="session")
def postgres_filled(
    postgres_server: postgres.Server, postgres_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[Filling], str]:
    """Return the name of a PostgreSQL database with a filling, made when it is first asked for."""
    made: dict[str, str] = {}

    def make(filling: Filling) -> str:
        if filling.name not in made:
            name = postgres_server.new_database(postgres_template)
            database = Database(postgres_server.url(name))
            filling.fill(database, tmp_path_factory.mktemp("filled"))
            database.dispose()
            made[filling.name] = name
        return made[filling.name]

    return make


@pytest.fixture
def filling() -> Filling | None:
    """What `database` holds from the beginning; a folder or module of tests says its own."""
    return None


@pytest.fixture(params=["sqlite", "postgresql"])
def dialect(request: pytest.FixtureRequest) -> str:
    """Each of the two databases in turn."""
    return str(request.param)


@pytest.fixture
def new_database(request: pytest.FixtureRequest, dialect: str, tmp_path: Path) -> Iterator[Callable[..., Database]]:
    """Make databases of this dialect: ``new_database()`` is migrated and empty, or filled; ``new_database(bare=True)`` has no tables."""
    made: list[tuple[Database, str | None]] = []

    def make(*, bare: bool = False, filling: Filling | None = None) -> Database:
        if dialect == "sqlite":
            path = tmp_path / f"tenon-{len(made)}.db"
            if not bare:
                template = request.getfixturevalue("sqlite_filled")(filling) if filling else request.getfixturevalue("sqlite_template")
                shutil.copyfile(template, path)
            made.append((Database(f"sqlite:///{path}", synchronous="OFF"), None))
        else:
            server: postgres.Server = request.getfixturevalue("postgres_server")
            name = None if bare else request.getfixturevalue("postgres_filled")(filling) if filling else request.getfixturevalue("postgres_template")
            name = server.new_database(name)
            made.append((Database(server.url(name)), name))
        return made[-1][0]

    yield make
    for database, name in made:
        database.dispose()
        if name:
            request.getfixturevalue("postgres_server").drop(name)


@pytest.fixture
def database(new_database: Callable[..., Database], filling: Filling | None) -> Database:
    """A fresh, migrated database of the dialect at hand, empty unless there is a `filling`."""
    return new_database(filling=filling)


@pytest.fixture
def moment() -> datetime:
    """The fixed moment of tests: a Monday, 09:30 in Shanghai."""
    return MOMENT


@pytest.fixture
def scale(request: pytest.FixtureRequest) -> float:
    """How large sized tests are: 1.0 with --long, else 0.05."""
    return 1.0 if request.config.getoption("--long") else 0.05


@pytest.fixture
def shared() -> Path:
    """The folder of public data beside the checkout; only tests in tests/real ask for it."""
    return SHARED
