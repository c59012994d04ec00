"""What another system says is not trusted: broken texts and numbers, pages without end, moments that are none, ids that are taken."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tenon.engine.records.emptying import empty_trash
from tenon.engine.syncing.work import MOST_IN_A_ROW
from tenon.platform.web_client import SafeWebClient
from tests.engine.syncing.world import SOURCE, World, both, document, make_client


def raw(*rows: str) -> bytes:
    return f'{{"data": {{"items": [{", ".join(rows)}]}}, "next": null}}'.encode()


GOOD = '{"Id": "good", "Name": "Good", "Code": "K1", "Changed": "2026-02-01T00:00:01Z"}'


BROKEN = (
    (r'{"Id": "a\u0000b", "Name": "N"}', "", "/Id"), (r'{"Id": "\ud800", "Name": "N"}', "", "/Id"), (f'{{"Id": "{"x" * 5_000}", "Name": "N"}}', "", ""),
    (r'{"Id": "b0", "Name": "a\u0000b"}', "b0", "/Name"), (r'{"Id": "b1", "Name": "\ud800"}', "b1", "/Name"), (r'{"Id": "b2", "Name": ["a\u0000b"]}', "b2", "/Name/0"),
    (r'{"Id": "b3", "Name": {"\ud800": 1}}', "b3", "/Name"), ('{"Id": "b4", "Name": [1e99999999]}', "b4", "/Name/0"), ('{"Id": "b5", "Revenue": 1e-99999999}', "b5", "/Revenue"),
    ('{"Id": "b6", "Revenue": NaN}', "b6", "/Revenue"), ('{"Id": "b7", "Name": "N", "Other": [-1e99999999]}', "b7", "/Other/0"),
    (r'{"Id": "b8", "Parent": "\ud800"}', "b8", "/Parent"), (r'{"Id": "b9", "Changed": "\ud800"}', "b9", "/Changed"),
    (f'{{"Id": "b10", "Other": {"[" * 80 + "]" * 80}}}', "b10", "/Other"), ('{"Id": true, "Name": "N"}', "", ""),
)  # fmt: skip


def test_broken_records_are_refused_alone(world: World) -> None:
    world.far.raw = raw(*(row for row, _, _ in BROKEN), GOOD)
    world.publish(document(world.far))
    run = world.sync()
    assert (run["state"], run["counts"]["created"], set(world.customers())) == ("done", 1, {"K1"})
    assert [(e["key"], e["errors"][0]["path"]) for e in run["errors"]] == [(key, path) for _, key, path in BROKEN]


@pytest.mark.parametrize("answer", [b"[" * 200_000, b'{"data": {"items": [' + b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"]}}"])
def test_an_answer_that_is_nested_too_deep_is_refused(world: World, answer: bytes) -> None:
    world.far.raw = answer
    world.publish(document(world.far))
    run = world.sync()
    assert (run["state"], run["errors"][0]["errors"][0]["path"]) == ("failed", "/source/path")


def test_a_page_that_comes_again_ends_the_run(world: World) -> None:
    world.far.raw = raw(GOOD)
    world.publish(document(world.far, source={**SOURCE, "page": {"by": "page", "param": "p", "size": 1}}))
    run = world.sync()
    assert (run["state"], run["errors"][0]["errors"][0]["path"]) == ("failed", "/source/page")
    assert (len(world.far.calls), set(world.customers())) == (2, {"K1"})


def test_a_place_that_cannot_be_kept_ends_the_run(world: World) -> None:
    world.far.raw = raw(GOOD).replace(b"null", rb'"a\u0000\ud800"')
    world.publish(document(world.far))
    run = world.sync()
    assert (run["state"], run["errors"][0]["errors"][0]["path"]) == ("failed", "/source/page")


def test_a_moment_in_the_future_hides_nothing_that_comes_later(world: World) -> None:
    now = world.platform.outside.clock.now()
    world.far.clock = now - timedelta(days=2)
    world.far.fill(2)
    world.far.clock = now + timedelta(days=3_000)
    world.far.put("a001", Name="Set wrong")
    world.far.clock = now - timedelta(days=1)
    world.publish(document(world.far))
    world.sync()
    world.far.put("a005", Name="After", Code="K5")
    world.sync()
    assert "K5" in world.customers()


def test_an_address_that_may_not_be_called_ends_the_run_at_once(world: World) -> None:
    world.add(name="One", code="K1")
    world.add(name="Two", code="K2")
    world.publish(document(world.far, direction="push", push={"path": "/accounts"}))
    world.platform.outside = replace(world.platform.outside, http=SafeWebClient())
    run = world.sync()
    assert (run["state"], len(run["errors"]), run["counts"]["sent_refused"]) == ("failed", 1, 0)


def test_a_side_that_refuses_everything_is_not_called_for_every_record(world: World) -> None:
    many = [{"name": "Refused", "code": f"K{n}"} for n in range(MOST_IN_A_ROW + 3)]
    assert world.client.post("/api/v1/records/customer", json={"records": many}).status_code == 200
    world.publish(document(world.far, direction="push", push={"path": "/accounts"}))
    world.far.refuse = {"Refused": 422}
    run = world.sync()
    assert (run["state"], run["counts"]["sent_refused"], len(world.far.writes())) == ("done", MOST_IN_A_ROW, MOST_IN_A_ROW)
    assert run["errors"][-1]["errors"][0]["code"] == "over_limit"
    assert world.counts() == {"sent_refused": 3}  # what waits rests for a while, the others have their turn
    world.far.refuse = {}
    world.platform.outside.clock.ahead = timedelta(days=1)  # type: ignore[attr-defined]
    assert world.counts() == {"sent_created": MOST_IN_A_ROW + 3}


def test_an_id_that_another_record_has_there_is_refused_and_not_taken_away(world: World) -> None:
    first = world.add(name="One", code="K1")
    world.publish(document(world.far, direction="push", push={"path": "/accounts"}))
    world.sync()
    assert world.far.writes()[0][1] == "/accounts"
    second = world.add(name="Two", code="K2")
    answer = world.far.answer

    def the_same(method: str, target: str, body: Any, key: str | None) -> tuple[int, Any]:
        return (201, {"id": "new0"}) if method == "POST" else answer(method, target, body, key)

    world.far.answer = the_same  # type: ignore[method-assign]
    run = world.sync()
    assert [(e["way"], e["key"], e["errors"][0]["code"]) for e in run["errors"]] == [("out", second, "not_unique")]
    for _ in range(2):
        assert world.counts() == {}
    world.change("K1", name="One, renamed")
    assert world.counts() == {"sent_updated": 1}
    assert (world.far.records["new0"]["Name"], first != second) == ("One, renamed", True)


def test_what_is_gone_for_good_leaves_no_values_behind_and_does_not_come_back(world: World) -> None:
    world.far.fill(1)
    world.far.put("a000", Name="Secret name")
    world.publish(document(world.far))
    world.sync()
    id = world.customers()["K0"]["id"]
    assert world.client.delete(f"/api/v1/records/customer/{id}").status_code == 204
    with world.platform.write() as uow:
        assert empty_trash(uow, uow.now + timedelta(days=1)) == 1
    with world.platform.read() as uow:
        held = uow.connection.exec_driver_sql("SELECT theirs, ours FROM tenon_connector_link").all()
    assert "Secret name" not in str(held)
    world.far.put("a000", Name="Still there")
    assert world.counts() == {"pulled": 1, "skipped": 1}
    assert world.customers() == {}
    with world.platform.read() as uow:
        held = uow.connection.exec_driver_sql("SELECT theirs, ours FROM tenon_connector_link").all()
    assert "Still there" not in str(held)


def test_who_may_run_a_connector_but_not_see_its_records_is_told_none_of_them(world: World) -> None:
    grants = [{"entity": "customer", "actions": ["read", "import", "export"], "where": "owner == user.id", "hide": ["revenue"]}]
    world.publish({"kind": "role", "name": "runner", "label": {"en": "Runner"}, "grants": grants})
    theirs = world.add(name="Not theirs", code="K1", revenue=5)
    world.far.fill(2)
    world.publish(both(world.far))
    with make_client(world.platform, "run@tenon.example", "runner") as client:
        for dry in (True, False):
            job = client.post("/api/v1/connectors/crm/run", json={"dry_run": dry}).json()["id"]
            world.work()
            told = client.get(f"/api/v1/jobs/{job}").json()
            assert (told["state"], told["result"]["counts"]["pulled"]) == ("done", 2)
            assert not any(secret in str(told) for secret in (theirs, "a001", "K1", "revenue"))
        assert client.get("/api/v1/connectors/crm/runs").status_code == 403
