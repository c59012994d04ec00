"""Sample records keep to themselves: they are known as such, go together with their count, and come back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tenon.engine import outbox
from tenon.engine.apps import install, install_all, read_package
from tenon.engine.apps.sample_job import put_samples
from tenon.engine.apps.samples import read_rows
from tenon.engine.context import Context, system_context
from tenon.engine.jobs import get
from tenon.engine.outside import fake_outside
from tenon.engine.query.pages import Ask, page
from tenon.engine.records import ranges
from tenon.engine.records.emptying import empty_trash
from tenon.engine.records.writing import change, create
from tenon.engine.releases import publish_documents
from tenon.engine.webhooks import subscriptions
from tenon.platform.api.app import create_api
from tenon.platform.boot import make_worker, start
from tenon.platform.database import Database
from tenon.platform.settings import Settings
from tenon.platform.workspace import Platform
from tests.engine.apps.packages import zipped
from tests.platform.api.conftest import token_of
from tests.world import add_person

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
SYSTEM = system_context()


def entity(name: str, *fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"kind": "entity", "name": name, "label": {"en": name}, "plural": {"en": f"{name}s"}, "title": "name", "fields": [{"name": "name", "type": "text"}, *fields], **more}


SHOP: dict[str, Any] = {
    "app.json": {
        "kind": "app", "name": "shop", "version": "1.0.0", "label": {"en": "Shop"},
        "sample": [{"entity": name, "file": f"sample/{name}.csv"} for name in ("client", "deal", "bill")],
    },
    "entity/client.json": entity("client", {"name": "code", "type": "text", "unique": True, "required": True}, {"name": "parent", "type": "reference", "entity": "client", "on_delete": "clear"}),
    "entity/deal.json": entity("deal", {"name": "client", "type": "reference", "entity": "client", "on_delete": "cascade"}),
    "entity/bill.json": entity("bill", {"name": "client", "type": "reference", "entity": "client", "on_delete": "restrict"}),
    "sample/client.csv": "code,name,parent\nA-1,Alder,\nA-2,Birch,A-1\nA-3,Cedar,A-2\n",
    "sample/deal.csv": "name,client\nFirst,A-1\nSecond,A-2\nThird,A-2\n",
    "sample/bill.csv": "name,client\nB1,A-1\nB3,A-3\n",
}  # fmt: skip
CARE: dict[str, Any] = {
    "app.json": {
        "kind": "app", "name": "care", "version": "1.0.0", "label": {"en": "Care"}, "requires": [{"app": "shop", "version": ">=1.0"}],
        "sample": [{"entity": "client", "file": "sample/client.csv", "match_on": ["code"]}, {"entity": "checkup", "file": "sample/checkup.csv"}],
    },
    "extension/client_care.json": {"kind": "extension", "name": "client_care", "entity": "client", "fields": [{"name": "care_level", "type": "integer"}]},
    "entity/checkup.json": entity("checkup", {"name": "client", "type": "reference", "entity": "client", "on_delete": "cascade"}),
    "sample/client.csv": "code,care_level\nA-1,1\nA-2,2\nA-3,3\n",
    "sample/checkup.csv": "name,client\nV1,A-1\nV2,A-2\n",
}  # fmt: skip


class Shop:
    """A platform with the app, and a builder who calls its API."""

    def __init__(self, database: Database, home: Path, language: str = "en") -> None:
        settings = Settings(home, database.url.render_as_string(hide_password=False), "s" * 40, language=language)
        self.platform: Platform = start(settings, database, fake_outside(NOW))
        self.ann = Context(add_person(self.platform, "ann@example.com", "Ann Lee", ["admin", "builder"]))
        headers = {"Authorization": f"Bearer {token_of(self.platform, str(self.ann.user_id))}"}
        self.client = TestClient(create_api(self.platform), base_url=settings.base_url, headers=headers)

    def load(self, *packages: dict[str, Any]) -> list[dict[str, Any]]:
        """Install apps with their samples and return what their jobs did."""
        jobs = [install_all(self.platform.publisher, self.ann, read_package(zipped(p)), demo_data=True).job for p in packages]
        make_worker(self.platform).run_until_idle()
        with self.platform.read() as uow:
            return [get(uow.connection, str(job)) for job in jobs]

    def names(self, name: str, field: str = "name") -> list[Any]:
        with self.platform.read() as uow:
            return sorted(r[field] for r in page(uow, SYSTEM, uow.model.get_entity(name), Ask(fields=[field], limit=50, sort=["id"])).records)

    def add(self, entity: str, /, **values: Any) -> str:
        with self.platform.write() as uow:
            return create(uow, SYSTEM, uow.model.get_entity(entity), values)

    def id_of(self, name: str, title: str) -> str:
        with self.platform.read() as uow:
            found = page(uow, SYSTEM, uow.model.get_entity(name), Ask(fields=["id"], limit=2, filters=(f"name == '{title}'",))).records
            return str(found[0]["id"])

    def edit(self, entity: str, title: str, /, **values: Any) -> None:
        id = self.id_of(entity, title)
        with self.platform.write() as uow:
            change(uow, Context(self.ann.user, is_system=True), uow.model.get_entity(entity), id, values)

    def get(self, path: str = "/api/v1/apps/shop/samples") -> Any:
        answer = self.client.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def everything(self) -> tuple[list[Any], ...]:
        return self.names("client"), self.names("deal"), self.names("bill")


@pytest.fixture
def shop(database: Database, tmp_path: Path) -> Iterator[Shop]:
    made = Shop(database, tmp_path)
    yield made
    made.client.close()


def test_texts_are_in_the_language_of_the_workspace(database: Database, tmp_path: Path) -> None:
    """A text is found again by what refers to it; where a language has nothing of its own, the plain text stands."""
    said = {"sample/client.csv": "code,name,name.zh,parent\nA-1,Alder,桤木,\nA-2,Birch,,A-1\nA-3,Cedar,雪松,A-2\n"}
    shop = Shop(database, tmp_path, "zh")
    shop.load({**SHOP, **said})
    assert shop.names("client") == ["Birch", "桤木", "雪松"]
    assert [row["name"] for row in read_rows(said["sample/client.csv"].encode())] == ["Alder", "Birch", "Cedar"]
    shop.client.close()


def test_removed_with_their_count_and_brought_back(shop: Shop) -> None:
    [done] = shop.load(SHOP)
    assert (done["result"]["records"], done["result"]["left_out"]) == (8, 0)
    before = shop.everything()
    assert {a["name"]: a["sample_records"] for a in shop.get("/api/v1/apps")["apps"]}["shop"] == 8
    found = shop.get()
    assert [(e["entity"], e["records"]) for e in found["entities"]] == [("client", 3), ("deal", 3), ("bill", 2)]
    assert (found["records"], found["edited_records"], found["along"], found["held"], found["in_trash"]) == (8, 0, [], [], 0)

    refused = shop.client.delete("/api/v1/apps/shop/samples?expect=7")
    assert (refused.status_code, refused.json()["count"]) == (409, 8)
    assert shop.client.delete("/api/v1/apps/shop/samples").status_code == 422
    removed = shop.client.delete("/api/v1/apps/shop/samples?expect=8")
    assert (removed.status_code, removed.json()["deleted"]) == (200, 8)
    assert shop.everything() == ([], [], [])
    assert (shop.get()["records"], shop.get()["in_trash"]) == (0, 8)
    assert shop.client.delete("/api/v1/apps/shop/samples?expect=0").status_code == 404

    back = shop.client.post("/api/v1/apps/shop/samples/restore", json={})
    assert back.status_code == 202
    make_worker(shop.platform).run_until_idle()
    assert shop.everything() == before
    assert (shop.get()["records"], shop.get()["in_trash"]) == (8, 0)
    actions = [e["action"] for e in shop.get("/api/v1/audit")["audit"]]
    assert {"app.samples.remove", "app.samples.restore"} <= set(actions)


def test_nobody_outside_hears_of_samples(shop: Shop) -> None:
    """Neither a webhook nor whoever a rule writes to: the samples of a second app change those of the first one."""
    shop.load(SHOP)
    told = {"kind": "message", "name": "told", "label": {"en": "Told"}, "channel": "email", "entity": "client", "subject": {"en": "x"}, "body": {"en": "x"}}
    action = {"type": "send_message", "message": "told", "to": {"user": "ann@example.com"}}
    tell = {"kind": "rule", "name": "tell", "label": {"en": "Tell"}, "entity": "client", "trigger": {"type": "updated"}, "actions": [action]}
    publish_documents(shop.platform.publisher, SYSTEM, [told, tell])
    with shop.platform.write() as uow:
        subscriptions.create(uow, SYSTEM, {"url": "https://out.test/in", "events": ["client.updated"], "role": "admin"})
    [done] = shop.load(CARE)
    assert done["result"]["records"] == 5
    with shop.platform.read() as uow:
        assert outbox.list_page(uow.connection) == []
    shop.edit("client", "Alder", name="Alder & Son")
    make_worker(shop.platform).run_until_idle()
    with shop.platform.read() as uow:
        assert sorted(row["channel"] for row in outbox.list_page(uow.connection)) == ["email", "webhook"]


def test_a_bringing_back_of_one_brings_what_hung_on_it(shop: Shop) -> None:
    shop.load(SHOP)
    birch = shop.id_of("client", "Birch")
    shop.client.delete("/api/v1/apps/shop/samples?expect=8")
    assert shop.client.post(f"/api/v1/records/client/{birch}/restore", json={}).status_code == 200
    assert shop.everything() == (["Birch"], ["Second", "Third"], [])
    assert shop.get()["records"] == 3


def test_what_people_changed_is_named_and_goes_too(shop: Shop) -> None:
    shop.load(SHOP, CARE)  # the samples of an app change those of another one: no person did
    assert shop.get()["edited_records"] == 0
    shop.edit("client", "Birch", name="Birch & Co")
    shop.edit("client", "Birch & Co", name="Birch Ltd")
    found = shop.get()
    assert (found["records"], found["edited_records"]) == (8, 1)
    assert found["edited"] == [{"entity": "client", "id": shop.id_of("client", "Birch Ltd")}]
    assert [(e["entity"], e["records"]) for e in found["along"]] == [("checkup", 2)]
    assert found["own"] == 0  # checkups are samples of another app
    assert shop.client.delete("/api/v1/apps/shop/samples?expect=8").json()["deleted"] == 10
    assert shop.everything() == ([], [], [])


def test_records_of_people_follow_the_rule_of_their_reference(shop: Shop) -> None:
    shop.load(SHOP)
    alder = shop.id_of("client", "Alder")
    shop.add("deal", name="Mine", client=alder)
    own = shop.add("client", code="Z-1", name="Zelkova", parent=alder)
    bill = shop.add("bill", name="Real", client=alder)
    found = shop.get()
    assert (found["records"], found["own"], found["cleared"]) == (8, 1, 1)
    assert [(e["entity"], e["records"]) for e in found["along"]] == [("deal", 1)]
    assert ["1" in p["message"] for p in found["held"]] == [True]
    refused = shop.client.delete("/api/v1/apps/shop/samples?expect=8")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "would_break")
    assert len(shop.names("client")) == 4
    shop.client.delete(f"/api/v1/records/bill/{bill}")
    assert shop.client.delete("/api/v1/apps/shop/samples?expect=8").json()["deleted"] == 9
    assert shop.everything() == (["Zelkova"], [], [])
    assert shop.client.get(f"/api/v1/records/client/{own}").json()["parent"] is None


def test_real_records_of_the_same_key_are_left_alone(shop: Shop) -> None:
    for package in (SHOP, CARE):
        install(shop.platform.publisher, shop.ann, read_package(zipped(package)))
    real = shop.add("client", code="A-2", name="Real")
    with shop.platform.write() as uow:
        version = uow.connection.execute(uow.tables.of(uow.model.get_entity("client")).select()).mappings().one()["version"]
    with shop.platform.write() as uow:
        from_samples(uow, shop, SHOP, CARE)
    make_worker(shop.platform).run_until_idle()
    after = shop.client.get(f"/api/v1/records/client/{real}").json()
    assert (after["name"], after["care_level"], after["version"]) == ("Real", None, version)
    assert shop.names("client") == ["Alder", "Real"]  # Cedar would have stood under it
    assert (shop.names("deal"), shop.names("bill"), shop.names("checkup")) == (["First"], ["B1"], ["V1"])
    assert shop.get()["records"] == 3
    assert shop.client.delete("/api/v1/apps/shop/samples?expect=3").json()["deleted"] == 4
    assert shop.names("client") == ["Real"]


def from_samples(uow: Any, shop: Shop, *packages: dict[str, Any]) -> None:
    """Put the job that loads the samples of apps that are there."""
    put_samples(uow, shop.ann, [read_package(zipped(p)) for p in packages])


def test_many_go_by_a_job(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.load(SHOP, CARE)
    before = (*shop.everything(), shop.names("checkup"))
    monkeypatch.setattr(ranges, "AT_ONCE", 3)
    monkeypatch.setattr(ranges, "RANGE", 2)
    asked = shop.client.delete("/api/v1/apps/shop/samples?expect=8")
    assert asked.status_code == 202
    make_worker(shop.platform).run_until_idle()
    job = shop.get(f"/api/v1/jobs/{asked.json()['id']}")
    assert (job["state"], job["result"]["deleted"]) == ("done", 10)
    assert (*shop.everything(), shop.names("checkup")) == ([], [], [], [])
    shop.client.post("/api/v1/apps/shop/samples/restore", json={})
    make_worker(shop.platform).run_until_idle()
    assert (*shop.everything(), shop.names("checkup")) == before


def test_what_is_gone_for_good_is_forgotten(shop: Shop) -> None:
    shop.load(SHOP)
    shop.client.delete("/api/v1/apps/shop/samples?expect=8")
    with shop.platform.write() as uow:
        empty_trash(uow, datetime(2030, 1, 1, tzinfo=UTC))
    assert (shop.get()["records"], shop.get()["in_trash"]) == (0, 0)
    assert shop.client.post("/api/v1/apps/shop/samples/restore", json={}).status_code == 404


def test_only_builders_may(shop: Shop) -> None:
    shop.load(SHOP)
    publish_documents(shop.platform.publisher, shop.ann, [{"kind": "role", "name": "reader", "label": {"en": "Reader"}, "grants": [{"entity": "client", "actions": ["read"]}]}])
    sam = add_person(shop.platform, "sam@example.com", "Sam Wu", ["reader"])
    shop.client.headers["Authorization"] = f"Bearer {token_of(shop.platform, sam.id)}"
    for answer in (
        shop.client.get("/api/v1/apps/shop/samples"), shop.client.delete("/api/v1/apps/shop/samples?expect=8"), shop.client.post("/api/v1/apps/shop/samples/restore", json={}),
    ):  # fmt: skip
        assert answer.status_code == 403
    assert len(shop.names("client")) == 3
