"""The guide of an installed app in the pages: what its reader may see, in their language, and where it is found."""

from __future__ import annotations

from collections.abc import Callable

from starlette.testclient import TestClient

from tenon.engine.context import User, system_context
from tenon.engine.releases import publish_documents
from tests import world
from tests.ui.conftest import Site, install_fleet


def _text(en: str, zh: str) -> dict[str, str]:
    return {"en": en, "zh": zh}


MORE = [
    {"kind": "entity", "name": "trip", "app": "fleet", "label": _text("Trip", "行程"), "title": "goal", "keys": [["goal", "cost"], ["goal"]], "fields": [
        {"name": "goal", "label": _text("Goal", "目的地"), "type": "text", "required": True, "help": _text("Where to <b>exactly</b>.", "具体地点。")},
        {"name": "cost", "label": _text("Price of the trip", "行程费用"), "type": "integer"},
        {"name": "vehicle", "label": _text("Vehicle", "车辆"), "type": "reference", "entity": "vehicle"},
        {"name": "kept", "label": _text("Kept in", "停放于"), "type": "reference", "entity": "garage"},
        {"name": "is_dear", "label": _text("Is dear", "较贵"), "type": "formula", "expr": "cost > 100"},
        {"name": "is_named", "label": _text("Is named", "已命名"), "type": "formula", "expr": "goal != 'x'"}]},
    {"kind": "entity", "name": "garage", "app": "fleet", "label": _text("Garage", "车库"), "title": "place", "fields": [
        {"name": "place", "label": _text("Place", "地点"), "type": "text"}]},
    {"kind": "score", "name": "use", "app": "fleet", "entity": "garage", "label": _text("Use of the garage", "车库使用"), "variants": [{"name": "all", "measures": [
        {"name": "named", "points": 1, "when": "place != 'x'"}]}], "caps": [{"when": "place == 'y'", "at_least": 1}], "bands": [{"name": "low", "from": 0}]},
    {"kind": "view", "name": "dear_trips", "app": "fleet", "entity": "trip", "label": _text("Dear trips", "高价行程"), "filter": "cost > 250", "columns": ["goal"]},
    {"kind": "view", "name": "garages", "app": "fleet", "entity": "garage", "label": _text("All garages", "全部车库"), "columns": ["place"]},
    {"kind": "role", "name": "driver", "app": "fleet", "label": _text("Driver", "司机"), "grants": [
        {"entity": "vehicle", "actions": ["read"]}, {"entity": "trip", "actions": ["read"], "hide": ["cost"]}]},
]  # fmt: skip


def test_a_guide_shows_each_reader_what_they_may_see(site: Site, new_client: Callable[[User | None], TestClient], member: TestClient, seller: TestClient) -> None:
    assert member.get("/apps/fleet/guide").status_code == 404  # not installed
    install_fleet(site)
    publish_documents(site.platform.publisher, system_context(), MORE)
    driver = new_client(world.add_person(site.platform, "dee@example.com", "Dee Oh", ["driver"]))

    whole = member.get("/apps/fleet/guide").text
    for said in ("Guide to Fleet", "Vehicles and who drives them.", '<h3 id="entity-trip">Trip</h3>', "Price of the trip", "Garage", "<code>cost &gt; 100</code>", "Use of the garage",
                 'href="/records/trip?view=dear_trips"', '<a href="#entity-vehicle"><code>vehicle</code></a>', "Where to &lt;b&gt;exactly&lt;/b&gt;.", '<h2 id="part-role">'):  # fmt: skip
        assert said in whole, said
    member.cookies.set("tenon_language", "zh")
    assert all(said in member.get("/apps/fleet/guide").text for said in ("车队指南", "车辆与驾驶员。", "行程费用", "本页内容", "具体地点。"))

    seen = driver.get("/apps/fleet/guide").text
    assert [said for said in ("Goal", "Kept in", "Is named", "<code>goal != &#39;x&#39;</code>", "<code>…</code>", "Dear trips") if said not in seen] == []
    assert [word for word in ("cost", "Price of the trip", "Is dear", "garage", "Garage", "Use of the garage", "part-role", "Driver") if word in seen] == []

    for client, url, status in ((member, "/apps/nothing/guide", 404), (seller, "/apps/fleet/guide", 404)):
        assert client.get(url).status_code == status
    for client, place in ((member, "/apps"), (driver, "/apps"), (driver, "/"), (driver, "/search?q=guide fleet")):
        assert 'href="/apps/fleet/guide"' in client.get(place).text, place
    for place in ("/", "/search?q=guide", "/apps"):
        assert "/guide" not in seller.get(place).text
