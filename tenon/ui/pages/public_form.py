"""Public forms at /f/…: for anybody, without signing in and without JavaScript; nothing here knows a session."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.responses import RedirectResponse, Response

from tenon.metamodel.digits import read_whole
from tenon.metamodel.errors import Conflict, Invalid, Malformed, Problem, TenonError, TooLarge, TooMany
from tenon.metamodel.labels import say
from tenon.ui.backend import public_forms as public, redrawing, saving
from tenon.ui.backend.base import open_read
from tenon.ui.backend.form_steps import step_with
from tenon.ui.backend.forms import shape_of
from tenon.ui.backend.public_forms import TRAP
from tenon.ui.backend.reading import read_all
from tenon.ui.deps import Visit, check_origin, text_of, visit_of
from tenon.ui.inputs import problems_by_field
from tenon.ui.render import render
from tenon.ui.strangers import count, visit_of_stranger
from tenon.ui.work import Form

router = APIRouter()
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
MOST_BYTES = 1 << 20


@router.get("/f/{slug}")
async def show_form(request: Request, slug: str) -> Response:
    """Show a public form; parameters of the address fill fields in."""
    return await run_in_threadpool(_first, request, slug)


@router.get("/f/{slug}/thanks")
async def show_thanks(request: Request, slug: str) -> Response:
    """Show the thank-you page: the same whatever became of what was sent."""
    return await run_in_threadpool(_thanks, request, slug)


@router.post("/f/{slug}")
async def send_form(request: Request, slug: str) -> Response:
    """Take what a visitor sent."""
    refused = None
    try:
        count(request, "posts", slug)
    except TooMany as error:
        count(request, "looks", slug)
        refused = error
    sent = await _read(request, slug)
    return await run_in_threadpool(_take, request, slug, sent, refused)


@router.post("/f/{slug}/part")
async def draw_part(request: Request, slug: str) -> Response:
    """Show the form again for what was typed so far."""
    count(request, "looks", slug)
    sent = await _read(request, slug)
    return await run_in_threadpool(_redraw, request, slug, sent)


def _first(request: Request, slug: str) -> Response:
    visit = visit_of_stranger(request, request.query_params.get("lang"))
    count(request, "looks", slug)
    with _open(visit, slug) as view:
        document, shown = public.public_form(view, slug)
        draft = public.draft_for(view, document, None)
        names = {item.field.name for item in draft.items() if not draft.is_read_only(item) and item.field.type.kind != "file"}
        given = {name: value[:500] for name, value in request.query_params.items() if name in names and value}
        form = shape_of(public.draft_for(view, document, given or None))
    return _page(request, shown, form)


def _thanks(request: Request, slug: str) -> Response:
    visit = visit_of_stranger(request, request.query_params.get("lang"))
    count(request, "looks", slug)
    with _open(visit, slug) as view:
        _, shown = public.public_form(view, slug)
    return render(request, "public_thanks.html", public=shown)


def _take(request: Request, slug: str, sent: FormData, refused: TooMany | None) -> Response:
    """Store what was sent and thank; one who sends too often, or something wrong, finds what they typed in the form again."""
    visit = visit_of_stranger(request, request.query_params.get("lang") or text_of(sent, "lang"))
    if redrawing.is_asked(text_of(sent, "then")):
        return _redraw(request, slug, sent, is_part=False)
    done = RedirectResponse(f"/f/{slug}/thanks?lang={visit.language}", status_code=303)
    if text_of(sent, TRAP):  # nobody sees this field but programs that fill in everything
        return done
    with _open(visit, slug) as view:
        document, shown = public.public_form(view, slug)
        public.check_names(view, document, _names(sent))
        values = read_all(lambda typed: public.draft_for(view, document, typed), sent)
        ctx = view.ctx
        if refused is not None:
            return _page(request, shown, shape_of(public.draft_for(view, document, values), step=read_whole(text_of(sent, "form.step")) or 0), refused)
    try:
        kept = saving.keep_files(visit.platform, values)
        public.submit(visit.platform, ctx, slug, kept)
    except (Invalid, Conflict) as error:
        with _open(visit, slug) as view:
            draft = public.draft_for(view, document, values)
            wrong = [p.path.removeprefix("/") for p in error.problems]
            form = shape_of(draft, step=step_with(draft, wrong, 0))
        return _page(request, shown, form, error)
    return done


def _redraw(request: Request, slug: str, sent: FormData, *, is_part: bool = True) -> Response:
    visit = visit_of_stranger(request, request.query_params.get("lang") or text_of(sent, "lang"))
    with _open(visit, slug) as view:
        document, shown = public.public_form(view, slug)
        public.check_names(view, document, _names(sent))
        values = read_all(lambda typed: public.draft_for(view, document, typed), sent)
        drawn = redrawing.redraw_of(lambda typed: public.draft_for(view, document, typed), values, sent)
    return _page(request, shown, drawn.form, drawn.error, template="public_part.html" if is_part else "public_form.html")


def _page(request: Request, shown: Any, form: Form, error: TenonError | None = None, *, template: str = "public_form.html") -> Response:
    visit = visit_of(request)
    errors = problems_by_field(error, visit.language) if error is not None else {}
    known = {field.name for field in form.fields()}
    others = [message for name, messages in errors.items() if name not in known for message in messages]
    status = 200 if error is None or template == "public_part.html" else error.status
    heading = error.title.show(visit.language) if isinstance(error, TooMany) else visit.say("Please correct what is marked")
    headers = error.headers if error is not None else None
    return render(request, template, status=status, headers=headers, public=shown, form=form, errors=errors, problems=others, heading=heading, trap=TRAP)


def _open(visit: Visit, slug: str) -> Any:
    form, _ = public.find_public(visit.platform, slug)
    return open_read(visit.platform, public.visitor_context(form, slug, visit.language, visit.ctx.address))


async def _read(request: Request, slug: str) -> FormData:
    """Read a form of one of our pages, of a modest size. Raises Forbidden, Invalid, TooLarge, Malformed."""
    check_origin(request)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in FORMS:
        message = say("Only forms are taken here.", "此处只接受表单提交。")
        raise Invalid(Problem("", "wrong_type", message, say("Send the form of the page.", "请提交页面上的表单。")))
    length = request.headers.get("content-length", "")
    if not length.isdigit():
        raise Malformed(Problem("", "bad_format", say("The length of the body is missing.", "缺少内容长度。"), say("Send Content-Length.", "请提供 Content-Length。")))
    platform = visit_of(request).platform
    most = await run_in_threadpool(_most_bytes, platform, slug) if kind == FORMS[1] else MOST_BYTES
    if int(length) > most:
        message = say("At most {n} KB are taken here.", "此处最多接受 {n} KB。", n=most // 1024)
        raise TooLarge(Problem("", "too_long", message, say("Shorten what you send.", "请缩短内容。")))
    return await request.form(max_files=10, max_fields=500, max_part_size=MOST_BYTES)


def _most_bytes(platform: Any, slug: str) -> int:
    form, _ = public.find_public(platform, slug)
    with open_read(platform, public.visitor_context(form, slug, "en", None)) as view:
        _, shown = public.public_form(view, slug)
    return MOST_BYTES + (platform.settings.max_file_mb << 20 if shown.takes_files else 0)


def _names(sent: FormData) -> Mapping[str, bool]:
    """Return the names that were sent, with whether a file came with them; the empty file of an untouched input is none."""
    return {name: isinstance(value, UploadFile) for name, value in sent.multi_items()}

