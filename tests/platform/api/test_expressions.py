from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.platform.api.conftest import Caller, codes

pytestmark = pytest.mark.usefixtures("release")


def check(client: TestClient, expression: str, **more: Any) -> dict[str, Any]:
    """Return the answer of a check on customers."""
    answer = client.post("/api/v1/expressions/check", json={"entity": "customer", "expression": expression, **more})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def value(client: TestClient, status: int = 200, **body: Any) -> Any:
    """Return the value of an expression, or the problems of its refusal."""
    answer = client.post("/api/v1/expressions/evaluate", json=body)
    assert answer.status_code == status, answer.text
    return answer.json()["value"] if status == 200 else codes(answer)


def test_expressions_are_checked_with_the_names_one_may_read(admin: TestClient, caller: Caller) -> None:
    sam, bea = caller("sam@tenon.example", "sales"), caller("bea@tenon.example", "builder")
    assert (check(admin, "arr * 2")["type"], check(admin, "arr * 2")["reads"]) == ("number", ["customer.arr"])
    assert check(bea, "margin > 0")["errors"] == []
    assert [e["code"] for e in check(sam, "margin > 0")["errors"]] == ["unknown_name"]
    wrong = check(admin, "name +", expect="boolean")["errors"][0]
    assert (wrong["code"], wrong["line"]) == ("bad_expression", 1)
    assert check(sam, "na", position=2)["completions"]
    assert codes(admin.post("/api/v1/expressions/check", json={"expression": "1", "entity": "nothing"})) == [("/entity", "unknown_name")]
    assert codes(admin.post("/api/v1/expressions/check", json={})) == [("/expression", "required")]


def test_the_draft_is_known_to_builders_who_ask_for_it(admin: TestClient, caller: Caller) -> None:
    note = {"kind": "entity", "name": "note", "label": {"en": "Note", "zh": "备注"}, "fields": [{"name": "text", "type": "text"}]}
    assert admin.put("/api/v1/metadata/entity/note", json=note).status_code == 200
    body = {"entity": "note", "expression": "text"}
    assert admin.post("/api/v1/expressions/check", json=body).status_code == 422
    assert admin.post("/api/v1/expressions/check?draft=true", json=body).json()["type"] == "text"
    assert caller("sam@tenon.example", "sales").post("/api/v1/expressions/check?draft=true", json=body).status_code == 403
    assert codes(admin.post("/api/v1/expressions/check?draft=1", json=body)) == [("/draft", "bad_choice")]


def test_expressions_are_tried_over_given_values(admin: TestClient) -> None:
    assert value(admin, expression="a + b", values={"a": 1.5, "b": 2}) == 3.5
    assert value(admin, expression="today()") == "2026-03-02"
    assert value(admin, expression="today()", now="2027-01-01T00:00:00Z") == "2027-01-01"
    assert value(admin, 422, expression="a +") == [("/expression", "bad_expression")]
    assert value(admin, 422, expression="1", more=1) == [("/more", "unknown_field")]
    assert value(admin, expression="x * x * x * x", values={"x": 999999999999999}) == 999999999999999**4


@pytest.mark.parametrize("name", ["user", "this", "old", "record", "class", "1x", "a b", ""])
def test_a_value_needs_a_name_that_can_be_written(admin: TestClient, name: str) -> None:
    assert value(admin, 422, expression="1", values={name: 1}) == [(f"/values/{name}", "bad_format")]


def test_a_value_does_not_silently_lose_to_a_field_of_the_record(admin: TestClient) -> None:
    record = admin.post("/api/v1/records/customer", json={"name": "Ada", "arr": 10}).json()
    body = {"entity": "customer", "record": record["id"], "expression": "arr + more"}
    assert value(admin, **body, values={"more": 5}) == 15
    assert value(admin, 422, **body, values={"more": 5, "arr": 1}) == [("/values/arr", "not_unique")]


def test_a_record_is_read_with_the_rights_of_who_asks(admin: TestClient, caller: Caller) -> None:
    sam, tom = caller("sam@tenon.example", "sales"), caller("tom@tenon.example", "sales")
    record = sam.post("/api/v1/records/customer", json={"name": "Ada", "stage": "active", "arr": 10}).json()
    for amount in (50, 500):
        assert admin.post("/api/v1/records/order_line", json={"amount": amount, "customer": record["id"]}).status_code == 201
    given = {"entity": "customer", "record": record["id"]}
    assert value(sam, expression="arr * 3", **given) == 30
    assert value(tom, expression="arr * 3", **given) is None
    assert value(admin, expression="sum(orders.amount)", **given) == 550
    assert value(sam, expression="sum(orders.amount)", **given) == 50
    assert value(sam, expression="arr + extra", values={"extra": 5}, **given) == 15
    assert value(sam, 422, expression="margin", **given) == [("/expression", "unknown_name")]
    admin.patch(f"/api/v1/records/customer/{record['id']}", json={"stage": "trial"})
    for body in ({**given}, {**given, "record": "x"}, {**given, "entity": "nothing"}):
        assert value(tom, 404, expression="arr", **body)
    assert value(sam, 422, expression="arr", entity="customer", record=5) == [("/record", "wrong_type")]
