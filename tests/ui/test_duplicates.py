"""The queue of duplicates in the pages, the hint of a form before it is saved, and what an import says."""

from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient

from tenon.engine.context import system_context
from tenon.engine.releases import publish_documents
from tests.ui.conftest import Site

MATCHING = {
    "kind": "matching", "name": "same_customer", "entity": "customer", "label": {"en": "The same customer", "zh": "同一客户"}, "propose_from": 0.75,
    "compare": [{"field": "name", "by": "company_name", "weight": 3}, {"field": "website", "by": "domain", "weight": 1}],
}  # fmt: skip


@pytest.fixture
def pair(site: Site, member: TestClient) -> str:
    """A matching and two customers that look alike; returns the id of the pair."""
    publish_documents(site.platform.publisher, system_context(), [MATCHING])
    for name in ("启明科技有限公司", "啟明科技"):
        assert member.post("/api/v1/records/customer", json={"name": name, "website": "https://qiming.example"}).status_code == 201
    [found] = member.get("/api/v1/duplicates/customer").json()["duplicates"]
    return str(found["id"])


def test_the_queue_shows_why_and_what_to_do(member: TestClient, pair: str) -> None:
    assert re.search(r'href="/records/customer/duplicates">.*Duplicates<span class="count">1</span>', member.get("/records/customer").text)
    page = member.get("/records/customer/duplicates").text
    assert "启明科技有限公司" in page
    assert "啟明科技" in page
    assert "Same core name 启明科技" in page
    assert "Same web domain qiming.example" in page
    assert f'href="/duplicates/{pair}"' in page
    said = member.post(f"/duplicates/{pair}/dismiss", data={"state": "open"}, headers={"HX-Request": "true"})
    assert "No duplicates to decide" in said.text
    assert re.search(r'href="/records/customer/duplicates">.*Duplicates</a>', member.get("/records/customer").text)
    assert "启明科技有限公司" in member.get("/records/customer/duplicates?state=dismissed").text
    again = member.post(f"/duplicates/{pair}/reopen", follow_redirects=False)
    assert (again.status_code, again.headers["location"]) == (303, "/records/customer/duplicates")
    assert f'id="pair-{pair}"' in member.get("/records/customer/duplicates").text


def test_a_pair_is_merged_side_by_side(member: TestClient, seller: TestClient, pair: str) -> None:
    page = member.get(f"/duplicates/{pair}").text
    assert "These two look alike (100%)." in page
    assert "Same core name 启明科技" in page
    assert f'formaction="/duplicates/{pair}/dismiss"' in page
    assert seller.get(f"/duplicates/{pair}").status_code == 404
    [survivor] = re.findall(r'name="survivor" value="([^"]+)" checked', page)
    done = member.post(f"/duplicates/{pair}/merge", data={"survivor": survivor}, follow_redirects=False)
    assert (done.status_code, done.headers["location"]) == (303, f"/records/customer/{survivor}")
    assert "No duplicates to decide" in member.get("/records/customer/duplicates").text
    assert member.get(f"/duplicates/{pair}", follow_redirects=False).headers["location"] == f"/records/customer/{survivor}"


def test_who_sees_one_of_the_two_sees_no_pair(seller: TestClient, pair: str) -> None:
    assert "启明科技" not in seller.get("/records/customer/duplicates").text
    assert seller.post(f"/duplicates/{pair}/dismiss").status_code == 404
    assert seller.get("/records/nothing/duplicates").status_code == 404


def test_a_form_is_told_what_is_typed_into_it(member: TestClient, seller: TestClient, pair: str) -> None:
    assert 'hx-post="/forms/customer/alike"' in member.get("/records/customer/new").text
    typed = member.post("/forms/customer/alike", data={"form.name": "customer_form", "name": "启明科技股份有限公司"}).text
    assert "Same core name 启明科技" in typed
    assert typed.count('class="link"') == 2
    assert "启明科技有限公司" not in seller.post("/forms/customer/alike", data={"name": "启明科技"}).text
    assert "class=" not in member.post("/forms/customer/alike", data={"name": "别的公司"}).text


def test_without_a_matching_nothing_is_asked(site: Site, member: TestClient) -> None:
    assert "/alike" not in member.get("/records/customer/new").text
    assert "/duplicates" not in member.get("/records/customer").text
    assert "Design a matching" in member.get("/records/customer/duplicates").text


def test_a_place_that_is_none_is_the_beginning(member: TestClient, pair: str) -> None:
    for wrong in ("²:x", "9" * 60 + ":x", "1.2.3:x", "x:y"):
        answer = member.get(f"/records/customer/duplicates?cursor={wrong}")
        assert (answer.status_code, f'href="/duplicates/{pair}"' in answer.text) == (200, True), wrong
