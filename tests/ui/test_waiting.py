"""The page of waiting data and external numbers on the mapping page: kept waiting, given a customer, discarded, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tenon.engine.apps import find_app, install
from tenon.engine.context import Context, system_context
from tenon.engine.records.writing import create
from tenon.engine.releases import publish_documents
from tenon.platform import sessions
from tenon.platform.boot import make_worker
from tenon.platform.workspace import Platform
from tenon.server import build
from tests import world

BASE = "http://127.0.0.1:8000"
EVENTS = [{"type": "track", "event": "login", "groupId": key, "userId": "li"} for key in ("G1", "G1", "G2")]


@pytest.fixture(scope="module")
def core(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """A workspace with Customer core, a customer, and an administrator."""
    platform = world.open_empty(tmp_path_factory.mktemp("core") / "home", BASE)
    install(platform.publisher, system_context(), find_app("core"))
    with platform.write() as uow:
        create(uow, system_context(), uow.model.get_entity("customer"), {"name": "Acme & Söhne"})
    yield platform
    platform.close()


@pytest.fixture(scope="module")
def client(core: Platform) -> Iterator[TestClient]:
    """The administrator's browser."""
    ann = world.add_person(core, "ann@example.com", "Ann Lee", ["admin", "builder"])
    with TestClient(build(core), base_url=BASE, follow_redirects=False) as client:
        with core.write() as uow:
            client.cookies.set("tenon_session", sessions.begin(uow.connection, Context(None), ann.id).token)
        client.headers["X-CSRF-Token"] = client.get("/api/v1/session").json()["csrf"]
        yield client


def forms(html: str) -> list[dict[str, str]]:
    found = re.findall(r'<form class="waiting-choice".*?</form>', html, re.S)
    return [dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', each)) for each in found]


def count(client: TestClient, entity: str) -> int:
    return len(client.get(f"/api/v1/records/{entity}").json()["records"])


def test_what_waits_is_listed_given_a_customer_or_discarded(core: Platform, client: TestClient) -> None:
    assert "Nothing waits" in client.get("/admin/waiting").text
    assert client.post("/api/v1/events?system=app", json=EVENTS).json()["waiting"] == 3
    page = client.get("/admin/waiting").text
    assert ("2 events" in page, "1 event<" in page, "login · li" in page) == (True, True, True)
    first, second = forms(page)
    assert (first["key"], first["system"], second["key"]) == ("G1", "app", "G2")
    option = re.search(r'data-value="([0-9a-f-]{36})" data-title="Acme &amp; Söhne"', client.get("/admin/waiting/options/customer?q=acme").text)
    assert option
    nothing = client.post("/admin/waiting/choose", data=first)
    assert (nothing.status_code, "Choose the record first." in nothing.text) == (422, True)
    assert client.post("/admin/waiting/choose", data={**first, "record": option[1]}).status_code == 303
    make_worker(core).run_until_idle()
    assert count(client, "usage_event") == 2
    assert client.post("/admin/waiting/discard", data=second).status_code == 303
    assert client.post("/admin/waiting/discard", data=second).status_code == 303
    assert "Nothing waits" in client.get("/admin/waiting").text
    assert [e["action"] for e in client.get("/api/v1/audit?kind=waiting").json()["audit"]] == ["waiting.discard", "waiting.choose"]
    assert client.post("/admin/waiting/features", data={}).headers["location"].startswith("/jobs/")


def test_a_column_of_external_numbers_is_mapped_and_its_rows_wait(core: Platform, client: TestClient, tmp_path: Path) -> None:
    def upload(entity: str, content: str) -> str:
        return str(client.post(f"/records/{entity}/import", files={"file": ("rows.csv", content)}).headers["location"])

    def run(place: str, **form: str) -> str:
        for way in ("no", "yes"):
            assert client.post(place, data={**form, "run": way}).status_code == 303
            make_worker(core).run_until_idle()
        return client.get(place).text

    orders = upload("payment", "Konto,amount,due\n77,5,2026-04-01\n")
    assert 'value="customer@number"' in client.get(orders).text
    kept = {"map.Konto": "customer@number", "map.amount": "amount", "map.due": "due", "system": "billing"}
    assert "1 row waits" in run(orders, **kept, unmatched="wait")
    refused = run(upload("payment", "Konto,amount,due\n78,5,2026-04-01\n"), **kept)
    assert ("Refused rows" in refused, "1 row waits" in refused) == (True, False)
    assert [row["key"] for row in forms(client.get("/admin/waiting").text)] == ["77"]
    customers = upload("customer", "Nr,name\n77,Bo\n")
    assert client.post(customers, data={"map.Nr": "source_link", "map.name": "name", "run": "no"}).status_code == 422
    run(customers, **{"map.Nr": "source_link", "map.name": "name", "system": "billing", "match_on": "source_link", "mode": "upsert"})
    assert [r["customer"]["title"] for r in client.get("/api/v1/records/payment").json()["records"]] == ["Bo"]
    assert "Nothing waits" in client.get("/admin/waiting").text


def test_only_administrators_see_what_waits(core: Platform, client: TestClient) -> None:
    sam = world.add_person(core, "sam@example.com", "Sam Wu", ["core_manager"])
    with TestClient(build(core), base_url=BASE, follow_redirects=False) as other:
        with core.write() as uow:
            other.cookies.set("tenon_session", sessions.begin(uow.connection, Context(None), sam.id).token)
        assert [other.get(f"/admin/waiting{rest}").status_code for rest in ("", "/options/customer")] == [403, 403]


def test_systems_of_numbers_out_of_sight_are_not_named(core: Platform, client: TestClient) -> None:
    grants = [{"entity": "customer", "actions": ["read", "create", "import"]}, {"entity": "source_link", "actions": ["read", "create"], "where": "system == 'seen'"}]
    publish_documents(core.publisher, system_context(), [{"kind": "role", "name": "narrow", "label": {"en": "Narrow"}, "grants": grants}])
    with core.write() as uow:
        made = create(uow, system_context(), uow.model.get_entity("customer"), {"name": "Known twice"})
        for system in ("seen", "secret_system"):
            number = {"system": system, "external_id": "9", "record": {"entity": "customer", "id": made}}
            create(uow, system_context(), uow.model.get_entity("source_link"), number)
    narrow = world.add_person(core, "narrow@example.com", "Na Row", ["narrow"])
    with TestClient(build(core), base_url=BASE, follow_redirects=False) as other:
        with core.write() as uow:
            other.cookies.set("tenon_session", sessions.begin(uow.connection, Context(None), narrow.id).token)
        other.headers["X-CSRF-Token"] = other.get("/api/v1/session").json()["csrf"]
        place = str(other.post("/records/customer/import", files={"file": ("rows.csv", "Nr,name\n1,Bo\n")}).headers["location"])
        page = other.get(place).text
    assert (">seen<" in page or '"seen"' in page, "secret_system" in page) == (True, False)
