"""The application that people see; mounted last, at the root, behind the API."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from pathlib import Path

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

import tenon.ui.pages
from tenon.engine.apps.package import TEMPLATES
from tenon.metamodel.errors import NotFound, TenonError, Unauthenticated, not_found
from tenon.metamodel.labels import sentences
from tenon.platform.copies import Copies
from tenon.platform.workspace import Platform
from tenon.ui.assets import HashedFiles
from tenon.ui.deps import flash, sign_in_url, visit_of
from tenon.ui.render import Templates, is_fragment, render

PACKED_FROM = 1_024  # bytes: below, a packed answer is hardly smaller


def build_ui(platform: Platform, *, templates: Path = TEMPLATES) -> FastAPI:
    """Return the application of all pages over a platform; ``templates`` is the folder of the apps that can be installed."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.state.platform = platform
    app.state.app_folder = templates
    app.state.copies = Copies(platform)
    app.state.templates = Templates(str(platform.settings.timezone), platform.outside.clock.now)
    app.mount("/static", HashedFiles(), name="static")
    app.add_middleware(GZipMiddleware, minimum_size=PACKED_FROM, compresslevel=8)
    app.router.routes.extend(routes())
    app.add_exception_handler(TenonError, _refused)
    app.add_exception_handler(HTTPException, _no_route)
    app.add_exception_handler(Exception, _failed)
    return app


def routes() -> list[BaseRoute]:
    """Return the routes of all pages: adding a page is adding a file. Where addresses overlap, the one with the fixed word goes first."""
    names = [info.name for info in pkgutil.iter_modules(tenon.ui.pages.__path__)]
    found = [route for name in names for route in import_module(f"{tenon.ui.pages.__name__}.{name}").router.routes]
    return sorted(found, key=lambda route: [part.startswith("{") for part in route.path.split("/")])


def error_page(request: Request, error: TenonError) -> Response:
    """Show a refusal as a page; a part of a page is replaced by it as a whole, but what was sent from one leaves it as it is and says why."""
    visit = visit_of(request)
    problems = [p.message.show(visit.language) for p in error.problems]
    hints = [p.hint.show(visit.language) for p in error.problems if p.hint]
    is_part, is_sent = is_fragment(request), request.method != "GET" and "HX-Source" in request.headers
    target = {} if not is_part else {"HX-Reswap": "none"} if is_sent else {"HX-Retarget": "#main", "HX-Reswap": "innerHTML"}
    template = "error_part.html" if is_part else "error.html"
    answer = render(
        request, template, status=error.status, headers={**error.headers, **target},
        number=error.status, title=error.title.show(visit.language), problems=problems, hints=hints,
    )  # fmt: skip
    return flash(answer, sentences(visit.language, [*problems, *hints])) if is_part and is_sent else answer


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, TenonError)
    if isinstance(error, Unauthenticated):
        url = sign_in_url(request)
        return Response(status_code=204, headers={"HX-Redirect": url}) if is_fragment(request) else RedirectResponse(url, 303)
    return error_page(request, error)


def _no_route(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == NotFound.status:
        return error_page(request, not_found())
    title = visit_of(request).say("This address is not asked in this way")
    return render(request, "error.html", status=error.status_code, headers=dict(error.headers or {}), number=error.status_code, title=title, problems=[], hints=[])


def _failed(request: Request, error: Exception) -> Response:
    visit = visit_of(request)
    title = visit.say("Something went wrong on our side")
    problems = [visit.say("Nothing you entered has been lost from the database. The details are in the log of the server.")]
    return render(
        request, "error.html", status=500, number=500, title=title, problems=problems, hints=[visit.say("Try again in a moment.")]
    )
