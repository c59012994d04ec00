"""A visitor of a public form writes its fields and reads nothing, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tenon.engine.context import Cause, Context
from tenon.engine.query.pages import Ask, page
from tenon.engine.records import deleting, writing
from tenon.metamodel.errors import Forbidden, Invalid, NotFound
from tenon.platform.database import Database
from tests.ui.form_site import FormSite, open_site


@pytest.fixture
def forms(database: Database, tmp_path: Path, moment: datetime) -> Iterator[FormSite]:
    with open_site(database, tmp_path, moment) as site:
        yield site


def visitor(form: str) -> Context:
    return Context(None, cause=Cause("form", id=form, label="contact-us"), form=form)


def test_a_visitor_does_exactly_what_the_form_needs(forms: FormSite) -> None:
    with forms.platform.write() as uow:
        form = next(d for d in uow.model.all("form") if d.name == "lead_form")
        lead, quote = uow.model.get_entity("lead"), uow.model.get_entity("quote")
        ctx = visitor(form.id)
        made = writing.create(uow, ctx, lead, {"name": "Zoe", "email": "zoe@example.com"})
        writing.change(uow, ctx, lead, made, {"phone": "13800138000"})
        with pytest.raises(Invalid):
            writing.create(uow, ctx, lead, {"name": "Zoe", "inner": "mine"})
        with pytest.raises(Forbidden):
            deleting.delete(uow, ctx, lead, [made])
        with pytest.raises(NotFound):
            page(uow, ctx, quote, Ask())
        with pytest.raises(NotFound):
            writing.create(uow, ctx, quote, {"name": "x"})
        found = page(uow, ctx, lead, Ask()).records
        assert [set(record) - {"id", "version"} for record in found if record.get("name")] == []


def test_a_form_that_is_not_public_gives_no_right(forms: FormSite) -> None:
    with forms.platform.write() as uow:
        inner = next(d for d in uow.model.all("form") if d.name == "quote_form")
        for form in (inner.id, "nothing"):
            with pytest.raises(NotFound):
                writing.create(uow, visitor(form), uow.model.get_entity("quote"), {"name": "x"})
