"""What is planted into which types, and that a door which forgets the rights is caught with its field, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from starlette.testclient import TestClient

from tenon.engine.context import Context, system_context
from tenon.engine.query.answers import answer
from tenon.engine.query.pages import Ask, get, page
from tenon.engine.query.question import read_question
from tenon.metamodel.model import Entity, Field
from tenon.platform.leak_doors import Door, Looking
from tenon.platform.leaks import check_leaks, told
from tenon.platform.workspace import Platform
from tenon.ui.backend.leak_pages import PageDoors
from tests.platform.api.conftest import english, publish_all
from tests.platform.api.test_simulate import everything

SYSTEM = system_context()
ALL = Context(None, is_system=True)
TYPES = {
    "text": "text", "note": "long_text", "story": "rich_text", "mail": "email", "site": "url", "call": "phone", "words": "tags", "data": "json",
    "place": "address", "seats": "integer", "weight": "decimal", "cost": "money", "rate": "percent", "took": "duration", "day": "date",
    "moment": "datetime", "hour": "time", "paper": "file", "face": "image",
}  # fmt: skip
MORE: dict[str, dict[str, Any]] = {"weight": {"scale": 2}, "cost": {"currency": "CNY"}, "rate": {"scale": 4}}
VAULT: dict[str, Any] = {
    "kind": "entity", "name": "vault", "label": english("Vault", "保险库"), "title": "code",
    "fields": [
        {"name": "code", "type": "text"}, {"name": "area", "type": "text"},
        *({"name": name, "type": type_, "label": english(name.capitalize(), name), **MORE.get(name, {})} for name, type_ in TYPES.items()),
    ],
}  # fmt: skip
KEY: dict[str, Any] = {
    "kind": "entity", "name": "key", "label": english("Key", "钥匙"), "title": "name",
    "fields": [{"name": "name", "type": "text"}, {"name": "vault", "type": "reference", "entity": "vault", "reverse": {"name": "keys"}}],
}  # fmt: skip


def guard(**more: Any) -> dict[str, Any]:
    """A role that sees the vaults of the north without what is in them."""
    grant = {"entity": "vault", "actions": ["read", "export"], "where": "area == 'north'", **more}
    return {"kind": "role", "name": "guard", "label": english("Guard", "门卫"), "grants": [grant, {"entity": "key", "actions": ["read"]}]}


@pytest.fixture(params=["hide", "mask"])
def vaults(request: pytest.FixtureRequest, platform: Platform, admin: TestClient) -> str:
    """Two vaults of the north and two of the south, with keys; what is in them is hidden or masked."""
    publish_all(platform, VAULT, KEY, guard(**{request.param: list(TYPES)}))
    for area in ("north", "south"):
        for n in range(2):
            made = admin.post("/api/v1/records/vault", json={"code": f"{area} {n}", "area": area, "text": f"real {n}", "cost": 5, "day": "2026-01-02"})
            assert made.status_code == 201, made.text
            admin.post("/api/v1/records/key", json={"name": f"key {area} {n}", "vault": made.json()["id"]})
    return str(request.param)


class Leaky:
    """Doors that forget who asks."""

    def of_record(self, at: Looking, entity: Entity, id: str) -> Iterator[Door]:
        yield from ()

    def of_entity(self, at: Looking, entity: Entity) -> Iterator[Door]:
        yield "export", partial(page, at.uow, ALL, entity, Ask())

    def of_all(self, at: Looking) -> Iterator[Door]:
        yield from ()

    def that_stay_shut(self, at: Looking, entity: Entity, closed: Field) -> Iterator[Door]:
        asked = {"entity": entity.name, "measures": [{"name": "n", "expr": f"count(where=not is_empty({closed.name}))"}]}
        yield "query", lambda: answer(at.uow, ALL, read_question(asked))

    def of_hidden_row(self, at: Looking, entity: Entity, id: str) -> Iterator[Door]:
        yield "record", partial(get, at.uow, ALL, entity, id)

    def of_words(self, at: Looking, entity: Entity, text: str) -> Iterator[Door]:
        yield "search", lambda: page(at.uow, ALL, entity, Ask(search=text, fields=["id"])).records


def test_every_type_is_planted_and_nothing_comes_out(platform: Platform, vaults: str) -> None:
    before, files = everything(platform), list(platform.outside.files.keys())
    report = check_leaks(platform, SYSTEM, "guard", [PageDoors(platform)])
    assert everything(platform) == before
    assert list(platform.outside.files.keys()) == files
    assert (report.leaks, report.rows, report.fields) == ([], 2, len(TYPES))
    # The nineteen closed fields of two records that are seen, and all twenty-one of two that are not.
    assert report.values == 2 * 19 + 2 * 21
    assert [door for door, count in report.tried.items() if not count] == ["score", "widget", "formula", "merge"]


def test_a_door_that_forgets_the_rights_is_caught_with_its_field(platform: Platform, vaults: str) -> None:
    report = check_leaks(platform, SYSTEM, "guard", [Leaky()])
    exported = {leak.field.name for leak in report.leaks if leak.door == "export" and leak.field is not None and not leak.is_hidden_row}
    assert exported == set(TYPES)
    rows = {leak.field.name for leak in report.leaks if leak.door == "export" and leak.field is not None and leak.is_hidden_row}
    assert rows == {*TYPES, "code", "area"}
    assert {leak.field.name for leak in report.leaks if leak.door == "query" and leak.field is not None} == set(TYPES)
    assert any(leak.door == "record" and leak.field is None for leak in report.leaks)
    words = {label: found for label, _, found in told(report, "zh")}
    assert "保险库：cost" in words["导出"]
    assert "保险库：本应不可见的记录的“cost”" in words["导出"]
    assert "保险库：本应不可见的记录" in words["记录"]
    assert "Vault: Cost" in {label: found for label, _, found in told(report, "en")}["Export"]


def test_a_formula_over_a_relation_that_tells_a_hidden_field(platform: Platform, admin: TestClient) -> None:
    total = {"name": "worth", "type": "formula", "expr": "sum(keys.price)"}
    key = {**KEY, "fields": [*KEY["fields"], {"name": "price", "type": "money", "currency": "CNY"}]}
    role = guard()
    role["grants"][1]["hide"] = ["price"]
    publish_all(platform, {**VAULT, "fields": [*VAULT["fields"], total]}, key, role)
    vault = admin.post("/api/v1/records/vault", json={"code": "n", "area": "north"}).json()
    admin.post("/api/v1/records/key", json={"name": "k", "vault": vault["id"], "price": 7})
    leaks = [(leak.door, leak.entity.name, leak.field and leak.field.name) for leak in check_leaks(platform, SYSTEM, "guard").leaks]
    assert ("formula", "vault", "worth") in leaks
    assert ("record", "key", "price") in leaks
