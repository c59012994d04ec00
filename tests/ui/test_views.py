"""Boards, calendars, galleries, timelines and trees over HTTP: what they show, refuse and ask the database."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event
from starlette.testclient import TestClient

from tenon.engine.context import User, system_context
from tenon.engine.records.stored import load
from tenon.engine.releases import publish_documents
from tests import deals, world
from tests.ui.conftest import Site

HTMX = {"HX-Request": "true"}
PIXEL = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=")


@pytest.fixture
def ids(site: Site) -> list[str]:
    """Sixteen deals, four of every stage, with their views."""
    deals.publish(site.platform)
    return deals.add(site.platform, site.ann, deals.rows(16))


def stored(site: Site, id: str) -> dict[str, Any]:
    with site.platform.read() as uow:
        return load(uow, uow.model.get_entity("deal"), [id])[id]


def statements(site: Site, client: TestClient, url: str) -> int:
    """Return how many statements over the deals a page takes."""
    with site.platform.read() as uow:
        table = uow.model.get_entity("deal").table
    found: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        found.extend([statement] if table in statement else [])

    reader = site.platform.database._reader
    event.listen(reader, "before_cursor_execute", note)
    try:
        assert client.get(url).status_code == 200
    finally:
        event.remove(reader, "before_cursor_execute", note)
    return len(found)


def view(name: str) -> str:
    return f"/records/deal?view=deal_{name}"


def lanes(text: str) -> dict[str, int]:
    return {name: int(count) for name, count in re.findall(r'id="lane-(\w+)-total">.*?data-count="(\d+)"', text, re.S)}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_type_is_shown_without_inline_styles(member: TestClient, ids: list[str], language: str) -> None:
    member.cookies.set("tenon_language", language)
    for name in deals.TYPES:
        text = member.get(view(name)).text
        assert re.findall(r"\sstyle=|\son[a-z]+=\"|javascript:", text) == [], name
        assert 'id="results"' in text, name
        assert "alert tone-red" not in text, name


def test_a_board_counts_and_sums_and_narrows(member: TestClient, ids: list[str]) -> None:
    text = member.get(view("board")).text
    assert lanes(text) == {"new": 4, "talk": 4, "won": 4, "lost": 4}
    assert "¥9K" in text  # 400 + 1,640 + 2,880 + 4,120 = 9,040 of the new ones
    assert lanes(member.get(view("board") + "&q=harbour").text)["new"] == 2
    folded = member.get(view("board") + "&closed=new").text
    assert lanes(folded)["new"] == 4
    assert f'id="card-{ids[0]}"' not in folded


def test_a_board_of_people_has_a_lane_each(member: TestClient, site: Site, ids: list[str]) -> None:
    deals.add(site.platform, site.ann, [{"name": "Sam's own", "owner": site.sam.id}])
    text = member.get(view("owners")).text
    assert re.findall(r'data-lane="([^"]+)" data-label="([^"]+)"', text) == [(site.ann.id, "Ann Lee"), (site.sam.id, "Sam Wu")]
    moved = member.post(f"/records/deal/{ids[0]}/move?view=deal_owners", data={"value": site.sam.id, "version": "1"}, headers=HTMX)
    assert moved.status_code == 200
    assert stored(site, ids[0])["owner"] == site.sam.id


def test_a_move_is_stored_with_the_version_that_was_seen(member: TestClient, site: Site, ids: list[str]) -> None:
    path = f"/records/deal/{ids[0]}/move?view=deal_board"
    answer = member.post(path, data={"value": "talk", "version": "1"}, headers=HTMX)
    assert answer.status_code == 200
    assert f'id="card-{ids[0]}"' in answer.text
    assert 'data-version="2"' in answer.text
    assert lanes(answer.text) == {"new": 3, "talk": 5, "won": 4, "lost": 4}
    assert stored(site, ids[0])["stage"] == "talk"
    late = member.post(path, data={"value": "lost", "version": "1"}, headers=HTMX)
    assert late.status_code == 412
    assert "Somebody else changed this record." in late.text
    plain = member.post(f"/records/deal/{ids[4]}/move?view=deal_board", data={"value": "talk", "version": "1"})
    assert (plain.status_code, plain.headers["location"]) == (303, "/records/deal?view=deal_board")


def test_a_refused_move_says_which_rule_holds_it(member: TestClient, seller: TestClient, site: Site, ids: list[str]) -> None:
    small = deals.add(site.platform, site.ann, [{"name": "Small", "stage": "talk", "amount": "999"}])[0]
    condition = member.post(f"/records/deal/{small}/move?view=deal_board", data={"value": "won"}, headers=HTMX)
    assert condition.status_code == 422
    assert "Amount is at least 1,000" in condition.text
    undeclared = member.post(f"/records/deal/{small}/move?view=deal_board", data={"value": "new"}, headers=HTMX)
    assert "In talks cannot become New." in undeclared.text
    without_script = member.post(f"/records/deal/{small}/move?view=deal_board", data={"value": "new"})
    assert without_script.status_code == 422
    assert "This record was not moved" in without_script.text
    held = {"kind": "rule", "name": "signed_first", "label": {"en": "Signed first", "zh": "先签字"}, "entity": "deal", "timing": "before", "trigger": {"type": "updated"},
            "condition": "stage == 'won' and amount >= 4000", "actions": [{"type": "refuse", "message": {"en": "Large deals wait for a signature."}, "fields": ["reason"]}]}  # fmt: skip
    publish_documents(site.platform.publisher, system_context(), [held])
    large = deals.add(site.platform, site.ann, [{"name": "Large", "stage": "talk", "amount": "5000"}])[0]
    by_rule = member.post(f"/records/deal/{large}/move?view=deal_board", data={"value": "won"}, headers=HTMX)
    assert (by_rule.status_code, "Large deals wait for a signature." in by_rule.text, "This is asked by the rule “Signed first”." in by_rule.text) == (422, True, True)
    assert [stored(site, id)["stage"] for id in (small, large)] == ["talk", "talk"]


def test_a_move_asks_for_what_it_requires(member: TestClient, site: Site, ids: list[str]) -> None:
    path = f"/records/deal/{ids[1]}/move?view=deal_board"
    asked = member.post(path, data={"value": "lost", "version": "1"}, headers=HTMX)
    assert asked.status_code == 422
    assert re.findall(r'<input class="input"[^>]* name="(\w+)"', asked.text) == ["reason"]
    assert stored(site, ids[1])["stage"] == "talk"
    done = member.post(path, data={"value": "lost", "version": "1", "reason": "Too late"}, headers=HTMX)
    assert done.status_code == 200
    assert (stored(site, ids[1])["stage"], stored(site, ids[1])["reason"]) == ("lost", "Too late")


def test_a_quick_card_begins_in_its_lane(member: TestClient, site: Site, ids: list[str]) -> None:
    made = member.post("/records/deal/quick?view=deal_board", data={"lane": "talk", "title": "Quick"}, headers=HTMX)
    id = re.findall(r'data-card="([^"]+)"', made.text)[0]
    assert (stored(site, id)["name"], stored(site, id)["stage"]) == ("Quick", "talk")
    refused = member.post("/records/deal/quick?view=deal_board", data={"lane": "nowhere", "title": "Quick"})
    assert refused.headers["location"] == "/records/deal/new?name=Quick&stage=nowhere"


def test_a_calendar_shows_what_lies_in_its_days(member: TestClient, site: Site, ids: list[str]) -> None:
    text = member.get(view("calendar") + "&day=2026-03-10").text
    assert re.findall(r'data-day="([^"]+)"', text)[::7] == ["2026-02-23", "2026-03-02", "2026-03-09", "2026-03-16", "2026-03-23", "2026-03-30"]
    begins = {i: stored(site, i)["begins"] for i in ids}
    ends = {i: stored(site, i)["ends"] or begins[i] for i in ids}
    first, last = date(2026, 2, 23), date(2026, 4, 5)
    expected = {i for i in ids if begins[i] is not None and begins[i] <= last and ends[i] >= first}
    assert set(re.findall(r'data-event="([^"]+)"', text)) == expected
    assert "2 without a date" in text
    assert "tone-red" in text


def test_a_week_lays_bars_in_rows_that_never_cross(member: TestClient, site: Site, ids: list[str]) -> None:
    text = member.get(view("calendar") + "&day=2026-03-04&span=week").text
    taken: set[tuple[int, int]] = set()
    for column, days, row in re.findall(r"col-(\d) days-(\d) row-(\d+)", text):
        cells = {(int(row), int(column) + n) for n in range(int(days))}
        assert not cells & taken
        taken |= cells
    assert taken


def test_a_record_is_put_on_another_day(member: TestClient, site: Site, ids: list[str]) -> None:
    before = stored(site, ids[5])
    answer = member.post(f"/records/deal/{ids[5]}/reschedule?view=deal_calendar", data={"day": "2026-03-20", "version": "1"}, headers=HTMX)
    assert answer.status_code == 200
    after = stored(site, ids[5])
    assert after["begins"] == date(2026, 3, 20)
    assert after["ends"] - after["begins"] == before["ends"] - before["begins"]
    stale = member.post(f"/records/deal/{ids[5]}/reschedule?view=deal_calendar", data={"day": "2026-03-21", "version": "1"}, headers=HTMX)
    assert stale.status_code == 412
    wrong = member.post(f"/records/deal/{ids[5]}/reschedule?view=deal_calendar", data={"day": "soon"})
    assert "soon is no day." in wrong.text
    moment = stored(site, ids[1])["meets"]
    member.post(f"/records/deal/{ids[1]}/reschedule?view=deal_meetings", data={"day": "2026-03-25"}, headers=HTMX)
    local = stored(site, ids[1])["meets"].astimezone(site.platform.settings.timezone)
    assert (local.date(), local.time()) == (date(2026, 3, 25), moment.astimezone(site.platform.settings.timezone).time())


def test_a_record_gets_another_last_day(member: TestClient, site: Site, ids: list[str]) -> None:
    there = f"/records/deal/{ids[5]}/reschedule?view=deal_calendar"
    assert member.post(there, data={"day": "2026-03-20", "last": "2026-03-28", "version": "1"}, headers=HTMX).status_code == 200
    assert (stored(site, ids[5])["begins"], stored(site, ids[5])["ends"]) == (date(2026, 3, 20), date(2026, 3, 28))
    early = member.post(there, data={"day": "2026-03-20", "last": "2026-03-19"}, headers=HTMX)
    assert (early.status_code, "It cannot end before it begins." in early.text) == (422, True)
    assert "later is no day." in member.post(there, data={"day": "2026-03-20", "last": "later"}, headers=HTMX).text
    assert stored(site, ids[5])["ends"] == date(2026, 3, 28)


def test_a_timeline_has_a_band_a_group(member: TestClient, ids: list[str]) -> None:
    text = member.get(view("plan")).text
    assert re.findall(r'class="timeline-group".*?badge [\w-]+">\s*([\w ]+?)</span>', text, re.S) == ["New", "In talks", "Won", "Lost"]
    for left, width in re.findall(r'data-event="[^"]+" data-left="([\d.]+)" data-width="([\d.]+)"', text):
        assert 0 <= float(left) < float(left) + float(width) <= 100.01
    assert text.count("timeline-tick") == 6
    assert member.get(view("gantt")).text.count("data-event") == member.get(view("plan")).text.count("data-event")


def test_a_gallery_and_a_lane_go_on_where_they_ended(member: TestClient, site: Site, ids: list[str]) -> None:
    deals.add(site.platform, site.ann, [{"name": f"More {n:02}", "amount": "1"} for n in range(50)])
    text = member.get(view("gallery")).text
    cards = re.findall(r'id="card-([^"]+)"', text)[::1]
    more = re.findall(r'data-more="([^"]+)"', text)[0].replace("&amp;", "&")
    rest = member.get(more, headers=HTMX).text
    following = re.findall(r'<article class="card picture-card[^>]*id="card-([^"]+)"', rest)
    first = [c for c in cards if not c.endswith("-title")]
    assert (len(set(first)), len(following)) == (36, 30)
    assert not set(first) & set(following)
    board = member.get(view("board")).text
    lane = next(m.replace("&amp;", "&") for m in re.findall(r'data-more="([^"]+)"', board) if "lane=new" in m)
    assert len(re.findall(r"data-card=", member.get(lane, headers=HTMX).text)) == 54 - 20
    assert member.get("/records/deal/cards?view=deal_board&lane=nowhere&cursor=x").status_code == 404
    assert member.get("/records/deal/cards?view=deal_calendar").status_code == 404


def test_a_gallery_shows_pictures_and_letters(member: TestClient, site: Site, ids: list[str]) -> None:
    made = member.post("/records/deal/new", data={"name": "Pictured"}, files={"picture": ("lake.png", PIXEL, "image/png")})
    id = made.headers["location"].rsplit("/", 1)[1]
    text = member.get(view("gallery") + "&q=pictured").text
    source = re.findall(r'<img class="picture-image" src="([^"]+)"', text)[0]
    assert member.get(source).headers["content-type"] == "image/png"
    assert stored(site, id)["picture"] in source
    assert "picture-letter" in member.get(view("gallery")).text


def test_a_tree_counts_what_is_below(member: TestClient, site: Site, ids: list[str]) -> None:
    below = deals.add(site.platform, site.ann, [{"name": f"Below {n}", "parent": ids[0]} for n in range(3)])
    text = member.get(view("tree")).text
    assert not any(id in text for id in below)
    opened = re.findall(r'data-below="([^"]+)"', text)
    assert len(opened) == 1
    assert all(f'id="node-{id}"' in member.get(opened[0].replace("&amp;", "&"), headers=HTMX).text for id in below)
    assert all(f'id="node-{id}"' in member.get(view("tree") + "&q=below").text for id in below)


def test_a_board_and_a_calendar_ask_once_a_lane_and_a_range_however_many_there_are(member: TestClient, site: Site, ids: list[str]) -> None:
    urls = (view("board"), view("calendar"), view("plan"), view("tree"))
    few = [statements(site, member, url) for url in urls]
    day = deals.MONDAY
    rows = [{"name": f"Bulk {n}", "amount": "10", "stage": deals.STAGES[n % 3], "begins": (day + timedelta(days=n % 20)).isoformat()} for n in range(10_000)]
    for n in range(0, 10_000, 2_000):
        deals.add(site.platform, site.ann, rows[n : n + 2_000])
    assert [statements(site, member, url) for url in urls] == few
    assert lanes(member.get(view("board")).text)["new"] == 4 + 3334
    assert "Only the first 400 of these days are shown." in member.get(view("calendar")).text


def test_one_question_is_shown_as_any_type(member: TestClient, ids: list[str]) -> None:
    text = member.get("/records/deal?filter=amount+%3E+500&q=mill&view=deal_tree").text
    offered = set(re.findall(r'data-as="([^"]+)"', text))
    assert {"board", "calendar", "gallery", "timeline", "tree"} <= offered, "each by the field that fits best"
    assert {"list", "board:stage", "board:kind", "board:urgent", "board:owner", "calendar:begins", "calendar:meets", "timeline:begins", "gallery:picture", "tree:parent"} <= offered
    assert not {"board:amount", "board:name", "calendar:amount", "gallery:name"} & offered
    question = "/records/deal?view=deal_tree&amp;q=mill&amp;filter=amount+%3E+500&amp;as=calendar%3Abegins"
    assert question in text
    shown = {"board:stage": "lane-new", "calendar:begins": "calendar-week", "timeline:begins": 'id="timeline"', "gallery:picture": "gallery", "list": 'role="grid"'}
    for layout, sign in shown.items():
        found = member.get(f"/records/deal?as={layout}&q=mill").text
        assert sign in found, layout
        assert "Harbour lights" not in found, layout
    assert 'role="grid"' in member.get("/records/deal?as=board:amount").text


def test_a_type_without_a_field_takes_the_one_that_fits_best(member: TestClient, site: Site, ids: list[str]) -> None:
    shown = {"board": "lane-new", "calendar": "calendar-week", "timeline": 'id="timeline"', "gantt": 'id="timeline"', "gallery": "picture-card", "tree": "node-", "table": 'role="grid"'}
    for word, sign in shown.items():
        text = member.get(f"/records/deal?as={word}&day={deals.MONDAY}").text
        assert (sign in text, "board-note" in text and "alert" in text.partition("board-note")[2][:80]) == (True, False), word
    assert 'data-as="timeline:begins" aria-label="Timeline: Begins" aria-current="true"' in re.sub(r"\s+", " ", member.get("/records/deal?as=timeline").text)
    assert "With Shift they move its last day." in member.get("/records/deal?as=timeline:begins").text
    member.patch(f"/api/v1/records/deal/{ids[0]}", json={"parent": ids[1], "begins": deals.MONDAY.isoformat()})
    whole = re.sub(r"\s+", " ", member.get(f"/records/deal?as=timeline:begins&day={deals.MONDAY}").text)
    assert f'<span class="cut quiet">{stored(site, ids[1])["name"]}</span>' in whole, "whose it is stands beside its name"
    assert "With Shift they move its last day." not in member.get("/records/deal?as=timeline:meets").text


@pytest.mark.parametrize(("word", "en", "zh"), [
    ("pie", "There is no view type pie. Choose one of: list, board", "没有视图类型 pie。可选：list、"),
    ("board:amount", "Shown as a board, records need a choice, a yes or no, a person or a reference; Amount is none. Choose one of: Stage, Kind", "以看板显示需要"),
    ("timeline:name", "Shown as a timeline, records need a date; Name is none. Choose one of: Begins, Ends, Next meeting", "“名称”不是。可选：开始、结束、"),
    ("calendar:nowhere", "There is no field nowhere that you may see. Choose one of: Begins", "没有您可查看的字段 nowhere。"),
])  # fmt: skip
def test_a_type_that_cannot_be_shown_says_why(member: TestClient, ids: list[str], word: str, en: str, zh: str) -> None:
    text = member.get(f"/records/deal?as={word}").text
    assert (en in text, 'role="grid"' in text, 'class="button small save-view"' in text) == (True, True, False)
    member.cookies.set("tenon_language", "zh")
    assert zh in member.get(f"/records/deal?as={word}").text


def test_facts_of_cards_that_do_not_name_themselves_have_their_labels(member: TestClient, ids: list[str]) -> None:
    text = re.sub(r"\s+", " ", member.get(view("gallery")).text)
    assert '<div class="card-told"><dt>Amount</dt><dd>' in text
    assert '<dt class="sr">Stage</dt>' in text


def test_a_layout_moves_cards_and_is_saved_as_a_view(member: TestClient, site: Site, ids: list[str]) -> None:
    moved = member.post(f"/records/deal/{ids[0]}/move?as=board:kind", data={"value": "service"}, headers=HTMX)
    assert moved.status_code == 200
    assert stored(site, ids[0])["kind"] == "service"
    put = member.post(f"/records/deal/{ids[0]}/reschedule?as=calendar:begins", data={"day": "2026-03-20"}, headers=HTMX)
    assert put.status_code == 200
    assert stored(site, ids[0])["begins"] == date(2026, 3, 20)
    member.post("/records/deal/views?view=deal_gallery&as=board:kind&filter=amount+%3E+500", data={"label": "Mine by kind", "shared_with": "me"})
    [made] = [v for v in member.get("/api/v1/views?entity=deal").json()["views"] if v["name"] == "mine_by_kind"]
    assert (made["type"], made["board"]["by"], made["filter"], made["shared_with"]) == ("board", "kind", "amount > 500", "me")
    assert "gallery" not in {key for key, value in made.items() if value}


def test_a_view_by_a_field_that_is_hidden_is_a_list_with_the_reason(
    new_client: Callable[[User | None], TestClient], site: Site, ids: list[str],
) -> None:
    junior = new_client(world.add_person(site.platform, "jo@example.com", "Jo Day", ["junior"]))
    for name in ("board", "calendar", "plan"):
        text = junior.get(view(name)).text
        assert "You may not see the field that this view is made by." in text, name
        assert f"/records/deal/{ids[0]}" in text, name
    owners = junior.get(view("owners")).text
    assert "data-move" not in owners
    assert "2026-02-20" not in owners
    assert junior.post(f"/records/deal/{ids[0]}/move?view=deal_owners", data={"value": ""}, headers=HTMX).status_code == 403
    assert junior.post(f"/records/deal/{ids[0]}/reschedule?view=deal_calendar", data={"day": "2026-03-20"}, headers=HTMX).status_code == 404
    assert not re.findall(r'data-as="(?:board:(?:stage|kind)|calendar:begins)"', junior.get("/records/deal").text)
    assert "data-move" not in junior.get("/records/deal?as=board:stage").text
