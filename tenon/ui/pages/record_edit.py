"""Creating and changing a record by its form; what is wrong stands beside the field."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from tenon.metamodel.errors import Conflict, Invalid, Stale
from tenon.ui.backend import forms, saving
from tenon.ui.backend.base import View
from tenon.ui.deps import Member, SentForm, flash, go, text_of
from tenon.ui.inputs import problems_by_field, read_values
from tenon.ui.render import render
from tenon.ui.work import Clash, Form

router = APIRouter()
MOST_ROUNDS = 4


@router.get("/records/{entity}/new")
def new_page(request: Request, visit: Member, entity: str) -> Response:
    """Show the form for a new record; parameters of the address fill fields in."""
    given = {key: value for key, value in request.query_params.items() if value}
    with visit.read() as view:
        form = forms.form(view, entity, None, given or None)
    return _show(request, form)


@router.get("/records/{entity}/{id}/edit")
def edit_page(request: Request, visit: Member, entity: str, id: str) -> Response:
    """Show the form of a record."""
    with visit.read() as view:
        form = forms.form(view, entity, id, None)
    return _show(request, form)


@router.post("/records/{entity}/new")
def create_record(request: Request, visit: Member, sent: SentForm, entity: str) -> Response:
    """Create a record from its form."""
    return _save(request, visit, sent, entity, None)


@router.post("/records/{entity}/{id}/edit")
def change_record(request: Request, visit: Member, sent: SentForm, entity: str, id: str) -> Response:
    """Change a record from its form."""
    return _save(request, visit, sent, entity, id)


@router.post("/forms/{entity}")
def form_part(request: Request, visit: Member, sent: SentForm, entity: str) -> Response:
    """Show the form again for what was typed so far: conditions may show, hide or require fields."""
    id = text_of(sent, "record") or None
    with visit.read() as view:
        form = forms.form(view, entity, id, read_typed(view, sent, entity, id))
    return render(request, "form_part.html", form=form, errors={}, clash=None, problems=[], is_new=id is None)


def read_typed(view: View, sent: FormData, entity: str, id: str | None) -> dict[str, Any]:
    """Return the raw values of a form; what was typed may show more fields, and these are read too."""
    values: dict[str, Any] = {}
    for _ in range(MOST_ROUNDS):
        read = read_values(forms.form(view, entity, id, values or None), sent)
        if read.keys() <= values.keys():
            break
        values |= read
    return values


def _save(request: Request, visit: Member, sent: SentForm, entity: str, id: str | None) -> Response:
    with visit.read() as view:
        values = read_typed(view, sent, entity, id)
    version = text_of(sent, "version")
    number = int(version) if version.isdigit() else None
    try:
        kept = saving.keep_files(visit.platform, values)
        with visit.write() as view:
            saved = saving.save(view, entity, id, kept, number)
    except (Invalid, Conflict) as error:
        with visit.read() as view:
            form = forms.form(view, entity, id, values)
        return _show(request, form, errors=problems_by_field(error, visit.language), status=error.status)
    except Stale:
        assert id is not None
        with visit.read() as view:
            clash = saving.clash(view, entity, id, values, number or 0)
            form = forms.form(view, entity, id, values if clash.values is None else clash.values)
        return _show(request, form, clash=clash, status=409)
    text = visit.say("Saved.") if id else visit.say("Created.")
    if text_of(sent, "then") == "another":
        return flash(go(request, f"/records/{entity}/new"), text)
    return flash(go(request, f"/records/{entity}/{saved.id}"), text)


def _show(
    request: Request, form: Form, *, errors: dict[str, tuple[str, ...]] | None = None, clash: Clash | None = None, status: int = 200
) -> Response:
    known = {field.name for field in form.fields()}
    found = errors or {}
    others: list[Any] = [message for name, messages in found.items() if name not in known for message in messages]
    return render(request, "form.html", status=status, form=form, errors=found, clash=clash, problems=others, is_new=form.id is None)
