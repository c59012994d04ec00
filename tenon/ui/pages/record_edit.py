"""Creating and changing a record by its form; what is wrong stands beside the field."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from tenon.engine.approvals.locking import lock_of
from tenon.metamodel.digits import read_whole
from tenon.metamodel.errors import Conflict, Invalid, Stale, TenonError
from tenon.ui.backend import duplicates, forms, options, redrawing, saving
from tenon.ui.backend.base import View, id_of
from tenon.ui.backend.reading import read_typed
from tenon.ui.deps import Member, SentForm, flash, go, text_of
from tenon.ui.inputs import problems_by_field
from tenon.ui.render import render
from tenon.ui.work import Clash, Form

router = APIRouter()
OWN = frozenset({"form"})
QUICK = "q-"


@router.get("/records/{entity}/new")
def new_page(request: Request, visit: Member, entity: str) -> Response:
    """Show the form for a new record; parameters of the address fill fields in, ``form`` names the form."""
    given = {key: value for key, value in request.query_params.items() if value and key not in OWN}
    with visit.read() as view:
        form = forms.form(view, entity, None, forms.addressed(view, entity, given) or None, name=request.query_params.get("form"))
    return _show(request, form)


@router.get("/records/{entity}/{id}/edit")
def edit_page(request: Request, visit: Member, entity: str, id: str) -> Response:
    """Show the form of a record; one that is locked is shown itself, with why."""
    with visit.read() as view:
        form = forms.form(view, entity, id, None, name=request.query_params.get("form"))
        lock = lock_of(view.uow, view.ctx, view.entity(entity), id_of(id))
    if lock is not None:
        return flash(go(request, f"/records/{entity}/{id}"), lock.told(visit.language))
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
    """Show the form again for what was typed so far: conditions may show, hide or require fields; rows come and go, steps turn."""
    with visit.read() as view:
        id = text_of(sent, "record") or None
        drawn = redrawing.redraw(view, sent, entity, id, QUICK if text_of(sent, "quick") else "")
        clash = _clash(view, sent, entity, id)
    return _show(request, drawn.form, errors=_errors(drawn.error, visit.language, drawn.form), clash=clash, template="form_part.html")


@router.post("/options/{entity}/{field}")
def narrowed_options(request: Request, visit: Member, sent: SentForm, entity: str, field: str) -> Response:
    """Return what a combobox offers for a text, where the form's condition narrows it by what else was typed."""
    id, name = text_of(sent, "record") or None, text_of(sent, "form.name") or None
    with visit.read() as view:
        draft = forms.draft_of(view, entity, id, read_typed(view, sent, entity, id), name=name)
        choices = options.options(view, entity, field, text_of(sent, "q")[:200], draft)
    return render(request, "options_part.html", choices=choices)


@router.get("/forms/{entity}/quick")
def quick_form(request: Request, visit: Member, entity: str, q: str = "") -> Response:
    """Show a form for a new record in a dialog; ``q`` is what it is to be called."""
    with visit.read() as view:
        draft = forms.draft_of(view, entity, None, forms.called(view, entity, q) or None)
        form = forms.shape_of(draft, prefix=QUICK)
    return _show(request, form, template="form_part.html")


@router.post("/forms/{entity}/quick")
def quick_create(request: Request, visit: Member, sent: SentForm, entity: str) -> Response:
    """Create a record from the dialog, and say which."""
    with visit.read() as view:
        values, name = read_typed(view, sent, entity, None), text_of(sent, "form.name") or None
    kept: dict[str, Any] = {}
    try:
        kept = saving.keep_files(visit.platform, values)
        with visit.write() as view:
            saved = saving.save(view, entity, None, kept, None, name=name)
    except (Invalid, Conflict) as error:
        with visit.write() as view:
            values = saving.keep_for_later(view, values, kept, error)
            form = forms.shape_of(forms.draft_of(view, entity, None, values, name=name), prefix=QUICK)
        return _show(request, form, errors=_errors(error, visit.language, form), status=error.status, template="form_part.html")
    return render(request, "form_made.html", status=201, made=saved)


def _save(request: Request, visit: Member, sent: SentForm, entity: str, id: str | None) -> Response:
    if redrawing.is_asked(text_of(sent, "then")):
        with visit.read() as view:
            drawn, clash = redrawing.redraw(view, sent, entity, id), _clash(view, sent, entity, id)
        status = drawn.error.status if drawn.error else 200
        return _show(request, drawn.form, errors=_errors(drawn.error, visit.language, drawn.form), clash=clash, status=status)
    name, version = text_of(sent, "form.name") or None, text_of(sent, "version")
    with visit.read() as view:
        values = read_typed(view, sent, entity, id)
    number = read_whole(version)
    kept: dict[str, Any] = {}
    try:
        kept = saving.keep_files(visit.platform, values)
        with visit.write() as view:
            saved = saving.save(view, entity, id, kept, number, name=name)
            is_alike = id is None and duplicates.is_alike(view, entity, saved.id)
    except (Invalid, Conflict) as error:
        with visit.write() as view:
            values = saving.keep_for_later(view, values, kept, error)
            form = redrawing.begun_with(redrawing.with_errors(view, entity, id, values, name, error, _step(sent)), sent)
        return _show(request, form, errors=_errors(error, visit.language, form), status=error.status)
    except Stale as error:
        assert id is not None
        with visit.write() as view:
            values = saving.keep_for_later(view, values, kept, error)
            clash = saving.clash(view, entity, id, values, number or 0)
            form = forms.form(view, entity, id, values if clash.values is None else clash.values, name=name, step=_step(sent))
        return _show(request, form, clash=clash, status=409)
    text = visit.say("Saved.") if id else visit.say("Created. It looks like a record that is already there.") if is_alike else visit.say("Created.")
    if text_of(sent, "then") == "another":
        chosen = f"?form={name}" if name else ""
        return flash(go(request, f"/records/{entity}/new{chosen}"), text)
    return flash(go(request, f"/records/{entity}/{saved.id}"), text)


def _clash(view: View, sent: FormData, entity: str, id: str | None) -> Clash | None:
    """Return what a save ran into before, as far as it is still open: what of theirs is to stay is settled."""
    began = read_whole(text_of(sent, "form.began"))
    if id is None or began is None:
        return None
    found = saving.clash(view, entity, id, read_typed(view, sent, entity, id), began)
    return found if found.fields else None


def _step(sent: FormData) -> int:
    return read_whole(text_of(sent, "form.step")) or 0


def _errors(error: TenonError | None, language: str, form: Form) -> dict[str, tuple[str, ...]]:
    return {} if error is None else problems_by_field(error, language, [table.table for table in form.tables()])


def _show(
    request: Request, form: Form, *, errors: dict[str, tuple[str, ...]] | None = None, clash: Clash | None = None, status: int = 200,
    template: str = "form.html",
) -> Response:  # fmt: skip
    found = errors or {}
    rows = [row for table in form.tables() for row in table.rows]
    known = {field.name for field in form.fields()} | {cell.name for row in rows for cell in row.cells}
    known |= {f"{table.table}.{row.key}" for table in form.tables() for row in table.rows}
    others: list[Any] = [message for name, messages in found.items() if name not in known for message in messages]
    return render(request, template, status=status, form=form, errors=found, clash=clash, problems=others, is_new=form.id is None)
