from __future__ import annotations

import orjson
import pytest
from starlette.testclient import TestClient

from tenon.engine import jobs
from tenon.platform.api import jobs as api_jobs
from tenon.platform.workspace import Platform
from tests.platform.api.conftest import Caller, codes


def put(platform: Platform, user_id: str | None) -> str:
    with platform.write() as uow:
        return jobs.put(uow.connection, "sleep", {"secret": 1}, created_by=user_id)


def test_people_see_their_jobs_and_administrators_all(platform: Platform, caller: Caller, admin: TestClient) -> None:
    ann, bo = caller("ann@tenon.example"), caller("bo@tenon.example")
    mine, system = put(platform, vars(ann)["user_id"]), put(platform, None)
    assert [j["id"] for j in ann.get("/api/v1/jobs").json()["jobs"]] == [mine]
    assert [j["id"] for j in admin.get("/api/v1/jobs?kind=sleep").json()["jobs"]] == [system, mine]
    assert bo.get("/api/v1/jobs").json() == {"jobs": [], "next": None}
    shown = ann.get(f"/api/v1/jobs/{mine}").json()
    assert shown == {
        "id": mine, "kind": "sleep", "state": "queued", "progress": {"done": 0, "total": None}, "result": None, "errors": [],
        "started_at": None, "ended_at": None,
    }
    for hidden in (mine, system, "x"):
        for method, path in (("GET", ""), ("GET", "/stream"), ("POST", "/cancel")):
            assert bo.request(method, f"/api/v1/jobs/{hidden}{path}").status_code == 404
    assert codes(ann.get("/api/v1/jobs?state=lost")) == [("/state", "bad_choice")]


def test_a_job_is_cancelled_and_its_stream_ends(platform: Platform, caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_jobs, "LOOK_SECONDS", 0.01)
    ann = caller("ann@tenon.example")
    job_id = put(platform, vars(ann)["user_id"])
    states, beats = [], 0
    monkeypatch.setattr(api_jobs, "HEARTBEAT_SECONDS", 0.0)
    with ann.stream("GET", f"/api/v1/jobs/{job_id}/stream") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        assert stream.headers["cache-control"] == "no-store"
        with platform.write() as uow:
            jobs.cancel(uow.connection, job_id, real_now=uow.real_now)
        for line in stream.iter_lines():
            beats += line.startswith(":")
            if line.startswith("data: "):
                states.append(orjson.loads(line[6:])["state"])
    assert states[-1] == "cancelled"
    cancelled = ann.post(f"/api/v1/jobs/{put(platform, vars(ann)['user_id'])}/cancel")
    assert (cancelled.status_code, cancelled.json()["state"]) == (200, "cancelled")


def test_a_stream_ends_with_the_rights(platform: Platform, caller: Caller, monkeypatch: pytest.MonkeyPatch, admin: TestClient) -> None:
    monkeypatch.setattr(api_jobs, "LOOK_SECONDS", 0.01)
    ann = caller("ann@tenon.example")
    job_id = put(platform, vars(ann)["user_id"])
    admin.patch(f"/api/v1/users/{vars(ann)['user_id']}", json={"state": "disabled"})
    assert ann.get(f"/api/v1/jobs/{job_id}/stream").status_code == 401
