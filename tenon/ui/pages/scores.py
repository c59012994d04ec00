"""What people say about a score: overrides and ratings; what is wrong stands in the form that was sent."""

from __future__ import annotations

import re
from contextlib import suppress
from decimal import Decimal

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from tenon.metamodel.errors import Invalid, NotFound, Problem
from tenon.metamodel.labels import say
from tenon.ui.backend import overrides, record_page
from tenon.ui.deps import Member, SentForm, Visit, text_of
from tenon.ui.inputs import problems_by_field
from tenon.ui.pages.record_page import read_day
from tenon.ui.pages.record_talk import page_again
from tenon.ui.render import is_fragment, render

router = APIRouter()
PLAIN_NUMBER = re.compile(r"-?\d{1,9}(\.\d{1,6})?")


@router.post("/records/{entity}/{id}/scores/{score}/override")
def override_score(request: Request, visit: Member, form: SentForm, entity: str, id: str, score: str) -> Response:
    """Set value or band of a score for a while."""
    band, reason, until = text_of(form, "band") or None, text_of(form, "reason"), read_day(text_of(form, "until"))
    try:
        value = read_number(text_of(form, "value"), "/value")
        with visit.write() as view:
            overrides.override(view, entity, id, score, value=value, band=band, reason=reason, until=until)
    except Invalid as error:
        return _again(request, visit, error, form, entity, id, score)
    return page_again(request, visit, form, entity, id, visit.say("The score was set."))


@router.post("/records/{entity}/{id}/scores/{score}/override/end")
def end_override(request: Request, visit: Member, form: SentForm, entity: str, id: str, score: str) -> Response:
    """Show the computed score again."""
    with suppress(NotFound), visit.write() as view:  # somebody else may have ended it
        overrides.end_override(view, entity, id, score)
    return page_again(request, visit, form, entity, id, visit.say("The computed score is shown again."))


@router.post("/records/{entity}/{id}/scores/{score}/ratings/{measure}")
def rate_measure(request: Request, visit: Member, form: SentForm, entity: str, id: str, score: str, measure: str) -> Response:
    """Rate a measure, or take the rating away."""
    if text_of(form, "clear"):
        with visit.write() as view:
            overrides.rate(view, entity, id, score, measure, None, "")
        return page_again(request, visit, form, entity, id, visit.say("The rating was removed."))
    try:
        percent = read_number(text_of(form, "share"), "/share")
        if percent is None:
            message = say("A rating is missing.", "缺少评分。")
            raise Invalid(Problem("/share", "required", message, say("Type a number from 0 to 100.", "请输入 0 到 100 之间的数字。")))
        with visit.write() as view:
            overrides.rate(view, entity, id, score, measure, percent, text_of(form, "note"))
    except Invalid as error:
        return _again(request, visit, error, form, entity, id, score, measure)
    return page_again(request, visit, form, entity, id, visit.say("The rating was saved."))


def read_number(text: str, path: str) -> Decimal | None:
    """Return a typed number, None for nothing; raises Invalid."""
    if not text:
        return None
    plain = text.replace(",", "")
    if PLAIN_NUMBER.fullmatch(plain) is None:
        raise Invalid(
            Problem(path, "wrong_type", say("This is not a number.", "这不是数字。"), say("Type it like 72.5.", "请按 72.5 的格式输入。"))
        )
    return Decimal(plain)


def _again(
    request: Request, visit: Visit, error: Invalid, form: FormData, entity: str, id: str, score: str, measure: str = ""
) -> Response:  # fmt: skip
    """Show the score again with what was typed and what is wrong with it; ``measure`` when a rating was sent."""
    sent = {
        "score": score,
        "measure": measure,
        "errors": problems_by_field(error, visit.language),
        "values": {k: v for k, v in form.items() if isinstance(v, str)},
    }
    tab = text_of(form, "tab")
    with visit.read() as view:
        if is_fragment(request):
            page = record_page.record_page(view, entity, id, tab)
            return render(request, "record_part.html", status=error.status, page=page, sent=sent)
        shown = record_page.explain(view, entity, id, score, None, None)
    return render(request, "score.html", status=error.status, score=shown, entity=entity, id=id, sent=sent, tab=tab)
