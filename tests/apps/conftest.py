"""Ready apps on a platform over a fresh database of each dialect, and short ways to use them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from starlette.testclient import TestClient

from tenon.engine.access.rights import rights_of
from tenon.engine.apps import find_app, install
from tenon.engine.context import system_context
from tenon.engine.outside import FixedClock, fake_outside
from tenon.engine.query.answers import answer
from tenon.engine.query.pages import Ask, page
from tenon.engine.query.question import read_question
from tenon.engine.records.writing import change, create, write_many
from tenon.engine.scores.explain import explain
from tenon.engine.scores.manual import rate
from tenon.engine.scores.run import run_all_now
from tenon.platform.api.app import create_api
from tenon.platform.boot import start
from tenon.platform.database import Database
from tenon.platform.settings import Settings
from tenon.platform.workspace import Platform
from tests.filling import MOMENT, Filling
from tests.platform.api.conftest import token_of
from tests.platform.people import add

SYSTEM = system_context()
ZONE = ZoneInfo("Asia/Shanghai")


@dataclass
class Apps:
    """A platform with ready apps, its clock and its calls."""

    platform: Platform
    clock: FixedClock

    def install(self, *names: str) -> None:
        """Install apps that come with Tenon, without sample data."""
        for name in names:
            install(self.platform.publisher, SYSTEM, find_app(name))

    def add(self, entity: str, **values: Any) -> str:
        """Create a record and return its id."""
        with self.platform.write() as uow:
            return create(uow, SYSTEM, uow.model.get_entity(entity), values)

    def change(self, entity: str, id: str, **values: Any) -> None:
        """Change a record."""
        with self.platform.write() as uow:
            change(uow, SYSTEM, uow.model.get_entity(entity), id, values)

    def rate(self, score: str, record: str, measure: str, share: str) -> None:
        """Give a person's rating of a measure."""
        with self.platform.write() as uow:
            rate(uow, SYSTEM, score, record, measure, Decimal(share))

    def explain(self, score: str, record: str, on: str | None = None) -> dict[str, Any]:
        """Return the explanation of a score, as of a day."""
        with self.platform.read() as uow:
            return explain(uow, rights_of(uow.model, SYSTEM), score, record, date.fromisoformat(on) if on else None)

    def add_all(self, entity: str, rows: list[dict[str, Any]]) -> None:
        """Create many records."""
        with self.platform.write() as uow:
            write_many(uow, SYSTEM, uow.model.get_entity(entity), rows)

    def run_scores(self) -> None:
        """Compute every score for all records."""
        with self.platform.write() as uow:
            run_all_now(uow)

    def records(self, entity: str, *fields: str, **more: Any) -> list[dict[str, Any]]:
        """Return records with these fields, in the order of ``sort`` or oldest first."""
        with self.platform.read() as uow:
            ask = Ask(fields=list(fields), limit=500, sort=more.pop("sort", ["created_at", "id"]), **more)
            return list(page(uow, SYSTEM, uow.model.get_entity(entity), ask).records)

    def one(self, entity: str, *fields: str) -> list[Any]:
        """Return the values of the only record."""
        (record,) = self.records(entity, *fields)
        return [record[f] for f in fields]

    def ask(self, question: dict[str, Any]) -> list[list[Any]]:
        """Return the rows of a query."""
        with self.platform.read() as uow:
            return list(answer(uow, SYSTEM, read_question(question))["rows"])

    def day(self, offset: int = 0) -> str:
        """Return the day so many days from today."""
        return (self.clock.now().astimezone(ZONE).date() + timedelta(days=offset)).isoformat()

    def at(self, offset: int = 0, clock: str = "09:00") -> str:
        """Return a moment of the day so many days from today."""
        return f"{self.day(offset)}T{clock}:00+08:00"


def _open(database: Database, home: Path, moment: datetime) -> Apps:
    outside = fake_outside(moment)
    platform = start(Settings.load({"TENON_HOME": str(home), "TENON_TIMEZONE": "Asia/Shanghai"}), database, outside)
    assert isinstance(outside.clock, FixedClock)
    return Apps(platform, outside.clock)


def _install(database: Database, home: Path) -> None:
    _open(database, home, MOMENT).install("core", "chm")


@pytest.fixture
def filling(request: pytest.FixtureRequest) -> Filling | None:
    """Customer core and customer health for the tests of `chm`."""
    return Filling("chm", _install) if "chm" in request.fixturenames else None


@pytest.fixture
def apps(database: Database, tmp_path: Path, moment: datetime) -> Apps:
    """A platform whose clock moves only when told, in Shanghai."""
    return _open(database, tmp_path, moment)


@pytest.fixture
def chm(apps: Apps) -> Apps:
    """Customer core and customer health, without records."""
    return apps


@pytest.fixture
def client_of(apps: Apps) -> Iterator[Callable[..., TestClient]]:
    """Make clients: ``client_of("a@b.example", "csm")`` calls the API as a new person with that role."""
    made: list[TestClient] = []

    def make(email: str, *roles: str) -> TestClient:
        user = add(apps.platform.database, email, list(roles))
        headers = {"Authorization": f"Bearer {token_of(apps.platform, user)}"}
        made.append(TestClient(create_api(apps.platform), base_url=apps.platform.settings.base_url, headers=headers))
        vars(made[-1])["user_id"] = user
        return made[-1]

    yield make
    for each in made:
        each.close()
