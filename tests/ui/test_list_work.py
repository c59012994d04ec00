"""Many records of a list written by a job: asked for on the page, watched, stopped, taken back."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from starlette.testclient import TestClient

from tenon.engine.context import Context
from tenon.engine.records import ranges, writing
from tenon.engine.records.events import Written
from tenon.engine.unit_of_work import UnitOfWork
from tenon.platform.boot import make_worker
from tests.ui.conftest import Site

LIST = "/records/customer"
PART = {"HX-Request": "true"}
MANY = 11


@pytest.fixture(autouse=True)
def many(site: Site, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Eleven customers; more than six records are many, four are a range."""
    monkeypatch.setattr(ranges, "AT_ONCE", 6)
    monkeypatch.setattr(ranges, "RANGE", 4)
    with site.platform.write() as uow:
        entity = uow.model.get_entity("customer")
        return [writing.create(uow, Context(site.ann), entity, {"name": f"Heap {n:02}", "arr": "1", "tags": ["a"]}) for n in range(MANY)]


def work(site: Site) -> None:
    make_worker(site.platform).run_until_idle()


def stored(site: Site, ids: list[str], field: str) -> list[object]:
    return [(site.stored(i) or {}).get(field) for i in ids]


def begin(client: TestClient, act: str = "set", **more: str) -> str:
    """Ask for a change of all that match, and return where it is shown."""
    values = {"field": "arr", "arr": "5"} if act == "set" else {}
    answer = client.post(f"{LIST}/bulk?q=heap", data={"act": act, "expect": str(MANY), **values, **more})
    assert answer.status_code == 202
    return str(answer.json()["work"])


def undo_of(text: str) -> str:
    found = re.search(r'action="([^"]*/undo/[^"]*)"', text)
    assert found
    return found[1]


def test_all_that_match_are_changed_by_a_job_that_the_list_shows_and_that_is_taken_back(site: Site, member: TestClient, many: list[str]) -> None:
    wrong = member.post(f"{LIST}/bulk?q=heap", data={"act": "set", "field": "arr", "arr": "5", "expect": "10"})
    assert (wrong.status_code, "11" in wrong.json()["text"]) == (409, True)
    refused = member.post(f"{LIST}/bulk?q=heap", data={"act": "set", "field": "arr", "arr": "-1", "expect": str(MANY)})
    assert refused.status_code == 422
    place = begin(member)
    assert set(stored(site, many, "arr")) == {Decimal("1.00")}
    listed = member.get(LIST).text
    assert place in listed
    assert 'data-work="running"' in listed
    member.cookies.set("tenon_language", "zh")
    assert "正在修改记录" in member.get(place, headers=PART).text
    member.cookies.set("tenon_language", "en")
    work(site)
    assert set(stored(site, many, "arr")) == {Decimal("5.00")}
    ended = member.get(place, headers=PART).text
    assert 'data-work="ended"' in ended
    assert "11 records were changed." in ended
    assert place not in member.get(LIST).text
    back = member.post(undo_of(ended), headers=PART, data={}).text
    assert 'data-work="running"' in back
    work(site)
    assert set(stored(site, many, "arr")) == {Decimal("1.00")}
    place = re.findall(r'hx-get="([^"]*/writing/[^"]*)"', back)[0]
    assert "11 records are as they were before." in member.get(place, headers=PART).text


def test_tags_and_deletions_go_the_same_way(site: Site, member: TestClient, many: list[str]) -> None:
    tagged = begin(member, "add", field="tags", tags="b", **{"tags.shown": "1"})
    work(site)
    assert set(stored(site, many, "tags")) == {("a", "b")}
    gone = begin(member, "delete")
    work(site)
    assert [site.stored(i) for i in many] == [None] * MANY
    text = member.get(gone, headers=PART).text
    assert "11 records were moved to the trash." in text
    assert member.post(undo_of(text), data={}).headers["location"] == LIST
    work(site)
    assert set(stored(site, many, "tags")) == {("a", "b")}
    member.post(undo_of(member.get(tagged, headers=PART).text), data={})
    work(site)
    assert set(stored(site, many, "tags")) == {("a",)}


def test_it_is_stopped_between_ranges_and_what_was_written_can_be_taken_back(site: Site, member: TestClient, many: list[str]) -> None:
    place = begin(member)
    done = []

    def stop(uow: UnitOfWork, told: object) -> None:
        if isinstance(told, Written) and not done:
            done.append(told)
            uow.after_commit.append(lambda: done.append(member.post(f"{place}/cancel", headers=PART, data={})))

    site.platform.listeners = replace(site.platform.listeners, after=(*site.platform.listeners.after, stop))
    work(site)
    assert stored(site, many, "arr").count(Decimal("5.00")) == 4
    text = member.get(place, headers=PART).text
    assert "Stopped. 4 records were written before that." in text
    member.post(undo_of(text), headers=PART, data={})
    assert set(stored(site, many, "arr")) == {Decimal("1.00")}


def test_such_work_is_shown_to_whom_it_belongs(site: Site, member: TestClient, seller: TestClient) -> None:
    place = begin(member)
    assert seller.get(place).status_code == 404
    assert seller.post(f"{place}/cancel", data={}).status_code == 404
    assert place not in seller.get(LIST).text
    assert member.get(place.replace("customer", "order")).status_code == 404
    assert seller.post(f"{LIST}/bulk?q=heap", data={"act": "delete", "expect": "0"}).status_code == 403
    assert member.post(f"{place}/cancel", data={}).status_code == 303
    work(site)
    assert "0 records" in member.get(place, headers=PART).text
