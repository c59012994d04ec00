"""Installing an app whose names are taken, in the pages."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from tenon.engine.context import system_context
from tenon.engine.releases import publish_documents
from tenon.platform.boot import make_worker
from tests.ui.conftest import Site
from tests.ui.test_app_upgrade import newer, zipped


@pytest.mark.parametrize(("choice", "names"), [("rename", {"vehicle": None, "vehicle_2": "fleet"}), ("replace", {"vehicle": "fleet"}), ("leave", {"vehicle": None})])
def test_each_name_is_decided(member: TestClient, site: Site, choice: str, names: dict[str, str | None]) -> None:
    vehicle = {"kind": "entity", "name": "vehicle", "label": {"en": "My bike", "zh": "我的车"}, "title": "plate", "fields": [{"name": "plate", "type": "text"}]}
    publish_documents(site.platform.publisher, system_context(), [vehicle])
    address = member.post("/apps/import", files={"file": ("fleet.zip", zipped(newer()), "application/zip")}).headers["Location"]
    page = member.get(address).text
    for words in ("Names that are taken", "here: My bike", "Keep both", "Replace mine", "Leave it out"):
        assert words in page, words
    sent = {"package": address.partition("=")[2], "choose:entity/vehicle": choice}
    done = member.post("/apps/names", data=sent)
    assert done.status_code == 303, done.text
    make_worker(site.platform).run_until_idle()
    with site.platform.read() as uow:
        assert {d.name: d.app for d in uow.model.all("entity") if d.name.startswith("vehicle")} == names
        assert uow.model.find("app", "fleet") is not None


def test_nothing_is_installed_undecided(member: TestClient, seller: TestClient, site: Site) -> None:
    vehicle = {"kind": "entity", "name": "vehicle", "title": "plate", "fields": [{"name": "plate", "type": "text"}]}
    publish_documents(site.platform.publisher, system_context(), [vehicle])
    address = member.post("/apps/import", files={"file": ("fleet.zip", zipped(newer()), "application/zip")}).headers["Location"]
    assert member.post("/apps/names", data={"package": address.partition("=")[2]}).status_code == 422
    assert seller.get(address).status_code == 403
    assert member.get("/apps/names").status_code == 404
