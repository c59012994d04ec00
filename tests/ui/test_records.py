"""Lists, records and forms as people use them."""

from __future__ import annotations

import re
from decimal import Decimal

from starlette.testclient import TestClient

from tests.ui import sample
from tests.ui.fake_backend import FakeBackend
from tests.ui.pages import ONE


def titles(text: str) -> list[str]:
    return re.findall(r'<span class="cut">([^<]+)</span></a></td>', text)


def test_pages_lead_on_and_back(member: TestClient) -> None:
    first = member.get("/records/customer?limit=25").text
    onward = re.search(r'href="([^"]+)"[^>]*rel=next', first)
    assert onward
    second = member.get(onward[1].replace("&amp;", "&")).text
    assert len(titles(first)) == len(titles(second)) == 25
    assert not set(titles(first)) & set(titles(second))
    back = re.search(r'href="([^"]+)"[^>]*rel=prev', second)
    assert back
    assert titles(member.get(back[1].replace("&amp;", "&")).text) == titles(first)
    assert "1–25 / 200 records" in first


def test_a_header_sorts_up_then_down(member: TestClient) -> None:
    text = member.get("/records/customer?sort=arr").text
    assert 'aria-sort="ascending"' in text
    assert "/records/customer?sort=-arr" in text


def test_a_chip_takes_its_condition_away(member: TestClient) -> None:
    text = member.get("/records/customer?is.stage=growth&is.stage=lost&q=a").text
    assert 'href="/records/customer?q=a&amp;is.stage=lost"' in text
    assert 'aria-label="Remove Stage: Growth"' in text


def test_a_wrong_expression_is_explained(member: TestClient) -> None:
    text = member.get("/records/customer?filter=arrr+%3E+3").text
    assert "There is no field named arrr." in text
    assert "arrr &gt; 3\n^" in text


def test_an_empty_list_names_the_next_action(member: TestClient) -> None:
    text = member.get("/records/contact").text
    assert "No contacts yet" in text
    assert 'href="/records/contact/new"' in text
    assert 'href="/records/contact/import"' in text


def test_a_score_says_why(member: TestClient) -> None:
    text = member.get(f"/records/customer/{ONE}").text
    for words in (
        "Weekly active users",
        "What changed since 2026-11-06",
        "Show the 7 records behind this",
        "Data for 90% of the measures",
        "out of date",
    ):
        assert words in text
    part = member.get(f"/records/customer/{ONE}/scores/health?on=2026-10-01&since=2026-09-01", headers={"HX-Request": "true"}).text
    assert 'value="2026-10-01"' in part
    assert "since 2026-09-01" in part


def test_a_masked_value_is_not_in_the_page(member: TestClient) -> None:
    text = member.get(f"/records/customer/{ONE}?tab=details").text
    assert "5555 0100" not in text
    assert "••••••" in text


def test_create_and_show(member: TestClient, backend: FakeBackend) -> None:
    sent = {
        "name": "New 客户",
        "arr": "1200.50",
        "industry": "saas",
        "owner": sample.person("Tom Reed").id,
        "channels": ["web"],
        "tags": "a，b, c",
        "is_key.shown": "1",
    }
    answer = member.post("/records/customer/new", data=sent)
    assert answer.status_code == 303
    record = backend.records[answer.headers["Location"].rsplit("/", 1)[1]]
    assert (record["name"], record["arr"], record["owner"].title, record["channels"], record["tags"]) == (
        "New 客户",
        Decimal("1200.50"),
        "Tom Reed",
        ["web"],
        ["a", "b", "c"],
    )
    assert record["is_key"] is False
    assert "New 客户" in member.get(answer.headers["Location"]).text


def test_errors_stand_beside_their_fields_and_entries_stay(member: TestClient) -> None:
    answer = member.post("/records/customer/new", data={"name": "", "arr": "much", "website": "https://kept.example"})
    assert answer.status_code == 422
    assert re.search(r'id="error-name"[^>]*>.*Enter a name\.', answer.text)
    assert re.search(r'id="error-arr"[^>]*>.*This must be a number\. Type it like 12,000\.50\.', answer.text)
    assert 'aria-describedby="error-name"' in answer.text
    assert 'value="https://kept.example"' in answer.text
    assert 'value="much"' in answer.text


def test_a_read_only_field_is_not_taken(member: TestClient, backend: FakeBackend) -> None:
    member.post(f"/records/customer/{ONE}/edit", data={"name": "Renamed", "code": "X", "version": "3"})
    assert (backend.records[ONE]["name"], backend.records[ONE]["code"]) == ("Renamed", "C-2026-00003")


def test_two_people_at_one_record(member: TestClient, backend: FakeBackend) -> None:
    backend.records[ONE].update(version=4, name="Theirs")
    answer = member.post(f"/records/customer/{ONE}/edit", data={"name": "Mine", "version": "3"})
    assert answer.status_code == 409
    assert "Chen Hao changed this record 2 minutes ago" in answer.text
    assert "<td><span hx-ignore>Theirs</span>" in answer.text.replace("\n", "")
    assert 'name="version" value="4"' in answer.text
    assert 'value="Mine"' in answer.text
    assert member.post(f"/records/customer/{ONE}/edit", data={"name": "Mine", "version": "4"}).status_code == 303
    assert backend.records[ONE]["name"] == "Mine"


def test_the_form_follows_its_conditions(member: TestClient) -> None:
    answer = member.post("/forms/customer", data={"record": ONE, "name": "Typed so far"}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert 'value="Typed so far"' in answer.text
    assert "<html" not in answer.text


def test_delete_and_undo(member: TestClient, backend: FakeBackend) -> None:
    assert member.post(f"/records/customer/{ONE}/delete", data={"version": "3"}).headers["Location"] == "/records/customer"
    assert backend.records[ONE]["deleted"] is True
    assert "This record is in the trash." in member.get(f"/records/customer/{ONE}").text
    assert member.post(f"/records/customer/{ONE}/restore").status_code == 303
    assert backend.records[ONE]["deleted"] is False


def test_a_held_record_is_not_deleted(member: TestClient) -> None:
    answer = member.post(f"/records/customer/{sample.make_id(1, 5)}/delete")
    assert answer.status_code == 409
    assert "Open orders hold this customer." in answer.text


def test_an_import_from_file_to_result(member: TestClient) -> None:
    assert "Choose a file first." in member.post("/records/customer/import").text
    files = {"file": ("customers.csv", b"name,arr,Unknown\nA,1,x\nB,n/a,y\n", "text/csv")}
    url = member.post("/records/customer/import", files=files).headers["Location"]
    assert '<option value="name" selected>' in member.get(url).text
    member.post(url, data={"map.name": "name", "map.arr": "arr"})
    text = member.get(url).text
    assert "Would be created" in text
    assert "Import now" in text
    assert "n/a is not a number." in text
    member.post(url, data={"map.name": "name", "run": "yes"})
    assert "Take this import back" in member.get(url).text
    errors = member.get(f"{url}/errors.csv")
    assert errors.headers["Content-Disposition"].startswith("attachment")
    assert "is not a number" in errors.text


def test_installing_needs_an_administrator(visitor: TestClient, backend: FakeBackend) -> None:
    backend.tokens.add("member-1")
    visitor.cookies.set("tenon_session", "member-1")
    answer = visitor.post("/apps/grading/install", data={"csrf": "csrf-member-1"})
    assert answer.status_code == 403
    assert "Only administrators install apps." in answer.text
