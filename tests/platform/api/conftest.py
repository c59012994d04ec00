"""A platform over a fresh database of each dialect, people in it, and clients that call its API."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from tenon.engine.outside import fake_outside
from tenon.engine.releases import publish_documents
from tenon.platform import tokens
from tenon.platform.api.app import create_api
from tenon.platform.boot import start
from tenon.platform.database import Database
from tenon.platform.settings import Settings
from tenon.platform.workspace import Platform
from tests.filling import MOMENT, Filling
from tests.platform.people import SYSTEM, add

BASE = "http://tenon.test"
Caller = Callable[..., TestClient]


def settings_of(home: Path, database: Database, **more: Any) -> Settings:
    """Return settings that touch nothing outside the test's folder."""
    return replace(Settings(home, database.url.render_as_string(hide_password=False), "s" * 40, base_url=BASE), **more)


@pytest.fixture
def platform(database: Database, tmp_path: Path, moment: datetime) -> Platform:
    """A platform whose clock stands still and whose mail and files stay in memory."""
    return start(settings_of(tmp_path, database), database, fake_outside(moment))


@pytest.fixture
def api(platform: Platform) -> FastAPI:
    """The application of the API."""
    return create_api(platform)


@pytest.fixture
def client(api: FastAPI) -> Iterator[TestClient]:
    """Nobody in particular."""
    with TestClient(api, base_url=BASE, follow_redirects=False) as found:
        yield found


def token_of(platform: Platform, user_id: str) -> str:
    """Return a fresh token of somebody."""
    with platform.write() as uow:
        return tokens.create(uow.connection, SYSTEM, user_id, "test")[1]


@pytest.fixture
def caller(api: FastAPI, platform: Platform) -> Iterator[Caller]:
    """Make clients: ``caller("a@b.example", "sales")`` calls with a token of a new person with that role."""
    made: list[TestClient] = []

    def make(email: str, *roles: str, **more: Any) -> TestClient:
        user_id = add(platform.database, email, list(roles), **more)
        found = TestClient(api, base_url=BASE, follow_redirects=False, headers={"Authorization": f"Bearer {token_of(platform, user_id)}"})
        vars(found)["user_id"] = user_id
        made.append(found)
        return found

    yield make
    for each in made:
        each.close()


@pytest.fixture
def admin(caller: Caller) -> TestClient:
    """An administrator with a token."""
    return caller("root@tenon.example", "admin")


def codes(answer: Any) -> list[tuple[str, str]]:
    """Return path and code of every problem of an answer, whose shape is checked."""
    body = answer.json()
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    assert body["status"] == answer.status_code
    assert set(body) >= {"type", "title", "status", "detail", "errors"}
    assert body["errors"], body
    assert all(set(each) >= {"path", "code", "message", "hint"} for each in body["errors"])
    return [(each["path"], each["code"]) for each in body["errors"]]


def english(text: str, zh: str) -> dict[str, str]:
    """Return a label in both languages."""
    return {"en": text, "zh": zh}


CUSTOMER: dict[str, Any] = {
    "kind": "entity", "name": "customer", "label": english("Customer", "客户"), "plural": english("Customers", "客户"), "title": "name",
    "search": ["name"], "keys": [["code"]],
    "fields": [
        {"name": "name", "type": "text", "required": True, "label": english("Name", "名称")},
        {"name": "code", "type": "text"},
        {"name": "phone", "type": "phone"},
        {"name": "margin", "type": "money", "currency": "CNY"},
        {"name": "arr", "type": "money", "currency": "CNY"},
        {"name": "doubled", "type": "formula", "expr": "arr * 2"},
        {"name": "stage", "type": "choice", "options": [{"name": "trial"}, {"name": "active", "label": english("Active", "活跃")}]},
        {"name": "contract", "type": "file"},
    ],
}
ORDER: dict[str, Any] = {
    "kind": "entity", "name": "order_line", "label": english("Order", "订单"),
    "fields": [
        {"name": "number", "type": "text"},
        {"name": "amount", "type": "money", "currency": "CNY"},
        {"name": "customer", "type": "reference", "entity": "customer", "reverse": {"name": "orders"}},
    ],
}
SALES: dict[str, Any] = {
    "kind": "role", "name": "sales", "label": english("Sales", "销售"),
    "grants": [
        {"entity": "customer", "actions": ["read", "create", "update"], "where": "owner == user.id", "mask": ["phone"], "hide": ["margin"]},
        {"entity": "customer", "actions": ["read"], "where": "stage == 'active'", "read": ["name", "stage"], "write": []},
        {"entity": "order_line", "actions": ["read"], "where": "amount < 100"},
    ],
}


def publish_all(platform: Platform, *documents: dict[str, Any]) -> int:
    """Publish documents over the release and return its number."""
    return publish_documents(platform.publisher, SYSTEM, [dict(d) for d in documents]).number


def _publish(database: Database, home: Path) -> None:
    publish_all(start(settings_of(home, database), database, fake_outside(MOMENT)), CUSTOMER, ORDER, SALES)


@pytest.fixture
def filling(request: pytest.FixtureRequest) -> Filling | None:
    """The first release for the tests over it."""
    return Filling("release", _publish) if "release" in request.fixturenames else None


@pytest.fixture
def release(platform: Platform) -> int:
    """A first release: customers, their orders, and a role that sees its own customers."""
    with platform.read() as uow:
        return uow.model.release
