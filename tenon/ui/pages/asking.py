"""Answering what workflows ask: from the inbox, on the page of a record, on a page of its own, and by a link from a mail."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from tenon.metamodel.errors import Invalid, TenonError, Unauthenticated
from tenon.ui.backend import asking, decision_link, saving
from tenon.ui.deps import AnyVisit, Member, SentForm, Visit, flash, go, safe_next, text_of
from tenon.ui.inputs import problems_by_field
from tenon.ui.pages.entrance import dead_link
from tenon.ui.pages.inbox import show_inbox
from tenon.ui.pages.record_talk import page_again
from tenon.ui.render import is_fragment, render

router = APIRouter()
DECIDE = "/decide"


@router.get("/tasks/{id}")
def task_page(request: Request, visit: Member, id: str) -> Response:
    """Show one thing that is asked, with what the reader may see of its record."""
    with visit.read() as view:
        asked = asking.one(view, id)
        facts = decision_link.facts_of(view, asked)
    return render(request, "task.html", asked=asked, facts=facts, back={"target": "", "sent": {"next": "/inbox"}})


@router.post("/tasks/{id}")
def answer_task(request: Request, visit: Member, sent: SentForm, id: str) -> Response:
    """Do what was pressed, and show what stands there then: the inbox (``tab``), or the record; a form that is not right is shown again."""
    said, status = _said(visit, text_of(sent, "what")), 200
    with visit.read() as view:
        typed = asking.typed_of(view, id, sent)
    try:
        kept = saving.keep_files(visit.platform, typed)
        with visit.write() as view:
            asking.answer(view, id, text_of(sent, "what"), _sent(kept, sent))
        asking.go_on(visit.platform, id)
    except TenonError as error:
        if isinstance(error, Invalid) and "fields" in sent:
            return _form_again(request, visit, sent, id, typed, error)
        said, status = error.said(visit.language), error.status
    entity, record = text_of(sent, "entity"), text_of(sent, "record")
    if entity and record:
        return page_again(request, visit, sent, entity, record, said)
    if is_fragment(request):
        return flash(show_inbox(request, visit, text_of(sent, "inbox"), said if status >= 400 else "", status), said if status < 400 else "")
    return flash(go(request, safe_next(text_of(sent, "next") or "/inbox")), said)


@router.post("/tasks/{id}/form")
def form_part(request: Request, visit: Member, sent: SentForm, id: str) -> Response:
    """Show the card again for what was typed so far: conditions of its form may show, hide or require fields."""
    with visit.read() as view:
        asked = asking.one(view, id, asking.typed_of(view, id, sent))
    return render(request, "asked_part.html", asked=asked, back=_back(sent))


def _form_again(request: Request, visit: Visit, sent: FormData, id: str, typed: dict[str, Any], error: TenonError) -> Response:
    """Show what was typed with what is wrong beside the fields: the card, or its page where the browser asks for pages."""
    with visit.read() as view:
        asked = asking.one(view, id, typed, _errors(error, visit.language))
        facts = () if is_fragment(request) else decision_link.facts_of(view, asked)
    if is_fragment(request):
        headers = {"HX-Retarget": f"#asked-{asked.id}", "HX-Reswap": "outerMorph"}
        return render(request, "asked_part.html", status=error.status, headers=headers, asked=asked, back=_back(sent))
    return render(request, "task.html", status=error.status, asked=asked, facts=facts, back=_back(sent))


def _back(sent: FormData) -> dict[str, Any]:
    """Return what is shown after a card was answered: its record, where it stands on the page of one."""
    names = [name for name in ("entity", "record", "tab", "next") if name in sent]
    return {"target": "#record" if "record" in names else "", "sent": {name: text_of(sent, name) for name in names}, "comment": text_of(sent, "comment")}


def _errors(error: TenonError, language: str) -> dict[str, tuple[str, ...]]:
    """Return the messages of an error by field, "" for what is no field's."""
    of_data = type(error)([replace(p, path=p.path.removeprefix("/data")) for p in error.problems])
    return problems_by_field(of_data, language)


@router.get(DECIDE)
def decide_page(request: Request, visit: AnyVisit) -> Response:
    """Read the token behind the # of a link from a mail; nothing is asked of the workspace yet."""
    return render(request, "link.html", action=DECIDE, title=visit.say("Decide"), error=None, onward=None)


@router.post(DECIDE)
def decide(request: Request, visit: AnyVisit, sent: SentForm) -> Response:
    """Show what the link is for; with ``what``, decide, which uses the link up."""
    token, language = text_of(sent, "token"), visit.language
    try:
        if not text_of(sent, "what"):
            return render(request, "decide.html", token=token, opened=decision_link.opened(visit.platform, token, language), error=None, said=None)
        shown, typed = decision_link.opened(visit.platform, token, language), decision_link.typed(visit.platform, token, sent)
    except Unauthenticated:
        return dead_link(request, DECIDE, visit.say("Decide"))
    try:
        kept = saving.keep_files(visit.platform, typed)
        decision_link.decide(visit.platform, token, text_of(sent, "what"), _sent(kept, sent))
    except Unauthenticated:
        return dead_link(request, DECIDE, visit.say("Decide"))
    except TenonError as error:
        errors = _errors(error, language) if isinstance(error, Invalid) else {}
        shown = decision_link.opened(visit.platform, token, language, sent, errors)
        said = error.said(language)
        return render(request, "decide.html", status=error.status, token=token, opened=shown, error=said, said=None)
    asking.go_on(visit.platform, shown.asked.id)
    return render(request, "decide.html", token="", opened=shown, error=None, said=_said(visit, text_of(sent, "what")))


def _sent(typed: dict[str, Any], sent: FormData) -> dict[str, Any]:
    return {"comment": text_of(sent, "comment"), "person": text_of(sent, "person"), "to": text_of(sent, "to"), "data": typed}


def _said(visit: Visit, what: str) -> str:
    known = {
        "approve": visit.say("Approved."), "reject": visit.say("Rejected."), "return": visit.say("Sent back."), "delegate": visit.say("Handed over."),
        "before": visit.say("They sign before you."), "after": visit.say("Approved; they sign after you."), "claim": visit.say("The task is yours now."),
        "recall": visit.say("Recalled: the record is free again."),
    }  # fmt: skip
    return known.get(what) or visit.say("Thank you: that is settled.")
