from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from tenon.engine.people import units
from tenon.metamodel.errors import Invalid
from tenon.platform import idempotency, units as platform_units
from tenon.platform.idempotency import Answer
from tenon.platform.workspace import Platform
from tests.platform.api.conftest import codes
from tests.platform.people import SYSTEM


def test_two_calls_at_once_with_one_key_act_once(admin: TestClient) -> None:
    def send(_: int) -> Any:
        return admin.post("/api/v1/units", json={"name": "North"}, headers={"Idempotency-Key": "k"})

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(send, range(4)))
    assert {a.status_code for a in answers} == {201}
    assert len({a.json()["id"] for a in answers}) == 1
    assert len(admin.get("/api/v1/units").json()["units"]) == 1


def test_a_call_that_never_answered_is_not_begun_again(admin: TestClient, platform: Platform) -> None:
    body, path = b'{"note": "n"}', "POST /api/v1/metadata/publish"
    with platform.write() as uow:
        idempotency.keep(uow.connection, vars(admin)["user_id"], "k", Answer(0, ""), path=path, body=body)
    headers = {"Idempotency-Key": "k", "Content-Type": "application/json", "Accept-Language": "zh"}
    refused = admin.post("/api/v1/metadata/publish", content=body, headers=headers)
    assert (refused.status_code, codes(refused)) == (409, [("", "conflict")])
    assert "尚未完成" in refused.json()["detail"]


def test_a_write_inside_a_write_fails_alone_and_is_durable_with_the_whole(platform: Platform) -> None:
    def count() -> int:
        with platform.read() as uow:
            return int(uow.connection.execute(select(func.count()).select_from(units)).scalar_one())

    with platform.write() as outer:
        platform_units.create(outer.connection, SYSTEM, "Outer")
        with pytest.raises(Invalid), platform.write() as inner:
            platform_units.create(inner.connection, SYSTEM, "Inner")
            platform_units.create(inner.connection, SYSTEM, "")
        assert count() == 1
    assert count() == 1
    with pytest.raises(Invalid), platform.write() as outer:
        with platform.write() as inner:
            platform_units.create(inner.connection, SYSTEM, "Inner")
        platform_units.create(outer.connection, SYSTEM, "")
    assert count() == 1


@pytest.mark.usefixtures("release")
def test_a_record_sent_twice_is_answered_with_its_headers(admin: TestClient) -> None:
    first, second = (admin.post("/api/v1/records/customer", json={"name": "A"}, headers={"Idempotency-Key": "k"}) for _ in range(2))
    assert (second.status_code, second.text) == (201, first.text)
    assert [(a.headers["location"], a.headers["etag"]) for a in (first, second)] == [(f"/api/v1/records/customer/{first.json()['id']}", '"1"')] * 2
