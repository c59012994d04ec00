"""What people add on the page of a record: comments, tasks, files, related records, and the next thing done; the open tab is shown again."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.datastructures import FormData, UploadFile
from starlette.responses import Response

from tenon.metamodel.digits import read_whole
from tenon.metamodel.errors import Conflict, Invalid, TenonError
from tenon.ui.backend import options, quick, record_page, saving, talking
from tenon.ui.backend.form_checks import Sent
from tenon.ui.backend.reading import own_files
from tenon.ui.deps import Member, SentForm, Visit, flash, go, text_of
from tenon.ui.inputs import problems_by_field, read_value
from tenon.ui.render import is_fragment, render

router = APIRouter()


@router.get("/records/{entity}/{id}/add/{relation}")
def quick_form(request: Request, visit: Member, entity: str, id: str, relation: str, tab: str = "") -> Response:
    """Show the small form of a record that points here."""
    given = {k: v for k, v in request.query_params.items() if k != "tab"}
    with visit.read() as view:
        form = quick.quick_form(view, entity, id, relation, given)
    return render(request, "quick_part.html", form=form, errors={}, problems=[], tab=tab)


@router.post("/records/{entity}/{id}/add/{relation}")
def add_related(request: Request, visit: Member, sent: SentForm, entity: str, id: str, relation: str) -> Response:
    """Create a record that points here."""
    with visit.read() as view:
        form = quick.quick_form(view, entity, id, relation)
        values = own_files(view, {f.name: read_value(f, sent) for f in form.fields})
    kept: dict[str, Any] = {}
    try:
        kept = saving.keep_files(visit.platform, values)
        with visit.write() as view:
            saved = quick.add(view, entity, id, relation, kept)
    except (Invalid, Conflict) as error:
        with visit.write() as view:
            values = saving.keep_for_later(view, values, kept, error)
        return _form_again(request, visit, error, values, entity, id, relation, text_of(sent, "tab"))
    return page_again(request, visit, sent, entity, id, visit.say("Added: %(title)s") % {"title": saved.title})


def _form_again(
    request: Request, visit: Visit, error: TenonError, values: dict[str, Any], entity: str, id: str, relation: str, tab: str
) -> Response:  # fmt: skip
    errors = problems_by_field(error, visit.language)
    with visit.read() as view:
        form = quick.quick_form(view, entity, id, relation, values)
    known = {f.name for f in form.fields}
    others = [m for name, messages in errors.items() if name not in known for m in messages]
    headers = {"HX-Retarget": "#quick", "HX-Reswap": "innerHTML"}
    return render(request, "quick_part.html", status=error.status, headers=headers, form=form, errors=errors, problems=others, tab=tab)


@router.get("/mentions")
def mentions(request: Request, visit: Member, q: str = "") -> Response:
    """Offer the people whose names go on like this."""
    with visit.read() as view:
        choices = options.people(view, q.strip().replace("\x00", ""))
    return render(request, "options_part.html", choices=choices)


@router.post("/records/{entity}/{id}/comments")
def add_comment(request: Request, visit: Member, sent: SentForm, entity: str, id: str) -> Response:
    """Write a comment."""
    try:
        with visit.write() as view:
            talking.comment(view, entity, id, text_of(sent, "text"))
    except Invalid as error:
        return page_again(request, visit, sent, entity, id, problems_by_field(error, visit.language).get("text", ("",))[0])
    return page_again(request, visit, sent, entity, id, visit.say("Commented."))


@router.post("/records/{entity}/{id}/tasks/{task}/done")
def finish_task(request: Request, visit: Member, sent: SentForm, entity: str, id: str, task: str) -> Response:
    """Set a task to done."""
    try:
        with visit.write() as view:
            talking.finish(view, entity, id, task)
    except (Invalid, Conflict) as error:
        return page_again(request, visit, sent, entity, id, error.said(visit.language))
    return page_again(request, visit, sent, entity, id, visit.say("Done."))


@router.post("/records/{entity}/{id}/files")
def add_files(request: Request, visit: Member, sent: SentForm, entity: str, id: str) -> Response:
    """Add files to the record."""
    uploads = [f for f in sent.getlist("files") if isinstance(f, UploadFile) and f.filename]
    try:
        kept = saving.keep_files(visit.platform, {str(n): f for n, f in enumerate(uploads)})
        with visit.write() as view:
            talking.attach(view, entity, id, [f for f in kept.values() if isinstance(f, Sent)])
    except (Invalid, Conflict) as error:
        return page_again(request, visit, sent, entity, id, error.said(visit.language))
    return page_again(request, visit, sent, entity, id, visit.say("Files added: %(number)s") % {"number": len(uploads)})


@router.post("/records/{entity}/{id}/remove/{far}/{far_id}")
def remove_related(request: Request, visit: Member, sent: SentForm, entity: str, id: str, far: str, far_id: str) -> Response:
    """Move a comment or a file to the trash, with a way to undo it."""
    with visit.write() as view:
        quick.remove(view, entity, id, far, far_id)
    return page_again(request, visit, sent, entity, id, visit.say("Moved to the trash."), f"/records/{far}/{far_id}/restore")


@router.post("/records/{entity}/{id}/next")
def do_next(request: Request, visit: Member, sent: SentForm, entity: str, id: str) -> Response:
    """Do what comes next."""
    index = read_whole(text_of(sent, "index"))
    try:
        with visit.write() as view:
            talking.do_next(view, entity, id, text_of(sent, "block"), -1 if index is None else index, text_of(sent, "record"))
    except (Invalid, Conflict) as error:
        return page_again(request, visit, sent, entity, id, error.said(visit.language))
    return page_again(request, visit, sent, entity, id, visit.say("Done."))


def page_again(request: Request, visit: Visit, sent: FormData, entity: str, id: str, text: str, undo: str = "") -> Response:
    """Show the open tab again, and say what came of it."""
    tab = text_of(sent, "tab")
    if not is_fragment(request):
        return flash(go(request, f"/records/{entity}/{id}" + (f"?{urlencode({'tab': tab})}" if tab else "")), text, undo)
    with visit.read() as view:
        page = record_page.record_page(view, entity, id, tab)
    return flash(render(request, "record_part.html", page=page, sent=None), text, undo)
