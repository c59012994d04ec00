"""Webhooks: who is told of what, and the addresses at which rules are told; for administrators."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from tenon.metamodel.errors import Conflict, Invalid, Problem
from tenon.platform import hooks
from tenon.ui.backend import webhooks
from tenon.ui.deps import Member, SentForm, Visit, flash, go, text_of
from tenon.ui.inputs import problems_by_field
from tenon.ui.render import render

router = APIRouter()
HERE = "/admin/webhooks"


@router.get("/admin/webhooks")
def list_webhooks(request: Request, visit: Member) -> Response:
    """Show who is told of what."""
    with visit.read() as view:
        rows = webhooks.listed(view)
    return render(request, "admin_webhooks.html", rows=rows)


@router.get("/admin/webhooks/new")
def new_webhook(request: Request, visit: Member) -> Response:
    """Show the form of a new webhook."""
    return _show(request, visit, None)


@router.post("/admin/webhooks")
def create_webhook(request: Request, visit: Member, sent: SentForm) -> Response:
    """Make a webhook and show its secret, this once."""
    values = _values(sent)
    try:
        with visit.write() as view:
            made, secret = webhooks.create(view, values)
    except Invalid as error:
        return _show(request, visit, None, sent=values, error=error)
    return _show(request, visit, made, secret=secret)


@router.get("/admin/webhooks/{id}")
def show_webhook(request: Request, visit: Member, id: str) -> Response:
    """Show a webhook with its last deliveries."""
    return _show(request, visit, id)


@router.post("/admin/webhooks/{id}")
def change_webhook(request: Request, visit: Member, sent: SentForm, id: str) -> Response:
    """Change a webhook."""
    values = _values(sent)
    try:
        with visit.write() as view:
            webhooks.change(view, id, values)
    except Invalid as error:
        return _show(request, visit, id, sent=values, error=error)
    return flash(go(request, f"{HERE}/{id}"), visit.say("Saved."))


@router.post("/admin/webhooks/{id}/rotate")
def rotate_secret(request: Request, visit: Member, sent: SentForm, id: str) -> Response:
    """Give a webhook another secret and show it, this once."""
    with visit.write() as view:
        secret = webhooks.rotate(view, id)
    return _show(request, visit, id, secret=secret)


@router.post("/admin/webhooks/{id}/switch")
def switch_webhook(request: Request, visit: Member, sent: SentForm, id: str) -> Response:
    """Turn a webhook on or off."""
    is_on = text_of(sent, "on") == "1"
    with visit.write() as view:
        webhooks.change(view, id, {"active": is_on})
    return flash(go(request, f"{HERE}/{id}"), visit.say("The webhook is on.") if is_on else visit.say("The webhook is off."))


@router.post("/admin/webhooks/{id}/test")
def try_webhook(request: Request, visit: Member, sent: SentForm, id: str) -> Response:
    """Send a test call."""
    with visit.write() as view:
        webhooks.try_out(view, id)
    return flash(go(request, f"{HERE}/{id}"), visit.say("A test call is on its way."))


@router.post("/admin/webhooks/{id}/delete")
def delete_webhook(request: Request, visit: Member, sent: SentForm, id: str) -> Response:
    """Delete a webhook."""
    with visit.write() as view:
        webhooks.remove(view, id)
    return flash(go(request, HERE), visit.say("The webhook is deleted."))


@router.get("/design/rule/{name}/hook")
def show_hook(request: Request, visit: Member, name: str) -> Response:
    """Show the address of a rule."""
    return _show_hook(request, visit, name)


@router.post("/design/rule/{name}/hook")
def renew_hook(request: Request, visit: Member, sent: SentForm, name: str) -> Response:
    """Give a rule an address, or another one, and show it with its secret, this once; or take it away."""
    if "sample" in sent:
        return _keep_sample(request, visit, name, text_of(sent, "sample"))
    if text_of(sent, "close"):
        with visit.write() as view:
            webhooks.close_hook(view, name)
        return flash(go(request, f"/design/rule/{name}/hook"), visit.say("The address is no more."))
    with visit.read() as view:
        webhooks.hook_page(view, name)
    return _show_hook(request, visit, name, hooks.renew(visit.platform, visit.ctx, name))


def _keep_sample(request: Request, visit: Visit, name: str, text: str) -> Response:
    try:
        with visit.write() as view:
            webhooks.keep_sample(view, name, text)
    except (Invalid, Conflict) as error:
        return _show_hook(request, visit, name, refused=error.problems[0], sample=text)
    return flash(go(request, f"/design/rule/{name}"), visit.say("The sample is kept: places can be chosen from it."))


def _show_hook(
    request: Request, visit: Visit, name: str, made: hooks.NewHook | None = None, refused: Problem | None = None, sample: str | None = None,
) -> Response:
    error = page = None
    try:
        with visit.read() as view:
            sample = webhooks.sample_of(view, name) if sample is None else sample
            page = webhooks.hook_page(view, name)
    except Invalid as unpublished:
        error = unpublished.problems[0]
    status = 422 if refused is not None else 200
    return render(request, "rule_hook.html", status=status, page=page, name=name, made=made, error=error, refused=refused, sample=sample)


def _show(request: Request, visit: Visit, id: str | None, *, secret: str = "", sent: dict[str, Any] | None = None, error: Invalid | None = None) -> Response:
    with visit.read() as view:
        page = webhooks.page(view, id, sent)
    errors = problems_by_field(error, visit.language) if error is not None else {}
    return render(request, "admin_webhook.html", status=error.status if error is not None else 200, page=page, secret=secret, sent=sent or {}, errors=errors)


def _values(sent: FormData) -> dict[str, Any]:
    return {"name": text_of(sent, "name"), "url": text_of(sent, "url"), "role": text_of(sent, "role") or None, "events": [str(each) for each in sent.getlist("events")]}
