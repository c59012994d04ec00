"""The role designer over HTTP: the matrix, which records and fields a grant means, and who may change it."""

from __future__ import annotations

import json
import re
from typing import Any

from starlette.testclient import TestClient

from tests.ui.conftest import Site
from tests.ui.test_design import HOSTILE, csrf, make, step

URL = "/design/role/seller"


def grants(client: TestClient) -> list[dict[str, Any]]:
    return list(client.get("/api/v1/metadata/role/seller").json()["grants"])


def operations(page: str, id: str) -> list[dict[str, Any]]:
    """Return what a button does."""
    found = re.search(rf'id="{id}"[^>]*data-operations="([^"]*)"', page)
    assert found, id
    return list(json.loads(found[1].replace("&#34;", '"')))


def is_on(page: str, id: str) -> bool:
    found = re.search(rf'id="{id}" aria-checked="(\w+)"', page)
    assert found, id
    return found[1] == "true"


def test_a_switch_gives_and_takes_an_action(member: TestClient) -> None:
    page = member.get(URL).text
    before = grants(member)
    customer = next(g for g in before if g["entity"] == "customer")
    assert is_on(page, "x-customer-0-read")
    assert is_on(page, "x-customer-0-merge") is ("merge" in customer["actions"])
    done = step(member, URL, *operations(page, "x-customer-0-merge"))
    after = next(g for g in grants(member) if g["id"] == customer["id"])
    assert set(after["actions"]) ^ set(customer["actions"]) == {"merge"}
    step(member, URL, *operations(done.text, "x-customer-0-merge"))
    assert set(next(g for g in grants(member) if g["id"] == customer["id"])["actions"]) == set(customer["actions"])


def test_the_first_switch_makes_a_grant_and_the_last_takes_it_away(member: TestClient) -> None:
    step(member, URL, *[{"op": "remove", "item": g["id"]} for g in grants(member) if g["entity"] == "contact"])
    page = member.get(URL).text
    done = step(member, URL, *operations(page, "x-contact-0-update"))
    assert [g["actions"] for g in grants(member) if g["entity"] == "contact"] == [["read", "update"]]
    done = step(member, URL, *operations(done.text, "x-contact-0-read"))
    done = step(member, URL, *operations(done.text, "x-contact-0-update"))
    assert [g for g in grants(member) if g["entity"] == "contact"] == []
    assert 'id="design-troubles" class="design-troubles" hidden' in done.text


def test_fields_are_seen_masked_hidden_and_written(member: TestClient) -> None:
    step(member, URL, *[{"op": "remove", "item": g["id"]} for g in grants(member)], {"op": "insert", "at": "/grants", "value": {"entity": "customer", "actions": ["read", "update"]}})
    grant = grants(member)[0]["id"]

    def press(id: str) -> dict[str, Any]:
        page = member.get(f"{URL}/part", params={"item": grant}).text
        assert step(member, URL, *operations(page, id), item=grant).status_code == 200
        return {k: v for k, v in grants(member)[0].items() if k in ("read", "write", "hide", "mask")}

    assert press("f-arr-hidden") == {"hide": ["arr"]}
    assert press("f-phone-masked") == {"hide": ["arr"], "mask": ["phone"]}
    assert press("f-arr-masked") == {"mask": ["phone", "arr"]}
    assert press("f-arr-seen") == {"mask": ["phone"]}
    after = press("w-notes")
    assert "notes" not in after["write"]
    assert "name" in after["write"]
    assert press("w-notes") == {"mask": ["phone"]}
    step(member, URL, {"op": "set", "at": f"/grants/{grant}/read", "value": ["name", "phone", "arr"]})
    assert press("f-arr-hidden") == {"read": ["name", "phone"], "mask": ["phone"]}
    assert press("f-stage-seen") == {"read": ["name", "phone", "stage"], "mask": ["phone"]}


def test_a_grant_leads_to_why_somebody_sees_this(member: TestClient) -> None:
    grant = next(g for g in grants(member) if g["entity"] == "customer")["id"]
    page = member.get(f"{URL}/part", params={"item": grant}).text
    found = re.search(r'href="(/admin/access\?user=[^"]+entity=customer)"', page)
    assert found
    why = member.get(found[1].replace("&amp;", "&"))
    assert (why.status_code, "Sam Wu" in why.text) == (200, True)
    member.cookies.set("tenon_language", "zh")
    assert "为何能看到" in member.get(f"{URL}/part", params={"item": grant}).text


def test_only_administrators_design_roles(member: TestClient, seller: TestClient) -> None:
    assert seller.get(URL).status_code == 403
    made = make(member, kind="role", label="审计员", entity="customer")
    assert made.headers["location"] == "/design/role/shen_ji_yuan"
    assert is_on(member.get(made.headers["location"]).text, "x-customer-0-read")


def test_conditions_are_shown_as_text(member: TestClient) -> None:
    for text in HOSTILE[:2]:
        value = {"entity": "customer", "actions": ["read"], "where": f"name == {json.dumps(text)}"}
        done = step(member, URL, {"op": "insert", "at": "/grants", "value": value})
        assert "<script>alert" not in done.text
        assert "<img src=x" not in done.text


def leaks(client: TestClient) -> str:
    answer = client.post(f"{URL}/leaks", data={"csrf": csrf(client)}, headers={"HX-Request": "true"})
    assert answer.status_code == 200, answer.text
    return answer.text


def test_a_role_that_keeps_its_secrets_is_told_so_and_nothing_is_kept(member: TestClient, site: Site) -> None:
    before = [site.stored(id) for id in site.ids[:130]]
    page = leaks(member)
    assert "Nothing leaked" in page
    assert "Sam Wu" in page
    assert re.search(r"2 entities, \d+ hidden or masked fields, 2 records out of sight", page)
    assert [site.stored(id) for id in site.ids[:130]] == before
    assert member.get("/api/v1/records/customer", params={"search": "canary"}).json()["records"] == []
    for door in ("List", "Record", "Search", "Filter", "Sort", "Groups and measures", "History", "Timeline"):
        assert f"<strong>{door}</strong>" in page
    member.cookies.set("tenon_language", "zh")
    found = leaks(member)
    assert "未发现泄露" in found
    assert "以下对象看不到任何记录：客户。" in found


def test_a_draft_that_shows_what_a_formula_is_made_of_leaks(member: TestClient) -> None:
    grant = next(g for g in grants(member) if g["entity"] == "customer")["id"]
    step(member, URL, {"op": "set", "at": f"/grants/{grant}/read", "value": ["name", "health_score"]})
    page = leaks(member)
    assert "came out that" in page
    assert 'class="leaking"' in page
    assert "Formulas and scores" in page


def test_only_administrators_check_roles(seller: TestClient, member: TestClient) -> None:
    assert seller.post(f"{URL}/leaks", data={"csrf": csrf(member)}).status_code == 403
    assert member.post("/design/role/no_such/leaks", data={"csrf": csrf(member)}).status_code == 404


def test_a_draft_that_does_not_read_is_not_checked(member: TestClient) -> None:
    grant = next(g for g in grants(member) if g["entity"] == "customer")["id"]
    step(member, URL, {"op": "set", "at": f"/grants/{grant}/where", "value": "nothing_such == 1"})
    answer = member.post(f"{URL}/leaks", data={"csrf": csrf(member)})
    assert (answer.status_code, "nothing_such" in answer.text) == (422, True)
