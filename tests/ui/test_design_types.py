"""Fields of another type: what publishing would do to their values is told before; and the preview of a record."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.ui.conftest import Site
from tests.ui.test_design import make, step

URL = "/design/entity/customer"
API = "/api/v1/metadata/entity/customer"


def field_of(client: TestClient, name: str) -> dict[str, Any]:
    return next(f for f in client.get(API).json()["fields"] if f["name"] == name)


def retype(client: TestClient, name: str, type: str) -> str:
    field = field_of(client, name)
    answer = step(client, URL, {"op": "set", "at": f"/fields/{field['id']}/type", "value": type}, item=field["id"])
    assert answer.status_code == 200, answer.text
    return answer.text


def test_values_that_do_not_convert_are_told_with_samples(member: TestClient, site: Site) -> None:
    for id, reason in zip(site.ids, ("too expensive", "12", "15"), strict=False):
        site.change(id, lost_reason=reason)
    shown = retype(member, "lost_reason", "integer")
    assert "What publishing would do" in shown
    assert '<li class="lossy">' in shown
    assert "3 records touched, 1 value lost" in shown
    assert "<code>too expensive</code>" in shown
    assert (site.stored(site.ids[0]) or {})["lost_reason"] == "too expensive"
    undone = member.post(URL, data={"csrf": member.headers["X-CSRF-Token"], "way": "undo", "item": field_of(member, "lost_reason")["id"]})
    assert "What publishing would do" not in undone.text


@pytest.mark.parametrize(("name", "type", "gone", "made"), [
    ("stage", "text", {"options", "moves", "default"}, set()), ("notes", "choice", set(), {"options"}), ("arr", "text", {"currency", "min"}, set()),
    ("lost_reason", "reference", set(), {"entity"}), ("website", "formula", set(), {"expr"}), ("stage", "choice", {"moves"}, {"options", "default"}),
])  # fmt: skip
def test_a_field_of_another_type_keeps_what_that_knows(member: TestClient, name: str, type: str, gone: set[str], made: set[str]) -> None:
    retype(member, name, type)
    after = field_of(member, name)
    assert after["type"] == type
    assert not gone & set(after)
    assert made <= set(after)


def test_a_record_is_previewed_from_the_draft(member: TestClient) -> None:
    make(member, kind="entity", label="Partner")
    done = step(member, "/design/entity/partner", {"op": "insert", "at": "/fields", "value": {"name": "since", "type": "date", "label": {"en": "Partner since"}}})
    preview = done.text.partition("design-preview")[2].partition("</details>")[0]
    assert "Partner since" in preview
    assert 'type="date"' in preview or "date" in preview
    gone = member.post("/design/entity/partner", data={"csrf": member.headers["X-CSRF-Token"], "way": "undo"})
    assert "Partner since" not in gone.text


def test_every_type_has_a_preview(member: TestClient) -> None:
    page = member.get(URL).text.partition("design-preview")[2]
    for label in ("Name", "Industry", "Stage", "Contract value", "Discount", "Renewal", "Phone", "Tags", "Website", "Contract", "Notes"):
        assert label in page
