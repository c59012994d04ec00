"""Updating an app in the pages: the plan in words, conflicts decided one by one, then a job."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from tenon.engine.context import Context
from tenon.engine.releases import draft, publish
from tenon.platform.boot import make_worker
from tenon.platform.clock import real_now
from tenon.platform.files import sweep
from tests import world
from tests.ui.conftest import Site, install_fleet


def newer(**vehicle: Any) -> dict[str, str]:
    """The files of the app in version 1.1.0: another label, a field more."""
    files: dict[str, Any] = json.loads(json.dumps(world.APP))
    files["app.json"]["version"] = "1.1.0"
    entity = files["entity/vehicle.json"]
    entity["label"]["en"] = "Car"
    entity["fields"].append({"name": "wheels", "type": "integer", "label": {"en": "Wheels", "zh": "车轮"}})
    entity.update(vehicle)
    return {name: each if isinstance(each, str) else json.dumps(each) for name, each in files.items()}


def zipped(files: dict[str, str]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, each in files.items():
            archive.writestr(name, each)
    return content.getvalue()


def customise(site: Site) -> None:
    """Change the label that the update changes too, and add a field of one's own."""
    with site.platform.write() as uow:
        ctx = Context(site.ann)
        document, _ = draft.get(uow.connection, uow.model, "entity", "vehicle")
        document["label"]["en"] = "Truck"
        document["fields"].append({"name": "driver", "type": "text", "label": {"en": "Driver", "zh": "驾驶员"}})
        draft.put(uow.connection, ctx, uow.model, "entity", "vehicle", document, now=uow.now)
    publish(site.platform.publisher, Context(site.ann))


def write_newer(site: Site) -> None:
    """Have the newer version come with Tenon."""
    for name, content in newer().items():
        (site.templates / "fleet" / name).write_text(content, "utf-8")


@pytest.mark.parametrize("side", ["yours", "theirs"])
def test_an_update_keeps_what_was_changed(member: TestClient, site: Site, side: str) -> None:
    install_fleet(site)
    customise(site)
    write_newer(site)
    assert "Update to 1.1.0" in member.get("/apps").text
    page = member.get("/apps/fleet/upgrade").text
    for words in ("Both sides changed these", "label (English)", "Truck", "Before: Vehicle", "Field Wheels", "Field Driver"):
        assert words in page, words
    choice = re.search(r'name="(decide:[^"]+)"', page)
    assert choice is not None
    looked = member.post("/apps/fleet/upgrade", data={choice[1]: side, "what": "look"})
    assert (looked.status_code, f'value="{side}" checked' in looked.text) == (200, True)
    done = member.post("/apps/fleet/upgrade", data={choice[1]: side, "what": "do"})
    assert done.status_code == 303
    assert "Updating Fleet" in member.get(done.headers["Location"]).text
    make_worker(site.platform).run_until_idle()
    assert "Fleet is up to date." in member.get(done.headers["Location"]).text
    with site.platform.read() as uow:
        entity = uow.model.get_entity("vehicle")
        assert entity.label.en == {"yours": "Truck", "theirs": "Car"}[side]
        assert [name for name, field in entity.fields.items() if field.origin == "own"] == ["plate", "seats", "driver", "wheels"]
    assert "Update to" not in member.get("/apps").text
    assert member.get("/apps/fleet/upgrade").status_code == 409


def test_a_newer_file_is_merged_in(member: TestClient, site: Site) -> None:
    install_fleet(site)
    answer = member.post("/apps/import", files={"file": ("fleet.zip", zipped(newer()), "application/zip")})
    assert answer.headers["Location"].startswith("/apps/fleet/upgrade?package=")
    page = member.get(answer.headers["Location"]).text
    assert "Field Wheels" in page
    key = answer.headers["Location"].partition("=")[2]
    done = member.post("/apps/fleet/upgrade", data={"package": key, "what": "do"})
    assert done.status_code == 303
    make_worker(site.platform).run_until_idle()
    with site.platform.read() as uow:
        assert uow.model.get("app", "fleet").body.version == "1.1.0"
    for wrong in ("../../etc/passwd", "0" * 32):
        assert member.get("/apps/fleet/upgrade", params={"package": wrong}).status_code == 404


def test_what_would_be_lost_is_accepted_first(member: TestClient, site: Site) -> None:
    member.post("/apps/fleet/install", data={"sample": "on"})
    make_worker(site.platform).run_until_idle()
    content = zipped(newer(fields=[{"name": "plate", "type": "text"}]))
    address = member.post("/apps/import", files={"file": ("fleet.zip", content, "application/zip")}).headers["Location"]
    page = member.get(address).text
    assert "I accept that this loses data" in page
    key, steps = address.partition("=")[2], re.findall(r'name="accept" value="([^"]+)"', page)
    refused = member.post("/apps/fleet/upgrade", data={"package": key, "what": "do"})
    assert (refused.status_code, "Accept first what would be lost." in refused.text) == (409, True)
    assert member.post("/apps/fleet/upgrade", data={"package": key, "what": "do", "accept": steps}).status_code == 303
    make_worker(site.platform).run_until_idle()
    with site.platform.read() as uow:
        assert [f for f, field in uow.model.get_entity("vehicle").fields.items() if field.origin == "own"] == ["plate"]


def test_others_update_nothing(seller: TestClient, site: Site) -> None:
    install_fleet(site)
    write_newer(site)
    assert seller.get("/apps/fleet/upgrade").status_code == 403
    assert seller.post("/apps/fleet/upgrade", data={"what": "do"}).status_code == 403


def test_a_file_about_which_nobody_decides_is_swept(member: TestClient, site: Site) -> None:
    install_fleet(site)
    kept = set(site.platform.outside.files.keys())
    address = member.post("/apps/import", files={"file": ("fleet.zip", zipped(newer()), "application/zip")}).headers["Location"]
    assert len(set(site.platform.outside.files.keys()) - kept) == 1
    assert sweep(site.platform.database, site.platform.outside.files) == 0
    assert member.get(address).status_code == 200
    assert sweep(site.platform.database, site.platform.outside.files, now=real_now() + timedelta(days=2)) == 1
    assert set(site.platform.outside.files.keys()) == kept
    assert member.get(address).status_code == 404


def test_all_conflicts_are_decided_at_once_and_places_have_names(member: TestClient, site: Site) -> None:
    install_fleet(site)
    customise(site)
    with site.platform.write() as uow:
        document, _ = draft.get(uow.connection, uow.model, "entity", "vehicle")
        document["label"]["zh"] = "卡车"
        document["search"] = []
        draft.put(uow.connection, Context(site.ann), uow.model, "entity", "vehicle", document, now=uow.now)
    publish(site.platform.publisher, Context(site.ann))
    files = newer()
    entity = json.loads(files["entity/vehicle.json"])
    entity["label"]["zh"] = "小汽车"
    address = member.post("/apps/import", files={"file": ("fleet.zip", zipped({**files, "entity/vehicle.json": json.dumps(entity)}), "application/zip")}).headers["Location"]
    page = member.get(address).text
    assert not re.search(r"\b_[0-9a-f]{32}\b", page)
    assert "All from the update" in page
    sent = {"package": address.partition("=")[2], **dict.fromkeys(re.findall(r'name="(decide:[^"]+)"', page), "yours")}
    looked = member.post("/apps/fleet/upgrade", data={**sent, "all": "theirs"}).text
    assert (looked.count('value="theirs" checked'), looked.count('value="yours" checked')) == (2, 0)
    member.cookies.set("tenon_language", "zh")
    assert "· 对象" in member.get(address).text
