"""The draft in the page of releases: in words, with who changed what, and what was said about it."""

from __future__ import annotations

import re

from starlette.testclient import TestClient

from tenon.engine.context import Context
from tenon.engine.releases import draft
from tenon.engine.releases.comments import add_comment
from tests.ui.conftest import Site


def change(site: Site) -> str:
    """Change a label as Ann and return the id of the document."""
    with site.platform.write() as uow:
        document, _ = draft.get(uow.connection, uow.model, "entity", "order")
        document["fields"][0]["label"] = {"en": "Reference", "zh": "编号"}
        draft.put(uow.connection, Context(site.ann), uow.model, "entity", "order", document, now=uow.now)
        return str(document["id"])


def test_a_change_is_talked_about_until_it_is_published(member: TestClient, seller: TestClient, site: Site) -> None:
    id = change(site)
    page = member.get("/admin/releases").text
    assert re.search(r"<dt>Field Reference: label[^<]*</dt>", page)
    assert "Ann Lee" in page
    sent = {"what": "comment", "document": id, "text": "Is that what they call it?"}
    assert seller.post("/admin/releases", data=sent).status_code == 403
    assert member.post("/admin/releases", data=sent).headers["Location"] == f"/admin/releases#draft-{id}"
    assert "Is that what they call it?" in member.get("/admin/releases").text
    assert member.post("/admin/releases", data={**sent, "text": " "}).status_code == 422
    assert member.post("/admin/releases", data={**sent, "document": "nothing"}).status_code == 404
    assert member.post("/admin/releases", data={"what": "publish", "note": "their word"}).status_code == 303
    change_back = change(site)
    assert change_back == id
    assert "Is that what they call it?" not in member.get("/admin/releases").text


def test_what_was_said_ends_with_the_draft(member: TestClient, site: Site) -> None:
    id = change(site)
    member.post("/admin/releases", data={"what": "comment", "document": id, "text": "Wait."})
    member.post("/admin/releases", data={"what": "discard"})
    change(site)
    assert "Wait." not in member.get("/admin/releases").text


def test_one_takes_back_what_one_said(member: TestClient, site: Site) -> None:
    id = change(site)
    member.post("/admin/releases", data={"what": "comment", "document": id, "text": "Wait."})
    key = re.search(r'value="(take-back:[^"]+)"', member.get("/admin/releases").text)
    assert key is not None
    assert member.post("/admin/releases", data={"what": key[1], "document": id}).status_code == 303
    assert "Wait." not in member.get("/admin/releases").text
    with site.platform.write() as uow:
        add_comment(uow.connection, Context(site.sam, is_system=True), id, "Mine.", id=uow.new_id(), now=uow.now)
    page = member.get("/admin/releases").text
    assert "Mine." in page
    assert "take-back:" not in page
