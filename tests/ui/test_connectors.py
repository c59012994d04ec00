"""The pages of connectors: how far each is, running one and looking what it would do, letting it rest, and the designer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from starlette.testclient import TestClient

from tenon.engine.context import system_context
from tenon.engine.outside import KnownSecrets
from tenon.engine.releases import publish_documents
from tenon.platform.boot import make_worker
from tenon.platform.web_client import SafeWebClient
from tests.engine.syncing.far_side import TOKEN, FarSide, serving
from tests.engine.syncing.world import SOURCE
from tests.ui.conftest import Site
from tests.ui.test_design import make, step

URL = "/admin/connectors"
DESIGN = "/design/connector/crm"


@pytest.fixture
def far(site: Site) -> Iterator[FarSide]:
    """Another system, which this one may call."""
    site.platform.outside = replace(site.platform.outside, http=SafeWebClient(allow_private=True), secrets=KnownSecrets({"far_token": TOKEN}))
    site.platform.publisher = replace(site.platform.publisher, outside=site.platform.outside)
    with serving() as found:
        yield found


def document(far: FarSide) -> dict[str, Any]:
    connection = {"base_url": far.url, "auth": {"type": "bearer", "secret": "far_token"}}
    return {
        "kind": "connector", "name": "crm", "label": {"en": "CRM accounts", "zh": "CRM 客户"}, "type": "rest", "connection": connection, "direction": "both", "entity": "customer",
        "source": SOURCE, "push": {"path": "/accounts", "where": "name == 'Ours'"}, "mapping": {"name": "Name", "arr": "Revenue"}, "system": "CRM", "schedule": "*/15 * * * *",
    }  # fmt: skip


def run(site: Site, member: TestClient, **sent: str) -> str:
    assert member.post(f"{URL}/crm/run", data=sent).status_code == 303
    make_worker(site.platform).run_until_idle()
    return member.get(f"{URL}/crm").text


def test_a_connector_is_tried_run_paused_and_resumed(site: Site, member: TestClient, seller: TestClient, far: FarSide) -> None:
    assert "No connectors yet" in member.get(URL).text
    publish_documents(site.platform.publisher, system_context(), [document(far)])
    far.fill(2)
    far.put("a001", Revenue="a lot")
    page = run(site, member, dry="1")
    assert all(text in page for text in ("Dry run", "What a run would do", "<strong>1</strong> created here", "<strong>1</strong> refused here", "a lot is not a number"))
    assert member.get("/api/v1/records/customer?search=Account").json()["records"] == []
    page = run(site, member)
    assert all(text in page for text in ("Done with errors", "just now", "1 here, 0 there"))
    assert [r["name"] for r in member.get("/api/v1/records/customer?search=Account").json()["records"]] == ["Account 0"]
    came = member.get("/api/v1/records/customer?search=Account").json()["records"][0]["id"]
    assert "from CRM, just now" in member.get("/records/customer").text
    assert "from CRM, just now" in seller.get("/records/customer").text
    assert ["from CRM, just now" in member.get(f"/records/customer/{id}").text for id in (came, site.ids[0])] == [True, False]
    assert "from CRM" not in member.get("/records/order").text
    listed = member.get(URL).text
    assert all(text in listed for text in ("CRM accounts", far.url.removeprefix("http://"), "Both ways", "1 record waits", "Active"))
    assert member.post(f"{URL}/crm/pause", data={"paused": "1"}).status_code == 303
    page = member.get(f"{URL}/crm").text
    assert ("Paused" in page, "Run now" in page, "Resume" in page) == (True, False, True)
    member.post(f"{URL}/crm/run", data={})
    assert len(member.get("/api/v1/connectors/crm/runs").json()["runs"]) == 2
    member.post(f"{URL}/crm/pause", data={"paused": ""})
    assert "Run now" in member.get(f"{URL}/crm").text
    assert [e["action"] for e in member.get("/api/v1/audit?kind=connector").json()["audit"]] == ["connector.resume", "connector.pause", "connector.run", "connector.run"]
    assert [seller.get(URL).status_code, seller.get(f"{URL}/crm").status_code, seller.post(f"{URL}/crm/run", data={}).status_code] == [403, 403, 403]
    assert member.get(f"{URL}/nothing").status_code == 404


def test_a_connector_is_designed_and_its_connection_tried(site: Site, member: TestClient, far: FarSide) -> None:
    assert make(member, kind="connector", label="CRM", entity="customer").headers["location"] == DESIGN
    begun = member.get(DESIGN).text
    assert 'class="design-troubles" hidden' in begun
    assert '<option value="name">Name</option>' in begun  # fields are chosen, not spelled
    shown = step(member, DESIGN, {"op": "set", "at": "/connection/auth/type", "value": "bearer"}, {"op": "set", "at": "/connection/base_url", "value": far.url}).text
    assert "There is no secret token yet" in shown
    step(member, DESIGN, {"op": "set", "at": "/connection/auth/secret", "value": "far_token"}, {"op": "set", "at": "/source/path", "value": "/accounts"})
    step(member, DESIGN, {"op": "set", "at": "/source/records", "value": "data.items"}, {"op": "set", "at": "/source/id", "value": "Id"})
    step(member, DESIGN, {"op": "set", "at": "/source/page/by", "value": "offset"})
    step(member, DESIGN, {"op": "set", "at": "/direction", "value": "both"})
    shown = step(member, DESIGN, {"op": "set", "at": "/mapping", "value": {"name": "Name", "arr": "number(Revenue)"}}).text
    assert "<code>number(Revenue)</code>" in shown
    drafted = member.get("/api/v1/metadata/connector/crm").json()
    assert (drafted["source"]["page"]["param"], drafted["source"]["page"]["size"], drafted["push"]["path"]) == ("offset", 100, "/accounts")
    assert "has no field nme" in step(member, DESIGN, {"op": "set", "at": "/mapping", "value": {"nme": "Name"}}).text
    wrong = member.post(f"{DESIGN}/try", data={})
    assert (wrong.status_code, "has no field nme" in wrong.text) == (422, True)
    step(member, DESIGN, {"op": "set", "at": "/mapping", "value": {"name": "Name"}})
    assert "no records on its first page" in member.post(f"{DESIGN}/try", data={}).text
    far.fill(1)
    tried = member.post(f"{DESIGN}/try", data={}).text
    assert all(text in tried for text in ("answered with 1 record", "<code>Revenue</code>", "Account 0"))
    for broken in (rb'{"Id": "1", "Name": "\ud800"}', b'{"Id": "1", "Name": 1e99999999}', b'{"Id": "1", "Deep": ' + b"[" * 300 + b"]" * 300 + b"}"):
        far.raw = b'{"data": {"items": [' + broken + b"]}}"
        tried = member.post(f"{DESIGN}/try", data={})
        assert (tried.status_code, "in the other system" in tried.text) == (200, True)
    far.raw = None
    step(member, DESIGN, {"op": "set", "at": "/connection/auth/secret", "value": "other"})
    assert "There is no secret other" in member.post(f"{DESIGN}/try", data={}).text
