"""Getting in: signing in and out, one-time links for passwords."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from tenon.metamodel.errors import Invalid, TenonError
from tenon.ui.backend import entrance
from tenon.ui.deps import AnyVisit, SentForm, Visit, flash, safe_next, set_cookie, text_of, visit_of
from tenon.ui.inputs import problems_by_field
from tenon.ui.render import render
from tenon.ui.shapes import SignedIn

router = APIRouter()


@router.get("/sign-in")
def sign_in_page(request: Request, visit: AnyVisit, next: str = "/", link: str = "") -> Response:
    """Show the sign-in form, and say so when a link led here that no longer works; somebody signed in goes on."""
    if visit.session:
        return RedirectResponse(safe_next(next), 303)
    error = _dead(visit) if link == "dead" else None
    return render(request, "sign_in.html", next=safe_next(next), email="", error=error)


@router.post("/sign-in")
def sign_in(request: Request, visit: AnyVisit, form: SentForm) -> Response:
    """Begin a session, or say why not."""
    email, onward = text_of(form, "email"), safe_next(text_of(form, "next"))
    try:
        signed = entrance.sign_in(visit.platform, visit.ctx, email, str(form.get("password") or ""), visit.session_token or None)
    except TenonError as error:
        message = error.problems[0].message.show(visit.language)
        return render(request, "sign_in.html", status=error.status, next=onward, email=email, error=message)
    return begin_session(request, signed, onward)


@router.post("/sign-out")
def sign_out(request: Request, visit: AnyVisit, form: SentForm) -> Response:
    """End the session."""
    entrance.sign_out(visit.platform, visit.session_token)
    response = RedirectResponse("/sign-in", 303)
    response.delete_cookie(visit.session_cookie, path="/", secure=visit.workspace.is_secure, httponly=True, samesite="lax")
    return response


@router.get("/reset")
def reset_page(request: Request, visit: AnyVisit) -> Response:
    """Ask for the address to send a link to."""
    return render(request, "reset.html", is_sent=False, email="")


@router.post("/reset")
def ask_reset(request: Request, visit: AnyVisit, form: SentForm) -> Response:
    """Send a link when the person exists; the answer is the same in every case."""
    entrance.ask_reset(visit.platform, visit.ctx, text_of(form, "email"))
    return render(request, "reset.html", is_sent=True, email=text_of(form, "email"))


@router.get("/invitation")
def invitation_page(request: Request, visit: AnyVisit) -> Response:
    """Read the token behind the # of an invitation or of a link to a new password."""
    return render(request, "link.html", action="/invitation", title=visit.say("Choose a password"), error=None, onward=None)


@router.post("/invitation")
def accept_invitation(request: Request, visit: AnyVisit, form: SentForm) -> Response:
    """Show the form behind the link, then set the password and sign in."""
    token = text_of(form, "token")
    found = entrance.find_invitation(visit.platform, token)
    if found is None:
        return dead_link(request, "/invitation", visit.say("Choose a password"))
    name = text_of(form, "name") or found.name or ""
    if "password" not in form:
        return render(request, "invitation.html", token=token, invitation=found, name=name, errors={})
    errors = passwords_differ(visit, form)
    if not errors:
        try:
            signed = entrance.accept_invitation(visit.platform, visit.ctx, token, name or None, str(form.get("password") or ""))
            return begin_session(request, signed, "/")
        except Invalid as error:
            errors = problems_by_field(error, visit.language)
    return render(request, "invitation.html", status=422, token=token, invitation=found, name=name, errors=errors)


def dead_link(request: Request, action: str, title: str) -> Response:
    """Show that a one-time link no longer works, and ask for another."""
    return render(request, "link.html", status=404, action=action, title=title, error=_dead(visit_of(request)), onward=None)


def _dead(visit: Visit) -> str:
    return visit.say("This link no longer works: it was used already or is too old.")


def passwords_differ(visit: Visit, form: SentForm) -> dict[str, tuple[str, ...]]:
    """Return the problem of a password that was typed twice, not the same."""
    if form.get("password") == form.get("password_again"):
        return {}
    return {"password_again": (visit.say("The two passwords differ. Type the same one twice."),)}


def begin_session(request: Request, signed: SignedIn, url: str) -> Response:
    """Go on with the session that has just begun in a cookie."""
    response = RedirectResponse(url, 303)
    seconds = max(60, int((signed.expires_at - datetime.now(UTC)).total_seconds()))
    set_cookie(request, response, visit_of(request).session_cookie, signed.token, max_age=seconds, http_only=True)
    return flash(response, "")
