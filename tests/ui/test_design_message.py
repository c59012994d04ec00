"""The message designer over HTTP: made, written in both languages, read about a record, tried on oneself."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest
from starlette.testclient import TestClient

from tenon.engine import outbox
from tests.ui.conftest import Site
from tests.ui.test_design import HOSTILE, csrf, make, step

URL, API = "/design/message/risk_notice", "/api/v1/metadata/message/risk_notice"


@pytest.fixture
def client(member: TestClient) -> TestClient:
    """Ann, who has made a message about customers."""
    assert make(member, kind="message", label="Risk notice", entity="customer").headers["location"] == URL
    return member


def write(client: TestClient, place: str, text: str) -> Any:
    return step(client, URL, {"op": "set", "at": place, "value": text})


def test_a_message_is_made_written_and_read(client: TestClient, site: Site) -> None:
    page = client.get(URL).text
    assert "{{ record.arr }}" in page
    assert "{{ record.owner.name }}" in page
    assert "hidden" in page.split('id="design-troubles"')[1][:60]
    write(client, "/subject/zh", "{{ record.name }} 的合同额")
    done = write(client, "/body/zh", "金额 {{ record.arr }}")
    assert 'data-stands="/body/zh"' in done.text
    shown = client.get(f"{URL}/preview").text
    assert "的合同额" in shown
    assert "金额 ¥" in shown
    assert "Hello Ann Lee" in shown
    records = client.get("/api/v1/records/customer?limit=1&sort=name").json()["records"]
    about = client.post("/api/v1/messages/risk_notice/preview", json={"record": records[0]["id"], "language": "zh"}, headers={"X-CSRF-Token": csrf(client)}).json()
    assert about["subject"] == f"{records[0]['name']} 的合同额"
    sent = client.post(f"{URL}/test", data={"csrf": csrf(client), "record": records[0]["id"]})
    assert "on its way" in sent.text
    with site.platform.read() as uow:
        [row] = outbox.list_page(uow.connection)
    assert (row["kind"], row["payload"]["to"], records[0]["name"] in row["payload"]["subject"]) == ("test", "ann@example.com", True)


def test_what_is_wrong_is_said_with_its_place_and_hostile_texts_stay_text(client: TestClient) -> None:
    done = write(client, "/body/en", "Hi\n{% for x in record %}{% endfor %}")
    assert done.status_code == 422
    assert "Line 2, column 1: A loop is not allowed" in done.text
    assert "There is no recrod" in write(client, "/body/en", "{{ recrod.name }}").text
    assert "Customer has no field nmae" in write(client, "/body/en", "{{ record.nmae }}").text
    for label in HOSTILE:
        write(client, "/label/en", label)
        write(client, "/body/en", label.replace("{{", "").replace("{%", ""))
        assert "<script>alert" not in client.get(URL).text
        assert "<script>alert" not in client.get(f"{URL}/preview").text
    step(client, URL, {"op": "set", "at": "/style", "value": "html"})
    write(client, "/body/en", "<b>{{ record.name }}</b><script>alert(1)</script><img src=x onerror=alert(1)>")
    shown = client.get(f"{URL}/preview").text
    assert "<b>" in shown
    assert "onerror" not in shown
    assert "<script" not in shown


def test_a_list_is_added_put_in_and_shown_in_the_preview(client: TestClient) -> None:
    page = client.get(URL).text
    [operations] = [html.unescape(found) for found in re.findall(r'data-operations="([^"]*)"', page) if "orders" in found]
    for each in json.loads(operations):
        step(client, URL, each)
    page = client.get(URL).text
    loop = next(html.unescape(found) for found in re.findall(r'data-put="([^"]*)"', page) if found.startswith("{% for"))
    document = client.get(API).json()
    assert (document["lists"][0]["relation"], loop.startswith("{% for each in orders %}")) == ("orders", True)
    assert 'data-at="/lists/' in client.get(f"{URL}/part?item={document['lists'][0]['id']}").text
    assert "There is no each.number in a template" in write(client, "/body/en", loop + "{{ each.number }}").text
    write(client, "/body/en", "{% for each in orders %}[{{ each.number }}]{% else %}[no orders]{% endfor %}")
    newest = client.get("/api/v1/records/customer?limit=1&sort=-created_at").json()["records"][0]["id"]
    client.post("/api/v1/records/order", json={"customer": newest, "number": "N-1"}, headers={"X-CSRF-Token": csrf(client)})
    assert "[N-1]" in client.get(f"{URL}/preview?record={newest}").text
    step(client, URL, {"op": "set", "at": f"/lists/{document['lists'][0]['id']}/name", "value": "bought"})
    assert client.get(API).json()["body"]["en"].startswith("{% for each in bought %}[{{ each.number }}]")
    assert "[N-1]" in client.get(f"{URL}/preview?record={newest}").text


def test_only_builders_design_messages(client: TestClient, seller: TestClient) -> None:
    assert seller.get(URL).status_code == 403
    assert seller.get(f"{URL}/preview").status_code == 403
    assert seller.post(f"{URL}/test", data={"csrf": csrf(client), "record": "x"}).status_code == 403
    assert client.get("/design/message/nothing/preview").status_code == 404
