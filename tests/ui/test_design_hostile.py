"""Labels that would be scripts, quotes, turned around or endless are text on the canvas of every designer."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from tests.ui.test_design import HOSTILE, make, step

MADE = ("form", "view", "page", "app", "dashboard", "widget", "score", "role", "extension", "rule", "scenario")
PLACES = {
    "form": "/sections/0/label/en", "page": "/tabs/0/label/en", "app": "/menu/0/label/en", "score": "/variants/0/measures/0/label/en",
}  # fmt: skip
LONG = HOSTILE[3]


def is_harmless(text: str) -> bool:
    return "<script>alert" not in text and "<img src=x" not in text


@pytest.mark.parametrize("label", HOSTILE)
def test_labels_of_fields_are_text_in_every_designer(member: TestClient, label: str) -> None:
    customer = member.get("/api/v1/metadata/entity/customer").json()
    told = [{"op": "set", "at": f"/fields/{f['id']}/label", "value": {"en": label, "zh": label}} for f in customer["fields"]]
    told += [
        {"op": "set", "at": f"/fields/{f['id']}/options/{o['id']}/label", "value": {"en": label, "zh": label}} for f in customer["fields"] for o in f.get("options", ())
    ]
    told += [{"op": "set", "at": "/label", "value": {"en": label, "zh": label}}, {"op": "set", "at": "/plural", "value": {"en": label, "zh": label}}]
    told = told[-12:] if label == LONG else told
    for one in range(0, len(told), 4):  # what a form carries is limited
        done = step(member, "/design/entity/customer", *told[one : one + 4])
        assert done.status_code == 200, done.text[:300]
        assert is_harmless(done.text)
    for kind in MADE:
        made = make(member, kind=kind, label=f"Odd {kind}", entity="customer")
        assert made.status_code == 303, (kind, made.text[made.text.find('class="alert tone-red') :][:600])
        url = made.headers["location"]
        page = member.get(url)
        assert (kind, page.status_code, is_harmless(page.text)) == (kind, 200, True)
        for chinese in ("en", "zh"):
            member.cookies.set("tenon_language", chinese)
            assert is_harmless(member.get(f"{url}/part").text), (kind, chinese)
        member.cookies.delete("tenon_language")
    assert is_harmless(member.get("/design").text)
    assert is_harmless(member.get("/design/map").text)


@pytest.mark.parametrize("label", HOSTILE)
@pytest.mark.parametrize("kind", MADE)
def test_labels_of_its_own_are_text(member: TestClient, kind: str, label: str) -> None:
    url = make(member, kind=kind, label=f"Odd {kind}", entity="customer").headers["location"]
    for place in ("/label/en", "/description/en", PLACES.get(kind, "/label/zh")):
        done = step(member, url, {"op": "set", "at": place, "value": label})
        assert done.status_code in ((200, 422) if label == LONG else (200,)), (place, done.status_code)
        assert is_harmless(done.text)
    page = member.get(url)
    assert page.status_code == 200
    assert is_harmless(page.text)
