"""The application of the HTTP contract: every resource's routes under /api/v1, a few at the root, one door around them."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

import tenon.platform.api
from tenon.platform.api.calls import PREFIX
from tenon.platform.api.errors import Guard, install
from tenon.platform.api.headers import Around
from tenon.platform.api.routes import CallRoute
from tenon.platform.observability import Traffic
from tenon.platform.workspace import Platform


def create_api(platform: Platform) -> FastAPI:
    """Return the application over a platform.

    Every module of this package may have a ``router`` (under /api/v1) and a ``root`` (at the root); adding a resource is
    adding a file. Pages are mounted behind it by the server.
    """
    app = FastAPI(title="Tenon", openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    app.state.platform = platform
    app.state.traffic = Traffic()
    app.router.routes.extend(_routes())
    install(app)
    app.add_middleware(Guard)
    app.add_middleware(Around, settings=platform.settings, traffic=app.state.traffic)
    return app


def resources() -> list[str]:
    """Return the names of the modules of the contract, records first: routes are looked through in this order."""
    names = [info.name for info in pkgutil.iter_modules(tenon.platform.api.__path__) if info.name != "app"]
    return sorted(names, key=lambda name: (name != "records", name))


def routes_of(app: FastAPI) -> list[tuple[str, str, APIRoute]]:
    """Return method, path and route of every call."""
    calls = [(m, route.path, route) for route in app.routes if isinstance(route, APIRoute) for m in sorted(route.methods or ())]
    return sorted(calls, key=lambda each: (each[1], each[0]))


@cache
def _routes() -> tuple[APIRoute, ...]:
    """Return every route, made once: the platform is found through the application that is asked."""
    whole = APIRouter(redirect_slashes=False)
    for name in resources():
        module = import_module(f"{tenon.platform.api.__name__}.{name}")
        for router, prefix in ((getattr(module, "router", None), PREFIX), (getattr(module, "root", None), "")):
            if isinstance(router, APIRouter):
                _add(whole, router, prefix)
    return tuple(route for route in whole.routes if isinstance(route, APIRoute))


def _add(whole: APIRouter, router: APIRouter, prefix: str) -> None:
    """Add the routes of a router one by one: whole paths, so that counters and 405 know them."""
    for route in router.routes:
        if isinstance(route, APIRoute):
            methods = sorted(route.methods or ())
            whole.add_api_route(prefix + route.path, route.endpoint, methods=methods, name=route.name, response_model=None, route_class_override=CallRoute)
