"""The score designer over HTTP: measures with their shares, bands over real values, ceilings, and how a band may move."""

from __future__ import annotations

import json
import re
from typing import Any

from starlette.testclient import TestClient

from tests.ui.conftest import Site
from tests.ui.test_design import HOSTILE, csrf, make, step

URL = "/design/score/health"


def document(client: TestClient, name: str = "health") -> dict[str, Any]:
    return dict(client.get(f"/api/v1/metadata/score/{name}").json())


def measure(client: TestClient, name: str) -> dict[str, Any]:
    return next(m for m in document(client)["variants"][0]["measures"] if m["name"] == name)


def test_the_canvas_tells_what_the_score_is_made_of(member: TestClient) -> None:
    page = member.get(URL).text
    assert "Contract above 100,000" in page
    assert "2 of 3 to 5 dimensions" in page
    assert "Everything above 100 counts as 100." in page  # 40 + 40 + 20 + 10
    assert re.findall(r"data-share>(\d+) %", page) == ["36", "9", "36", "18"]
    member.cookies.set("tenon_language", "zh")
    zh = member.get(URL).text
    assert "2 个维度，建议 3 到 5 个" in zh
    assert 'aria-label="持续下单 滑块"' in zh


def test_a_measure_is_dragged_between_dimensions_and_renamed(member: TestClient) -> None:
    big, at = measure(member, "big"), f"/variants/{document(member)['variants'][0]['id']}/measures"
    moved = step(member, URL, {"op": "move", "item": big["id"], "to": at, "index": 2}, {"op": "set", "at": f"{at}/{big['id']}/group", "value": "usage"})
    assert moved.status_code == 200
    assert [m["name"] for m in document(member)["variants"][0]["measures"]] == ["buys", "kept", "big", "trust"]
    assert measure(member, "big")["group"] == "usage"
    lists = re.findall(r'data-sets="([^"]*)"', moved.text)
    assert [json.loads(each.replace("&#34;", '"')) for each in lists] == [{"group": "usage"}, {"group": "value"}]


def test_weights_instead_of_points_and_back(member: TestClient) -> None:
    page = member.get(URL).text
    assert "{&#34;weight&#34;: &#34;points&#34;}" in page  # what comes from the palette is counted as the others are
    convert = next(json.loads(found.replace("&#34;", '"')) for found in re.findall(r'data-operations="([^"]*)"', page) if "weight" in found)
    done = step(member, URL, *convert)
    assert "they need not add up to 100" in done.text
    assert "{&#34;points&#34;: &#34;weight&#34;}" in done.text
    assert [(m.get("points"), m.get("weight")) for m in document(member)["variants"][0]["measures"]] == [(None, 40), (None, 40), (None, 20), (None, 10)]
    assert "stands in the way" not in done.text


def test_every_sort_of_measure_can_be_taken_and_published(member: TestClient) -> None:
    page = member.get(URL).text
    values = [json.loads(each.replace("&#34;", '"')) for group, each in re.findall(r'data-group="(measure)" data-value="([^"]*)"', page)]
    assert {"when", "value", "bands", "manual"} <= {key for each in values for key in each}
    at = f"/variants/{document(member)['variants'][0]['id']}/measures"
    for value in values:
        done = step(member, URL, {"op": "insert", "at": at, "value": value})
        assert done.status_code == 200
        assert 'id="design-troubles" class="design-troubles" hidden' in done.text, value
        member.post(URL, data={"csrf": csrf(member), "way": "undo"})


def test_a_measure_changes_how_it_judges(member: TestClient) -> None:
    big = measure(member, "big")
    shown = member.get(f"{URL}/part", params={"item": big["id"]}).text
    ways = [json.loads(found.replace("&#34;", '"')) for found in re.findall(r'data-operations="([^"]*)" aria-pressed="false"', shown) if "/of" in found]
    done = step(member, URL, *ways[0], item=big["id"])
    assert "Share of the rest" in done.text
    assert measure(member, "big").get("when") is None
    assert [b["share"] for b in measure(member, "big")["bands"]] == [1, 0]


def test_bands_count_the_records_of_today(member: TestClient, site: Site) -> None:
    page = member.get(URL).text
    counts = json.loads(re.findall(r'data-counts="([^"]*)"', page)[0])
    scores = [r["health_score"] for r in member.get("/api/v1/records/customer", params={"fields": "health_score", "limit": 200, "filter": "health_coverage >= 0.6"}).json()["records"]]
    assert len(counts) == 100
    assert sum(counts) == len(scores)
    shown = dict(re.findall(r'data-band="([^"]*)".*?data-band-count>(\d+)<', page, re.S))
    bands = document(member)["bands"]
    edges = [*[float(b["from"]) for b in bands], 101.0]
    assert [int(shown[b["id"]]) for b in bands] == [sum(edges[i] <= float(s) < edges[i + 1] for s in scores) for i in range(3)]
    moved = step(member, URL, {"op": "set", "at": f"/bands/{bands[1]['id']}/from", "value": 20.5})
    edges[1] = 20.5
    shown = dict(re.findall(r'data-band="([^"]*)".*?data-band-count>(\d+)<', moved.text, re.S))
    assert [int(shown[b["id"]]) for b in bands] == [sum(edges[i] <= float(s) < edges[i + 1] for s in scores) for i in range(3)]


def test_how_a_band_may_move_is_set_in_the_panel(member: TestClient) -> None:
    for at, value in (("/movement/margin", 3), ("/movement/min_dwell_days", 7), ("/movement/down", "period"), ("/realtime", False), ("/scale", [0, 120])):
        assert step(member, URL, {"op": "set", "at": at, "value": value}).status_code == 200
    found = document(member)
    assert (found["movement"]["margin"], found["movement"]["min_dwell_days"], found["movement"]["down"]) == (3, 7, "period")
    assert (found["realtime"], found["scale"]) == (False, [0, 120])
    page = member.get(URL).text
    assert "Nobody can reach 120" in page
    refused = step(member, URL, {"op": "set", "at": "/movement/margin", "value": "much"})
    assert refused.status_code == 422


def test_a_score_is_made_for_an_entity_without_values(member: TestClient) -> None:
    made = make(member, kind="score", label="订单质量", entity="order")
    assert made.headers["location"] == "/design/score/ding_dan_zhi_liang"
    page = member.get(made.headers["location"]).text
    assert "No values yet" in page
    assert 'id="design-troubles" class="design-troubles" hidden' in page
    assert "1 of 3 to 5 dimensions" in page


def test_labels_and_conditions_are_shown_as_text(member: TestClient) -> None:
    variant = document(member)["variants"][0]["id"]
    for label in HOSTILE[:3]:
        value = {"name": "odd", "label": {"en": label}, "group": label[:60], "points": 1, "when": "name == '<script>alert(1)</script>'"}
        done = step(member, URL, {"op": "insert", "at": f"/variants/{variant}/measures", "value": value})
        assert done.status_code == 200
        assert "<script>alert" not in done.text
        assert "<img src=x" not in done.text
        member.post(URL, data={"csrf": csrf(member), "way": "undo"})
    assert member.get(URL).status_code == 200


def test_only_builders_design_scores(seller: TestClient) -> None:
    assert seller.get(URL).status_code == 403


def test_a_simulation_says_who_would_move_and_touches_nothing(member: TestClient, site: Site) -> None:
    stored = {r["id"]: r["health_band"] for r in member.get("/api/v1/records/customer", params={"fields": "health_band", "limit": 200}).json()["records"]}
    same = member.get(f"{URL}/simulation").text
    assert "The draft is as published" in same
    assert "Who changes band" not in same
    step(member, URL, {"op": "set", "at": f"/bands/{document(member)['bands'][2]['id']}/from", "value": 95})
    answer = member.post("/api/v1/scores/health/simulate", json={}).json()
    moving = sum(m["count"] for m in answer["moves"])
    assert moving > 0
    page = member.get(f"{URL}/simulation").text
    assert f"<dd>{moving} " in page
    first = answer["moved"][0]
    assert f'href="/records/customer/{first["id"]}"' in page
    assert first["title"] in page
    told = re.findall(r"<title>Healthy → Watch: (\d+)</title>", page)
    assert told == [str(next(m["count"] for m in answer["moves"] if (m["from"], m["to"]) == ("good", "watch")))]
    after = {r["id"]: r["health_band"] for r in member.get("/api/v1/records/customer", params={"fields": "health_band", "limit": 200}).json()["records"]}
    assert after == stored
    member.cookies.set("tenon_language", "zh")
    assert "等级变动的记录" in member.get(f"{URL}/simulation").text


def test_a_long_list_of_movers_goes_on(member: TestClient) -> None:
    step(member, URL, {"op": "set", "at": f"/bands/{document(member)['bands'][2]['id']}/from", "value": 99}, {"op": "set", "at": f"/bands/{document(member)['bands'][1]['id']}/from", "value": 98})
    found, url = [], f"{URL}/simulation"
    while url:
        page = member.get(url).text
        found += re.findall(r'href="/records/customer/([0-9a-f-]{36})"', page)
        more = re.findall(r'hx-get="([^"]*)"', page)
        url = more[0] if more else ""
    answer = member.post("/api/v1/scores/health/simulate", json={}).json()
    assert len(found) == len(set(found)) == sum(m["count"] for m in answer["moves"]) > 50


def test_what_cannot_be_simulated_is_said(member: TestClient, seller: TestClient) -> None:
    at = f"/variants/{document(member)['variants'][0]['id']}/measures/{measure(member, 'big')['id']}/when"
    step(member, URL, {"op": "set", "at": at, "value": "nothing_such > 1"})
    refused = member.get(f"{URL}/simulation")
    assert (refused.status_code, "cannot be computed yet" in refused.text, "nothing_such" in refused.text) == (422, True, True)
    assert member.get("/design/score/no_such/simulation").status_code == 404
    assert seller.get(f"{URL}/simulation").status_code == 403


def test_forecasts_are_set_up(member: TestClient) -> None:
    assert "Forecasts are kept as records" in member.get(URL).text  # nothing can keep them yet
    about = member.get("/api/v1/metadata/score/health").json()["entity"]
    number = [{"name": name, "type": "decimal", "label": {"en": name}} for name in ("value", "lo", "hi")]
    options = [{"name": name, "label": {"en": name}} for name in ("leaves", "worth")]
    fields = [
        {"name": "whom", "type": "reference", "entity": about, "label": {"en": "Whom"}}, {"name": "kind", "type": "choice", "options": options, "label": {"en": "Kind"}}, *number,
        {"name": "method", "type": "text", "label": {"en": "Method"}}, {"name": "params", "type": "json", "label": {"en": "Parameters"}},
        {"name": "data_as_of", "type": "date", "label": {"en": "Day"}}, {"name": "status", "type": "text", "label": {"en": "Status"}},
    ]  # fmt: skip
    entity = {"kind": "entity", "format": 1, "name": "outlook", "label": {"en": "Outlook"}, "title": "method", "fields": fields}
    made = member.put("/api/v1/metadata/entity/outlook", json=entity)
    assert made.status_code in (200, 201), made.text
    operations = [json.loads(each.replace("&#34;", '"')) for each in re.findall(r'data-operations="([^"]*/forecasts[^"]*)"', member.get(URL).text)]
    assert [o[0]["value"]["items"][0]["method"] for o in operations] == ["logistic", "sbg", "bgnbd"]
    done = step(member, URL, *operations[0])
    assert 'id="design-troubles" class="design-troubles" hidden' in done.text
    assert "Chance of an outcome" in done.text
    kept = document(member)["forecasts"]
    assert (kept["keep_in"], [(i["name"], i["method"], i["outcome"]) for i in kept["items"]]) == ("outlook", [("leaves", "logistic", "False")])
    panel = member.get(f"{URL}/part", params={"item": kept["items"][0]["id"]}).text
    assert "The chance that this holds after the days." in panel
    assert "/forecasts/items/" in panel
    changed = step(member, URL, {"op": "set", "at": f"/forecasts/items/{kept['items'][0]['id']}/outcome", "value": "health_score < 50"})
    assert 'id="design-troubles" class="design-troubles" hidden' in changed.text
    step(member, URL, {"op": "set", "at": "/forecasts", "value": None})
    assert document(member).get("forecasts") is None
