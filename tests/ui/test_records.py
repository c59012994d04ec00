"""Lists, records and forms as people use them."""

from __future__ import annotations

import re
from decimal import Decimal

from starlette.testclient import TestClient

from tenon.platform.boot import make_worker
from tests.ui.conftest import Site, install_fleet


def titles(text: str) -> list[str]:
    return re.findall(r'<span class="cut">([^<]+)</span></a></th>', text)


def test_pages_lead_on_and_back(member: TestClient) -> None:
    first = member.get("/records/customer?limit=25").text
    onward = re.search(r'href="([^"]+)"[^>]*rel="next"', first)
    assert onward
    second = member.get(onward[1].replace("&amp;", "&")).text
    assert len(titles(first)) == len(titles(second)) == 25
    assert not set(titles(first)) & set(titles(second))
    back = re.search(r'href="([^"]+)"[^>]*rel="prev"', second)
    assert back
    assert titles(member.get(back[1].replace("&amp;", "&")).text) == titles(first)
    assert "/ 130 records" in first


def test_a_header_sorts_up_then_down(member: TestClient) -> None:
    text = member.get("/records/customer?sort=arr").text
    assert 'aria-sort="ascending"' in text
    assert "/records/customer?sort=-arr" in text


def test_a_chip_takes_its_condition_away(member: TestClient) -> None:
    text = member.get("/records/customer?is.stage=active&is.stage=lost&q=a").text
    assert 'href="/records/customer?q=a&amp;is.stage=lost"' in text
    assert 'aria-label="Remove Stage: Active"' in text


def test_a_wrong_expression_is_explained(member: TestClient) -> None:
    text = member.get("/records/customer?filter=arrr+%3E+3").text
    assert "arrr &gt; 3\n^" in text


def test_an_empty_list_names_the_next_action(member: TestClient, site: Site) -> None:
    install_fleet(site)
    text = member.get("/records/vehicle").text
    assert "No vehicles yet" in text
    assert 'href="/records/vehicle/new"' in text
    assert 'href="/records/vehicle/import"' in text


def test_a_score_says_why(member: TestClient, site: Site) -> None:
    text = member.get(f"/records/customer/{site.ids[7]}").text
    for words in ("Contract above 100,000", "Buys regularly", "Compare with", "records behind this"):
        assert words in text
    assert "<dt>Total Amount of Orders where (Ordered is on or after 90 days ago)</dt>" in text
    assert "sum(orders" not in text
    url = f"/records/customer/{site.ids[7]}/scores/health?on=2026-03-02&since=2026-02-20"
    part = member.get(url, headers={"HX-Request": "true"}).text
    assert "<html" not in part
    assert 'value="2026-03-02"' in part
    assert "since 2026-02-20" in part
    whole = member.get(url).text
    name = site.stored(site.ids[7])["name"]
    assert f'<a href="/records/customer/{site.ids[7]}">{name}</a>' in whole
    early = member.get(f"/records/customer/{site.ids[7]}/scores/health?on=2020-01-01&since=2020-05-01").text
    assert ("There was no score on 2020-01-01." in early, "Not enough data" in early, "What changed" in early) == (True, False, False)
    late = member.get(f"/records/customer/{site.ids[7]}/scores/health?since=2999-01-01").text
    assert ('value="2999-01-01"' in late, "What changed since" in late) == (False, True)


def test_a_masked_value_is_not_in_the_page(seller: TestClient, site: Site) -> None:
    site.change(site.ids[7], owner=site.sam.id, phone="13912345678")
    text = seller.get(f"/records/customer/{site.ids[7]}?tab=tab2").text
    assert "13912345678" not in text
    assert "••••" in text


def test_create_and_show(member: TestClient, site: Site) -> None:
    sent = {"name": "New 客户", "arr": "1200.50", "industry": "saas", "owner": site.sam.id, "tags": "a，b, c"}
    answer = member.post("/records/customer/new", data=sent)
    assert answer.status_code == 303
    record = site.stored(answer.headers["Location"].rsplit("/", 1)[1])
    assert record is not None
    assert (record["name"], record["arr"], record["owner"], record["tags"]) == (
        "New 客户", Decimal("1200.50"), site.sam.id, ("a", "b", "c"),
    )  # fmt: skip
    assert "New 客户" in member.get(answer.headers["Location"]).text


def test_errors_stand_beside_their_fields_and_entries_stay(member: TestClient) -> None:
    answer = member.post("/records/customer/new", data={"name": "", "phone": "13800138000"})
    assert answer.status_code == 422
    assert re.search(r'(?s)id="error-name">.{0,200}Name is missing\. Fill it in\.', answer.text)
    assert 'aria-describedby="error-name"' in answer.text
    assert 'value="13800138000"' in answer.text
    answer = member.post("/records/customer/new", data={"name": "Kept", "arr": "much"})
    assert answer.status_code == 422
    assert re.search(r'(?s)id="error-arr">.{0,200}This is not a number\.', answer.text)
    assert 'value="Kept"' in answer.text
    assert 'value="much"' in answer.text


def test_a_read_only_field_is_not_taken(member: TestClient, site: Site) -> None:
    before = site.stored(site.ids[7])
    member.post(f"/records/customer/{site.ids[7]}/edit", data={"name": "Renamed", "code": "X", "version": "1"})
    after = site.stored(site.ids[7])
    assert before is not None
    assert after is not None
    assert (after["name"], after["code"]) == ("Renamed", before["code"])


def test_two_people_at_one_record(member: TestClient, site: Site) -> None:
    one = site.ids[7]
    site.change(one, name="Theirs")
    answer = member.post(f"/records/customer/{one}/edit", data={"name": "Mine", "version": "1"})
    assert answer.status_code == 409
    assert "Sam Wu changed this record" in answer.text
    assert "<td><span hx-ignore>Theirs</span>" in answer.text.replace("\n", "")
    assert 'name="version" value="2"' in answer.text
    assert 'value="Mine"' in answer.text
    assert member.post(f"/records/customer/{one}/edit", data={"name": "Mine", "version": "2"}).status_code == 303
    assert (site.stored(one) or {})["name"] == "Mine"


def test_the_form_follows_its_conditions(member: TestClient, site: Site) -> None:
    typed = {"record": site.ids[0], "name": "Typed so far", "stage": "lost"}
    answer = member.post("/forms/customer", data=typed, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert 'value="Typed so far"' in answer.text
    assert 'name="lost_reason"' in answer.text
    assert "<html" not in answer.text


def test_delete_and_undo(member: TestClient, site: Site) -> None:
    one = site.ids[100]
    assert member.post(f"/records/customer/{one}/delete", data={"version": "1"}).headers["Location"] == "/records/customer"
    assert site.stored(one) is None
    assert "This record is in the trash." in member.get(f"/records/customer/{one}").text
    assert member.post(f"/records/customer/{one}/restore").status_code == 303
    assert site.stored(one) is not None


def test_a_held_record_is_not_deleted(member: TestClient, site: Site) -> None:
    answer = member.post(f"/records/customer/{site.ids[7]}/delete")
    assert answer.status_code == 409
    assert "still refer to this" in answer.text


def test_an_import_from_file_to_result(member: TestClient, site: Site) -> None:
    worker = make_worker(site.platform)
    assert "Choose a file first." in member.post("/records/customer/import").text
    files = {"file": ("customers.csv", b"name,arr,Unknown\nA,1,x\nB,much,y\n", "text/csv")}
    url = member.post("/records/customer/import", files=files).headers["Location"]
    assert '<option value="name" selected>' in member.get(url).text
    member.post(url, data={"map.name": "name", "map.arr": "arr"})
    worker.run_until_idle()
    text = member.get(url).text
    assert "Would be created" in text
    assert "Import now" in text
    assert "much" in text
    member.post(url, data={"map.name": "name", "map.arr": "arr", "run": "yes"})
    worker.run_until_idle()
    assert "Take this import back" in member.get(url).text
    errors = member.get(f"{url}/errors.csv")
    assert errors.headers["Content-Disposition"].startswith("attachment")
    assert "much" in errors.text


def test_installing_needs_an_administrator(seller: TestClient) -> None:
    assert seller.post("/apps/fleet/install").status_code == 403
