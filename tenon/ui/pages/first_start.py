"""The first start, step by step: language, administrator, apps, sample records. Each step has an address and can be come back to."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from tenon.engine.releases.draft import require_builder
from tenon.metamodel.errors import Conflict, Invalid, NotFound
from tenon.metamodel.labels import LANGUAGES
from tenon.platform.rights import require_admin
from tenon.ui.backend import apps, first_start, installs
from tenon.ui.deps import CHOICE_COOKIE, LANGUAGE_COOKIE, START_COOKIE, AnyVisit, Member, SentForm, Visit, go, set_cookie, text_of
from tenon.ui.inputs import problems_by_field
from tenon.ui.pages.apps import words_of
from tenon.ui.pages.entrance import begin_session, dead_link, passwords_differ
from tenon.ui.render import render

router = APIRouter()
LINK_COOKIE = "tenon_setup"
"""The token of the set-up link, for this part of the site and this browser only, until the administrator is there."""
LINK_PATH, LINK_SECONDS = "/setup", 3600


@router.get("/setup")
def link_page(request: Request, visit: AnyVisit) -> Response:
    """Read the token behind the # of the one-time link: a script posts it, so that it stands in no log."""
    onward = _open_step(visit) if first_start.is_link(visit.platform, _token(request)) else None
    return render(request, "link.html", action="/setup", title=visit.say("Set up"), error=None, onward=onward)


@router.post("/setup")
def follow_link(request: Request, visit: AnyVisit, form: SentForm) -> Response:
    """Keep the token of a link that works for the steps, and go to the one that is open."""
    token = text_of(form, "token")
    if not first_start.is_link(visit.platform, token):
        return dead_link(request, "/setup", visit.say("Set up"))
    response = RedirectResponse(_open_step(visit), 303)
    set_cookie(request, response, LINK_COOKIE, token, max_age=LINK_SECONDS, http_only=True, path=LINK_PATH, is_strict=True)
    return response


@router.get("/setup/language")
def language_page(request: Request, visit: AnyVisit) -> Response:
    """Ask for the language of the workspace."""
    if not first_start.is_link(visit.platform, _token(request)):
        return _closed(request, visit)
    return render(request, "wizard_language.html", chosen=first_start.language(visit.platform), action="/setup/language", step=1)


@router.post("/setup/language")
def choose_language(request: Request, visit: AnyVisit, form: SentForm) -> Response:
    """Keep the language of the workspace and speak it from now on."""
    language = text_of(form, "language")
    if not first_start.is_link(visit.platform, _token(request)):
        return _closed(request, visit)
    if language not in LANGUAGES:
        return RedirectResponse("/setup/language", 303)
    first_start.choose_language(visit.platform, visit.ctx, _token(request), language)
    return _speaking(request, language, "/setup/administrator")


@router.get("/setup/administrator")
def administrator_page(request: Request, visit: AnyVisit) -> Response:
    """Ask who looks after the workspace."""
    if not first_start.is_link(visit.platform, _token(request)):
        return _closed(request, visit)
    return render(request, "wizard_administrator.html", values={"name": "", "email": ""}, errors={}, step=2)


@router.post("/setup/administrator")
def make_administrator(request: Request, visit: AnyVisit, form: SentForm) -> Response:
    """Create the administrator, which uses the link up, and sign them in."""
    token, values = _token(request), {"name": text_of(form, "name"), "email": text_of(form, "email")}
    if not first_start.is_link(visit.platform, token):
        return _closed(request, visit)
    errors = passwords_differ(visit, form)
    if not errors:
        try:
            signed = first_start.set_up(visit.platform, visit.ctx, token, values["name"], values["email"], str(form.get("password") or ""))
        except (Invalid, Conflict) as error:
            errors = problems_by_field(error, visit.language)
        else:
            response = begin_session(request, signed, "/welcome")
            response.delete_cookie(LINK_COOKIE, path=LINK_PATH)
            return response
    return render(request, "wizard_administrator.html", status=422, values=values, errors=errors, step=2)


@router.get("/welcome/language")
def workspace_language(request: Request, visit: Member) -> Response:
    """Ask the administrator again for the language of the workspace."""
    require_admin(visit.ctx)
    return render(request, "wizard_language.html", chosen=first_start.language(visit.platform), action="/welcome/language", step=1)


@router.post("/welcome/language")
def change_language(request: Request, visit: Member, form: SentForm) -> Response:
    """Change the language of the workspace."""
    require_admin(visit.ctx)
    language = text_of(form, "language")
    if language not in LANGUAGES:
        return RedirectResponse("/welcome/language", 303)
    with visit.write() as view:
        first_start.change_language(view, language)
    return _speaking(request, language, "/welcome")


@router.get("/welcome")
def welcome(request: Request, visit: Member) -> Response:
    """Ask which apps to begin with."""
    return _choose(request, visit, _choice(request))


@router.post("/welcome")
def choose_apps(request: Request, visit: Member, form: SentForm) -> Response:
    """Keep the choice and ask for the sample records; begin empty when that is wanted."""
    require_builder(visit.ctx, "app")
    if text_of(form, "empty"):
        response = go(request, "/")
        set_cookie(request, response, START_COOKIE, "empty")
        response.delete_cookie(CHOICE_COOKIE, path="/")
        return response
    chosen = [str(name) for name in form.getlist("apps")]
    if not chosen:
        return _choose(request, visit, [], [visit.say("Choose an app first, or begin empty.")], 422)
    with visit.read() as view:
        try:
            installs.together(view.model, chosen, visit.templates)
        except NotFound:
            return _choose(request, visit, [], [visit.say("An app of that choice is not here any more. Choose again.")], 422)
    response = go(request, "/welcome/samples")
    set_cookie(request, response, CHOICE_COOKIE, ".".join(chosen))
    return response


@router.get("/welcome/samples")
def samples_page(request: Request, visit: Member) -> Response:
    """Ask which of the chosen apps are to bring sample records; without a choice, go back to it."""
    return _ask_samples(request, visit)


@router.post("/welcome/samples")
def install(request: Request, visit: Member, form: SentForm) -> Response:
    """Have the chosen apps installed in the background and show how far that is."""
    require_builder(visit.ctx, "app")
    chosen = _choice(request)
    if not chosen:
        return go(request, "/welcome")
    try:
        with visit.write() as view:
            open_ones = [name for name in chosen if view.model.find("app", name) is None]
            job = installs.order(view, visit.templates, open_ones, [str(name) for name in form.getlist("samples")]) if open_ones else ""
    except (Invalid, Conflict) as error:
        return _ask_samples(request, visit, words_of(visit, error), error.status)
    response = go(request, f"/welcome/install?job={job}" if job else "/")
    response.delete_cookie(CHOICE_COOKIE, path="/")
    return response


@router.get("/welcome/install")
def install_page(request: Request, visit: Member, job: str = "") -> Response:
    """Show how far the install is, and where to go when it is done."""
    with visit.read() as view:
        found = installs.find(view, job) if job else installs.latest(view)
    if found is None:
        return RedirectResponse("/", 303)
    return render(request, "wizard_install.html", install=found, at="welcome", step=5)


def _choose(request: Request, visit: Visit, chosen: list[str], error: list[str] | None = None, status: int = 200) -> Response:
    require_builder(visit.ctx, "app")
    with visit.read() as view:
        cards = [card for card in apps.apps(view, visit.templates) if not card.installed]
    return render(request, "wizard_apps.html", status=status, cards=cards, chosen=chosen, error=error or [], step=3)


def _ask_samples(request: Request, visit: Visit, error: list[str] | None = None, status: int = 200) -> Response:
    require_builder(visit.ctx, "app")
    chosen = _choice(request)
    with visit.read() as view:
        try:
            coming = installs.together(view.model, [n for n in chosen if view.model.find("app", n) is None], visit.templates)
        except NotFound:
            coming = []
        labels = [package.app.label.show(visit.language) for package in coming]
        samples = installs.sampled(view, visit.templates, [package.name for package in coming])
    if not coming:
        return RedirectResponse("/welcome", 303)
    return render(request, "wizard_samples.html", status=status, labels=labels, samples=samples, error=error or [], step=4)


def _choice(request: Request) -> list[str]:
    """Return the apps that were chosen in the step before."""
    return [name for name in request.cookies.get(CHOICE_COOKIE, "").split(".") if name]


def _token(request: Request) -> str:
    return request.cookies.get(LINK_COOKIE, "")


def _open_step(visit: Visit) -> str:
    """Return the address of the step that is open for whoever holds the set-up link."""
    return "/setup/administrator" if first_start.language(visit.platform) else "/setup/language"


def _closed(request: Request, visit: Visit) -> Response:
    """Somebody signed in has made these steps; nobody else gets to them without the link."""
    if visit.session is not None:
        return RedirectResponse("/", 303)
    return dead_link(request, "/setup", visit.say("Set up"))


def _speaking(request: Request, language: str, url: str) -> Response:
    response = RedirectResponse(url, 303)
    set_cookie(request, response, LANGUAGE_COOKIE, language)
    return response
