"""Visits of strangers: pages for anybody, where whoever is signed in is not asked and nobody may call too often."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from fastapi import Request

from tenon.metamodel.labels import LANGUAGES
from tenon.platform.limits import Limit
from tenon.ui.deps import LANGUAGE_COOKIE, Visit, visit_of
from tenon.ui.i18n import choose_language

POSTS, LOOKS, ALL_POSTS = 30, 240, 600
MINUTE = timedelta(minutes=1)


def visit_of_stranger(request: Request, wanted: str | None) -> Visit:
    """Return the visit of a stranger: whoever is signed in here is not asked, so that no other site can act for them."""
    found = visit_of(request)
    accepted, cookie = request.headers.get("Accept-Language"), request.cookies.get(LANGUAGE_COOKIE)
    language = wanted if wanted in LANGUAGES else choose_language(cookie, None, accepted)
    request.state.visit = replace(found, language=language, session=None, is_stranger=True)
    return visit_of(request)


def count(request: Request, kind: str, page: str) -> None:
    """Count a call of an address (``posts``, ``looks``), and posts to the page as a whole. Raises TooMany."""
    state, clock = request.app.state, visit_of(request).platform.outside.clock
    if not hasattr(state, "stranger_limits"):
        most = {"posts": POSTS, "looks": LOOKS, "all posts": ALL_POSTS}
        state.stranger_limits = {name: Limit(number, MINUTE, clock.real_now) for name, number in most.items()}
    state.stranger_limits[kind].note(f"{visit_of(request).ctx.address} {page[:60]}")
    if kind == "posts":
        state.stranger_limits["all posts"].note(page[:60])
