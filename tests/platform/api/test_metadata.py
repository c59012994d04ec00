from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from tenon.metamodel.kinds import KINDS
from tests.platform.api.conftest import CUSTOMER, Caller, codes, english

pytestmark = pytest.mark.usefixtures("release")
NOTE: dict[str, Any] = {"kind": "entity", "name": "note", "label": english("Note", "备注"), "fields": [{"name": "text", "type": "long_text"}]}


def test_documents_are_listed_by_kind_and_page(admin: TestClient) -> None:
    listed = admin.get("/api/v1/metadata?kind=entity").json()
    assert [(d["name"], d["state"]) for d in listed["metadata"]] == [("customer", "published"), ("order_line", "published")]
    assert listed["next"] is None
    first = admin.get("/api/v1/metadata?limit=2").json()
    rest = admin.get("/api/v1/metadata", params={"limit": 2, "after": first["next"]}).json()
    assert [d["name"] for d in first["metadata"] + rest["metadata"]] == ["customer", "order_line", "sales"]
    assert codes(admin.get("/api/v1/metadata?kind=table")) == [("/kind", "bad_choice")]
    assert codes(admin.get("/api/v1/metadata", params={"kind": "entity", "after": first["next"]})) == [("/after", "bad_cursor")]


def test_a_draft_is_saved_checked_and_published(admin: TestClient) -> None:
    saved = admin.put("/api/v1/metadata/entity/note", json=NOTE)
    assert saved.status_code == 200
    assert saved.json()["fields"][0]["id"]
    got = admin.get("/api/v1/metadata/entity/note")
    assert (got.json(), got.headers["etag"]) == (saved.json(), saved.headers["etag"])
    changes = admin.get("/api/v1/metadata/changes").json()["changes"]
    assert [(c["kind"], c["name"], c["change"]) for c in changes] == [("entity", "note", "added")]
    checked = admin.post("/api/v1/metadata/check", json={}).json()
    assert checked["ok"] is True
    assert checked["plan"][0]["safety"] == "safe"
    published = admin.post("/api/v1/metadata/publish", json={"note": "Notes"})
    assert published.status_code == 200
    assert (published.json()["number"], published.json()["note"]) == (2, "Notes")
    made = admin.post("/api/v1/records/note", json={"text": "hello"})
    assert made.status_code == 201
    releases = admin.get("/api/v1/metadata/releases").json()
    assert [r["number"] for r in releases["releases"]] == [2, 1]
    again = admin.post("/api/v1/metadata/publish", json={})
    assert (again.status_code, codes(again)) == (409, [("", "conflict")])


def test_a_stale_save_names_the_other_author_and_the_difference(admin: TestClient, caller: Caller) -> None:
    builder = caller("bea@tenon.example", "builder")
    seen = builder.get("/api/v1/metadata/entity/customer")
    theirs = {**seen.json(), "label": english("Client", "客户")}
    assert admin.put("/api/v1/metadata/entity/customer", json=theirs, headers={"If-Match": seen.headers["etag"]}).status_code == 200
    mine = {**seen.json(), "icon": "users"}
    stale = builder.put("/api/v1/metadata/entity/customer", json=mine, headers={"If-Match": seen.headers["etag"]})
    assert (stale.status_code, codes(stale)) == (409, [("", "conflict")])
    assert stale.json()["author"] == "Root"
    assert stale.json()["difference"]
    chinese = builder.delete("/api/v1/metadata/entity/customer", headers={"If-Match": seen.headers["etag"], "Accept-Language": "zh"})
    assert chinese.status_code == 409
    assert "已修改" in chinese.json()["detail"]
    assert builder.put("/api/v1/metadata/entity/customer", json=mine).status_code == 200


def test_wrong_documents_say_where(admin: TestClient) -> None:
    wrong = {**NOTE, "fields": [{"name": "text", "type": "longtext"}], "colour": "red"}
    refused = admin.put("/api/v1/metadata/entity/note", json=wrong)
    assert refused.status_code == 422
    assert {code for _, code in codes(refused)} == {"bad_choice", "unknown_field"}
    formula = {**NOTE, "fields": [{"name": "double", "type": "formula", "expr": "1 +"}]}
    bad = admin.put("/api/v1/metadata/entity/note", json=formula)
    assert codes(bad) == [("/fields/0/expr", "bad_expression")]
    assert bad.json()["errors"][0]["line"] == 1
    for path in ("/api/v1/metadata/entity/nothing", "/api/v1/metadata/table/customer"):
        assert admin.get(path).status_code == 404
    assert admin.put("/api/v1/metadata/entity/other", json=NOTE).status_code == 422


def test_losing_steps_have_to_be_accepted_and_come_back_with_a_restore(admin: TestClient) -> None:
    made = admin.post("/api/v1/records/customer", json={"name": "Ada", "code": "A1"}).json()
    fields = [f for f in CUSTOMER["fields"] if f["name"] != "code"]
    admin.put("/api/v1/metadata/entity/customer", json={**CUSTOMER, "fields": fields, "keys": []})
    refused = admin.post("/api/v1/metadata/publish", json={})
    assert refused.status_code == 409
    assert {code for _, code in codes(refused)} == {"needs_acceptance"}
    lossy = [step["id"] for step in refused.json()["plan"] if step["safety"] == "lossy"]
    unknown = admin.post("/api/v1/metadata/publish", json={"accept": [*lossy, "drop_field:other"]})
    assert (unknown.status_code, codes(unknown)) == (422, [("/accept", "bad_choice")])
    assert lossy[0] in unknown.json()["errors"][0]["hint"]
    assert admin.post("/api/v1/metadata/publish", json={"accept": lossy}).status_code == 200
    assert "code" not in admin.get(f"/api/v1/records/customer/{made['id']}").json()
    restored = admin.post("/api/v1/metadata/releases/1/restore", json={"note": "back"})
    assert restored.status_code == 200
    assert (restored.json()["number"], restored.json()["restored_from"]) == (3, 1)
    assert admin.get(f"/api/v1/records/customer/{made['id']}").json()["code"] == "A1"
    assert admin.post("/api/v1/metadata/releases/9/restore", json={}).status_code == 404
    assert admin.post("/api/v1/metadata/releases/x/restore", json={}).status_code == 404


def test_every_right_that_a_restore_would_give_back_is_accepted(admin: TestClient) -> None:
    def grants(*listed: dict[str, Any], **more: Any) -> int:
        role = {"kind": "role", "name": "callers", "label": english("Callers", "坐席"), "grants": [{"entity": "customer", **each} for each in listed], **more}
        assert admin.put("/api/v1/metadata/role/callers", json=role).status_code == 200
        return int(admin.post("/api/v1/metadata/publish", json={}).json()["number"])

    wide = grants({"actions": ["read", "update", "delete"], "where": "name != 'x'"}, {"actions": ["export"]}, builds=True)
    grants({"actions": ["read", "update"], "hide": ["code"], "write": ["name"]}, {"actions": ["export"], "where": "name == 'x'"})
    refused = admin.post(f"/api/v1/metadata/releases/{wide}/restore", json={})
    given = [step for step in refused.json()["plan"] if step["kind"] == "give_right"]
    assert (refused.status_code, {code for _, code in codes(refused)}) == (409, {"needs_acceptance"})
    titles = [step["title"] for step in given]
    first = ["Callers may build again", "Callers sees code of Customer again", "Callers may delete Customer again", "Callers may export every Customer again"]
    assert [title for title in titles if "writes" not in title] == first
    assert "Callers writes code of Customer again" in titles
    assert not any("name of" in title for title in titles)
    ids = [step["id"] for step in given]
    assert admin.post(f"/api/v1/metadata/releases/{wide}/restore", json={"accept": ids[1:]}).status_code == 409
    chinese = admin.post(f"/api/v1/metadata/releases/{wide}/restore", json={}, headers={"Accept-Language": "zh-CN"}).json()["plan"]
    assert "“坐席”将重新可以删除" in " ".join(step["title"] for step in chinese)
    assert admin.post(f"/api/v1/metadata/releases/{wide}/restore", json={"accept": ids}).json()["restored_from"] == wide
    assert not [s for s in admin.post("/api/v1/metadata/check", json={}).json()["plan"] if s["kind"] == "give_right"]


def test_a_draft_is_removed_and_thrown_away(admin: TestClient) -> None:
    admin.put("/api/v1/metadata/entity/note", json=NOTE)
    assert admin.delete("/api/v1/metadata/entity/note").status_code == 204
    assert admin.get("/api/v1/metadata/entity/note").status_code == 404
    assert admin.delete("/api/v1/metadata/entity/customer").status_code == 204
    checked = admin.post("/api/v1/metadata/check", json={}).json()
    assert checked["ok"] is False
    assert "would_break" in {r["code"] for r in checked["references"]}
    would_break = admin.post("/api/v1/metadata/publish", json={})
    assert would_break.status_code == 409
    assert codes(admin.delete("/api/v1/metadata/changes?kind=entity")) == [("/name", "required")]
    assert admin.delete("/api/v1/metadata/changes").json() == {"discarded": 1}
    assert admin.get("/api/v1/metadata/changes").json()["changes"] == []


def test_who_uses_what(admin: TestClient) -> None:
    uses = admin.get("/api/v1/metadata/entity/customer/uses").json()["uses"]
    assert {(u["kind"], u["name"], u["item"]) for u in uses} >= {("entity", "order_line", None), ("role", "sales", None), ("role", "sales", "margin")}


USED: dict[str, Any] = {
    "kind": "entity", "name": "project", "label": english("Project", "项目"),
    "fields": [
        {"name": "title", "type": "text"}, {"name": "size", "type": "integer"}, {"name": "double", "type": "formula", "expr": "size * 2"},
        {"name": "state", "type": "choice", "options": [{"name": "open"}, {"name": "done"}]},
        {"name": "parent", "type": "reference", "entity": "project", "reverse": {"name": "parts"}},
    ],
    "checks": [{"when": "size < 0", "message": english("Too small", "太小")}],
}  # fmt: skip
SCORE: dict[str, Any] = {
    "kind": "score", "name": "worth", "entity": "project", "bands": [{"name": "low", "from": 0}, {"name": "high", "from": 50}],
    "variants": [{"name": "all", "measures": [{"name": "big", "points": 100, "when": "size > 5"}]}],
}  # fmt: skip


def used(client: TestClient, address: str, item: str | None = None) -> set[tuple[str, str, str | None]]:
    answer = client.get(f"/api/v1/metadata/{address}/uses", params={"item": item} if item else {})
    assert answer.status_code == 200, answer.text
    return {(u["name"], u["path"], u["item"]) for u in answer.json()["uses"]}


def test_who_uses_any_item_wherever_it_is_used(admin: TestClient) -> None:
    extension = {"kind": "extension", "name": "project_more", "app": "plus", "entity": "project", "fields": [{"name": "plus_note", "type": "text"}]}
    view = {"kind": "view", "name": "open_ones", "entity": "project", "columns": ["plus_note"], "filter": "state == 'open' and worth_band == 'high'"}
    app = {"kind": "app", "name": "plus", "menu": [{"label": english("All", "全部"), "items": [{"view": "open_ones"}]}]}
    for document in (USED, SCORE, extension, view, app):
        saved = admin.put(f"/api/v1/metadata/{document['kind']}/{document['name']}", json=document)
        assert saved.status_code == 200, saved.text
    size = admin.get("/api/v1/metadata/entity/project").json()["fields"][1]["id"]
    in_itself = {("project", "/fields/2/expr", "size"), ("project", "/checks/0/when", "size"), ("worth", "/variants/0/measures/0/when", "size")}
    assert used(admin, "entity/project", "size") == used(admin, "entity/project", size) == in_itself
    assert in_itself | {("project", "/fields/4/entity", None)} <= used(admin, "entity/project")
    assert used(admin, "entity/project", "state.open") == {("open_ones", "/filter", "state.open")}
    assert used(admin, "entity/project", "state.done") == set()
    assert used(admin, "extension/project_more") == {("open_ones", "/columns/0/field", "plus_note")}
    assert used(admin, "score/worth") == {("open_ones", "/filter", "worth_band"), ("open_ones", "/filter", "worth_band.high")}
    assert used(admin, "view/open_ones") == {("plus", "/menu/0/items/0/view", None)}
    assert used(admin, "app/plus") == {("project_more", "/app", None)}
    assert admin.get("/api/v1/metadata/entity/project/uses?item=nothing").status_code == 404


@pytest.mark.parametrize("line", ["bad cron", "0 0 31 2 *", "99 * * * *"])
def test_a_schedule_is_checked_before_it_is_published(admin: TestClient, line: str) -> None:
    assert admin.put("/api/v1/metadata/entity/project", json=USED).status_code == 200
    assert admin.put("/api/v1/metadata/score/worth", json={**SCORE, "schedule": line}).status_code == 200
    errors = admin.post("/api/v1/metadata/check", json={}).json()["errors"]
    assert [(e["document"]["name"], e["path"], e["code"]) for e in errors] == [("worth", "/schedule", "bad_format")]
    assert codes(admin.post("/api/v1/metadata/publish", json={})) == [("/score/worth/schedule", "bad_format")]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ('{"kind": "entity", "name": "note", "name": "note"}', "/name"),
        ('{"kind": "entity", "name": "note", "fields": [{"name": "a", "type": "text", "type": "integer"}]}', "/fields/0/type"),
    ],
)
def test_a_key_that_stands_twice_is_refused(admin: TestClient, text: str, path: str) -> None:
    answer = admin.put("/api/v1/metadata/entity/note", content=text, headers={"Content-Type": "application/json"})
    assert (answer.status_code, codes(answer)) == (422, [(path, "not_unique")])
    assert admin.get("/api/v1/metadata/entity/note").status_code == 404


@pytest.mark.parametrize(
    ("more", "path", "hint"),
    [
        ({"label": "Note"}, "/label", '{"en": "…", "zh": "…"}'),
        ({"icon": "Bad Icon"}, "/icon", "building-2"),
        ({"fields": [{"name": "a", "type": "money", "currency": "cny"}]}, "/fields/0/currency", "CNY"),
        ({"fields": [{"name": "a", "type": "choice", "options": [{"name": "x", "colour": "pink"}]}]}, "/fields/0/options/0/colour", "vermilion"),
        ({"fields": [{"name": "a", "type": "file", "types": ["exe!"]}]}, "/fields/0/types/0", "image/*"),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_a_hint_shows_how_it_is_written(admin: TestClient, more: dict[str, Any], path: str, hint: str, language: str) -> None:
    error = admin.put("/api/v1/metadata/entity/note", json={**NOTE, **more}, headers={"Accept-Language": language}).json()["errors"][0]
    assert (error["path"], hint in error["hint"]) == (path, True)


def test_no_problem_is_told_without_a_hint(admin: TestClient) -> None:
    for address in ("metadata?limit=501", "metadata?kind=table", "metadata/changes?kind=entity", "records/customer?count=some", "records/customer?search=" + "x" * 9999):
        for error in admin.request("DELETE" if "changes" in address else "GET", f"/api/v1/{address}").json()["errors"]:
            assert error["hint"], (address, error)
    for body in ({"expression": 1}, {}, {"expression": "1", "more": 1}, {"expression": "1", "values": []}):
        for error in admin.post("/api/v1/expressions/evaluate", json=body).json()["errors"]:
            assert error["hint"], (body, error)


def test_builders_build_and_only_administrators_change_roles(admin: TestClient, caller: Caller, client: TestClient) -> None:
    builder, sales = caller("bea@tenon.example", "builder"), caller("sam@tenon.example", "sales")
    role = {"kind": "role", "name": "helper", "label": english("Helper", "助手"), "grants": []}
    refused = builder.put("/api/v1/metadata/role/helper", json=role)
    assert (refused.status_code, codes(refused)) == (403, [("", "forbidden")])
    assert admin.put("/api/v1/metadata/role/helper", json=role).status_code == 200
    assert builder.put("/api/v1/metadata/entity/note", json=NOTE).status_code == 200
    for method, path in (("GET", ""), ("GET", "/entity/customer"), ("PUT", "/entity/note"), ("DELETE", "/entity/note"), ("GET", "/changes"),
                         ("POST", "/check"), ("POST", "/publish"), ("GET", "/releases"), ("POST", "/releases/1/restore")):
        answer = sales.request(method, f"/api/v1/metadata{path}", json=NOTE if method == "PUT" else None)
        assert (answer.status_code, codes(answer)) == (403, [("", "forbidden")])
        assert client.request(method, f"/api/v1/metadata{path}").status_code == 401


def test_only_administrators_change_as_whom_a_rule_acts(admin: TestClient, caller: Caller) -> None:
    builder = caller("bea@tenon.example", "builder")
    mark = {"type": "set_fields", "fields": {"code": "'L'"}}
    rule = {"kind": "rule", "name": "large", "entity": "customer", "trigger": {"type": "created"}, "actions": [mark]}
    flow = {"kind": "workflow", "name": "steps", "entity": "customer", "steps": [mark]}
    guarded = {"run_as": "role", "role": "sales"}
    for document in (rule, flow):
        url = f"/api/v1/metadata/{document['kind']}/{document['name']}"
        refused = builder.put(url, json={**document, **guarded})
        assert (refused.status_code, codes(refused)) == (403, [("/run_as", "forbidden")])
        assert builder.put(url, json={**document, "run_as": "system"}).status_code == 200
        step = {"operations": [{"op": "set", "at": "/run_as", "value": "person"}]}
        assert builder.post(f"{url}/operations", json=step).status_code == 403
        assert admin.put(url, json={**document, **guarded}).status_code == 200
        renamed = {**document, **guarded, "label": english("Marked", "已标记")}
        assert builder.put(url, json=renamed).status_code == 200, "what an administrator has set stays as it is"
        for change in ({"run_as": "system"}, {"role": "sales_lead"}):
            assert builder.put(url, json={**document, **guarded, **change}).status_code == 403
    first = admin.post("/api/v1/metadata/publish", json={}).json()["number"]
    assert admin.put("/api/v1/metadata/rule/large", json=rule).status_code == 200
    assert admin.post("/api/v1/metadata/publish", json={}).status_code == 200
    restored = builder.post(f"/api/v1/metadata/releases/{first}/restore", json={})
    assert (restored.status_code, codes(restored)) == (403, [("/run_as", "forbidden")])


def test_a_publish_under_a_key_happens_once(admin: TestClient) -> None:
    admin.put("/api/v1/metadata/entity/note", json=NOTE)
    headers = {"Idempotency-Key": "publish-1"}
    first = admin.post("/api/v1/metadata/publish", json={"note": "n"}, headers=headers)
    again = admin.post("/api/v1/metadata/publish", json={"note": "n"}, headers=headers)
    assert first.status_code == again.status_code == 200
    assert again.json() == first.json()
    assert again.headers["idempotent-replayed"] == "true"
    other = admin.post("/api/v1/metadata/publish", json={"note": "m"}, headers=headers)
    assert (other.status_code, codes(other)) == (422, [("", "conflict")])
    failing = {"Idempotency-Key": "publish-2"}
    assert admin.post("/api/v1/metadata/publish", json={}, headers=failing).status_code == 409
    admin.put("/api/v1/metadata/entity/note", json={**NOTE, "icon": "pen"})
    assert admin.post("/api/v1/metadata/publish", json={}, headers=failing).status_code == 200


def test_every_kind_has_a_schema(caller: Caller, client: TestClient) -> None:
    somebody = caller("sam@tenon.example", "sales")
    for kind in KINDS:
        answer = somebody.get(f"/api/v1/schemas/{kind}")
        assert answer.json()["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        assert all("description" in inner for name, inner in answer.json()["properties"].items() if name != "kind")
    said = [somebody.get("/api/v1/schemas/view", headers={"Accept-Language": language}).json()["properties"]["entity"]["description"] for language in ("en", "zh-CN")]
    assert said == ["The entity", "对象"]
    assert somebody.get("/api/v1/schemas/table").status_code == 404
    assert client.get("/api/v1/schemas/entity").status_code == 401
