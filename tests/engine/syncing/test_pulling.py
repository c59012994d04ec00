"""Records that come from another system: in pages, each once, and a run that is cut goes on where it was."""

from __future__ import annotations

from datetime import timedelta

from tests.engine.syncing.world import CUSTOMER, MAPPING, SOURCE, World, document

LATER = timedelta(minutes=5)
NUMBERS = {
    "kind": "entity", "name": "source_link", "label": {"en": "External number"}, "title": "external_id", "keys": [["system", "external_id"]], "fields": [
        {"name": "record", "type": "any_reference", "entities": ["customer"], "on_delete": "cascade", "reverse": {"name": "source_links"}},
        {"name": "system", "type": "text"}, {"name": "external_id", "type": "text"}, {"name": "synced_at", "type": "datetime"}, {"name": "hash", "type": "text"},
    ],
}  # fmt: skip


def test_records_come_in_pages_and_a_second_run_writes_nothing(world: World) -> None:
    world.far.page = 20
    world.far.fill(50)
    world.far.put("a007", Rating="HOT", Parent="a003")
    world.far.put("a003", Revenue=30)  # in the same page as what refers to it, and after it
    world.publish(document(world.far))
    assert world.counts() == {"pulled": 50, "created": 50}
    assert world.runs()[-1]["lag_seconds"] is None  # what was there before the connector has not waited for it
    found = world.customers()
    assert (len(found), found["K7"]["stage"], found["K7"]["revenue"], found["K7"]["parent"]["title"]) == (50, "hot", 70, "Account 3")
    assert world.client.get(f"/api/v1/records/customer/{found['K7']['id']}?fields=source").json()["source"] == "CRM"
    assert [target for _, target, _ in world.far.calls] == ["/accounts", "/accounts?place=20", "/accounts?place=40"]
    versions = {code: record["version"] for code, record in found.items()}
    assert world.counts() == {"pulled": 1, "unchanged": 1}  # the newest one comes again
    world.far.put("a003", Name="Renamed")
    world.far.put("zz", Name="A new one", Code="K99")
    run = world.sync()
    assert (run["counts"]["created"], run["counts"]["updated"], run["counts"]["unchanged"], run["errors"], run["dry_run"]) == (1, 1, 0, [], False)
    assert run["lag_seconds"] is not None
    found = world.customers()
    assert (found["K3"]["name"], found["K3"]["version"], len(found)) == ("Renamed", 2, 51)
    assert {code for code in versions if found[code]["version"] != versions[code]} == {"K3"}
    history = world.client.get(f"/api/v1/records/customer/{found['K3']['id']}/history").json()["history"]
    assert (history[0]["cause"]["kind"], history[0]["cause"]["label"], history[0]["batch"]) == ("connector", "CRM", run["id"])


def test_records_that_are_here_are_found_by_their_key(world: World) -> None:
    world.add(name="Mine", code="K1", note="kept")
    world.far.fill(3)
    world.publish(document(world.far))
    assert world.counts() == {"pulled": 3, "created": 2, "updated": 1}
    assert (world.customers()["K1"]["name"], world.customers()["K1"]["note"]) == ("Account 1", "kept")
    world.far.put("b1", Name="The same key", Code="K1")
    run = world.sync()
    assert [(e["key"], e["errors"][0]["code"]) for e in run["errors"]] == [("b1", "not_unique")]


def test_good_rows_do_not_wait_for_bad_ones_and_bad_ones_are_tried_again(world: World) -> None:
    world.far.fill(4)
    world.far.put("a001", Revenue=-5)
    world.far.put("a002", Revenue="a lot")
    world.far.put("a003", Name="x" * 41)
    world.publish(document(world.far))
    run = world.sync()
    assert {(e["key"], e["errors"][0]["path"]) for e in run["errors"]} == {("a001", "/revenue"), ("a002", "/revenue"), ("a003", "/name")}
    assert (run["state"], set(world.customers())) == ("done", {"K0"})
    assert world.client.get("/api/v1/connectors").json()["connectors"][0]["waiting"] == {"in": 3, "out": 0}
    fields = [{**f, "max_length": 60} if f["name"] == "name" else f for f in CUSTOMER["fields"]]
    world.publish({**CUSTOMER, "fields": fields})
    assert world.counts() == {"pulled": 4, "created": 1, "unchanged": 1, "refused": 2}
    assert set(world.customers()) == {"K0", "K3"}
    world.far.put("a001", Revenue=5)
    world.sync()
    assert set(world.customers()) == {"K0", "K1", "K3"}
    assert world.client.get("/api/v1/connectors").json()["connectors"][0]["waiting"] == {"in": 1, "out": 0}


def test_a_cut_connection_loses_nothing_and_writes_nothing_twice(world: World) -> None:
    world.far.page = 10
    world.far.fill(45)
    world.publish(document(world.far))
    world.far.cut_at = 3
    run = world.sync()
    assert (run["state"], run["counts"]["created"], len(world.customers())) == ("waiting", 20, 20)
    assert "cannot be reached" in run["errors"][0]["errors"][0]["message"]
    world.platform.outside.clock.ahead = LATER  # type: ignore[attr-defined]
    world.work()
    run = world.runs()[0]
    assert (run["state"], run["counts"]["created"], run["counts"]["pulled"], len(world.runs())) == ("done", 45, 45, 1)
    assert [target for _, target, _ in world.far.calls] == ["/accounts", *(f"/accounts?place={n}" for n in (10, 20, 20, 30, 40))]
    assert {record["version"] for record in world.customers().values()} == {1}


def test_a_place_that_is_no_longer_known_is_begun_anew(world: World) -> None:
    world.far.page = 10
    world.far.fill(25)
    world.publish(document(world.far))
    world.far.cut_at = 2
    assert world.sync()["counts"]["created"] == 10
    world.far.is_forgetful, world.far.page = True, 100
    world.platform.outside.clock.ahead = LATER  # type: ignore[attr-defined]
    world.work()
    assert (world.runs()[0]["state"], world.runs()[0]["counts"]["created"], world.runs()[0]["counts"]["unchanged"]) == ("done", 25, 10)


def test_another_question_asks_for_everything(world: World) -> None:
    world.far.fill(3)
    world.far.style = "link"
    world.far.page = 2
    source = {**SOURCE, "page": {"by": "link", "at": "more"}}
    world.publish(document(world.far, source=source, mapping={"name": "Name", "code": "Code"}))
    assert world.counts() == {"pulled": 3, "created": 3}
    world.publish(document(world.far, source=source, mapping={**MAPPING, "note": "concat(Name, '!')"}))
    assert world.counts() == {"pulled": 3, "updated": 3}
    assert (world.customers()["K2"]["revenue"], world.customers()["K2"]["note"]) == (20, "Account 2!")


def test_external_numbers_say_which_record_is_meant_and_are_written_for_people(world: World) -> None:
    world.publish(NUMBERS)
    known = world.add(name="Known", code="X9")
    link = {"record": {"entity": "customer", "id": known}, "system": "CRM", "external_id": "a001"}
    assert world.client.post("/api/v1/records/source_link", json=link).status_code == 201
    assert world.client.post("/api/v1/records/source_link", json={**link, "external_id": "a002"}).status_code == 201
    world.far.fill(3)
    world.publish(document(world.far))
    run = world.sync()
    assert [(e["key"], e["errors"][0]["code"]) for e in run["errors"]] == [("a002", "not_unique")]
    assert (run["counts"]["created"], run["counts"]["updated"], set(world.customers())) == (1, 1, {"K0", "K1"})  # X9 is K1 there
    assert world.customers()["K1"]["id"] == known
    written = world.client.get("/api/v1/records/source_link?sort=external_id&filter=external_id+!%3D+'a002'&fields=system,external_id,record,hash").json()["records"]
    assert [(w["system"], w["external_id"], w["record"]["title"], len(w["hash"])) for w in written] == [("CRM", "a000", "Account 0", 64), ("CRM", "a001", "Account 1", 64)]


def test_a_role_writes_with_its_rights_alone(world: World) -> None:
    grants = [{"entity": "customer", "actions": ["read", "create", "update"], "write": ["name", "code"]}]
    world.publish({"kind": "role", "name": "syncing", "label": {"en": "Syncing"}, "grants": grants})
    world.far.fill(1)
    world.publish(document(world.far, run_as="role", role="syncing"))
    run = world.sync()
    assert [(p["path"], p["code"]) for p in run["errors"][0]["errors"]] == [("/revenue", "read_only")]
    world.publish(document(world.far, run_as="role", role="syncing", mapping={"name": "Name", "code": "Code"}))
    assert world.sync()["counts"]["created"] == 1


def test_what_was_deleted_here_stays_deleted(world: World) -> None:
    world.far.fill(2)
    world.publish(document(world.far))
    world.sync()
    world.client.delete(f"/api/v1/records/customer/{world.customers()['K1']['id']}")
    world.far.put("a001", Name="Still there")
    assert world.counts() == {"pulled": 1, "skipped": 1}
    assert set(world.customers()) == {"K0"}
