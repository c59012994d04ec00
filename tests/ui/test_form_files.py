"""Files of a form that could not be saved are kept for the next attempt, for whoever brought them and for nobody else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tenon.engine.context import Context, system_context
from tenon.engine.files import find_all
from tenon.engine.records import writing
from tenon.engine.releases import publish_documents
from tenon.platform import files
from tenon.platform.database import Database
from tests import form_world, world
from tests.ui.form_site import FormSite, inputs, open_site

PATHS = {
    "kind": "form", "name": "quote_paths", "entity": "quote", "label": {"en": "Quote", "zh": "报价"}, "sections": [
        {"label": {"en": "Lines", "zh": "明细"}, "columns": 1, "items": [
            {"field": "name"}, {"table": "lines", "columns": ["product", "product.family", "price", "owner.name"]}]},
    ]}  # fmt: skip


@pytest.fixture
def forms(database: Database, tmp_path: Path, moment: datetime) -> Iterator[FormSite]:
    with open_site(database, tmp_path, moment) as site:
        yield site


def test_a_chosen_file_survives_what_was_wrong(forms: FormSite) -> None:
    ann = forms.client(forms.ann)
    brief = {"brief": ("brief.txt", b"what we want", "text/plain")}
    answer = ann.post("/records/lead/new", data={"email": "not one"}, files=brief)
    assert answer.status_code == 422
    assert "brief.txt" in answer.text
    kept = inputs(answer.text)["brief.kept"]
    again = ann.post("/records/lead/new", data={"email": "still not", "brief.kept": kept, "name": "Li"}, files={"brief": ("", b"")})
    assert (again.status_code, inputs(again.text)["brief.kept"]) == (422, kept)
    drawn = ann.post("/forms/lead", data={"brief.kept": kept, "name": "Li"})
    assert inputs(drawn.text)["brief.kept"] == kept
    saved = ann.post("/records/lead/new", data={"email": "li@example.com", "brief.kept": kept, "name": "Li"}, files={"brief": ("", b"")})
    assert saved.status_code == 303
    [lead] = forms.stored("lead")
    assert lead["brief"] == kept
    assert ann.get(f"/api/v1/files/{kept}").content == b"what we want"
    with forms.platform.read() as uow:
        assert find_all(uow.connection, [kept])[kept]["state"] == "kept"


def test_a_kept_file_that_nobody_uses_is_swept_away_and_may_be_left_out(forms: FormSite) -> None:
    ann = forms.client(forms.ann)
    kept = inputs(ann.post("/records/lead/new", data={"email": "x"}, files={"brief": ("a.txt", b"a", "text/plain")}).text)["brief.kept"]
    assert ann.post("/records/lead/new", data={"name": "Without"}).status_code == 303
    assert forms.stored("lead")[0]["brief"] is None
    with forms.platform.read() as uow:
        assert find_all(uow.connection, [kept])[kept]["state"] == "new"
    later = datetime.fromisoformat("2199-01-01T00:00:00+00:00")
    assert files.sweep(forms.platform.database, forms.platform.outside.files, now=later) == 1


def test_a_form_tells_nothing_of_files_of_others(forms: FormSite) -> None:
    ann = forms.client(forms.ann)
    kept = inputs(ann.post("/records/lead/new", data={"email": "x"}, files={"brief": ("secret.txt", b"a", "text/plain")}).text)["brief.kept"]
    boss = world.add_person(forms.platform, "boss@example.com", "Boss", ["admin"])
    other = forms.client(boss).post("/records/lead/new", data={"email": "x", "brief.kept": kept})
    assert (other.status_code, "secret.txt" in other.text) == (422, False)
    assert forms.client(boss).post("/records/lead/new", data={"name": "B", "brief.kept": kept}).status_code == 303
    assert forms.stored("lead")[0]["brief"] is None


def test_an_address_names_no_file(forms: FormSite) -> None:
    ann = forms.client(forms.ann)
    boss = forms.client(world.add_person(forms.platform, "boss@example.com", "Boss", ["admin"]))
    kept = inputs(ann.post("/records/lead/new", data={"email": "x"}, files={"brief": ("secret-plan.txt", b"a", "text/plain")}).text)["brief.kept"]
    for client in (ann, boss):
        shown = client.get("/records/lead/new", params={"brief": kept, "name": "Li"})
        assert (shown.status_code, "secret-plan" in shown.text) == (200, False)
        assert inputs(shown.text)["name"] == "Li"


def test_rows_show_what_their_references_lead_to(forms: FormSite) -> None:
    publish_documents(forms.platform.publisher, system_context(), [PATHS])
    with forms.platform.write() as uow:
        line = uow.model.get_entity("quote_line")
        writing.change(uow, Context(forms.ann), line, forms.ids["one"], {"product": forms.ids["Router"]})
    ann, one = forms.client(forms.ann), forms.ids["one"]
    url = f"/records/quote/{forms.ids['quote']}/edit?form=quote_paths"
    page = ann.get(url).text
    shown = re.findall(rf'<output class="output" id="in-lines\.{one}\.([a-z.]+)">\s*(.*?)\s*</output>', page, re.S)
    assert [(name, re.sub(r"<[^>]+>", "", text).strip()) for name, text in shown] == [("product.family", "Hardware"), ("owner.name", "Ann Lee")]
    assert f'name="lines.{one}.product.family"' not in page
    sent = inputs(page) | {f"lines.{one}.price": "7", "form.name": "quote_paths"}
    assert ann.post(f"/records/quote/{forms.ids['quote']}/edit", data=sent).status_code == 303
    assert {row["note"]: int(row["price"]) for row in forms.stored("quote_line")}["one"] == 7
    # Who may not read products does not see what they are.
    role = {**form_world.CLERK, "grants": [g for g in form_world.CLERK["grants"] if g["entity"] != "product"]}
    publish_documents(forms.platform.publisher, system_context(), [role])
    assert "Hardware" not in forms.client(forms.clive).get(url).text
