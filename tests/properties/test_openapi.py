"""The description of the API holds: whatever fits it (and much that does not) is answered, never with a failure of ours."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from jsonschema import Draft202012Validator
from schemathesis import GenerationMode
from starlette.testclient import TestClient

from tenon.engine.outside import fake_outside
from tenon.platform.api.app import create_api, routes_of
from tenon.platform.boot import start
from tenon.platform.database import Database
from tenon.platform.openapi.calls import API_CALLS, ROOT_CALLS
from tests.platform.api.conftest import BASE, CUSTOMER, ORDER, SALES, publish_all, settings_of, token_of
from tests.platform.people import add

# What ends the session of the test, or waits on purpose.
LEFT_OUT = {("DELETE", "/api/v1/session"), ("GET", "/api/v1/jobs/{id}/stream"), ("GET", "/api/v1/notices/stream")}
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


class World:
    """An application over a small release, and tokens of people in it."""

    def __init__(self, database: Database, home: Path, moment: datetime) -> None:
        self.platform = start(settings_of(home, database), database, fake_outside(moment))
        publish_all(self.platform, CUSTOMER, ORDER, SALES)
        self.app = create_api(self.platform)

    def token(self, email: str, *roles: str) -> dict[str, str]:
        """Return the header of a new person's token."""
        return {"Authorization": f"Bearer {token_of(self.platform, add(self.platform.database, email, list(roles)))}"}

    def describe(self, headers: dict[str, str]) -> dict[str, Any]:
        """Return the description one person gets."""
        with TestClient(self.app, base_url=BASE, headers=headers) as client:
            found = client.get("/api/v1/openapi.json")
        assert found.status_code == 200, found.text
        document: dict[str, Any] = found.json()
        return document


@pytest.fixture
def world(new_database: Callable[..., Database], tmp_path: Path, moment: datetime) -> World:
    """A world of this dialect."""
    return World(new_database(), tmp_path, moment)


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_the_description_is_whole(world: World) -> None:
    document = world.describe(world.token("root@tenon.example", "admin"))
    assert document["openapi"] == "3.1.0"
    ids, references = [], []

    def visit(value: Any) -> None:
        if isinstance(value, dict):
            if "$ref" in value:
                references.append(value["$ref"])
            for inner in value.values():
                visit(inner)
        elif isinstance(value, list):
            for inner in value:
                visit(inner)

    visit(document)
    assert {r.removeprefix("#/components/schemas/") for r in references} <= set(document["components"]["schemas"])
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            ids.append(operation["operationId"])
            placed = {p["name"] for p in operation["parameters"] if p["in"] == "path"}
            assert placed == {part[1:-1] for part in path.split("/") if part.startswith("{")}, path
            assert all(response["description"] for response in operation["responses"].values()), (method, path)
            body = operation.get("requestBody", {}).get("content", {})
            for content in [*body.values(), *[c for r in operation["responses"].values() for c in r.get("content", {}).values()]]:
                Draft202012Validator.check_schema(content.get("schema", {}))
    assert len(ids) == len(set(ids))
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_every_call_is_described_in_both_languages(world: World) -> None:
    described = {tuple(call.split(" ", 1)) for call in ROOT_CALLS} | {(c.split(" ")[0], "/api/v1" + c.split(" ")[1]) for c in API_CALLS}
    there = {(method, path) for method, path, _ in routes_of(world.app)}
    assert there - described == set()
    assert all(each.summary.en and each.summary.zh for each in [*API_CALLS.values(), *ROOT_CALLS.values()])
    headers = world.token("root@tenon.example", "admin")
    chinese = world.describe({**headers, "Accept-Language": "zh-CN"})
    assert chinese["paths"]["/api/v1/users"]["get"]["summary"] == "人员列表"
    assert chinese["components"]["schemas"]["customer_record"]["properties"]["name"]["title"] == "名称"
    assert chinese["paths"]["/api/v1/records/customer"]["post"]["summary"] == "新建：客户"


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_entities_are_described_with_the_rights_of_who_asks(world: World) -> None:
    def told(headers: dict[str, str]) -> tuple[set[str], set[str], set[str]]:
        document = world.describe(headers)
        schemas = document["components"]["schemas"]
        of_customer = {f"{method} {path}" for path, calls in document["paths"].items() if "/records/customer" in path for method in calls}
        return set(schemas.get("customer_record", {}).get("properties", {})), set(schemas.get("customer_values", {}).get("properties", {})), of_customer

    read, write, calls = told(world.token("root@tenon.example", "admin"))
    assert {"margin", "phone", "doubled", "version", "owner"} <= read
    assert {"margin", "phone"} <= write
    assert not {"doubled", "id", "version", "created_at"} & write
    assert "delete /api/v1/records/customer/{id}" in calls
    read, write, calls = told(world.token("sam@tenon.example", "sales"))
    assert "phone" in read
    assert "margin" not in read
    assert not {"margin", "phone"} & write
    assert "patch /api/v1/records/customer/{id}" in calls
    assert "delete /api/v1/records/customer/{id}" not in calls
    assert told(world.token("bea@tenon.example", "builder")) == (set(), set(), set())


def test_whatever_is_sent_is_answered(world: World, scale: float) -> None:
    headers = world.token("root@tenon.example", "admin")
    schema = schemathesis.openapi.from_dict(world.describe(headers))
    schema.app = world.app
    schema.location = f"{BASE}/api/v1/openapi.json"
    asked, count = 0, int(60 * scale)
    with TestClient(world.app, base_url=BASE, headers=headers, follow_redirects=False) as client:
        for found in schema.get_all_operations():
            operation = found.ok()
            if (operation.method.upper(), operation.path) in LEFT_OUT:
                continue
            asked += 1
            for mode in MODES if is_form(operation) is False else MODES[:1]:
                try:
                    _try(client, operation, mode, count)
                except Unsatisfiable:
                    # Some calls take nothing that could be wrong.
                    assert mode is GenerationMode.NEGATIVE
    assert asked > 60


def is_form(operation: Any) -> bool:
    """True for a call that takes a form: the client cannot even write wrong ones."""
    return "multipart/form-data" in operation.get_request_payload_content_types()


def _try(client: TestClient, operation: Any, mode: GenerationMode, count: int) -> None:
    """Send examples of one call, those that fit and those that do not, and look at what comes back."""

    @settings(max_examples=count, deadline=None, database=None, derandomize=True, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode))
    def send(case: Any) -> None:
        kwargs = case.as_transport_kwargs(base_url=BASE)
        sent = {k: v for k, v in kwargs.items() if k in ("method", "url", "params", "json", "data", "files", "content")}
        given_headers = {k: str(v).encode("latin-1", "replace") for k, v in (kwargs.get("headers") or {}).items()}
        answer = client.request(**sent, headers=given_headers)
        assert answer.status_code < 500, (kwargs, answer.text)
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["errors"]

    send()
