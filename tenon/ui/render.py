"""Pages from templates: escaped always, strict about what is missing, one environment a language."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from tenon.engine.formats import Formats
from tenon.metamodel.wording import say_kind
from tenon.ui import drawing
from tenon.ui.assets import icon_group, icon_url, static_url
from tenon.ui.compiled import Compiled
from tenon.ui.i18n import NAMES, Translations, read_all, script_words
from tenon.ui.rich import formatted
from tenon.ui.shapes import Choice

TEMPLATES = Path(__file__).parent / "templates"
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
    "Vary": "HX-Request, Cookie, Accept-Language",
}


class Templates:
    """The environments of all languages in one time zone; ``now`` is the clock that relative times are told by."""

    def __init__(self, timezone: str = "UTC", now: Callable[[], datetime] | None = None) -> None:
        clock = self.now = now or (lambda: datetime.now(UTC))
        self.translations = read_all()
        self._environments = {t.language: _environment(t, timezone, clock) for t in self.translations.values()}

    def render(self, language: str, template: str, values: Mapping[str, Any]) -> str:
        """Return a template filled in for one language."""
        return self.environment(language).get_template(template).render(values)

    def environment(self, language: str) -> Environment:
        """Return the environment of a language."""
        return self._environments[language]

    def gettext(self, language: str, text: str) -> str:
        """Return a text of the pages in one language."""
        return self.translations[language].gettext(text)


def _option_of(options: Iterable[Choice], name: str) -> Choice | None:
    """Return the option of a name; a page of a list asks this for thousands of cells."""
    return next((option for option in options if option.name == name), None)


def _remembered(macro: Callable[[Any, Any], Markup]) -> Callable[[Any, Any], Markup]:
    """Return the macro of a value that remembers, for one page, what it said of texts, truths and nothing: a column repeats them row by row."""
    said: dict[tuple[str, Any], Markup] = {}

    def say_once(field: Any, value: Any) -> Markup:
        if value is not None and not isinstance(value, str | bool):
            return macro(field, value)
        key = (field.name, value)
        found = said.get(key)
        if found is None:
            found = said[key] = macro(field, value)
        return found

    return say_once


def _environment(translations: Translations, timezone: str, now: Callable[[], datetime]) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        bytecode_cache=Compiled(),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=translations.gettext, ngettext=translations.ngettext, newstyle=True
    )
    environment.globals["gettext"] = _gettext_of(translations)
    words, of_designers = (
        json.dumps({word: said for word in found if (said := translations.gettext(word)) != word}, ensure_ascii=False)
        for found in (script_words(), script_words(designing=True))
    )
    environment.globals.update(
        option_of=_option_of,
        remembered=_remembered,
        fmt=Formats(translations.language, timezone, now),
        language=translations.language,
        language_tag=translations.tag,
        language_names=NAMES,
        static=static_url,
        icon_url=icon_url,
        icon_group=icon_group,
        words=words,
        words_of_designers=of_designers,
        arc=drawing.arc,
        tick=drawing.tick,
        sparkline=drawing.sparkline,
        formatted=formatted,
        kind_word=lambda kind: say_kind(kind).show(translations.language),
    )
    return environment


def _gettext_of(translations: Translations) -> Callable[..., str]:
    """Return what fills a text of a language: like the one of the extension, with the spaces that Chinese wants beside Latin letters."""

    @pass_eval_context
    def gettext(context: EvalContext, text: str, /, **values: Any) -> str:
        found = translations.gettext(text)
        return (Markup(found) if context.autoescape else found) % translations.beside(found, values)

    return gettext


def is_fragment(request: Request) -> bool:
    """True when htmx asks for a part of a page, not when it restores a page from history."""
    return request.headers.get("HX-Request") == "true" and "HX-History-Restore-Request" not in request.headers


def render(request: Request, template: str, *, status: int = 200, headers: Mapping[str, str] | None = None, **values: Any) -> HTMLResponse:
    """Answer with a template; ``visit`` (who, language, theme, menu) is always among its values."""
    visit = request.state.visit
    templates: Templates = request.app.state.templates
    body = templates.render(visit.language, template, {"visit": visit, "request_path": request.url.path, **values})
    return HTMLResponse(body, status_code=status, headers={**SECURITY_HEADERS, **(headers or {})})
