"""What is wrong is refused: status, code, path, a message and a hint in both languages, and nothing is written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.stories.conftest import Enter, problems
from tests.stories.test_spine import CUSTOMER, PAYMENT

NOTE: dict[str, Any] = {"kind": "entity", "name": "note", "label": {"en": "Note", "zh": "便签"}, "fields": [{"name": "body", "type": "text"}]}


def with_fields(*fields: dict[str, Any]) -> dict[str, Any]:
    return {**NOTE, "fields": [*NOTE["fields"], *fields]}


def put(document: dict[str, Any], kind: str = "entity", name: str = "note") -> Callable[[httpx.Client], httpx.Response]:
    return lambda client: client.put(f"/metadata/{kind}/{name}", json=document)


def post(values: Any) -> Callable[[httpx.Client], httpx.Response]:
    return lambda client: client.post("/records/customer", json=values)


FORMULA = {"name": "x", "type": "formula"}
BAD_DOCUMENTS: list[tuple[Callable[[httpx.Client], httpx.Response], str, str]] = [
    (put({**NOTE, "colour": "red"}), "/colour", "unknown_field"),
    (put({**NOTE, "fields": {}}), "/fields", "wrong_type"),
    (put(with_fields({"name": "when", "type": "moment"})), "/fields/1/type", "bad_choice"),
    (put(with_fields({"name": "body", "type": "text"})), "/fields/1/name", "not_unique"),
    (put(with_fields({"name": "version", "type": "text"})), "/fields/1/name", "bad_format"),
    (put(with_fields({"name": "a; drop table x", "type": "text"})), "/fields/1/name", "bad_format"),
    (put(with_fields({"name": "__class__", "type": "text"})), "/fields/1/name", "bad_format"),
    (put(with_fields({**FORMULA, "expr": "body + "})), "/fields/1/expr", "bad_expression"),
    (put(with_fields({**FORMULA, "expr": "body * 2"})), "/fields/1/expr", "type_mismatch"),
    (put(with_fields({**FORMULA, "expr": "x + 1"})), "", ""),
    (put(with_fields({"name": "a", "type": "formula", "expr": "b + 1"}, {"name": "b", "type": "formula", "expr": "a + 1"})), "", ""),
    (put(with_fields({**FORMULA, "expr": "(lambda: 1)()"})), "/fields/1/expr", "bad_expression"),
    (put(with_fields({**FORMULA, "expr": "[x for x in (1, 2)]"})), "/fields/1/expr", "bad_expression"),
    (put(with_fields({**FORMULA, "expr": "1" + " + 1" * 1_500})), "/fields/1/expr", "over_limit"),
    (put(with_fields({**FORMULA, "expr": "abs(" * 60 + "1" + ")" * 60})), "/fields/1/expr", "over_limit"),
    (put({"$ref": "http://127.0.0.1:9/x.json"}), "", ""),
    (put({**NOTE, "fields": [{"$ref": "#/fields/0"}]}), "", ""),
]
BAD_RECORDS: list[tuple[Callable[[httpx.Client], httpx.Response], int, str, str]] = [
    (post({"name": "x", "colour": "red"}), 422, "/colour", "unknown_field"),
    (post({"name": "x", "paid": 1}), 422, "/paid", "read_only"),
    (post({"name": "x", "id": "1"}), 422, "/id", "read_only"),
    (post({"name": 5}), 422, "/name", "wrong_type"),
    (post({"code": "C2"}), 422, "/name", "required"),
    (post({"name": "x", "arr": "much"}), 422, "/arr", ""),
    (post({"name": "x", "arr": 1e30}), 422, "/arr", "out_of_range"),
    (post({"name": "x", "stage": "lost"}), 422, "/stage", "bad_choice"),
    (post({"name": "nul\0l"}), 422, "/name", "bad_format"),
    (post({"name": "again", "code": "C1"}), 409, "/code", "not_unique"),
    (post([1]), 422, "", "wrong_type"),
    (lambda c: c.post("/records/customer", content=b"{", headers={"content-type": "application/json"}), 400, "", "bad_format"),
    (lambda c: c.post("/records/customer", content=b"{}", headers={"content-type": "text/plain"}), 415, "", "bad_format"),
    (lambda c: c.get("/records/customer?colour=red"), 400, "/colour", "unknown_parameter"),
    (lambda c: c.get("/records/customer?after=xyz"), 400, "/after", "bad_cursor"),
    (lambda c: c.get("/records/customer?limit=501"), 422, "/limit", "out_of_range"),
    (lambda c: c.get("/records/customer", params={"filter": "name == "}), 422, "/filter", "bad_expression"),
    (lambda c: c.get("/records/customer", params={"filter": "name == 1"}), 422, "/filter", "type_mismatch"),
    (lambda c: c.get("/records/customer?sort=colour"), 422, "/sort", ""),
    (lambda c: c.patch("/records/customer", params={"filter": "name == 'kept'", "expect": "2"}, json={"set": {"name": "y"}}), 409, "", ""),
    (lambda c: c.post("/query", json={"entity": "customer", "measures": [{"name": "n", "expr": "sum(name)"}]}), 422, "", ""),
    (lambda c: c.post("/records/payment", json={"customer": "0" * 36}), 422, "/customer", ""),
]  # fmt: skip


@pytest.fixture
def both(enter: Enter) -> tuple[httpx.Client, httpx.Client]:
    """An administrator in English and one in Chinese, with customers published and one stored."""
    english, chinese = enter("en@x.cn", "admin"), enter("zh@x.cn", "admin", language="zh-CN")
    for document in (CUSTOMER, PAYMENT):
        assert english.put(f"/metadata/entity/{document['name']}", json=document).status_code == 200
    assert english.post("/metadata/publish", json={}).status_code == 200
    assert english.post("/records/customer", json={"name": "kept", "code": "C1"}).status_code == 201
    return english, chinese


def check(call: Callable[[httpx.Client], httpx.Response], both: tuple[httpx.Client, httpx.Client], path: str, code: str) -> int:
    """Hold the refusal of a call in both languages; return its status."""
    answers = [call(client) for client in both]
    found = problems(answers[0])
    assert problems(answers[1]) == found
    assert any(p.startswith(path) and (c == code or not code) for p, c in found), found
    for first, second in zip(answers[0].json()["errors"], answers[1].json()["errors"], strict=True):
        assert first["message"]
        assert any("\u4e00" <= c <= "\u9fff" for c in second["message"]), second
        assert not any("\u4e00" <= c <= "\u9fff" for c in first["message"]), first
    assert answers[0].status_code == answers[1].status_code
    return answers[0].status_code


def test_wrong_documents_are_refused_and_nothing_is_drafted(both: tuple[httpx.Client, httpx.Client]) -> None:
    for call, path, code in BAD_DOCUMENTS:
        assert check(call, both, path, code) == 422
    assert both[0].get("/metadata/changes").json()["changes"] == []


@pytest.mark.parametrize(
    ("field", "path", "code"),
    [
        ({**FORMULA, "expr": "nobody"}, "/fields/1/expr", "unknown_name"),
        ({**FORMULA, "expr": "body.__class__.__mro__"}, "/fields/1/expr", ""),
        ({"name": "to", "type": "reference", "entity": "nothing"}, "/fields/1/entity", "unknown_name"),
    ],
)
def test_drafts_that_do_not_fit_are_told_and_not_published(both: tuple[httpx.Client, httpx.Client], field: dict[str, Any], path: str, code: str) -> None:
    assert both[0].put("/metadata/entity/note", json=with_fields(field)).status_code == 200
    assert both[0].post("/metadata/check", json={}).json()["ok"] is False
    assert check(lambda client: client.post("/metadata/publish", json={}), both, f"/entity/note{path}", code) == 422
    assert both[0].get("/records/note").status_code == 404
    assert [r["number"] for r in both[0].get("/metadata/releases").json()["releases"]] == [1]


def test_wrong_records_are_refused_and_nothing_is_written(both: tuple[httpx.Client, httpx.Client]) -> None:
    for call, status, path, code in BAD_RECORDS:
        assert check(call, both, path, code) == status, (path, code)
    assert [r["name"] for r in both[0].get("/records/customer").json()["records"]] == ["kept"]
    assert both[0].get("/records/payment").json()["records"] == []


def test_a_stale_write_gets_the_record_as_it_is(both: tuple[httpx.Client, httpx.Client]) -> None:
    record = both[0].get("/records/customer").json()["records"][0]
    address = f"/records/customer/{record['id']}"
    assert both[0].patch(address, json={"arr": 5}, headers={"If-Match": '"1"'}).status_code == 200

    def call(client: httpx.Client) -> httpx.Response:
        return client.patch(address, json={"arr": 6}, headers={"If-Match": '"1"'})

    assert check(call, both, "", "stale") == 412
    assert call(both[0]).json()["record"]["arr"] == 5
