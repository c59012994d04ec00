"""What every page asks for: who is visiting, in which language and theme, and whether a write comes from our own page."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

from fastapi import Depends, Request
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from tenon.engine.context import Context
from tenon.metamodel.errors import Forbidden, Problem, Unauthenticated
from tenon.metamodel.labels import say
from tenon.platform.api.calls import session_cookie_of, session_token_of
from tenon.platform.workspace import Platform
from tenon.ui.backend import entrance, menu, people, viewing
from tenon.ui.backend.base import View, open_read, open_write
from tenon.ui.i18n import choose_language
from tenon.ui.render import is_fragment
from tenon.ui.shapes import MenuGroup, MenuItem, Session, Workspace
from tenon.ui.shell_shapes import MenuApp

LANGUAGE_COOKIE, THEME_COOKIE, APP_COOKIE, SIDE_COOKIE, SEEN_COOKIE = "tenon_language", "tenon_theme", "tenon_app", "tenon_side", "tenon_seen"
VIEW_COOKIE, STEPS_COOKIE, START_COOKIE, CHOICE_COOKIE = "tenon_view_as", "tenon_steps", "tenon_start", "tenon_choice"
WHILE_VIEWING = ("/admin/view-as/end", "/sign-out", "/preferences")
"""What somebody may send while they see the workspace with the rights of others: nothing that changes it."""
THEMES = ("system", "light", "dark")
YEAR = 31_536_000


@dataclass
class Visit:
    """One request as the pages see it; ``session`` is None before signing in.

    An administrator who sees the workspace with the rights of somebody else has ``own``, their own session, beside it. ``is_stranger`` on
    pages for anybody, where nobody is asked who they are.
    """

    request: Request
    platform: Platform
    language: str
    theme: str
    session: Session | None
    open_view: str | None = None
    own: Session | None = None
    is_stranger: bool = False

    @cached_property
    def workspace(self) -> Workspace:
        """The workspace, as far as anybody may know it."""
        return entrance.workspace(self.platform)

    @cached_property
    def ctx(self) -> Context:
        """Who acts; nobody before signing in."""
        peer = self.request.client.host if self.request.client else None
        address = entrance.address_of(self.platform, peer, self.request.headers)
        base = self.session.ctx if self.session else Context(None)
        return replace(base, language=self.language, address=address)

    @property
    def templates(self) -> Path:
        """The folder of the apps that can be installed."""
        folder: Path = self.request.app.state.app_folder
        return folder

    def read(self) -> AbstractContextManager[View]:
        """Open a read transaction as this person sees it; close it before rendering, which reads the menu."""
        return open_read(self.platform, self.ctx)

    def write(self) -> AbstractContextManager[View]:
        """Open a write transaction of this person: an error inside takes everything back. Raises Forbidden while looking with other rights."""
        if self.own is not None:
            raise _only_looking()
        return open_write(self.platform, self.ctx)

    @cached_property
    def apps(self) -> Sequence[MenuApp]:
        """The apps that this person can switch to."""
        if self.session is None:
            return ()
        with self.read() as view:
            return menu.apps(view)

    @cached_property
    def admins(self) -> Sequence[tuple[str, str]]:
        """Names and addresses of a few administrators."""
        with self.read() as view:
            return people.admins(view)

    @property
    def app(self) -> MenuApp | None:
        """The app whose menu is shown; None for all of them."""
        chosen = self.request.cookies.get(APP_COOKIE)
        return next((app for app in self.apps if app.name == chosen), None) if len(self.apps) > 1 else None

    @property
    def menu(self) -> Sequence[MenuGroup]:
        """The menu of this person: of the chosen app, or of all."""
        shown = (self.app,) if self.app else self.apps
        return [group for app in shown for group in app.groups]

    @property
    def is_folded(self) -> bool:
        """True when the menu shows its icons only."""
        return self.request.cookies.get(SIDE_COOKIE) == "folded"

    @property
    def seen(self) -> str:
        """The records that this browser showed last."""
        return unquote(self.request.cookies.get(SEEN_COOKIE, ""))

    @cached_property
    def place(self) -> str:
        """The address of the menu's entry for this page, '' for none.

        It is that of the open view, or of the view one came from; else of all records of the entity, else the only one that it has.
        """
        path = self.request.url.path
        fitting = [item for group in self.menu for item in group.items if _leads_to(item, path)]
        shown = [item for item in fitting if _view_of(item) == (self._came_from if self.open_view is None else self.open_view)]
        whole = sorted((item for item in fitting if item.is_whole), key=lambda item: bool(_view_of(item)))
        found = shown or whole or (fitting if self.open_view is None and len({item.url for item in fitting}) == 1 else [])
        return found[0].url if found else ""

    @property
    def _came_from(self) -> str | None:
        """The view of the list of the same records that one came from, None for no such list."""
        before = urlsplit(self.request.headers.get("Referer", ""))
        is_ours = before.netloc == self.request.headers.get("Host") and before.path.startswith("/records/")
        if not is_ours or not self.request.url.path.startswith(f"{before.path}/"):
            return None
        return parse_qs(before.query).get("view", [""])[0]

    @property
    def session_token(self) -> str:
        """The token in the session's cookie, '' without one."""
        return session_token_of(self.platform, self.request.cookies) or ""

    @property
    def session_cookie(self) -> str:
        """The name of the session's cookie."""
        return session_cookie_of(self.platform)

    @property
    def csrf(self) -> str:
        """The token that writes of this session carry."""
        return self.session.csrf if self.session else ""

    def say(self, text: str) -> str:
        """Return a text of the pages in the visitor's language."""
        return str(self.request.app.state.templates.gettext(self.language, text))


def _leads_to(item: MenuItem, path: str) -> bool:
    start = item.url.partition("?")[0]
    return path == start or path.startswith(f"{start}/")


def _view_of(item: MenuItem) -> str:
    return item.url.partition("?view=")[2]


def visit_of(request: Request) -> Visit:
    """Find out who is visiting; kept on the request, so that error pages know too."""
    known = getattr(request.state, "visit", None)
    if isinstance(known, Visit):
        return known
    platform: Platform = request.app.state.platform
    token = session_token_of(platform, request.cookies)
    session = entrance.find_session(platform, token) if token else None
    account = session.ctx.language if session else None
    language = choose_language(request.cookies.get(LANGUAGE_COOKIE), account, request.headers.get("Accept-Language"), "") or platform.language
    theme = request.cookies.get(THEME_COOKIE, "system")
    whose = request.cookies.get(platform.cookie(VIEW_COOKIE))
    viewed = viewing.find(platform, session, whose, language) if session and whose else None
    own = session if viewed else None
    request.state.visit = Visit(request, platform, language, theme if theme in THEMES else "system", viewed or session, own=own)
    return visit_of(request)


def signed_in(request: Request) -> Visit:
    """Return the visit of somebody signed in; raises Unauthenticated."""
    visit = visit_of(request)
    if visit.session is None:
        raise Unauthenticated(Problem("", "forbidden", say("Please sign in first.", "请先登录。")))
    return visit


async def read_form(request: Request) -> FormData:
    """Read the form of a write and make sure that it comes from a page of ours; raises Forbidden."""
    form = await request.form(max_files=20, max_fields=2000)
    check_origin(request)
    visit = visit_of(request)
    sent = request.headers.get("X-CSRF-Token") or form.get("csrf")
    if visit.session is not None and sent != visit.session.csrf:
        raise _foreign_page()
    if visit.own is not None and request.url.path not in WHILE_VIEWING:
        raise _only_looking()
    return form


def check_origin(request: Request) -> None:
    """Refuse a write that a page of another site sent."""
    if request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site"):
        raise _foreign_page()
    origin = request.headers.get("Origin")
    if origin and urlsplit(origin).netloc != request.headers.get("Host"):
        raise _foreign_page()


def _foreign_page() -> Forbidden:
    message = say("This page is out of date or was sent from another site.", "此页面已过期，或来自其他网站。")
    return Forbidden(Problem("", "forbidden", message, say("Reload the page and try again.", "请刷新页面后重试。")))


def _only_looking() -> Forbidden:
    message = say("You are looking with other rights: nothing can be changed.", "您正在以他人权限查看：不能修改任何内容。")
    return Forbidden(Problem("", "forbidden", message, say("End it in the bar at the top first.", "请先在顶部横条中结束查看。")))


def go(request: Request, url: str) -> Response:
    """Send the browser to another page after a write, through htmx as well."""
    if is_fragment(request):
        return Response(status_code=204, headers={"HX-Redirect": url})
    return RedirectResponse(url, status_code=303)


def sign_in_url(request: Request) -> str:
    """Return the address of the sign-in page that leads back here afterwards."""
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    if is_fragment(request):  # a part of a page: the way back is the page
        page = urlsplit(request.headers.get("HX-Current-URL", ""))
        here = page.path + (f"?{page.query}" if page.query else "")
    elif request.method != "GET":  # a form: the way back is the page that it stood on
        page = urlsplit(request.headers.get("Referer", ""))
        here = page.path + (f"?{page.query}" if page.query else "") if page.netloc == request.url.netloc else "/"
    return "/sign-in" if here in ("", "/") else f"/sign-in?next={quote(here)}"


def safe_next(url: str | None) -> str:
    """Return an address on this site only; anything else is the home page."""
    if not url or not url.startswith("/") or url.startswith(("//", "/\\")) or "\\" in url or any(ord(c) < 32 for c in url):
        return "/"
    return url


def set_cookie(
    request: Request, response: Response, name: str, value: str, *, max_age: int = YEAR, http_only: bool = False, path: str = "/",
    is_strict: bool = False,
) -> None:
    """Set a cookie for this site: not for scripts when ``http_only``, over TLS only when the workspace is reached so.

    ``is_strict`` when no link of another site may bring it along.
    """
    is_secure = visit_of(request).workspace.is_secure
    response.set_cookie(name, value, max_age=max_age, path=path, httponly=http_only, samesite="strict" if is_strict else "lax", secure=is_secure)


def flash(response: Response, text: str, undo: str = "") -> Response:
    """Let the next page say something short; ``undo`` is an address to post to."""
    response.set_cookie("tenon_flash", quote(f"{text}\n{undo}", safe=""), max_age=30, path="/", samesite="lax")
    return response


AnyVisit = Annotated[Visit, Depends(visit_of)]
Member = Annotated[Visit, Depends(signed_in)]
SentForm = Annotated[FormData, Depends(read_form)]


def text_of(form: FormData, name: str) -> str:
    """Return a sent text, '' when absent or a file."""
    value: Any = form.get(name)
    return value.strip() if isinstance(value, str) else ""
