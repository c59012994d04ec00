"""Records kept the same on both sides: created and changed either way, conflicts decided, nothing echoed, nothing doubled."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tenon.metamodel.errors import Invalid
from tenon.platform.web_client import SafeWebClient
from tests.engine.syncing.test_pulling import LATER
from tests.engine.syncing.world import MAPPING, SOURCE, World, both, document, make_client


def assert_quiet(world: World) -> None:
    """Run the connector: what was sent last may come back, the newest record comes again, and none of it is written or sent."""
    counts = world.counts()
    assert counts == {"pulled": counts["pulled"], "unchanged": counts["pulled"]}


def test_records_are_created_and_changed_both_ways_and_nothing_is_echoed(world: World) -> None:
    world.far.fill(2)
    world.add(name="Ours", code="O1", revenue=12.5)
    world.publish(both(world.far))
    assert world.counts() == {"pulled": 2, "created": 2, "sent_created": 1}
    assert world.far.writes() == [("POST", "/accounts", {"Name": "Ours", "Code": "O1", "Revenue": 12.5})]
    for _ in range(2):  # neither what came is sent, nor what was sent taken again
        assert_quiet(world)
    assert (len(world.far.writes()), {record["version"] for record in world.customers().values()}) == (1, {1})

    world.change("K1", name="Changed here")
    world.far.put("a000", Revenue=7)
    world.far.put("new2", Name="Ours, renamed there")
    assert world.counts() == {"pulled": 2, "updated": 2, "sent_updated": 1}
    assert world.far.writes()[1:] == [("PATCH", "/accounts/a001", {"Name": "Changed here"})]
    assert (world.customers()["K0"]["revenue"], world.customers()["O1"]["name"], world.far.records["a001"]["Revenue"]) == (7, "Ours, renamed there", 10)
    versions = {code: record["version"] for code, record in world.customers().items()}
    for _ in range(2):
        assert_quiet(world)
    assert (len(world.far.writes()), {code: record["version"] for code, record in world.customers().items()}) == (2, versions)


def test_each_side_keeps_the_fields_that_it_alone_changed(world: World) -> None:
    world.far.fill(1)
    world.publish(both(world.far))
    world.sync()
    world.change("K0", revenue=99)
    world.far.put("a000", Name="Renamed there")
    assert world.counts() == {"pulled": 1, "updated": 1, "sent_updated": 1}
    assert (world.customers()["K0"]["name"], world.customers()["K0"]["revenue"]) == ("Renamed there", 99)
    assert (world.far.records["a000"]["Name"], world.far.records["a000"]["Revenue"]) == ("Renamed there", 99)
    assert_quiet(world)


@pytest.mark.parametrize(
    ("policy", "far_hours", "winner"),
    [("source_wins", -1, "theirs"), ("ours_wins", 1, "ours"), ("newest", 1, "theirs"), ("newest", -1, "ours")],
)
def test_what_both_sides_changed_is_decided_by_the_policy(world: World, policy: str, far_hours: int, winner: str) -> None:
    now = world.platform.outside.clock.now()
    world.far.clock = now - timedelta(hours=9)
    world.far.fill(1)
    world.publish(both(world.far, conflict=policy))
    world.sync()
    world.change("K0", name="Changed here", revenue=5)
    world.far.clock = now + timedelta(hours=far_hours)
    world.far.put("a000", Name="Changed there", Rating="cold")
    run = world.sync()
    name = "Changed there" if winner == "theirs" else "Changed here"
    assert (run["counts"]["conflicts"], run["rows"]) == (
        1, [{"way": "in", "action": "conflict", "key": "a000", "record": world.customers()["K0"]["id"], "fields": ["name"], "taken": {"name": winner}}],
    )  # fmt: skip
    ours, theirs = world.customers()["K0"], world.far.records["a000"]
    assert (ours["name"], ours["revenue"], ours["stage"]) == (name, 5, "cold")
    assert (theirs["Name"], theirs["Revenue"], theirs["Rating"]) == (name, 5, "cold")
    assert_quiet(world)


def test_a_record_that_is_refused_there_is_told_and_sent_again_once_it_changed(world: World) -> None:
    world.add(name="Bad", code="O1")
    world.add(name="Good", code="O2")
    world.publish(both(world.far))
    world.far.refuse["Bad"] = 422
    run = world.sync()
    assert (run["state"], run["counts"]["sent_created"], run["counts"]["sent_refused"]) == ("done", 1, 1)
    assert "422" in run["errors"][0]["errors"][0]["message"]
    calls = len(world.far.writes())
    assert_quiet(world)
    assert len(world.far.writes()) == calls  # it rests for a while
    world.change("O1", name="Better")
    assert world.sync()["counts"]["sent_created"] == 1
    assert [r["Name"] for r in world.far.records.values()] == ["Good", "Better"]
    assert_quiet(world)


def test_a_side_that_is_away_is_tried_again_and_no_record_is_made_twice(world: World) -> None:
    for number in range(5):
        world.add(name=f"Ours {number}", code=f"O{number}")
    world.publish(both(world.far))
    world.far.cut_at = 4  # the list, two records, and a third whose answer never comes
    run = world.sync()
    assert (run["state"], run["counts"]["sent_created"], len(world.far.records)) == ("waiting", 2, 2)
    world.platform.outside.clock.ahead = LATER  # type: ignore[attr-defined]
    world.work()
    run = world.runs()[0]
    assert (run["state"], run["counts"]["sent_created"]) == ("done", 5)
    assert sorted(r["Code"] for r in world.far.records.values()) == [f"O{n}" for n in range(5)]


def test_a_record_that_arrived_without_our_knowing_is_recognised_by_its_key(world: World) -> None:
    world.add(name="Ours", code="O1")
    world.publish(both(world.far))
    world.far.put("x1", Name="Ours", Code="O1")
    assert world.counts() == {"pulled": 1, "unchanged": 1}
    assert world.far.writes() == []
    world.change("O1", name="Changed here")
    assert world.sync()["counts"]["sent_updated"] == 1
    assert world.far.records["x1"]["Name"] == "Changed here"


def test_references_go_by_what_their_records_are_known_by_there(world: World) -> None:
    world.far.fill(1)
    world.publish(both(world.far, push={"path": "/accounts", "where": "stage != 'cold' or stage == None", "body": {"Loud": "upper(name)"}}))
    world.sync()
    child = world.add(name="Child", code="O1", parent=world.customers()["K0"]["id"])
    world.add(name="Not this one", code="O2", stage="cold")
    assert world.counts() == {"pulled": 1, "unchanged": 1, "sent_created": 1}
    assert world.far.writes() == [("POST", "/accounts", {"Name": "Child", "Code": "O1", "Parent": "a000", "Loud": "CHILD"})]
    assert_quiet(world)
    assert world.client.get(f"/api/v1/records/customer/{child}").json()["version"] == 1


def test_a_record_that_absorbs_a_linked_one_is_that_one_there_until_the_merge_is_taken_back(world: World) -> None:
    world.far.fill(2)
    kept = world.add(name="Kept", code="O1", note="ours")
    world.publish(both(world.far, push={"path": "/accounts", "create": "none"}))
    world.sync()
    absorbed = world.customers()["K1"]["id"]
    merged = world.client.post(f"/api/v1/records/customer/{kept}/merge", json={"absorb": [absorbed]})
    assert merged.status_code == 200, merged.text
    assert world.sync()["counts"]["sent_updated"] == 1
    assert (world.far.records["a001"]["Name"], len(world.far.records)) == ("Kept", 2)
    world.far.put("a001", Revenue=77)
    assert world.sync()["counts"]["updated"] == 1
    assert world.client.get(f"/api/v1/records/customer/{kept}").json()["revenue"] == 77
    batch = world.client.get(f"/api/v1/records/customer/{kept}/history").json()["history"]
    batch = next(entry["batch"] for entry in batch if entry["batch"] and entry["cause"]["kind"] != "connector")
    assert world.client.post("/api/v1/records/customer/undo", json={"batch": batch}).status_code == 200
    world.far.put("a001", Revenue=78)
    assert world.sync()["counts"]["updated"] == 1
    assert world.client.get(f"/api/v1/records/customer/{absorbed}").json()["revenue"] == 78


def test_a_dry_run_says_what_it_would_do_and_does_nothing(world: World) -> None:
    world.far.fill(3)
    world.far.put("a002", Revenue=-1)
    world.add(name="Mine", code="K1")
    world.add(name="Ours", code="O1")
    world.publish(both(world.far))
    run = world.sync(dry=True)
    assert (run["state"], run["dry_run"]) == ("done", True)
    assert {n: c for n, c in run["counts"].items() if c} == {"pulled": 3, "created": 1, "updated": 1, "refused": 1, "sent_created": 1}
    assert [(row["way"], row["action"], row["key"]) for row in run["rows"]] == [
        ("in", "create", "a000"), ("in", "refuse", "a002"), ("in", "update", "a001"), ("out", "create", None),
    ]  # fmt: skip
    assert run["rows"][2]["fields"] == ["name", "revenue"]
    assert ({code: r["version"] for code, r in world.customers().items()}, world.far.writes()) == ({"K1": 1, "O1": 1}, [])
    shown = world.client.get("/api/v1/connectors").json()["connectors"][0]
    assert (shown["last_run"], shown["fresh_at"], shown["waiting"]) == (None, None, {"in": 0, "out": 0})
    assert world.counts() == {"pulled": 3, "created": 1, "updated": 1, "refused": 1, "sent_created": 1}


def test_client_credentials_are_fetched_once_and_again_when_they_are_no_longer_taken(world: World) -> None:
    world.far.fill(3)
    world.far.page = 1
    auth = {"type": "oauth2", "token_url": f"{world.far.url}/token", "client_id": "tenon", "secret": "far_secret"}
    world.publish(document(world.far, connection={"base_url": world.far.url, "auth": auth}))
    assert (world.counts(), world.far.tokens) == ({"pulled": 3, "created": 3}, 1)
    world.publish(document(world.far, connection={"base_url": world.far.url, "auth": {**auth, "secret": "far_token"}}))
    run = world.sync()
    assert (run["state"], run["errors"][0]["errors"][0]["path"]) == ("failed", "/connection/auth")


def test_a_connector_runs_at_its_times_unless_it_is_paused(world: World) -> None:
    world.far.fill(1)
    world.publish(document(world.far, schedule="*/15 * * * *", source={**SOURCE, "page": None}, mapping=MAPPING))
    world.work()
    clock = world.platform.outside.clock
    clock.advance(minutes=16)  # type: ignore[attr-defined]
    world.work()
    assert (len(world.runs()), set(world.customers())) == (1, {"K0"})
    shown = world.client.post("/api/v1/connectors/crm/pause", json={}).json()
    assert (shown["state"], shown["lag_seconds"], shown["last_run"]["state"]) == ("paused", 0, "done")
    clock.advance(minutes=15)  # type: ignore[attr-defined]
    world.work()
    assert len(world.runs()) == 1
    assert world.client.post("/api/v1/connectors/crm/run", json={}).status_code == 409
    assert world.client.post("/api/v1/connectors/crm/resume", json={}).json()["lag_seconds"] == 900
    clock.advance(minutes=15)  # type: ignore[attr-defined]
    world.work()
    assert len(world.runs()) == 2


def test_an_address_inside_the_network_and_a_time_that_never_comes_are_refused_at_a_publish(world: World) -> None:
    world.platform.publisher = replace(world.platform.publisher, outside=replace(world.platform.outside, http=SafeWebClient()))
    auth = {"type": "oauth2", "token_url": "https://localhost/token", "client_id": "tenon", "secret": "far_secret"}
    for more, paths in (
        ({"connection": {"base_url": "http://127.0.0.1:8080/in", "auth": auth}}, ["/connector/crm/connection/base_url", "/connector/crm/connection/auth/token_url"]),
        ({"schedule": "99 * * * *"}, ["/connector/crm/schedule"]),
    ):
        with pytest.raises(Invalid) as caught:
            world.publish(document(world.far, **more))
        assert [problem.path for problem in caught.value.problems] == paths


def test_who_may_run_and_look(world: World) -> None:
    grants = [{"entity": "customer", "actions": ["read", "import"]}]
    loading = {"kind": "role", "name": "loader", "label": {"en": "Loader"}, "grants": grants}
    reading = {"kind": "role", "name": "reader", "label": {"en": "Reader"}, "grants": [{"entity": "customer", "actions": ["read"]}]}
    world.publish(document(world.far), loading, reading)
    world.far.fill(1)
    world.far.put("a000", Revenue=-3)
    run = "/api/v1/connectors/crm/run"
    with make_client(world.platform, "reader@tenon.example", "reader") as reader, make_client(world.platform, "loader@tenon.example", "loader") as loader:
        assert [reader.post(run, json={}).status_code, reader.get("/api/v1/connectors/crm/runs").status_code, reader.get("/api/v1/connectors").status_code] == [403, 403, 403]
        assert [loader.post(run, json={}).status_code, loader.get("/api/v1/connectors/crm/runs").status_code] == [202, 403]
    world.work()
    with make_client(world.platform, "builder@tenon.example", "builder") as builder:
        (shown,) = builder.get("/api/v1/connectors/crm/runs").json()["runs"]
        assert shown["errors"] == [{"way": "in", "key": None, "errors": [{"path": "/revenue", "code": "out_of_range", "message": None, "hint": None}]}]
        assert builder.post(run, json={"dry": True}).status_code == 422
    assert world.client.post("/api/v1/connectors/none/run", json={}).status_code == 404
