"""Two people at one document: the refusal leads to a page with both sides, and nothing that either did is lost."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest
from starlette.testclient import TestClient

from tenon.engine.context import Context
from tenon.engine.releases import draft
from tests.ui.conftest import Site

PLACE = "/design/entity/order"


def revision_of(site: Site) -> str:
    with site.platform.read() as uow:
        return draft.get(uow.connection, uow.model, "entity", "order")[1]


def order(site: Site) -> dict[str, Any]:
    with site.platform.read() as uow:
        return draft.get(uow.connection, uow.model, "entity", "order")[0]


def change_as_sam(site: Site, **more: Any) -> None:
    """Change the label, and add a field, as somebody else."""
    document = order(site)
    document["label"]["en"] = "Purchase"
    if not more:
        document["fields"].append({"name": "colour", "type": "text", "label": {"en": "Colour"}})
    with site.platform.write() as uow:
        draft.put(uow.connection, Context(site.sam, is_system=True), uow.model, "entity", "order", {**document, **more}, now=uow.now)


@pytest.mark.parametrize("side", ["yours", "theirs"])
def test_both_are_kept(member: TestClient, site: Site, side: str) -> None:
    revision = revision_of(site)
    change_as_sam(site)
    operations = json.dumps([
        {"op": "set", "at": "/label/en", "value": "Booking"}, {"op": "insert", "at": "/fields", "value": {"name": "weight", "type": "integer"}},
    ])  # fmt: skip
    refused = member.post(PLACE, data={"operations": operations, "revision": revision})
    assert (refused.status_code, "See both and merge" in refused.text) == (409, True)
    hidden = {name: html.unescape(value) for name, value in re.findall(r'name="(operations|revision)" value="([^"]*)"', refused.text)}
    assert hidden == {"operations": operations, "revision": revision}
    page = member.post(f"{PLACE}/merge", data=hidden).text
    for words in ("Sam Wu changed this while you did.", "label (English)", "Booking", "Purchase", "Field weight", "Field Colour", "Only Sam Wu changed"):
        assert words in page, words
    seen = re.search(r'name="seen" value="([^"]+)"', page)
    assert seen is not None
    sent = {**hidden, "seen": seen[1], "decide:/label/en": side, "what": "save"}
    change_as_sam(site, description={"en": "Once more"})
    again = member.post(f"{PLACE}/merge", data=sent)
    assert (again.status_code, "changed once more" in again.text) == (409, True)
    seen = re.search(r'name="seen" value="([^"]+)"', again.text)
    assert seen is not None
    saved = member.post(f"{PLACE}/merge", data={**sent, "seen": seen[1]})
    assert (saved.status_code, saved.headers["Location"]) == (303, PLACE)
    document = order(site)
    assert document["label"]["en"] == {"yours": "Booking", "theirs": "Purchase"}[side]
    assert {"weight", "colour"} <= {f["name"] for f in document["fields"]}
    assert document["description"] == {"en": "Once more"}


def test_others_merge_nothing(seller: TestClient, site: Site) -> None:
    sent = {"operations": "[]", "revision": revision_of(site)}
    assert seller.post(f"{PLACE}/merge", data=sent).status_code == 403


@pytest.mark.parametrize(("side", "wanted"), [("yours", "Order"), ("theirs", "Purchase")])
def test_a_step_is_undone_under_what_somebody_else_did(member: TestClient, site: Site, side: str, wanted: str) -> None:
    before = order(site)
    sent = json.dumps([{"op": "set", "at": "/label/en", "value": "Booking"}, {"op": "set", "at": "/icon", "value": "star"}])
    assert member.post(PLACE, data={"operations": sent, "revision": revision_of(site)}).status_code == 200
    change_as_sam(site)
    page = member.get(PLACE).text
    assert not re.search(r'data-way="undo"[^>]*disabled', page)
    refused = member.post(PLACE, data={"way": "undo"})
    assert (refused.status_code, "See both and merge" in refused.text) == (409, True)
    assert 'name="way" value="undo"' in refused.text
    merge = member.post(f"{PLACE}/merge", data={"way": "undo"}).text
    for words in ("You take your last step back", "label (English)", "Purchase", "Only Sam Wu changed", "Field Colour"):
        assert words in merge, words
    seen = re.search(r'name="seen" value="([^"]+)"', merge)
    assert seen is not None
    saved = member.post(f"{PLACE}/merge", data={"way": "undo", "seen": seen[1], "decide:/label/en": side, "what": "save"})
    assert saved.status_code == 303
    document = order(site)
    assert document["label"]["en"] == wanted
    assert document.get("icon") == before.get("icon")
    assert "colour" in {f["name"] for f in document["fields"]}
