"""Saved views: whose they are, who sees them, what they may name, and that lists and exports take them by name."""

from __future__ import annotations

import io
from typing import Any

import pytest
from starlette.testclient import TestClient

from tenon.engine.context import Context, system_context
from tenon.engine.people import load_user
from tenon.metamodel.errors import NotFound
from tenon.platform.export import export_records
from tenon.platform.workspace import Platform
from tests.platform.api.conftest import CUSTOMER, SALES, Caller, codes, publish_all

BIG: dict[str, Any] = {
    "entity": "customer", "label": {"en": "Big ones", "zh": "大客户"}, "columns": ["name", {"field": "arr", "width": 160, "frozen": True}],
    "filter": "arr > 100 and stage == 'active'", "sort": ["-arr", "name"], "group_by": "stage", "colours": [{"when": "arr > 900", "colour": "green"}],
}  # fmt: skip


def fill(admin: TestClient) -> None:
    rows = [{"name": f"C{i}", "arr": i * 100, "stage": "active" if i % 2 else "trial"} for i in range(8)]
    assert admin.post("/api/v1/records/customer", json={"records": rows}).json()["created"] == 8


def test_a_view_is_made_used_changed_and_deleted(admin: TestClient, release: int) -> None:
    fill(admin)
    made = admin.post("/api/v1/views", json=BIG)
    assert made.status_code == 201, made.text
    view = made.json()
    assert made.headers["location"] == f"/api/v1/views/{view['id']}"
    assert (view["name"], view["kind"], view["shared_with"], view["owner"]) == ("big_ones", "view", "me", vars(admin)["user_id"])
    assert view["filter"] == BIG["filter"]
    assert [c if isinstance(c, str) else c["field"] for c in view["columns"]] == ["name", "arr"]
    assert (view["sort"], view["group_by"]) == (["-arr", "name"], "stage")
    listed = admin.get("/api/v1/records/customer?view=big_ones").json()["records"]
    assert [r["name"] for r in listed] == ["C7", "C5", "C3"]
    assert set(listed[0]) == {"id", "version", "name", "arr"}
    changed = admin.post("/api/v1/views", json={**view, "filter": "arr > 600", "label": {"en": "Huge"}})
    assert changed.status_code == 200, changed.text
    assert (changed.json()["id"], changed.json()["name"], changed.json()["filter"]) == (view["id"], "big_ones", "arr > 600")
    assert admin.get("/api/v1/views/big_ones").json() == admin.get(f"/api/v1/views/{view['id']}").json() == changed.json()
    assert [v["id"] for v in admin.get("/api/v1/views?entity=customer").json()["views"]] == [view["id"]]
    assert admin.get("/api/v1/views?entity=order_line").json() == {"views": [], "next": None}
    assert admin.delete(f"/api/v1/views/{view['id']}").status_code == 204
    assert admin.get("/api/v1/records/customer?view=big_ones").status_code == 404
    assert admin.delete("/api/v1/views/big_ones").status_code == 404


def test_what_is_wrong_is_refused(admin: TestClient, release: int) -> None:
    def refused(status: int = 422, **more: Any) -> list[tuple[str, str]]:
        answer = admin.post("/api/v1/views", json={**BIG, **more})
        assert answer.status_code == status, answer.text
        return codes(answer)

    assert refused(entity="custmer") == [("/entity", "unknown_name")]
    assert refused(filter="arrr > 1") == [("/filter", "unknown_name")]
    assert refused(filter="arr") == [("/filter", "type_mismatch")]
    assert refused(columns=["nme"]) == [("/columns/0/field", "unknown_name")]
    assert refused(colour="red") == [("/colour", "unknown_field")]
    assert refused(kind="form") == [("/kind", "bad_choice")]
    assert refused(shared_with="team") == [("/shared_with", "refused")]
    assert refused(404, id="01890000-0000-7000-8000-000000000000") == [("", "no_such_record")]
    assert admin.post("/api/v1/views", json=BIG).status_code == 201
    assert refused(409, name="big_ones") == [("/name", "not_unique")]
    assert admin.post("/api/v1/views", json=BIG).json()["name"] == "big_ones_2"
    publish_all_view = {"kind": "view", "name": "published", "entity": "customer"}
    assert admin.put("/api/v1/metadata/view/published", json=publish_all_view).status_code in (200, 201)
    assert admin.post("/api/v1/metadata/publish", json={}).status_code == 200
    assert refused(409, name="published") == [("/name", "not_unique")]


def test_who_sees_and_changes_which(admin: TestClient, caller: Caller, release: int) -> None:
    north = admin.post("/api/v1/units", json={"name": "North"}).json()["id"]
    below = admin.post("/api/v1/units", json={"name": "North 1", "parent": north}).json()["id"]
    ann, bob = caller("ann@t.example", "sales", unit=below), caller("bob@t.example", "sales", unit=north)
    cid, eve = caller("cid@t.example", "sales"), caller("eve@t.example", "sales", "builder", unit=below)
    plain = {"entity": "customer", "filter": "stage == 'active'", "columns": ["name"]}
    private = ann.post("/api/v1/views", json={**plain, "label": {"en": "Mine"}}).json()
    team = ann.post("/api/v1/views", json={**plain, "label": {"en": "Team"}, "shared_with": "team"}).json()
    assert (private["unit"], team["unit"]) == (None, below)
    assert codes(ann.post("/api/v1/views", json={**plain, "shared_with": "everyone"})) == [("", "forbidden")]
    shared = eve.post("/api/v1/views", json={**plain, "label": {"en": "All"}, "shared_with": "everyone"}).json()

    def seen(who: TestClient) -> set[str]:
        return {v["name"] for v in who.get("/api/v1/views").json()["views"]}

    assert seen(ann) == {"mine", "team", "all"}
    assert seen(bob) == seen(eve) == {"team", "all"}
    assert seen(cid) == {"all"}
    for who in (bob, cid, admin):
        assert who.get("/api/v1/views/mine").status_code == 404
        assert who.get("/api/v1/records/customer?view=mine").status_code == 404
        assert who.delete(f"/api/v1/views/{private['id']}").status_code == 404
    assert codes(bob.post("/api/v1/views", json={**team, "filter": "True"})) == [("", "forbidden")]
    assert bob.delete("/api/v1/views/team").status_code == 403
    assert bob.post("/api/v1/views", json={**plain, "label": {"en": "Mine"}}).json()["name"] == "mine"
    changed = eve.post("/api/v1/views", json={**team, "sort": ["name"]})
    assert (changed.status_code, changed.json()["owner"]) == (200, vars(ann)["user_id"])
    assert ann.get("/api/v1/records/customer?view=all").status_code == 200
    assert cid.delete(f"/api/v1/views/{shared['id']}").status_code == 403
    assert eve.delete(f"/api/v1/views/{shared['id']}").status_code == 204


def test_hidden_fields_are_unknown_to_who_saves(caller: Caller, release: int) -> None:
    ann = caller("ann@t.example", "sales")
    for given in (
        {"filter": "margin > 1"},
        {"columns": ["name", "margin"]},
        {"sort": ["-margin"]},
        {"colours": [{"when": "phone == '1'", "colour": "red"}]},
    ):
        answer = ann.post("/api/v1/views", json={"entity": "customer", **given})
        assert answer.status_code == 422
        assert codes(answer)[0][1] == "unknown_name"
    nobody = caller("nil@t.example")
    assert codes(nobody.post("/api/v1/views", json={"entity": "customer"})) == [("/entity", "unknown_name")]


def test_a_view_follows_the_new_name_of_a_field(admin: TestClient, platform: Platform, release: int) -> None:
    fill(admin)
    admin.post("/api/v1/views", json=BIG)
    document = admin.get("/api/v1/metadata/entity/customer").json()
    renamed = [{**f, "name": "revenue"} if f["name"] == "arr" else f for f in document["fields"]]
    assert admin.put("/api/v1/metadata/entity/customer", json={**document, "fields": renamed}).status_code == 200
    assert admin.post("/api/v1/metadata/publish", json={}).status_code == 200
    view = admin.get("/api/v1/views/big_ones").json()
    assert (view["filter"], view["sort"]) == ("revenue > 100 and stage == 'active'", ["-revenue", "name"])
    assert [r["revenue"] for r in admin.get("/api/v1/records/customer?view=big_ones").json()["records"]] == [700, 500, 300]


def test_an_export_takes_a_saved_view(admin: TestClient, platform: Platform, release: int) -> None:
    fill(admin)
    admin.post("/api/v1/views", json=BIG)
    with platform.read() as uow:
        me = Context(load_user(uow.connection, vars(admin)["user_id"]))
        out = io.BytesIO()
        assert export_records(uow, me, uow.model.entities["customer"], out, view="big_ones") == 3
        assert out.getvalue().decode("utf-8-sig").splitlines()[0] == "name,arr"
        with pytest.raises(NotFound):
            export_records(uow, system_context(), uow.model.entities["customer"], io.BytesIO(), view="big_ones")


def test_views_of_an_entity_that_is_gone_are_out_of_sight(admin: TestClient, caller: Caller, platform: Platform, release: int) -> None:
    ann = caller("ann@t.example", "sales")
    ann.post("/api/v1/views", json={"entity": "customer", "label": {"en": "Mine"}})
    role = {**SALES, "grants": [SALES["grants"][2]]}
    publish_all(platform, CUSTOMER, role)
    assert ann.get("/api/v1/views").json()["views"] == []
    assert ann.get("/api/v1/views/mine").status_code == 404
