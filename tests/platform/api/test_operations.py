from __future__ import annotations

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from tenon.platform.boot import make_worker
from tenon.platform.workspace import Platform
from tests.platform.api.conftest import BASE, Caller, codes


def test_alive_and_ready(client: TestClient, api: FastAPI, platform: Platform) -> None:
    assert client.get("/healthz").json() == {"ok": True}
    ready = client.get("/readyz")
    assert ready.json() == {"ok": True, "checks": {"database": True, "migrated": True, "release": True, "started": True}}
    api.state.has_started = False
    waiting = client.get("/readyz", headers={"Accept-Language": "zh"})
    assert (waiting.status_code, codes(waiting)) == (503, [("", "blocked")])
    assert waiting.json()["checks"]["started"] is False
    assert waiting.headers["retry-after"] == "2"
    assert "尚未就绪" in waiting.json()["detail"]


@pytest.mark.usefixtures("release")
def test_metrics_are_for_this_machine_and_administrators(client: TestClient, api: FastAPI, admin: TestClient, caller: Caller) -> None:
    assert client.get("/metrics").status_code == 401
    assert caller("ann@tenon.example").get("/metrics").status_code == 403
    admin.get("/api/v1/users/01890000-0000-7000-8000-000000000000")
    text = admin.get("/metrics").text
    assert 'tenon_requests_total{method="GET",route="/api/v1/users/{id}",status="404"} 1' in text
    assert 'tenon_jobs{state="queued"}' in text
    assert "tenon_release 1" in text
    assert 'tenon_request_seconds_bucket{le="+Inf"}' in text
    with TestClient(api, base_url=BASE, client=("127.0.0.1", 5)) as local:
        assert local.get("/metrics").status_code == 200
        assert local.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 401


def test_the_audit_is_for_administrators(admin: TestClient, caller: Caller) -> None:
    admin.post("/api/v1/units", json={"name": "North"})
    admin.post("/api/v1/units", json={"name": "South"})
    found = admin.get("/api/v1/audit?action=unit.create&limit=1").json()
    assert found["audit"][0]["detail"]["name"] == "South"
    rest = admin.get("/api/v1/audit", params={"action": "unit.create", "limit": 1, "after": found["next"]}).json()
    assert (rest["audit"][0]["detail"]["name"], rest["next"]) == ("North", None)
    assert codes(admin.get("/api/v1/audit", params={"after": found["next"]})) == [("/after", "bad_cursor")]
    assert admin.get("/api/v1/audit?since=2999-01-01").json()["audit"] == []
    assert codes(admin.get("/api/v1/audit?since=soon")) == [("/since", "bad_format")]
    assert caller("ann@tenon.example").get("/api/v1/audit").status_code == 403


@pytest.mark.usefixtures("release")
def test_a_backup_is_a_job_of_administrators(admin: TestClient, caller: Caller, platform: Platform) -> None:
    assert caller("ann@tenon.example").post("/api/v1/backup").status_code == 403
    put = admin.post("/api/v1/backup")
    assert (put.status_code, put.json()["kind"]) == (202, "backup")
    make_worker(platform).run_until_idle()
    done = admin.get(put.headers["location"]).json()
    assert done["state"] == "done", done
    assert (platform.settings.home / "backups" / done["result"]["file"]).stat().st_size == done["result"]["size"]
