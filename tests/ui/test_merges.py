"""Records side by side over HTTP: what is shown, what is merged, what is refused, and where a merged record leads."""

from __future__ import annotations

import re
from typing import Any

from starlette.testclient import TestClient

from tests.ui.conftest import Site


def sent(page: str, **more: Any) -> dict[str, Any]:
    """Return what the form of the page sends as it stands."""
    fields: dict[str, Any] = {"ids": re.findall(r'name="ids" value="([^"]+)"', page)}
    fields |= dict(re.findall(r'name="(version\.[^"]+)" value="([^"]+)"', page))
    for name, value in re.findall(r'<input type="radio" name="([^"]+)" value="([^"]+)" checked', page):
        fields[name] = value
    return fields | more


def test_side_by_side(site: Site, member: TestClient) -> None:
    one, two = site.ids[0], site.ids[5]
    site.change(two, notes="From the fair", tags=["fair"])
    url = f"/records/customer/merge?ids={two},{one}"
    page = member.get(url).text
    assert page.count('name="survivor"') == 2
    assert re.search(rf'name="survivor" value="{one}" checked', page)  # as much belongs to both: the older one
    assert re.search(rf'name="pick\.notes" value="{two}" checked', page)  # it has none itself
    assert "All of these are kept." in page
    assert "The record that stays keeps its own." in page
    assert re.search(r"Orders <b>4</b>", page)
    assert "8 fields" in page
    done = member.post("/records/customer/merge", data=sent(page, **{"pick.industry": two}))
    assert (done.status_code, done.headers["location"]) == (303, f"/records/customer/{one}")
    stored = site.stored(one) or {}
    assert (stored["notes"], stored["tags"], stored["industry"]) == ("From the fair", ("key", "fair"), "telecom")
    assert site.stored(two) is None
    moved = member.get(f"/records/customer/{two}")
    assert (moved.status_code, moved.headers["location"]) == (303, f"/records/customer/{one}")
    history = member.get(f"/records/customer/{one}?tab=tab3").text
    assert "merged into this:" in history
    assert "Aurora Energy 0005" in history
    undo = re.search(r'hx-post="(/records/customer/undo/[^"]+)"', history)
    assert undo is not None
    assert re.search(r'<td class="end"><span class="quiet">Merged', member.get("/records/customer/trash").text)
    assert undo[1].partition("?")[0].replace("/", "%2F") in done.headers["set-cookie"]
    assert member.post(undo[1]).headers["location"] == f"/records/customer/{one}"
    assert "Undo the merge" not in member.get(f"/records/customer/{one}?tab=tab3").text
    assert (site.stored(two) or {})["notes"] == "From the fair"
    assert (site.stored(one) or {})["industry"] == "saas"


def test_what_is_refused_is_said_over_the_choice(site: Site, member: TestClient, seller: TestClient) -> None:
    one, two = site.ids[0], site.ids[5]
    page = member.get(f"/records/customer/merge?ids={one}&ids={two}&survivor={two}").text
    site.change(two, notes="meanwhile")
    refused = member.post("/records/customer/merge", data=sent(page, **{"pick.industry": one}))
    assert refused.status_code == 412
    assert "These records were not merged" in refused.text
    assert re.search(rf'name="survivor" value="{two}" checked', refused.text)
    assert re.search(rf'name="pick\.industry" value="{one}" checked', refused.text)
    assert member.post("/records/customer/merge", data=sent(refused.text)).status_code == 303
    assert member.get(f"/records/customer/merge?ids={one}").status_code == 422
    assert seller.get(f"/records/customer/merge?ids={site.ids[2]},{site.ids[3]}").status_code == 403
    assert "Merge with" not in seller.get("/records/customer").text


def test_the_other_one_is_looked_for(site: Site, member: TestClient) -> None:
    one = site.ids[0]
    assert "Merge with…" in member.get(f"/records/customer/{one}").text
    found = member.get(f"/records/customer/{one}/merge/others", params={"q": "Energy 0005"}).text
    assert f'data-value="{site.ids[5]}"' in found
    assert one not in found


def test_numbers_that_are_none_break_no_page(site: Site, member: TestClient) -> None:
    one, two = site.ids[0], site.ids[5]
    for wrong in ("²", "9" * 5_000):
        form = {"ids": [one, two], "survivor": "x", f"version.{one}": wrong, "version.x": wrong}
        assert member.post("/records/customer/merge", data=form).status_code == 404
        assert member.post("/records/customer/bulk", data={"ids": [one], "act": "none", "expect": wrong}).status_code < 500
        assert member.post(f"/records/customer/{one}/edit", data={"form.step": wrong, "version": wrong, "form.began": wrong}).status_code < 500
        assert member.get(f"/records/customer?limit={wrong[:500]}").status_code == 200
        assert member.patch(f"/api/v1/records/customer/{one}", json={"notes": "x"}, headers={"If-Match": wrong.encode("latin-1")}).status_code == 412
