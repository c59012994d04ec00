"""Records that may be the same, over the API: which are proposed and which are not, to whom, and what is decided."""

from __future__ import annotations

import base64
import json
from typing import Any

import orjson
import pytest
from starlette.testclient import TestClient

from tenon.engine.apps import find_app, install_all
from tenon.engine.duplicates.finding import MOST_ALIKE
from tenon.engine.jobs import put
from tenon.platform.boot import make_worker
from tenon.platform.workspace import Platform
from tests.platform.api.conftest import Caller, publish_all
from tests.platform.people import SYSTEM

THERE = (
    "创科科技有限公司,91350100M000100Y43,,", "ＡＢＣ软件有限公司,,13800138000,", "深圳市华信网络股份有限公司,,,https://www.huaxin.example/about", "Müller & Söhne GmbH,,,",
    "東方紅教育集團,,010-88886666,", "远景科技（上海）有限公司,,,", "天成贸易有限公司,91310000MA1FL0XY1A,,", "蓝海物流有限公司,,,", "Acme Holdings Ltd,,,", "云帆数据有限公司,,,",
    "Umbrando Online Inc.,,,",
)
TRUE = (
    "创科科技,91350100M000100Y43,,", "abc软件有限责任公司,,+86 138 0013 8000,", "华信网络,,,http://huaxin.example", "MULLER AND SOHNE,,,", "东方红教育集团有限公司,,(010)8888 6666,",
)
NEAR = (
    "远景科技（北京）有限公司,,,", "天成贸易有限公司,91310000MA1FL0XY2B,,", "蓝海物流有限公司北京分公司,,,", "Acme Foods Inc,,,", "云航数据有限公司,,,",
    "Umbrando Online B.V.,,,",
)
OWN: list[dict[str, Any]] = [
    {"kind": "role", "name": "own_ones", "label": {"en": "Own"}, "grants": [{"entity": "customer", "actions": ["read", "create", "update"], "where": "owner == user.id"}]},
    {"kind": "role", "name": "no_phones", "label": {"en": "No phones"}, "grants": [{"entity": "customer", "actions": ["read", "create"], "hide": ["phone"]}]},
    {"kind": "role", "name": "only_read", "label": {"en": "Reads"}, "grants": [{"entity": "customer", "actions": ["read"]}]},
]


@pytest.fixture(autouse=True)
def core(platform: Platform) -> None:
    """The app ``core`` with its matchings, and three roles."""
    install_all(platform.publisher, SYSTEM, find_app("core"))
    publish_all(platform, *OWN)


def load(platform: Platform, client: TestClient, *lines: str, **form: Any) -> dict[str, Any]:
    """Import customers, and return what became of the import."""
    mapping = {name: name for name in ("name", "uscc", "phone", "website")}
    data = {"entity": "customer", "mapping": json.dumps(mapping), **{k: str(v).lower() for k, v in form.items()}}
    content = "\n".join(("name,uscc,phone,website", *lines))
    order = client.post("/api/v1/imports", files={"file": ("customers.csv", content.encode())}, data=data).json()
    make_worker(platform).run_until_idle()
    done: dict[str, Any] = client.get(f"/api/v1/imports/{order['id']}").json()
    return done


def create(client: TestClient, name: str, **values: Any) -> str:
    return str(client.post("/api/v1/records/customer", json={"name": name, **values}).json()["id"])


def queue(client: TestClient, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(f"/api/v1/duplicates/customer{query}").json()["duplicates"]
    return found


def names(client: TestClient, query: str = "") -> set[frozenset[str]]:
    return {frozenset((each["first"]["title"], each["second"]["title"])) for each in queue(client, query)}


def test_true_pairs_are_proposed_and_near_misses_are_not(platform: Platform, admin: TestClient) -> None:
    assert load(platform, admin, *THERE)["result"]["duplicates"] == 0
    tried = load(platform, admin, *TRUE, *NEAR, dry_run=True)["result"]
    assert (tried["rows"], tried["duplicates"], queue(admin)) == (11, 5, [])
    done = load(platform, admin, *TRUE, *NEAR)["result"]
    assert (done["created"], done["duplicates"]) == (11, 5)
    assert len(queue(admin)) == 5
    wanted = {frozenset((a.split(",")[0].replace("ＡＢＣ", "ABC"), b.split(",")[0])) for a, b in zip(THERE, TRUE, strict=False)}
    assert {frozenset(n.replace("ＡＢＣ", "ABC") for n in pair) for pair in names(admin)} == wanted
    told = {each["first"]["title"]: (each["score"], [r["text"] for r in each["reasons"]]) for each in queue(admin)}
    assert told["创科科技有限公司"] == (1, ["Same unified social credit code 91350100M000100Y43", "Same core name 创科科技"])
    assert told["东方红教育集团有限公司" if "东方红教育集团有限公司" in told else "東方紅教育集團"] == (1, ["Same core name 东方红教育", "Same phone 1088886666"])
    assert told["深圳市华信网络股份有限公司"][0] == 0.925
    first = admin.get("/api/v1/duplicates/customer?limit=3").json()
    rest = admin.get(f"/api/v1/duplicates/customer?limit=3&after={first['next']}").json()
    assert (len(first["duplicates"]), len(rest["duplicates"]), rest["next"]) == (3, 2, None)
    assert len({each["id"] for each in first["duplicates"] + rest["duplicates"]}) == 5
    assert admin.get("/api/v1/duplicates/customer?state=lost").status_code == 422
    assert admin.get("/api/v1/duplicates/customer?after=nonsense").status_code == 400


def test_what_is_decided_stays_and_what_changes_is_looked_at_anew(platform: Platform, admin: TestClient) -> None:
    one, other = create(admin, "创科科技有限公司", phone="13800138000"), create(admin, "创科科技", phone="13800138000")
    [pair] = queue(admin)
    assert (pair["score"], pair["state"], pair["matching"], {pair["first"]["id"], pair["second"]["id"]}) == (1, "open", "same_customer", {one, other})
    admin.patch(f"/api/v1/records/customer/{other}", json={"phone": "13900139000"})
    assert [(each["id"], each["score"], [r["text"] for r in each["reasons"]]) for each in queue(admin)] == [(pair["id"], 0.75, ["Same core name 创科科技"])]
    admin.patch(f"/api/v1/records/customer/{other}", json={"name": "启明科技"})
    assert queue(admin) == []
    admin.patch(f"/api/v1/records/customer/{other}", json={"name": "创科科技（集团）"})
    [again] = queue(admin)
    dismissed = admin.post(f"/api/v1/duplicates/{again['id']}/dismiss").json()
    assert (dismissed["state"], dismissed["decided_by"]["id"]) == ("dismissed", vars(admin)["user_id"])
    for phone in ("13800138000", "13900139000"):
        admin.patch(f"/api/v1/records/customer/{other}", json={"phone": phone})
    with platform.write() as uow:
        put(uow.connection, "find_duplicates")
    make_worker(platform).run_until_idle()
    assert (queue(admin), [each["id"] for each in queue(admin, "?state=dismissed")]) == ([], [again["id"]])
    assert admin.post(f"/api/v1/duplicates/{again['id']}/reopen").json()["state"] == "open"
    admin.delete(f"/api/v1/records/customer/{one}")
    assert queue(admin) == []
    admin.post(f"/api/v1/records/customer/{one}/restore")
    assert len(queue(admin)) == 1


def test_a_pair_is_there_for_those_who_may_read_both(platform: Platform, admin: TestClient, caller: Caller) -> None:
    own, blind, reader = caller("o@x.cn", "own_ones"), caller("b@x.cn", "no_phones"), caller("r@x.cn", "only_read")
    create(admin, "创科科技有限公司", phone="13800138000", owner=vars(own)["user_id"])
    hidden = create(admin, "创科科技", phone="13800138000")
    [pair] = queue(admin)
    assert queue(own) == []
    assert own.post(f"/api/v1/duplicates/{pair['id']}/dismiss").status_code == 404
    assert own.post("/api/v1/duplicates/customer/alike", json={"values": {"name": "创科"}}).json() == {"alike": []}
    assert [[r["field"] for r in each["reasons"]] for each in queue(blind)] == [["name"]]
    assert reader.post(f"/api/v1/duplicates/{pair['id']}/dismiss").status_code == 403
    assert reader.post("/api/v1/duplicates/customer/alike", json={"values": {"name": "创科"}}).status_code == 403
    # Alike by the telephone as well for those who see it; by the short name alone nobody would propose it.
    admin.patch(f"/api/v1/records/customer/{hidden}", json={"name": "创科", "website": "https://chuangke.example"})
    admin.patch(f"/api/v1/records/customer/{pair['first']['id']}", json={"website": "https://www.chuangke.example/zh"})
    assert [each["score"] for each in queue(admin)] == [0.76]
    assert queue(blind) == []
    assert caller("n@x.cn").get("/api/v1/duplicates/customer").status_code == 404


def test_a_record_that_is_being_written_is_told_what_it_looks_like(admin: TestClient, caller: Caller) -> None:
    there = create(admin, "创科科技有限公司", phone="13800138000")
    asked = {"values": {"name": "創科科技", "phone": "+86 138 0013 8000"}}
    [found] = admin.post("/api/v1/duplicates/customer/alike", json=asked, headers={"Accept-Language": "zh"}).json()["alike"]
    assert (found["record"], found["score"]) == ({"id": there, "title": "创科科技有限公司"}, 1)
    assert [r["text"] for r in found["reasons"]] == ["核心名称相同：创科科技", "电话相同：13800138000"]
    [blind] = caller("b@x.cn", "no_phones").post("/api/v1/duplicates/customer/alike", json={"values": {"name": "創科科技"}}).json()["alike"]
    assert [r["field"] for r in blind["reasons"]] == ["name"]
    assert admin.post("/api/v1/duplicates/customer/alike", json={"values": {"nmae": "x"}}).json()["errors"][0]["path"] == "/values/nmae"
    assert queue(admin) == []


def test_what_very_many_have_in_common_proposes_nothing(platform: Platform, admin: TestClient) -> None:
    crowd = [{"name": "分店", "phone": "4008123123"} for _ in range(MOST_ALIKE + 20)]
    admin.post("/api/v1/records/customer", json={"records": crowd})
    assert queue(admin) == []
    create(admin, "启明科技")
    create(admin, "启明科技有限公司")
    assert len(queue(admin)) == 1


def test_a_matching_that_changes_is_applied_to_what_is_there(platform: Platform, admin: TestClient) -> None:
    create(admin, "创科科技有限公司", phone="13800138000")
    create(admin, "另一家公司", phone="13800138000")
    assert queue(admin) == []
    by_phone = {"kind": "matching", "name": "by_phone", "entity": "customer", "compare": [{"field": "phone", "by": "phone", "weight": 1}], "propose_from": 0.5}
    publish_all(platform, by_phone)
    assert [(each["matching"], each["score"]) for each in queue(admin)] == [("by_phone", 1)]
    publish_all(platform, {**by_phone, "compare": [{"field": "name", "by": "text", "weight": 1}]})
    assert queue(admin) == []


def test_a_pair_is_merged_and_taken_back(admin: TestClient, caller: Caller) -> None:
    manager = caller("manager@tenon.example", "core_manager")
    kept, gone = create(manager, "创科科技有限公司", uscc="91350100M000100Y43"), create(manager, "创科科技", phone="13800138000", uscc="91350100M000100Y43")
    [pair] = queue(manager)
    rows = {"contact": {"name": "Li", "customer": gone}, "source_link": {"system": "erp", "external_id": "7", "record": {"entity": "customer", "id": gone}}}
    made = {name: admin.post(f"/api/v1/records/{name}", json=values).json()["id"] for name, values in rows.items()}
    days = [{"customer": customer, "metric": "logins", "day": "2026-01-05", "value": value} for customer, value in ((kept, 3), (gone, 8))]
    mine, twin = [r["id"] for r in admin.post("/api/v1/records/metric_daily", json={"records": days}).json()["results"]]
    url = f"/api/v1/duplicates/{pair['id']}/merge"
    assert [e["code"] for e in manager.post(url, json={"survivor": made["contact"]}).json()["errors"]] == ["bad_choice"]
    assert caller("reads@tenon.example", "only_read").post(url, json={"survivor": kept}).status_code == 403
    done = manager.post(url, json={"survivor": kept, "choose": {"name": gone}}).json()
    assert (done["id"], done["name"], done["phone"]) == (kept, "创科科技", "+8613800138000")
    assert queue(manager) == []
    assert [p["id"] for p in queue(manager, "?state=merged")] == [pair["id"]]
    assert admin.get(f"/api/v1/records/contact/{made['contact']}").json()["customer"]["id"] == kept
    assert admin.get(f"/api/v1/records/source_link/{made['source_link']}").json()["record"]["id"] == kept
    assert [admin.get(f"/api/v1/records/metric_daily/{id}").status_code for id in (mine, twin)] == [200, 404]  # one value a day
    [told] = admin.get("/api/v1/records/merge_log").json()["records"]
    assert (told["absorbed_name"], told["survivor_name"], told["survivor"]["id"], told["choices"]) == ("创科科技", "创科科技有限公司", kept, {"name": gone})
    assert (told["undo"], told["undone_at"]) == ({"entity": "customer", "batch": done["batch"], "followed": {"contact": 1, "source_link": 1}}, None)
    assert manager.get("/api/v1/records/merge_log").status_code == 404
    assert manager.post("/api/v1/records/customer/undo", json={"batch": done["batch"]}).json()["kept"] == []
    assert [p["id"] for p in queue(manager)] == [pair["id"]]
    assert admin.get(f"/api/v1/records/contact/{made['contact']}").json()["customer"]["id"] == gone
    assert admin.get(f"/api/v1/records/metric_daily/{twin}").json()["customer"]["id"] == gone
    [told] = admin.get("/api/v1/records/merge_log").json()["records"]
    assert told["undone_by"]["id"] == vars(manager)["user_id"]


def test_what_is_alike_enough_is_merged_by_itself_only_when_the_matching_says_so(platform: Platform, admin: TestClient) -> None:
    matching = {
        "kind": "matching", "name": "by_phone", "entity": "customer", "compare": [{"field": "phone", "by": "phone", "weight": 1}, {"field": "name", "by": "text", "weight": 1}],
        "propose_from": 0.5, "merge_from": 1,
    }  # fmt: skip
    publish_all(platform, matching)
    first, second, third = (create(admin, name, phone="13800138000") for name in ("甲乙丙", "甲乙丙", "丁戊己"))
    assert len(queue(admin)) == 3
    make_worker(platform).run_until_idle()
    assert [{each["first"]["id"], each["second"]["id"]} for each in queue(admin)] == [{first, third}]
    assert admin.get(f"/api/v1/records/customer/{second}").status_code == 301
    assert [each["matching"] for each in queue(admin, "?state=merged")] == ["by_phone"]


def test_who_may_change_neither_record_decides_nothing(platform: Platform, admin: TestClient, caller: Caller) -> None:
    grants = [{"entity": "customer", "actions": ["read"]}, {"entity": "customer", "actions": ["create", "update"], "where": "owner == user.id"}]
    publish_all(platform, {"kind": "role", "name": "changes_own", "label": {"en": "Own"}, "grants": grants})
    own = caller("own@x.cn", "changes_own")
    for name in ("创科科技有限公司", "创科科技"):
        create(admin, name, phone="13800138000")
    create(own, "启明科技有限公司", phone="13900139000")
    create(admin, "启明科技", phone="13900139000")
    theirs, mine = sorted(queue(own), key=lambda pair: "启明" in pair["first"]["title"])
    assert own.post(f"/api/v1/duplicates/{theirs['id']}/dismiss").status_code == 403
    assert own.post(f"/api/v1/duplicates/{mine['id']}/dismiss").json()["state"] == "dismissed"
    assert admin.post(f"/api/v1/duplicates/{theirs['id']}/dismiss").json()["state"] == "dismissed"
    assert own.post(f"/api/v1/duplicates/{theirs['id']}/reopen").status_code == 403
    assert own.post(f"/api/v1/duplicates/{mine['id']}/reopen").json()["state"] == "open"


def test_long_texts_are_compared_quickly_and_kept_on_every_database(platform: Platform, admin: TestClient) -> None:
    fields = [{"name": name, "type": "text", "max_length": 4000} for name in ("title", "number")]
    compare = [{"field": "title", "by": "company_name", "weight": 1}, {"field": "number", "by": "exact", "weight": 1}]
    thing = {"kind": "entity", "name": "thing", "label": {"en": "Thing"}, "title": "title", "fields": fields}
    publish_all(platform, thing, {"kind": "matching", "name": "same_thing", "entity": "thing", "compare": compare, "propose_from": 0.5})
    number = "".join(f"{n * 7919 % 65536:04x}" for n in range(1_000))
    title = "".join(chr(0x4E00 + n * 7919 % 20_000) for n in range(4_000))
    for end in ("a", "b"):
        made = admin.post("/api/v1/records/thing", json={"title": title[:-1] + end, "number": number})
        assert made.status_code == 201, made.text
    [found] = admin.get("/api/v1/duplicates/thing").json()["duplicates"]
    assert [reason["field"] for reason in found["reasons"]] == ["title", "number"]


def test_a_merge_that_somebody_took_back_is_not_made_again_by_itself(platform: Platform, admin: TestClient) -> None:
    matching = {"kind": "matching", "name": "by_phone", "entity": "customer", "compare": [{"field": "phone", "by": "phone", "weight": 1}], "propose_from": 0.5, "merge_from": 1}
    publish_all(platform, matching)
    first, second = (create(admin, name, phone="13800138000") for name in ("甲乙丙", "丁戊己"))
    make_worker(platform).run_until_idle()
    assert admin.get(f"/api/v1/records/customer/{second}").status_code == 301
    batch = admin.get(f"/api/v1/records/customer/{first}/history").json()["history"][0]["batch"]
    assert admin.post("/api/v1/records/customer/undo", json={"batch": batch}).status_code == 200
    admin.patch(f"/api/v1/records/customer/{first}", json={"phone": "13900139000"})
    admin.patch(f"/api/v1/records/customer/{first}", json={"phone": "13800138000"})
    third, fourth = (create(admin, name, phone="13700137000") for name in ("己庚", "辛壬"))
    make_worker(platform).run_until_idle()
    assert [admin.get(f"/api/v1/records/customer/{id}").status_code for id in (first, second, third, fourth)] == [200, 200, 200, 301]
    assert [{each["first"]["id"], each["second"]["id"]} for each in queue(admin)] == [{first, second}]


def test_a_cursor_that_is_none_of_ours_is_refused(admin: TestClient) -> None:
    for number in range(3):
        create(admin, f"启明科技{'有限公司' * (number % 2)}", phone="13800138000")
    cursor = admin.get("/api/v1/duplicates/customer?limit=1").json()["next"]
    digest, _ = orjson.loads(base64.urlsafe_b64decode(cursor + "=="))
    for wrong in ("²:x", "9" * 60 + ":x", "1.2.3:x", "x:y", "1" * 6_000 + ":x"):
        forged = base64.urlsafe_b64encode(orjson.dumps([digest, wrong])).decode().rstrip("=")
        assert admin.get(f"/api/v1/duplicates/customer?after={forged}").status_code == 400, wrong
