"""Extensions: fields of one's own on an entity that belongs to an app."""

from __future__ import annotations

import re
from typing import Any

from starlette.testclient import TestClient

from tests.ui.conftest import Site, install_fleet
from tests.ui.test_design import csrf, make, step

URL = "/design/extension/order_extras"
API = "/api/v1/metadata/extension/order_extras"


def fields(client: TestClient) -> list[dict[str, Any]]:
    return list(client.get(API).json()["fields"])


def test_an_extension_adds_fields_and_leaves_the_entity_alone(member: TestClient) -> None:
    before = member.get("/api/v1/metadata/entity/order").json()
    made = make(member, kind="extension", label="Order extras", entity="order")
    assert made.headers["location"] == URL
    page = member.get(URL).text
    assert "Adds to" in page
    done = step(member, URL, {"op": "insert", "at": "/fields", "value": {"name": "text", "type": "text", "label": {"en": "Text", "zh": "文本"}}})
    assert 'for="preview-text"' in done.text or "preview-text" in done.text
    place = f"/fields/{fields(member)[0]['id']}"
    step(member, URL, {"op": "set", "at": f"{place}/label/en", "value": "Amount"})
    assert fields(member)[0]["name"] == "amount_2"
    step(member, URL, {"op": "set", "at": f"{place}/label/en", "value": "Delivery note"})
    done = step(member, URL, {"op": "insert", "at": "/checks", "value": {"when": "delivery_note == ''", "message": {"en": "Say how."}}})
    assert done.status_code == 200
    assert "hidden" in done.text.partition('id="design-troubles"')[2][:60]
    assert "Delivery note" in done.text.partition("design-preview")[2]
    assert fields(member)[0]["name"] == "delivery_note"
    assert member.get("/api/v1/metadata/entity/order").json() == before
    assert "Order extras" in member.get("/design/entity/order").text
    assert member.post("/api/v1/metadata/publish", json={"note": "extras"}).status_code in (200, 201)
    assert "Delivery note" in member.get("/records/order/new").text


def test_entities_of_apps_offer_an_extension_of_ones_own(member: TestClient, site: Site) -> None:
    assert "Add fields of your own" not in member.get("/design/entity/customer").text
    install_fleet(site)
    page = member.get("/design/entity/vehicle").text
    assert "Add fields of your own" in page
    assert "This belongs to the app Fleet" in page
    assert "whatever an upgrade of the app brings" in page
    label = re.search(r'name="label" value="([^"]+, our own)"', page)
    assert label
    made = make(member, kind="extension", label=label[1], entity="vehicle")
    again = member.get("/design/entity/vehicle").text
    assert f'href="{made.headers["location"]}"' in again


def test_what_is_added_to_an_apps_entity_goes_into_an_extension_of_ones_own(member: TestClient, site: Site) -> None:
    install_fleet(site)
    url, own, api = "/design/entity/vehicle", "/design/extension/vehicle_own", "/api/v1/metadata/extension/vehicle_own"
    before = member.get("/api/v1/metadata/entity/vehicle").json()
    note = {"op": "insert", "at": "/fields", "index": 0, "value": {"name": "text", "type": "text", "label": {"en": "Text"}}}
    done = step(member, url, note)
    made = re.search(r'data-go="([^"?]+)\?item=([0-9a-f-]{36})"', done.text)
    assert made
    assert (made[1], [f["id"] for f in member.get(api).json()["fields"]]) == (own, [made[2]])
    assert member.get("/api/v1/metadata/entity/vehicle").json() == before
    assert "Vehicle, our own" in member.get(own).text
    undone = member.post(own, data={"csrf": csrf(member), "way": "undo"})
    assert f'data-go="{url}"' in undone.text
    assert member.get(api).status_code == 404
    assert own not in member.get("/design").text
    step(member, url, note)
    check = {"op": "insert", "at": "/checks", "value": {"when": "seats > 90", "message": {"en": "A bus, not a car."}}}
    again = step(member, url, check)
    assert f'data-go="{own}?item=' in again.text
    document = member.get(api).json()
    assert ([f["name"] for f in document["fields"]], [c["when"] for c in document["checks"]]) == (["text"], ["seats > 90"])
    undone = member.post(own, data={"csrf": csrf(member), "way": "undo"})
    assert "data-go" not in undone.text
    assert member.get(api).json().get("checks", []) == []
    assert member.post("/api/v1/metadata/publish", json={"note": "ours"}).status_code == 200
    assert 'name="text"' in member.get("/records/vehicle/new").text


def test_fields_of_the_app_can_be_changed_as_a_customisation(member: TestClient, site: Site) -> None:
    install_fleet(site)
    seats = next(f for f in member.get("/api/v1/metadata/entity/vehicle").json()["fields"] if f["name"] == "seats")
    page = member.get(f"/design/entity/vehicle?item={seats['id']}").text
    assert "Belongs to the app Fleet" in page
    assert "upgrades of the app keep it" in page
    step(member, "/design/entity/vehicle", {"op": "set", "at": f"/fields/{seats['id']}/label/en", "value": "Places"})
    assert member.get("/api/v1/metadata/entity/vehicle").json()["fields"][1]["label"]["en"] == "Places"
    assert "Belongs to the app" not in member.get("/design/entity/customer").text


def test_fields_of_an_app_on_another_apps_entity_begin_with_its_name(member: TestClient, site: Site) -> None:
    install_fleet(site)
    url, api = "/design/extension/of_fleet", "/api/v1/metadata/extension/of_fleet"
    document = {"kind": "extension", "name": "of_fleet", "app": "fleet", "entity": "customer", "label": {"en": "Fleet"}, "fields": []}
    assert member.put(api, json=document).status_code in (200, 201)
    taken = re.search(r'data-value="([^"]*?fleet_date[^"]*)"', member.get(url).text)
    assert taken
    step(member, url, {"op": "insert", "at": "/fields", "value": {"name": "fleet_date", "type": "date", "label": {"en": "Date", "zh": "日期"}}})
    field = member.get(api).json()["fields"][0]
    step(member, url, {"op": "set", "at": f"/fields/{field['id']}/label/en", "value": "First ride"})
    assert member.get(api).json()["fields"][0]["name"] == "fleet_first_ride"
