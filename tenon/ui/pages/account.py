"""What a person sets for themselves: language, theme, password; and what this installation is."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from tenon.engine.notices import mailing
from tenon.metamodel.errors import Invalid
from tenon.metamodel.labels import LANGUAGES
from tenon.ui.assets import vendor_manifest
from tenon.ui.backend import asking, entrance, people
from tenon.ui.backend.base import View
from tenon.ui.deps import (
    APP_COOKIE,
    LANGUAGE_COOKIE,
    STEPS_COOKIE,
    THEME_COOKIE,
    THEMES,
    AnyVisit,
    Member,
    SentForm,
    Visit,
    flash,
    safe_next,
    set_cookie,
    text_of,
)
from tenon.ui.inputs import problems_by_field
from tenon.ui.render import render

router = APIRouter()


@router.post("/preferences")
def change_preferences(request: Request, visit: AnyVisit, form: SentForm) -> Response:
    """Keep the language, the theme, the app whose menu is shown or that the first steps are hidden, and go back, or on to the app."""
    app = text_of(form, "app")
    chosen = next((each for each in visit.apps if each.name == app), None)
    response = RedirectResponse(safe_next(chosen.url if chosen else text_of(form, "next")), 303)
    if app:
        set_cookie(request, response, APP_COOKIE, app if chosen else "all")
    language, theme = text_of(form, "language"), text_of(form, "theme")
    if language in LANGUAGES:
        set_cookie(request, response, LANGUAGE_COOKIE, language)
        if visit.session and not visit.own:
            entrance.change_language(visit.platform, visit.ctx, language)
    if theme in THEMES:
        set_cookie(request, response, THEME_COOKIE, theme)
    if text_of(form, "steps") == "hidden":
        set_cookie(request, response, STEPS_COOKIE, "hidden")
    return response


@router.get("/settings")
def settings_page(request: Request, visit: Member) -> Response:
    """Show what a person may set."""
    return _settings(request, visit, {})


def _settings(request: Request, visit: Visit, errors: dict[str, tuple[str, ...]]) -> Response:
    with visit.read() as view:
        roles, away = people.my_roles(view), asking.away(view)
        by_mail, is_mail_set_up = mailing.choice_of(view.uow, str(visit.ctx.user_id)), view.uow.outside.mail.is_set_up
    status = 422 if errors else 200
    return render(request, "settings.html", status=status, errors=errors, roles=roles, away=away, by_mail=by_mail, is_mail_set_up=is_mail_set_up)


@router.post("/settings/away")
def change_away(request: Request, visit: Member, form: SentForm) -> Response:
    """Say from when until when one is away and who acts meanwhile, or that one is back."""
    if text_of(form, "what") == "back":
        with visit.write() as view:
            asking.come_back(view)
        return flash(RedirectResponse("/settings", 303), visit.say("Welcome back."))
    since, until, delegate = (text_of(form, name) for name in ("since", "until", "person"))
    try:
        with visit.write() as view:
            asking.go_away(view, delegate, _moment(view, since), _moment(view, until), move="move" in form)
    except Invalid as error:
        return _settings(request, visit, problems_by_field(error, visit.language))
    return flash(RedirectResponse("/settings", 303), visit.say("That is kept: they act for you while you are away."))


def _moment(view: View, text: str) -> datetime | None:
    """Return a time that was typed, in the zone of the workspace."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=view.uow.timezone).astimezone(UTC)
    except ValueError:
        return None


@router.post("/settings/mail")
def change_mail(visit: Member, form: SentForm) -> Response:
    """Keep which notices come by mail as well."""
    choice = text_of(form, "choice")
    if choice in mailing.CHOICES and visit.ctx.user_id:
        with visit.write() as view:
            mailing.choose(view.uow, visit.ctx.user_id, choice)
    return flash(RedirectResponse("/settings", 303), visit.say("That is kept."))


@router.post("/settings/password")
def change_password(request: Request, visit: Member, form: SentForm) -> Response:
    """Change the password."""
    errors: dict[str, tuple[str, ...]] = {}
    if form.get("new") != form.get("again"):
        errors = {"again": (visit.say("The two passwords differ. Type the same one twice."),)}
    else:
        try:
            old, new = str(form.get("old") or ""), str(form.get("new") or "")
            entrance.change_password(visit.platform, visit.ctx, old, new, visit.session_token)
        except Invalid as error:
            errors = problems_by_field(error, visit.language)
    if errors:
        return _settings(request, visit, errors)
    return flash(RedirectResponse("/settings", 303), visit.say("Your password has been changed."))


@router.get("/about")
def about_page(request: Request, visit: Member) -> Response:
    """Show version, release and the libraries of the pages."""
    packages = sorted(vendor_manifest().get("packages", {}).items())
    return render(request, "about.html", packages=packages)
