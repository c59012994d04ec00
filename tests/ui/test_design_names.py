"""API names in the entity designer: they follow the label until they are published or written by hand."""

from __future__ import annotations

from typing import Any

from starlette.testclient import TestClient

from tests.ui.test_design import make, step

URL = "/design/entity/partner"
API = "/api/v1/metadata/entity/partner"


def stored(client: TestClient, url: str = API) -> dict[str, Any]:
    answer = client.get(url)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def last(client: TestClient) -> dict[str, Any]:
    return dict(stored(client)["fields"][-1])


def put(client: TestClient, at: str, value: Any) -> None:
    answer = step(client, URL, {"op": "set", "at": at, "value": value})
    assert answer.status_code == 200, answer.text


def test_the_name_of_a_new_field_follows_its_label(member: TestClient) -> None:
    make(member, kind="entity", label="Partner")
    step(member, URL, {"op": "insert", "at": "/fields", "value": {"name": "text", "type": "text", "label": {"en": "Text", "zh": "文本"}}})
    place = f"/fields/{last(member)['id']}"
    put(member, f"{place}/label/zh", "合同金额")
    assert (last(member)["name"], last(member)["label"]) == ("he_tong_jin_e", {"zh": "合同金额"})
    put(member, f"{place}/label/en", "Contract value")
    assert last(member)["name"] == "contract_value"
    put(member, f"{place}/label/zh", "合同总额")
    assert last(member)["name"] == "contract_value"
    put(member, f"{place}/label/en", "Name")
    assert last(member)["name"] == "name_2"
    put(member, f"{place}/name", "worth")
    put(member, f"{place}/label/en", "Value")
    assert last(member)["name"] == "worth"


def test_what_names_a_new_field_goes_with_it(member: TestClient) -> None:
    make(member, kind="entity", label="Partner")
    place = f"/fields/{stored(member)['fields'][0]['id']}"
    put(member, f"{place}/label/en", "Company")
    assert stored(member)["fields"][0]["name"] == "company"
    assert (stored(member)["title"], stored(member)["search"]) == ("company", ["company"])


def test_options_and_moves_follow_too(member: TestClient) -> None:
    make(member, kind="entity", label="Partner")
    stage = {
        "name": "stage", "type": "stage", "label": {"en": "Stage"},
        "options": [{"name": "option_1", "label": {"en": "Option 1"}}, {"name": "won", "label": {"en": "Signed"}}], "moves": [{"from": ["option_1"], "to": "won"}],
    }  # fmt: skip
    step(member, URL, {"op": "insert", "at": "/fields", "value": stage})
    place = f"/fields/{last(member)['id']}/options"
    put(member, f"{place}/{last(member)['options'][0]['id']}/label/zh", "试用")
    put(member, f"{place}/{last(member)['options'][1]['id']}/label/en", "Closed")
    assert [o["name"] for o in last(member)["options"]] == ["shi_yong", "won"]
    assert (last(member)["moves"][0]["from"], last(member)["moves"][0]["to"]) == (["shi_yong"], "won")


def test_published_names_stay(member: TestClient) -> None:
    fields = stored(member, "/api/v1/metadata/entity/customer")["fields"]
    changed = next(f for f in fields if f["type"] == "text")
    step(member, "/design/entity/customer", {"op": "set", "at": f"/fields/{changed['id']}/label/en", "value": "Something else"})
    after = next(f for f in stored(member, "/api/v1/metadata/entity/customer")["fields"] if f["id"] == changed["id"])
    assert (after["name"], after["label"]["en"]) == (changed["name"], "Something else")


def test_long_palettes_are_searched(member: TestClient) -> None:
    page = member.get("/design/entity/customer").text
    assert 'id="palette-search"' in page
    assert 'aria-description="' in page
