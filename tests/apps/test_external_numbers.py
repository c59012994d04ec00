"""Records of several systems become one customer by its external numbers; rows whose customer is not there wait for it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from tenon.platform.boot import make_worker
from tests.apps.conftest import Apps
from tests.apps.test_events import _install
from tests.filling import Filling

Clients = Callable[..., TestClient]


@pytest.fixture
def filling() -> Filling:
    """Customer core without records."""
    return Filling("core", _install)


@pytest.fixture
def root(client_of: Clients) -> TestClient:
    """An administrator with a token."""
    return client_of("root@x.cn", "admin")


def work(apps: Apps) -> None:
    make_worker(apps.platform).run_until_idle()


def send(client: TestClient, content: str, entity: str, **form: Any) -> Any:
    data = {"entity": entity, **{k: v if isinstance(v, str) else json.dumps(v) for k, v in form.items()}}
    return client.post("/api/v1/imports", files={"file": (f"rows.{'jsonl' if content.startswith('{') else 'csv'}", content)}, data=data)


def load(apps: Apps, client: TestClient, content: str, entity: str, **form: Any) -> dict[str, Any]:
    started = send(client, content, entity, **form)
    assert started.status_code == 202, started.text
    work(apps)
    body: dict[str, Any] = client.get(started.headers["location"]).json()
    assert body["state"] == "done", body
    return body


def counts(body: dict[str, Any]) -> dict[str, int]:
    return {k: v for k, v in body["result"].items() if k in ("created", "updated", "unchanged", "skipped", "refused", "waiting") and v}


def waiting(client: TestClient) -> list[tuple[Any, ...]]:
    return [(w["entity"], w["by"], w["system"], w["key"], w["count"]) for w in client.get("/api/v1/waiting").json()["waiting"]]


def test_three_systems_with_their_own_keys_are_one_customer_and_what_is_unknown_waits(apps: Apps, root: TestClient) -> None:
    crm = load(apps, root, "CRM ID,Name\nA-1,Acme\nB-2,Bo\n", "customer", source_link={"column": "CRM ID", "system": "crm"}, mapping={"name": "Name"})
    assert (counts(crm), crm["source_link"]) == ({"created": 2}, {"column": "CRM ID", "system": "crm"})
    acme = next(r["id"] for r in apps.records("customer", "name") if r["name"] == "Acme")
    for system, number in (("billing", "90017"), ("support", "acme.example")):
        made = root.post("/api/v1/records/source_link", json={"system": system, "external_id": number, "record": {"entity": "customer", "id": acme}})
        assert made.status_code == 201
    deal = load(apps, root, "Account,Value,From,To\nA-1,100,2026-01-01,2026-12-31\n", "contract", systems={"customer": "crm"}, unmatched="wait", mapping={
        "customer": "Account", "annual_value": "Value", "start": "From", "end": "To",
    })  # fmt: skip
    paid = load(apps, root, "Konto,Amount,Due\n90017,50,2026-04-01\n90018,60,2026-04-01\n", "payment", systems={"customer": "billing"}, unmatched="wait", mapping={
        "customer": "Konto", "amount": "Amount", "due": "Due",
    })  # fmt: skip
    tick = load(apps, root, "Org,Subject\nacme.example,slow\n", "ticket", mapping={"customer": "Org", "subject": "Subject"}, systems={"customer": "support"}, unmatched="wait")
    assert [counts(each) for each in (deal, paid, tick)] == [{"created": 1}, {"created": 1, "waiting": 1}, {"created": 1}]
    for entity in ("contract", "payment", "ticket"):
        assert [r["customer"]["id"] for r in apps.records(entity, "customer")] == [acme]
    assert waiting(root) == [("customer", "source_link", "billing", "90018", 1)]
    bo = next(r["id"] for r in apps.records("customer", "name") if r["name"] == "Bo")
    apps.add("source_link", system="crm", external_id="90018", record={"entity": "customer", "id": bo})
    work(apps)
    assert len(waiting(root)) == 1  # the number of another system is another number
    apps.add("source_link", system="billing", external_id="90018", record={"entity": "customer", "id": bo})
    work(apps)
    assert waiting(root) == []
    assert [(r["customer"]["title"], r["amount"], r["source"]) for r in apps.records("payment", "customer", "amount", "source")] == [("Acme", 50, "rows.csv"), ("Bo", 60, "rows.csv")]
    assert root.post(f"/api/v1/imports/{paid['id']}/undo").json() == {"deleted": 2, "restored": 0}
    assert apps.records("payment") == []


def test_customers_are_found_by_their_number_and_get_it_once(apps: Apps, root: TestClient) -> None:
    own = {"source_link": {"column": "id", "system": "crm"}, "match_on": "source_link", "mode": "upsert"}
    first = load(apps, root, "id,name,seats\n1,Acme,5\n2,Bo,6\n1,Acme,7\n", "customer", **own)
    assert counts(first) == {"created": 2, "updated": 1}
    again = load(apps, root, "id,name,seats\n2,Bo,6\n3,Cy,1\n", "customer", **own)
    assert counts(again) == {"created": 1, "unchanged": 1}
    assert [(r["name"], r["seats"]) for r in apps.records("customer", "name", "seats")] == [("Acme", 7), ("Bo", 6), ("Cy", 1)]
    assert [(r["external_id"], r["record"]["title"]) for r in apps.records("source_link", "external_id", "record", sort=["external_id"])] == [("1", "Acme"), ("2", "Bo"), ("3", "Cy")]
    only = load(apps, root, "id,name\n3,Cy\n4,Di\n", "customer", **{**own, "mode": "create"})
    assert counts(only) == {"created": 1, "skipped": 1}
    taken = load(apps, root, "id,name\n4,Other\n", "customer", source_link=own["source_link"])
    assert (counts(taken), taken["problems"][0]["errors"][0]["code"]) == ({"refused": 1}, "not_unique")
    assert root.post(f"/api/v1/imports/{only['id']}/undo").json() == {"deleted": 1, "restored": 0}
    assert [r["external_id"] for r in apps.records("source_link", "external_id")] == ["1", "2", "3"]


def test_a_key_that_waits_is_given_a_customer_or_discarded(apps: Apps, root: TestClient, client_of: Clients) -> None:
    acme = apps.add("customer", name="Acme")
    sent = [{"type": "track", "event": "login", "groupId": key, "messageId": f"{key}{i}"} for key in ("G1", "G2") for i in range(3)]
    assert root.post("/api/v1/events?system=app", json=sent).json()["waiting"] == 6
    rows = load(apps, root, "c,amount,due\nG1,5,2026-04-01\nC-404,6,2026-04-01\n", "payment", mapping={"customer": "c", "amount": "amount", "due": "due"}, unmatched="wait")
    assert counts(rows) == {"waiting": 2}
    first = root.get("/api/v1/waiting?limit=2").json()
    rest = root.get("/api/v1/waiting", params={"limit": 2, "after": first["next"]}).json()
    keys = [*first["waiting"], *rest["waiting"]]
    assert ([(k["by"], k["key"], k["count"], k["kinds"]) for k in keys if k["by"] == "any"], rest["next"]) == ([("any", "G1", 3, ["event"]), ("any", "G2", 3, ["event"])], None)
    assert sorted((k["field"], k["key"]) for k in keys if k["by"] == "field") == [("code", "C-404"), ("code", "G1")]
    member = client_of("m@x.cn", "core_manager")
    assert [member.get("/api/v1/waiting").status_code, member.post("/api/v1/waiting/discard", json={}).status_code] == [403, 403]
    key = {"entity": "customer", "by": "any", "system": "app", "key": "G1"}
    assert root.post("/api/v1/waiting/choose", json={**key, "record": "0" * 36}).status_code == 404
    assert root.post("/api/v1/waiting/choose", json={**key, "record": acme}).status_code == 202
    assert root.post("/api/v1/waiting/choose", json={"entity": "customer", "by": "field", "field": "code", "key": "C-404", "record": acme}).status_code == 202
    work(apps)
    assert len(apps.records("usage_event")) == 3
    assert [r["amount"] for r in apps.records("payment", "amount")] == [6]
    assert [(r["system"], r["external_id"]) for r in apps.records("source_link", "system", "external_id")] == [("app", "G1")]
    assert root.post("/api/v1/waiting/discard", json={**key, "key": "G2"}).json() == {"discarded": 3}
    assert waiting(root) == [("customer", "field", None, "G1", 1)]
    assert root.post(f"/api/v1/imports/{rows['id']}/undo").status_code == 200
    assert waiting(root) == []


def test_references_are_named_by_numbers_over_the_api_too(apps: Apps, root: TestClient, client_of: Clients) -> None:
    acme = apps.add("customer", name="Acme")
    apps.add("source_link", system="crm", external_id="7", record={"entity": "customer", "id": acme})
    by = {"source_link": {"system": "crm", "external_id": "7"}}
    made = root.post("/api/v1/records/ticket", json={"customer": by, "subject": "slow"})
    assert (made.status_code, made.json()["customer"]["id"]) == (201, acme)
    other = root.post("/api/v1/records/ticket", json={"customer": {"source_link": {"system": "erp", "external_id": "7"}}, "subject": "slow"})
    assert (other.status_code, other.json()["errors"][0]["code"]) == (422, "no_such_record")
    wrong = root.post("/api/v1/records/ticket", json={"customer": {"source_link": {"number": "7"}}, "subject": "slow"})
    assert (wrong.status_code, wrong.json()["errors"][0]["code"]) == (422, "wrong_type")


def test_what_does_not_fit_is_named(root: TestClient) -> None:
    def codes(answer: Any) -> list[tuple[str, str]]:
        return [(e["path"], e["code"]) for e in answer.json()["errors"]]

    assert codes(send(root, "a\n1\n", "payment", systems={"amount": "x"})) == [("/systems/amount", "bad_choice")]
    assert codes(send(root, "a\n1\n", "task", source_link={"column": "a", "system": "crm"})) == [("/source_link", "bad_choice")]
    assert codes(send(root, "a\n1\n", "customer", source_link={"column": "a"})) == [("/source_link", "wrong_type")]
    assert codes(send(root, "name\nA\n", "customer", source_link={"column": "b", "system": "crm"})) == [("/source_link/column", "bad_choice")]
    assert codes(send(root, "name\nA\n", "customer", unmatched="perhaps")) == [("/unmatched", "bad_choice")]
    assert codes(send(root, "name\nA\n", "customer", systems="{")) == [("/systems", "bad_format")]
    assert codes(send(root, "name\nA\n", "customer", match_on="source_link", mode="upsert")) == [("/match_on", "bad_choice")]


def test_numbers_that_no_database_keeps_are_refused_alone(apps: Apps, root: TestClient) -> None:
    apps.add("customer", name="Acme", code="C-1")
    paid = load(
        apps, root, '{"Konto": "a\\u0000b", "Amount": 1, "Due": "2026-04-01"}\n{"Konto": "90018", "Amount": 60, "Due": "2026-04-01"}\n', "payment", systems={"customer": "billing"},
        unmatched="wait", mapping={"customer": "Konto", "amount": "Amount", "due": "Due"},
    )  # fmt: skip
    assert counts(paid) == {"refused": 1, "waiting": 1}
    plain = load(apps, root, '{"Nr": "x\\u0000", "Name": "One"}\n{"Nr": "7", "Name": "Two"}\n', "customer", source_link={"column": "Nr", "system": "crm"}, mapping={"name": "Name"})
    assert counts(plain) == {"created": 1, "refused": 1}
    assert {r["name"] for r in apps.records("customer", "name")} == {"Acme", "Two"}
