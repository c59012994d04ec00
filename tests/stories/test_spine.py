"""The whole way over HTTP: describe, check, publish, import, score, explain, query, override, who sees what, and back."""

from __future__ import annotations

import json
from typing import Any

import httpx

from tests.stories.conftest import Enter, problems, wait_for


def text(en: str, zh: str) -> dict[str, str]:
    return {"en": en, "zh": zh}


CUSTOMER: dict[str, Any] = {
    "kind": "entity", "name": "customer", "label": text("Customer", "客户"), "title": "name", "search": ["name"], "fields": [
        {"name": "code", "type": "text", "unique": True}, {"name": "name", "type": "text", "required": True, "label": text("Name", "名称")},
        {"name": "stage", "type": "choice", "options": [{"name": "trial"}, {"name": "active"}]},
        {"name": "arr", "type": "money", "currency": "CNY"}, {"name": "paid", "type": "formula", "expr": "sum(payments.amount)"},
    ],
}  # fmt: skip
PAYMENT: dict[str, Any] = {
    "kind": "entity", "name": "payment", "label": text("Payment", "付款"), "time_field": "paid_on", "fields": [
        {"name": "customer", "type": "reference", "entity": "customer", "on_delete": "cascade", "reverse": {"name": "payments"}},
        {"name": "amount", "type": "money", "currency": "CNY"}, {"name": "paid_on", "type": "date"},
    ],
}  # fmt: skip
SALES: dict[str, Any] = {
    "kind": "role", "name": "sales", "label": text("Sales", "销售"),
    "grants": [{"entity": "customer", "actions": ["read"], "where": "stage == 'active'", "hide": ["arr"]}],
}
HEALTH: dict[str, Any] = {
    "kind": "score", "name": "health", "entity": "customer", "label": text("Health", "健康度"),
    "bands": [{"name": "poor", "from": 0}, {"name": "good", "from": 60}],
    "variants": [{"name": "all", "measures": [
        {"name": "pays", "points": 60, "value": "clamp(paid / arr, 0, 1)", "missing": "zero"}, {"name": "bought", "points": 40, "when": "stage == 'active'"},
    ]}],
}  # fmt: skip
CUSTOMERS = "编号,名称,阶段,ARR\nC1,云帆,active,100\nC2,Bolt,trial,200\nC3,Cy,active,400\n"


PAYMENTS = "customer,amount,paid_on\nC1,50,2026-01-05\nC1,50,2026-02-05\nC2,50,2026-02-06\nC9,1,\n"


def import_file(client: httpx.Client, chinese: httpx.Client, entity: str, content: str, mapping: dict[str, str] | None = None) -> tuple[int, int]:
    """Import a file and return how many rows were created and refused; a refusal speaks the reader's language."""
    form = {"entity": entity, **({"mapping": json.dumps(mapping)} if mapping else {})}
    started = client.post("/imports", files={"file": (f"{entity}.csv", content)}, data=form)
    assert started.status_code == 202, started.text
    wait_for(client, started.json()["id"])
    done = chinese.get(f"/imports/{started.json()['id']}").json()
    assert all("没有记录" in p["errors"][0]["message"] for p in done["problems"])
    return done["result"]["created"], done["result"]["refused"]


def restore(client: httpx.Client, number: int) -> int:
    """Restore a release with every step that this takes, and return the number of the new one."""
    restored = client.post(f"/metadata/releases/{number}/restore", json={"note": "Back"})
    if restored.status_code == 409:
        steps = [s["id"] for s in restored.json()["plan"] if s["safety"] == "lossy"]
        restored = client.post(f"/metadata/releases/{number}/restore", json={"note": "Back", "accept": steps})
    assert restored.status_code == 200, restored.text
    return int(restored.json()["number"])


def test_from_an_empty_workspace_to_a_score_and_back(enter: Enter) -> None:
    admin, chinese = enter("root@x.cn", "admin"), enter("root2@x.cn", "admin", language="zh")
    for document in (CUSTOMER, PAYMENT, SALES):
        assert admin.put(f"/metadata/{document['kind']}/{document['name']}", json=document).status_code == 200
    assert admin.get("/records/customer").status_code == 404
    assert admin.post("/metadata/check", json={}).json()["ok"] is True
    assert admin.post("/metadata/publish", json={"note": "First"}).json()["number"] == 1

    assert import_file(admin, chinese, "customer", CUSTOMERS, {"code": "编号", "name": "名称", "stage": "阶段", "arr": "ARR"}) == (3, 0)
    assert import_file(admin, chinese, "payment", PAYMENTS) == (3, 1)

    assert admin.put("/metadata/score/health", json=HEALTH).status_code == 200
    assert admin.post("/metadata/publish", json={"note": "Health"}).json()["number"] == 2
    run = admin.post("/scores/health/run", json={})
    assert run.status_code == 202
    assert wait_for(admin, run.json()["id"])["state"] == "done"
    records = {r["name"]: r for r in admin.get("/records/customer?fields=name,paid,arr,health_score,health_band&sort=name").json()["records"]}
    assert all(r["health_score"] is not None and r["health_band"] for r in records.values())
    assert (records["云帆"]["health_score"], records["云帆"]["health_band"]) == (100, "good")
    for record in records.values():
        explained = admin.get(f"/scores/health/records/{record['id']}").json()
        assert sum(m["points"] for m in explained["measures"]) + sum(a["points"] for a in explained["adjustments"]) == record["health_score"]
        assert explained["band"] == record["health_band"]

    question = {"entity": "customer", "group_by": ["health_band"], "measures": [{"name": "n", "expr": "count()"}, {"name": "arr", "expr": "sum(arr)"}], "totals": True}
    answer = admin.post("/query", json=question).json()
    assert answer["totals"] == [None, 3, 700]
    assert sorted(row[0] for row in answer["rows"]) == sorted({r["health_band"] for r in records.values()})

    bolt = records["Bolt"]["id"]
    refused = chinese.post(f"/scores/health/records/{bolt}/override", json={"band": "excellent", "reason": "x"})
    assert refused.status_code == 422
    assert any("\u4e00" <= c <= "\u9fff" for c in refused.json()["errors"][0]["message"])
    assert admin.post(f"/scores/health/records/{bolt}/override", json={"value": 90, "reason": "Signed today"}).status_code in (200, 201)
    explained = admin.get(f"/scores/health/records/{bolt}").json()
    assert (explained["value"], explained["band"], explained["override"]["reason"]) == (90, "good", "Signed today")

    changed = admin.patch(f"/records/customer/{bolt}", json={"name": "Bolt Ltd", "arr": "250.5"})
    assert (changed.status_code, changed.json()["version"]) == (200, 2)
    history = admin.get(f"/records/customer/{bolt}/history").json()["history"]
    assert [e["action"] for e in history] == ["update", "create"]
    assert {c["field"] for c in history[0]["changes"]} == {"name", "arr"}
    assert (history[0]["cause"]["kind"], history[1]["cause"]["kind"]) == ("api", "import")

    sales = enter("sales@x.cn", "sales")
    seen = sales.get("/records/customer").json()["records"]
    assert sorted(r["name"] for r in seen) == ["Cy", "云帆"]
    assert all("arr" not in r for r in seen)
    assert problems(sales.get("/records/customer?filter=arr > 1")) == problems(sales.get("/records/customer?filter=arrr > 1"))
    assert sales.get(f"/records/customer/{bolt}").status_code == 404
    assert sales.post("/query", json={"entity": "customer", "measures": [{"name": "n", "expr": "count()"}]}).json()["rows"] == [[2]]

    assert restore(admin, 1) == 3
    assert "health_score" not in admin.get(f"/records/customer/{bolt}").json()
    assert admin.get(f"/records/customer/{bolt}").json()["name"] == "Bolt Ltd"
