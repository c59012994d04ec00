"""Rows of a relation on a form: added, changed and deleted with their record, in one transaction, on both databases."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from tenon.engine.context import Context
from tenon.engine.records import deleting, writing
from tenon.platform.database import Database
from tests.ui.form_site import FormSite, inputs, open_site


@pytest.fixture
def forms(database: Database, tmp_path: Path, moment: datetime) -> Iterator[FormSite]:
    with open_site(database, tmp_path, moment) as site:
        yield site


def test_a_record_is_created_with_its_rows(forms: FormSite) -> None:
    ann = forms.client(forms.ann)
    page = ann.get("/records/quote/new").text
    assert 'name="lines.n1.quantity"' in page
    sent = {
        "form.name": "quote_form", "name": "New", "code": "Q-2", "discount": "10", "discount.shown": "1", "lines.shown": "1", "lines.n1.quantity": "3", "lines.n1.price": "1,000.50",
        "lines.n1.product": forms.ids["Suite"], "lines.n1.product.shown": "1", "lines.n2.quantity": "1", "lines.n2.price": "",
    }  # fmt: skip
    answer = ann.post("/records/quote/new", data=sent)
    assert answer.status_code == 303
    quote = forms.one("quote", answer.headers["location"].rsplit("/", 1)[1])
    lines = [row for row in forms.stored("quote_line") if row["quote"] == quote["id"]]
    assert [(row["quantity"], row["price"], row["product"]) for row in lines] == [(Decimal(3), Decimal("1000.50"), forms.ids["Suite"])]
    assert quote["total"] == Decimal("2701.35")


def test_rows_are_changed_added_and_deleted_at_once(forms: FormSite) -> None:
    ann, ids = forms.client(forms.ann), forms.ids
    url = f"/records/quote/{ids['quote']}/edit"
    sent = inputs(ann.get(url).text) | {"state": "draft"}
    one, two = ids["one"], ids["two"]
    assert sent[f"lines.{one}.version"] == "1"
    sent |= {f"lines.{one}.price": "120", f"lines.{two}.gone": "1", "lines.n1.quantity": "4", "lines.n1.price": "5", "lines.n1.note": "three"}
    assert ann.post(url, data=sent).status_code == 303
    rows = {row["note"]: row["price"] for row in forms.stored("quote_line")}
    assert rows == {"one": Decimal(120), "three": Decimal(5)}
    assert forms.one("quote", ids["quote"])["total"] == Decimal(260)


def test_nothing_is_saved_when_a_cell_is_wrong(forms: FormSite) -> None:
    ann, ids = forms.client(forms.ann), forms.ids
    url = f"/records/quote/{ids['quote']}/edit"
    sent = inputs(ann.get(url).text) | {"state": "draft", "name": "Renamed"}
    sent |= {f"lines.{ids['one']}.price": "much", "lines.n7.quantity": "-1", "lines.n7.price": "5", f"lines.{ids['two']}.gone": "1"}
    answer = ann.post(url, data=sent)
    assert answer.status_code == 422
    assert f'id="error-lines.{ids["one"]}.price"' in answer.text
    assert 'id="error-lines.n7.quantity"' in answer.text
    assert 'value="much"' in answer.text
    assert {row["note"]: row["price"] for row in forms.stored("quote_line")} == {"one": Decimal(100), "two": Decimal(250)}
    assert forms.one("quote", ids["quote"])["name"] == "First"
    missing = ann.post("/records/quote/new", data={"name": "X", "lines.shown": "1", "lines.n1.note": "no price", "lines.n1.quantity": "2"})
    assert missing.status_code == 422
    assert 'id="error-lines.n1.price"' in missing.text
    assert len(forms.stored("quote")) == 1


def test_two_people_at_one_row(forms: FormSite) -> None:
    ann, ids = forms.client(forms.ann), forms.ids
    url = f"/records/quote/{ids['quote']}/edit"
    before = inputs(ann.get(url).text) | {"state": "draft"}
    with forms.platform.write() as uow:
        writing.change(uow, Context(forms.ann), uow.model.get_entity("quote_line"), ids["one"], {"price": "111"})
    untouched = before | {f"lines.{ids['two']}.note": "mine", f"lines.{ids['one']}.price": "111"}
    assert ann.post(url, data=untouched).status_code == 303
    touched = before | {f"lines.{ids['one']}.price": "99"}
    answer = ann.post(url, data=touched)
    assert answer.status_code == 422
    assert "Somebody else changed this row." in answer.text
    assert f'name="lines.{ids["one"]}.version" value="2"' in answer.text
    again = inputs(answer.text) | {"state": "draft"}
    assert ann.post(url, data=again).status_code == 303
    assert forms.one("quote_line", ids["one"])["price"] == Decimal(99)
    before = inputs(ann.get(url).text) | {"state": "draft"}
    with forms.platform.write() as uow:
        deleting.delete(uow, Context(forms.ann), uow.model.get_entity("quote_line"), [ids["one"], ids["two"]])
    gone = ann.post(url, data=before | {f"lines.{ids['one']}.note": "typed meanwhile"})
    assert (gone.status_code, gone.text.count("Somebody else deleted this row.")) == (422, 2)  # at its row and above; the row that was left alone just goes
    assert forms.stored("quote_line") == []
    assert ann.post(url, data=inputs(gone.text) | {"state": "draft"}).status_code == 303
    assert [row["note"] for row in forms.stored("quote_line")] == ["typed meanwhile"]


def test_rows_of_another_record_are_not_reached(forms: FormSite) -> None:
    ann, ids = forms.client(forms.ann), forms.ids
    with forms.platform.write() as uow:
        other = writing.create(uow, Context(forms.ann), uow.model.get_entity("quote"), {"name": "Other", "code": "Q-9"})
    url = f"/records/quote/{other}/edit"
    sent = inputs(ann.get(url).text) | {"state": "draft"}
    start = f"lines.{ids['one']}"
    ann.post(url, data=sent | {"lines.shown": "1", f"{start}.id": ids["one"], f"{start}.version": "1", f"{start}.gone": "1", f"{start}.quantity": "9"})
    assert forms.one("quote_line", ids["one"])["quote"] == ids["quote"]


def test_rights_hold_for_rows(forms: FormSite) -> None:
    clive, ids = forms.client(forms.clive), forms.ids
    url = f"/records/quote/{ids['quote']}/edit"
    page = clive.get(url).text
    assert ".note" not in page
    assert "drop:lines" not in page
    sent = inputs(page) | {"state": "draft"}
    gone = clive.post(url, data=sent | {f"lines.{ids['one']}.gone": "1"})
    assert gone.status_code == 403
    noted = clive.post(url, data=sent | {f"lines.{ids['one']}.note": "seen", f"lines.{ids['one']}.price": "7"})
    assert noted.status_code == 303
    row = forms.one("quote_line", ids["one"])
    assert (row["note"], row["price"]) == ("one", Decimal(7))


def test_the_form_computes_what_was_typed_so_far(forms: FormSite) -> None:
    ann = forms.client(forms.ann)
    sent = {
        "name": "Typed", "discount": "50", "lines.shown": "1", "lines.n1.quantity": "2", "lines.n1.price": "30", "lines.n2.quantity": "1",
        "lines.n2.price": "40", "then": "again",
    }  # fmt: skip
    text = ann.post("/forms/quote", data=sent).text
    assert re.search(r'data-total="amount">\s*¥100\s*</output>', text)
    assert re.search(r'id="in-total">\s*¥50\s*</output>', text)
    more = ann.post("/forms/quote", data=sent | {"then": "add:lines"}).text
    assert 'name="lines.n3.price"' in more
    less = ann.post("/forms/quote", data=sent | {"then": "drop:lines.n1"}).text
    assert 'name="lines.n1.price"' not in less
    assert 'name="lines.n2.price"' in less


def test_a_formatted_text_is_shown_formatted(forms: FormSite) -> None:
    ann, id = forms.client(forms.ann), forms.ids["quote"]
    url = f"/api/v1/records/quote/{id}"
    assert ann.patch(url, json={"terms": "<p>Pay in <b>30 days</b></p><script>alert(1)</script>", "version": ann.get(url).json()["version"]}).status_code == 200
    page = ann.get(f"/records/quote/{id}?tab=tab2").text
    assert "<p>Pay in <b>30 days</b></p>" in page
    assert "alert(1)" not in page
