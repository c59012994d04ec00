"""Comments on the draft: said, listed, taken back by whoever said them, and by builders only."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from tests.platform.api.conftest import Caller, codes

pytestmark = pytest.mark.usefixtures("release")
CUSTOMER, COMMENTS = "/api/v1/metadata/entity/customer", "/api/v1/metadata/comments"


@pytest.fixture
def builder(caller: Caller) -> TestClient:
    return caller("bea@tenon.example", "builder")


@pytest.fixture
def edited(admin: TestClient) -> str:
    """A document of the draft, by its id."""
    document = admin.get(CUSTOMER).json()
    document["icon"] = "users"
    assert admin.put(CUSTOMER, json=document).status_code == 200
    return str(document["id"])


def test_it_is_said_listed_and_taken_back(admin: TestClient, builder: TestClient, edited: str) -> None:
    made = admin.post(f"{CUSTOMER}/comments", json={"text": " Is that the right picture? "})
    assert made.status_code == 201, made.text
    first = made.json()
    assert (first["kind"], first["name"], first["document"], first["text"]) == ("entity", "customer", edited, "Is that the right picture?")
    assert first["author"]["title"]
    second = builder.post(f"{CUSTOMER}/comments", json={"text": "It is."}).json()
    listed = admin.get(COMMENTS).json()
    assert (listed["comments"], listed["next"]) == ([first, second], None)
    page = admin.get(f"{COMMENTS}?limit=1").json()
    assert page["comments"] == [first]
    assert admin.get(f"{COMMENTS}?limit=1&after={page['next']}").json() == {"comments": [second], "next": None}
    assert admin.get(f"{COMMENTS}?kind=entity&name=customer").json()["comments"] == [first, second]
    assert admin.get(f"{COMMENTS}?kind=view").json()["comments"] == []
    # Nobody takes back what somebody else said.
    for other, comment in ((builder, first), (admin, second)):
        assert other.delete(f"{COMMENTS}/{comment['id']}").status_code == 403
    assert admin.delete(f"{COMMENTS}/{first['id']}").status_code == 204
    assert admin.delete(f"{COMMENTS}/{first['id']}").status_code == 404
    assert admin.get(COMMENTS).json()["comments"] == [second]


def test_a_document_that_is_removed_is_talked_about_too(admin: TestClient) -> None:
    assert admin.delete("/api/v1/metadata/role/sales").status_code == 204
    assert admin.post("/api/v1/metadata/role/sales/comments", json={"text": "Who sells now?"}).status_code == 201


def test_what_is_refused(admin: TestClient, caller: Caller, edited: str) -> None:
    for body, problem in (({}, ("/text", "required")), ({"text": " "}, ("/text", "required")), ({"text": "x" * 2_001}, ("/text", "too_long")), ({"text": "a", "by": "b"}, ("/by", "unknown_field"))):
        refused = admin.post(f"{CUSTOMER}/comments", json=body)
        assert (refused.status_code, codes(refused)) == (422, [problem]), body
    assert admin.post("/api/v1/metadata/entity/order/comments", json={"text": "Nobody changed it."}).status_code == 404
    assert admin.get(f"{COMMENTS}?kind=thing").status_code == 422
    seller = caller("sol@tenon.example", "sales")
    assert seller.get(COMMENTS).status_code == 403
    assert seller.post(f"{CUSTOMER}/comments", json={"text": "Me too"}).status_code == 403
    assert seller.delete(f"{COMMENTS}/01a21975-29dc-7056-814c-9ebc6a6a04b7").status_code == 403


def test_they_end_with_the_draft(admin: TestClient, edited: str) -> None:
    admin.post(f"{CUSTOMER}/comments", json={"text": "Wait."})
    assert admin.post("/api/v1/metadata/publish", json={}).status_code == 200
    assert admin.get(COMMENTS).json()["comments"] == []
