"""Making an app of documents in the pages."""

from __future__ import annotations

import io
import re
import zipfile

from starlette.testclient import TestClient

from tests.ui.conftest import Site


def test_documents_are_chosen_and_zipped(member: TestClient, site: Site) -> None:
    page = member.get("/apps/make").text
    assert 'href="/apps/make"' in member.get("/apps").text
    with site.platform.read() as uow:
        order = uow.model.get("entity", "order").id
        customer = uow.model.get("entity", "customer").id
    assert f'value="{order}"' in page
    sent = {"name": "orders", "label": "Orders", "version": "1.0.0", "document": [order]}
    refused = member.post("/apps/make", data={**sent, "what": "make"})
    assert (refused.status_code, "Choose it too." in refused.text) == (422, True)
    more = member.post("/apps/make", data={**sent, "what": "needed"}).text
    chosen = re.findall(r'name="document" value="([^"]+)" checked', more)
    assert {order, customer} <= set(chosen)
    assert 'value="Orders"' in more
    made = member.post("/apps/make", data={**sent, "document": chosen, "what": "make"})
    assert (made.status_code, made.headers["content-disposition"]) == (200, 'attachment; filename="orders.zip"')
    with zipfile.ZipFile(io.BytesIO(made.content)) as archive:
        assert {"app.json", "entity/order.json", "entity/customer.json"} <= set(archive.namelist())
    assert member.post("/apps/make", data={**sent, "name": "No"}).status_code == 422


def test_others_make_nothing(seller: TestClient) -> None:
    assert seller.get("/apps/make").status_code == 403
    assert seller.post("/apps/make", data={"document": "x"}).status_code == 403
