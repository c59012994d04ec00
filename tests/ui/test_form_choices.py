"""Forms in steps, several forms of one entity, choices that hang on others, stages, proposals, and hints before saving."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tenon.platform.database import Database
from tests.ui.form_site import FormSite, inputs, open_site


@pytest.fixture
def dialect() -> str:
    return "sqlite"


@pytest.fixture
def forms(database: Database, tmp_path: Path, moment: datetime) -> Iterator[FormSite]:
    with open_site(database, tmp_path, moment) as site:
        yield site


def here(text: str) -> str:
    found = re.search(r'aria-current="step">.*?</span>([^<]+)</span>', text, re.DOTALL)
    return found[1].strip() if found else ""


def test_a_form_in_steps_works_by_posting_alone(forms: FormSite) -> None:
    ann, url = forms.client(forms.ann), "/records/visit/new"
    first = ann.get(url).text
    assert here(first) == "What"
    assert 'value="show" data-save' not in first
    refused = ann.post(url, data=inputs(first) | {"kind": "site", "then": "next"})
    assert refused.status_code == 422
    assert here(refused.text) == "What"
    assert "Subject is missing." in refused.text
    second = ann.post(url, data=inputs(first) | {"subject": "Demo", "kind": "site", "then": "next"})
    assert here(second.text) == "Where"
    typed = inputs(second.text) | {"kind": "site"}
    assert typed["subject"] == "Demo"
    assert here(ann.post(url, data=typed | {"then": "next"}).text) == "Where"
    third = ann.post(url, data=typed | {"spot": "Shanghai", "then": "next"})
    assert here(third.text) == "Confirm"
    assert here(ann.post(url, data=inputs(third.text) | {"kind": "site", "then": "back"}).text) == "Where"
    unsure = ann.post(url, data=inputs(third.text) | {"kind": "site", "then": "show"})
    assert unsure.status_code == 422
    assert here(unsure.text) == "Confirm"
    assert ann.post(url, data=inputs(third.text) | {"kind": "site", "agreed": "on", "then": "show"}).status_code == 303
    [visit] = forms.stored("visit")
    assert (visit["subject"], visit["kind"], visit["spot"], visit["agreed"], visit["origin"]) == ("Demo", "site", "Shanghai", True, "plan")


def test_a_step_with_nothing_to_show_is_left_out_and_blocks_nothing(forms: FormSite) -> None:
    ann, url = forms.client(forms.ann), "/records/visit/new"
    second = ann.post(url, data={"form.name": "visit_long", "form.step": "0", "subject": "Call", "kind": "call", "then": "next"})
    assert here(second.text) == "Confirm"
    saved = ann.post(url, data={"form.name": "visit_long", "subject": "Call", "kind": "call", "agreed": "on", "agreed.shown": "1"})
    assert saved.status_code == 303
    assert forms.stored("visit")[0]["spot"] is None


def test_one_of_several_forms_is_chosen(forms: FormSite) -> None:
    ann = forms.client(forms.ann)
    page = ann.get("/records/visit/new").text
    assert re.findall(r'name="form.name" value="(\w+)"', page) == ["visit_long", "visit_short"]
    assert 'id="in-kind"' in page
    short = ann.post("/forms/visit", data={"form.name": "visit_short", "subject": "Kept", "kind": "call"}).text
    assert 'id="in-kind"' not in short
    assert 'id="in-day"' in short
    assert 'value="Kept"' in short
    assert 'id="in-day"' in ann.get("/records/visit/new?form=visit_short").text
    saved = ann.post("/records/visit/new", data={"form.name": "visit_short", "subject": "Short", "day": "2026-03-02"})
    assert saved.status_code == 303
    refused = ann.post("/records/visit/new", data={"form.name": "visit_admin", "subject": "No"})
    assert refused.status_code == 422  # a form that does not fit is not used: the first one asks for more


def test_choices_hang_on_what_else_was_typed(forms: FormSite) -> None:
    ann = forms.client(forms.ann)
    both = ann.post("/options/quote/lead_product", data={"q": "", "form.name": "quote_form"}).text
    assert {"Suite", "Router"} <= set(re.findall(r'data-title="(\w+)"', both))
    soft = ann.post("/options/quote/lead_product", data={"q": "", "form.name": "quote_form", "family": "soft"}).text
    assert re.findall(r'data-title="(\w+)"', soft) == ["Suite"]
    sent = {"form.name": "quote_form", "name": "Wrong", "family": "soft", "lead_product": forms.ids["Router"], "lead_product.shown": "1"}
    answer = ann.post("/records/quote/new", data=sent)
    assert answer.status_code == 422
    assert 'id="error-lead_product"' in answer.text
    assert ann.post("/records/quote/new", data=sent | {"lead_product": forms.ids["Suite"]}).status_code == 303


def test_stages_offer_what_may_be_and_say_why_not(forms: FormSite) -> None:
    ann, url = forms.client(forms.ann), f"/records/quote/{forms.ids['quote']}/edit"
    page = " ".join(ann.get(url).text.split())
    assert re.search(r'<option value="won" disabled>', page)
    assert not re.search(r'<option value="sent" disabled>', page)
    assert "Draft cannot become Won." in page
    without = ann.post("/forms/quote", data={"record": forms.ids["quote"], "code": "", "state": "draft"}).text
    assert re.search(r'<option value="sent"\s+disabled>', without)
    sent = inputs(page) | {"state": "sent"}
    assert ann.post(url, data=sent).status_code == 303
    page = ann.post("/forms/quote", data={"record": forms.ids["quote"], "state": "won"}).text
    assert re.search(r'id="in-won_on"[^>]* required', page)
    asked = ann.post(url, data={"name": "First", "state": "won", "won_on": ""})
    assert asked.status_code == 422
    assert 'id="error-won_on"' in asked.text
    assert ann.post(url, data={"name": "First", "state": "won", "won_on": "2026-03-01"}).status_code == 303


def test_a_taken_key_is_told_before_saving_to_those_who_may_read_it(forms: FormSite) -> None:
    ann = forms.client(forms.ann)
    text = ann.post("/forms/quote", data={"name": "Second", "code": "Q-1"}).text
    assert "Already there:" in text
    assert f"/records/quote/{forms.ids['quote']}" in text
    assert "Already there:" not in ann.post("/forms/quote", data={"name": "Second", "code": "Q-'7\\"}).text
    own = ann.post("/forms/quote", data={"record": forms.ids["quote"], "code": "Q-1", "name": "Other"}).text
    assert "Already there:" not in own


def test_a_record_is_made_on_the_way(forms: FormSite) -> None:
    ann = forms.client(forms.ann)
    assert 'data-creates="product"' in ann.get("/records/quote/new").text
    assert 'data-creates="product"' not in forms.client(forms.clive).get("/records/quote/new").text
    dialog = ann.get("/forms/product/quick?q=Switch").text
    assert 'id="in-q-name"' in dialog
    assert 'value="Switch"' in dialog
    refused = ann.post("/forms/product/quick", data={"name": ""})
    assert refused.status_code == 422
    assert 'id="error-q-name"' in refused.text
    made = ann.post("/forms/product/quick", data={"name": "Switch", "family": "hard"})
    assert made.status_code == 201
    assert re.search(r'data-made="([0-9a-f-]{36})" data-title="Switch"', made.text)
