"""Public forms: for anybody, without JavaScript; one record however often it is sent; no field, right or hint beyond the form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tenon.platform.database import Database
from tests.ui.form_site import FormSite, inputs, open_site

URL = "/f/contact-us"
SENT = {"name": "Zoe", "email": "zoe@example.com", "kind": "person", "message": "Call me", "consent": "on", "consent.shown": "1"}


@pytest.fixture
def forms(database: Database, tmp_path: Path, moment: datetime) -> Iterator[FormSite]:
    with open_site(database, tmp_path, moment) as site:
        yield site


@pytest.fixture
def stranger(forms: FormSite) -> TestClient:
    return forms.client(None)


def test_a_stranger_leaves_a_lead_once(forms: FormSite, stranger: TestClient) -> None:
    page = stranger.get(URL)
    assert page.status_code == 200
    assert "<h1>Contact us</h1>" in page.text
    assert "We answer within one working day." in page.text
    assert "inner" not in page.text.lower()
    for _ in range(2):
        answer = stranger.post(URL, data=SENT)
        assert (answer.status_code, answer.headers["location"]) == (303, f"{URL}/thanks?lang=en")
    [lead] = forms.stored("lead")
    assert (lead["name"], lead["email"], lead["message"], lead["consent"], lead["channel"]) == ("Zoe", "zoe@example.com", "Call me", True, "web")
    assert (lead["source"], lead["owner"], lead["created_by"]) == ("contact-us", None, None)
    assert "Thank you. We will be in touch." in stranger.get(f"{URL}/thanks").text
    history = forms.client(forms.ann).get(f"/api/v1/records/lead/{lead['id']}/history").json()
    assert history["history"][0]["cause"]["kind"] == "form"


def test_who_comes_again_is_matched_and_nothing_tells(forms: FormSite, stranger: TestClient) -> None:
    first = stranger.post(URL, data=SENT)
    second = stranger.post(URL, data=SENT | {"name": "Zoe Lin", "email": "zoe@EXAMPLE.com", "message": "", "phone": "13800138000"})
    assert (first.status_code, first.headers["location"], first.text) == (second.status_code, second.headers["location"], second.text)
    [lead] = forms.stored("lead")
    assert (lead["name"], lead["message"]) == ("Zoe Lin", "Call me")
    assert str(lead["phone"]).endswith("13800138000")
    part = stranger.post(f"{URL}/part", data={"email": "zoe@example.com"}).text
    assert "Already there" not in part
    assert lead["id"] not in part


def test_only_what_the_form_has_is_taken(forms: FormSite, stranger: TestClient) -> None:
    for extra in ({"inner": "x"}, {"id": "01a21812-06c2-7036-8c96-1403eec244e6"}, {"owner": forms.ann.id}, {"channel": "mine"}, {"name.other": "x"}, {"brief": "some-id"}):
        answer = stranger.post(URL, data=SENT | extra)
        assert answer.status_code == 422, extra
    assert stranger.post(URL, data=SENT, files={"message": ("a.txt", b"x")}).status_code == 422
    assert stranger.post(URL, json={"brief": {"path": "/etc/hostname"}}).status_code == 422
    assert forms.stored("lead") == []


def test_what_is_wrong_stands_at_its_field_and_entries_stay(forms: FormSite, stranger: TestClient) -> None:
    answer = stranger.post(URL, data={"name": "Zoe", "email": "", "kind": "company", "consent.shown": "1"})
    assert answer.status_code == 422
    for name in ("email", "company", "consent"):
        assert f'id="error-{name}"' in answer.text, name
    assert 'value="Zoe"' in answer.text
    assert 'id="in-company"' in answer.text
    assert 'id="in-company"' not in stranger.get(URL).text
    again = inputs(answer.text) | {"kind": "company", "email": "zoe@example.com", "company": "Lin Ltd", "consent": "on"}
    assert stranger.post(URL, data=again).status_code == 303
    assert forms.stored("lead")[0]["company"] == "Lin Ltd"


def test_it_speaks_the_language_of_the_visitor(stranger: TestClient) -> None:
    assert "联系我们" in stranger.get(URL, headers={"Accept-Language": "zh-CN,zh;q=0.9"}).text
    assert "Contact us" in stranger.get(f"{URL}?lang=en", headers={"Accept-Language": "zh-CN"}).text
    chinese = stranger.post(URL, data={"name": "", "lang": "zh"})
    assert 'lang="zh-CN"' in chinese.text
    turned = stranger.post(f"{URL}?lang=en", data=SENT | {"lang": "zh", "then": "again"})
    assert (turned.status_code, "Contact us" in turned.text, f'value="{SENT["name"]}"' in turned.text) == (200, True, True)
    assert "请勾选" in chinese.text
    assert stranger.post(URL, data=SENT | {"lang": "zh"}).headers["location"].endswith("thanks?lang=zh")
    assert "谢谢，我们会尽快与您联系。" in stranger.get(f"{URL}/thanks?lang=zh").text


def test_programs_and_floods_are_held_off(forms: FormSite, stranger: TestClient) -> None:
    trapped = stranger.post(URL, data=SENT | {"fax_number_2": "1"})
    assert (trapped.status_code, forms.stored("lead")) == (303, [])
    assert stranger.post(URL, data=SENT | {"message": "x" * 5_000_000}).status_code == 413
    assert stranger.post(URL, data=SENT, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert stranger.post(URL, data=SENT, headers={"Origin": "https://evil.example"}).status_code == 403
    codes = [stranger.post(URL, data={"name": ""}).status_code for _ in range(40)]
    assert codes[0] == 422
    refused = stranger.post(URL, data=SENT | {"lang": "zh"})
    assert refused.status_code == 429
    assert ("操作过于频繁" in refused.text, f'value="{SENT["email"]}"' in refused.text) == (True, True)  # nothing typed is lost
    assert int(refused.headers["retry-after"]) >= 1
    assert forms.stored("lead") == []


def test_a_file_comes_along(forms: FormSite, stranger: TestClient) -> None:
    answer = stranger.post(URL, data=SENT, files={"brief": ("brief.txt", b"what we need", "text/plain")})
    assert answer.status_code == 303
    [lead] = forms.stored("lead")
    assert lead["brief"]
    shown = forms.client(forms.ann).get(f"/api/v1/records/lead/{lead['id']}").json()
    assert (shown["brief"]["name"], shown["brief"]["size"]) == ("brief.txt", 12)


def test_nothing_else_is_open(forms: FormSite, stranger: TestClient) -> None:
    assert stranger.get("/f/nothing").status_code == 404
    assert stranger.post("/f/nothing", data=SENT).status_code == 404
    assert stranger.get("/records/lead").status_code == 303
    assert stranger.get("/options/lead/name").status_code in (303, 401)
    prefilled = stranger.get(f"{URL}?name=%3Cscript%3Ealert(1)%3C/script%3E&inner=x&kind=company").text
    assert "<script>alert" not in prefilled
    assert 'id="in-company"' in prefilled
    assert re.search(r'name="csrf"', prefilled) is None
    ann = forms.client(forms.ann)
    assert ann.post(URL, data=SENT, headers={"X-CSRF-Token": ""}).status_code == 303
    assert forms.stored("lead")[0]["created_by"] is None
