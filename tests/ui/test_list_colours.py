"""Colours of a list by rules in its address, the count of the builder within a view, and saved views under another name."""

from __future__ import annotations

import html
import re

import pytest
from starlette.testclient import TestClient

from tenon.engine import views
from tenon.engine.context import Context
from tests.ui.conftest import Site

LIST = "/records/customer"


def marks(text: str) -> list[str]:
    return re.findall(r'<tr role="row" id="row-[^"]+" class="mark-(\w+)"', text)


def counted(text: str) -> str:
    found = re.search(r'class="matches"[^>]*>([^<]*)<', text)
    assert found
    return html.unescape(found[1])


def test_rules_of_an_address_colour_the_records_the_first_that_fits(member: TestClient, site: Site) -> None:
    params = {"sort": "-arr", "limit": "200", "colours": ["blue:arr > 200000", "green:arr > 100000"]}
    rows = member.get("/api/v1/records/customer", params={"limit": "500", "sort": "-arr", "fields": "arr"}).json()["records"]
    amounts = [float(r["arr"] or 0) for r in rows]
    assert marks(member.get(LIST, params=params).text) == ["blue" if a > 200_000 else "green" for a in amounts if a > 100_000]
    turned = {**params, "colours": ["green:arr > 100000", "blue:arr > 200000"]}
    assert set(marks(member.get(LIST, params=turned).text)) == {"green"}
    for nonsense in ("pink:arr > 1", "red:", "red:nonsense ==", "red"):
        assert marks(member.get(LIST, params={"colours": nonsense}).text) == []


def test_the_rules_of_a_view_can_be_changed_shut_off_and_saved(member: TestClient, site: Site) -> None:
    part = {"HX-Request": "true"}
    made = member.post(f"{LIST}/views", params={"view": "big_ones", "colours": "blue:arr > 200000"}, data={"label": "Blue", "shared_with": "me"})
    assert made.headers["location"] == f"{LIST}?view=blue"
    with site.platform.read() as uow:
        saved = views.get(uow, Context(site.ann), "blue")
    assert [(c["colour"], c["when"]) for c in saved["colours"]] == [("blue", "arr > 200000")]
    own = {"view": "blue", "limit": "200"}
    shown = member.get(LIST, params=own, headers=part).text
    assert set(marks(shown)) == {"blue"}
    assert "Save view" not in shown
    assert "Save view" not in member.get(LIST, params={**own, "colours": "blue:arr > 200000"}, headers=part).text
    shut = member.get(LIST, params={**own, "colours": "-"}, headers=part).text
    assert (marks(shut), "Save view" in shut) == ([], True)
    changed = member.get(LIST, params={**own, "colours": "red:arr > 250000"}, headers=part)
    assert (set(marks(changed.text)), "Save view" in changed.text) == ({"red"}, True)
    assert "colours=red%3Aarr" in changed.headers["HX-Push-Url"]
    assert "Contract value is more than 200,000" in member.get(f"{LIST}/panel/colours", params=own).text
    member.post(f"{LIST}/views", params={**own, "colours": "red:arr > 250000"}, data={"over": saved["id"]})
    assert marks(member.get(LIST, params=own).text) == marks(changed.text)
    kept = member.post(f"{LIST}/views", params=own, data={"label": "Again", "shared_with": "me"})
    assert marks(member.get(f"{kept.headers['location']}&limit=200").text) == marks(changed.text)
    member.post(f"{LIST}/views", params={**own, "colours": "-"}, data={"over": saved["id"]})
    assert marks(member.get(LIST, params=own).text) == []
    assert "edge tone-green" in member.get(LIST, params={"view": "by_stage", "colours": "green:arr > 0"}).text


def test_a_rule_on_what_one_may_not_see_colours_nothing(seller: TestClient, site: Site) -> None:
    for when in ("discount > 0", "phone == '1'"):
        assert marks(seller.get(LIST, params={"colours": f"red:{when}"}).text) == []


def test_the_builder_counts_within_the_view_that_is_open(member: TestClient) -> None:
    def found(**params: str) -> int:
        return int(member.get(f"{LIST}/count", params=params).json()["count"])

    big, both = found(view="big_ones"), found(view="big_ones", filter="arr > 200000")
    assert 0 < both < big < found()
    form = {"c.0.path": "arr", "c.0.op": "more", "c.0.v": "200000"}
    assert counted(member.post("/conditions/customer?view=big_ones", data=form).text) == f"Matches {both} of {big} records"
    assert counted(member.post("/conditions/customer", data=form).text) == f"Matches {found(filter='arr > 200000')} of {found()} records"
    panel = member.get(f"{LIST}/panel/filter", params={"view": "big_ones", "filter": "arr > 200000"}).text
    assert counted(panel) == f"Matches {both} of {big} records"
    searched = found(view="big_ones", q="Aurora")
    assert counted(member.post("/conditions/customer?view=big_ones&q=Aurora", data={"expression": ""}).text) == f"Matches {searched} of {searched} records"
    ticked = {"is.industry": "energy"}
    assert f"of {found(**ticked)} records" in counted(member.post("/conditions/customer", params=ticked, data=form).text)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_panels_of_colours_and_names_render(member: TestClient, language: str) -> None:
    member.cookies.set("tenon_language", language)
    for name in ("colours", "rename"):
        assert member.get(f"{LIST}/panel/{name}?view=big_ones&colours=teal:arr+%3E+5").status_code == 200


def test_a_saved_view_gets_another_name_and_is_shared(member: TestClient, seller: TestClient, site: Site) -> None:
    member.post(f"{LIST}/views?filter=arr+%3E+5", data={"label": "Mine", "shared_with": "me"})
    nameless = member.post(f"{LIST}/views?filter=arr+%3E+6", data={"label": "  ", "shared_with": "me"})
    assert (nameless.status_code, "A view needs a name." in nameless.text) == (422, True)
    with site.platform.read() as uow:
        before = views.get(uow, Context(site.ann), "mine")
    there = f"{LIST}/views/{before['id']}"
    assert 'data-open-panel="rename"' in member.get(f"{LIST}?view=mine").text
    assert 'value="Mine"' in member.get(f"{LIST}/panel/rename?view=mine").text
    nameless = member.post(f"{there}?view=mine", data={"label": " ", "shared_with": "me"})
    assert (nameless.status_code, "A view needs a name." in nameless.text) == (422, True)
    assert seller.post(there, data={"label": "Yours", "shared_with": "me"}).status_code == 404
    assert member.post(there.replace("customer", "order"), data={"label": "Lost", "shared_with": "me"}).status_code == 404
    answer = member.post(f"{there}?view=mine&q=x", data={"label": "Ours", "shared_with": "everyone"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{LIST}?view=mine&q=x")
    assert ">Ours</a>" in seller.get(LIST).text
    with site.platform.read() as uow:
        after = views.get(uow, Context(site.ann), "mine")
    assert (after["label"], after["shared_with"]) == ({"en": "Ours"}, "everyone")
    assert {k: v for k, v in after.items() if k not in ("label", "shared_with", "updated_at")} == {
        k: v for k, v in before.items() if k not in ("label", "shared_with", "updated_at")
    }
    refused = seller.post(f"{there}?view=mine", data={"label": "Theirs", "shared_with": "everyone"})
    assert (refused.status_code, "belongs to somebody else" in html.unescape(refused.text)) == (403, True)
