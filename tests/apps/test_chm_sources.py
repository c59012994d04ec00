"""Data of six kinds of sources land at the customer, and the page of the customer says where each came from and when it arrived."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from tenon.platform import sessions
from tenon.platform.boot import make_worker
from tenon.server import build
from tests.apps.conftest import SYSTEM, Apps

pytestmark = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)


def loaded(customer: str, survey: str) -> list[tuple[str, str, str, Any]]:
    """One batch of each kind: entity, its way in, its relation on the customer, and what is sent."""
    of = {"customer": {"code": customer}}
    return [
        ("contract", "csv", "contracts", f"customer,start,annual_value\n{customer},2026-01-01,24000\n"),  # a CRM
        ("sales_order", "jsonl", "orders", f'{{"customer": "{customer}", "amount": 900, "ordered_at": "2026-02-01T09:00:00Z"}}\n'),  # an ERP
        ("usage_event", "api", "usage_events", {**of, "event": "login", "at": "2026-02-27T09:00:00Z"}),
        ("ticket", "csv", "tickets", f"customer,subject\n{customer},It is slow\n"),
        ("social_post", "api", "social_posts", {**of, "channel": "weibo", "author": "A", "text": "It is slow", "sentiment": "negative", "source": "listening"}),
        ("survey_response", "api", "survey_responses", {**of, "survey": survey, "score": 6}),
        ("metric_daily", "csv", "metrics", f"customer,metric,day,value\n{customer},weekly_active_users,2026-02-27,12\n"),
        ("activity", "api", "activities", {**of, "kind": "call", "summary": "A call"}),
    ]


def test_each_source_lands_and_says_so(chm: Apps, client_of: Callable[..., TestClient]) -> None:
    client = client_of("boss@x.cn", "admin")
    id = chm.add("customer", name="Birch", status="active", customer_since=chm.day(-60))
    (code,) = chm.one("customer", "code")
    batches = loaded(code, chm.add("survey", name="NPS", kind="nps"))
    for entity, way, _, body in batches:
        if way == "api":
            answer = client.post(f"/api/v1/records/{entity}", json=body)
            assert answer.status_code == 201, answer.text
        else:
            answer = client.post("/api/v1/imports", data={"entity": entity}, files={"file": (f"{entity}.{way}", body.encode())})
            assert answer.status_code == 202, answer.text
            make_worker(chm.platform).run_until_idle()
            assert client.get(f"/api/v1/imports/{answer.json()['id']}").json()["result"]["created"] == 1, entity
    wanted = {"api": "api", "csv": "{}.csv", "jsonl": "{}.jsonl"}
    for entity, way, relation, body in batches:
        source = body.get("source") if isinstance(body, dict) else None
        (row,) = client.get(f"/api/v1/records/{entity}", params={"view": f"{relation}_arrived", "filter": f"customer == '{id}'"}).json()["records"]
        assert (row["source"], row["created_at"]) == (source or wanted[way].format(entity), "2026-03-02T01:30:00Z"), entity
    with TestClient(build(chm.platform), base_url=chm.platform.settings.base_url) as reader:
        with chm.platform.database.write() as connection:
            reader.cookies.set("tenon_session", sessions.begin(connection, SYSTEM, vars(client)["user_id"]).token)
        page = reader.get(f"/records/customer/{id}").text
        (tab,) = re.findall(r'<a class="tab" href="([^"]+)"[^>]*>Data sources</a>', page)
        shown = reader.get(tab).text
    for entity, way, _, body in batches:
        source = body.get("source") if isinstance(body, dict) else None
        assert re.search(rf">\s*{re.escape(source or wanted[way].format(entity))}\s*<", shown), entity
    assert shown.count("Arrived at") >= len(batches)
    assert len(re.findall(r'<time[^>]*datetime="2026-03-02T01:30:00', shown)) >= len(batches)
