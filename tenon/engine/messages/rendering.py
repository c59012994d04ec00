"""Writing messages: a checked template with plain values becomes a text, mail that is HTML, or a subject."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

import nh3
from jinja2 import nodes, pass_context
from jinja2.environment import Template
from jinja2.runtime import Context as Running
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from tenon.engine.formats import Formats
from tenon.engine.messages.shown import EMPTY, Shown, text_of_html
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.kinds.message import MessageKind
from tenon.metamodel.labels import Text, say
from tenon.metamodel.templates.syntax import ENVIRONMENT, FILTERS, RECORD, Parsed, parse

LONGEST = 200_000
LONGEST_SUBJECT = 200
LEAVE = Text("Unsubscribe", "退订")
_FORMATS, _ROWS, _NOTHING = "_formats", "_rows", "_nothing"
_LINK = re.compile(r"https?://[^\s<>\"']{4,500}")
_TAGS = {
    "a", "b", "blockquote", "br", "code", "del", "div", "em", "h1", "h2", "h3", "h4", "hr", "i", "li", "ol", "p", "pre", "span", "strong", "table",
    "tbody", "td", "th", "thead", "tr", "u", "ul",
}  # fmt: skip
_PAGE = (
    '<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{title}</title></head>'
    '<body style="margin:0;padding:24px;font:15px/1.6 -apple-system,Segoe UI,PingFang SC,Microsoft YaHei,sans-serif;color:#1c1c1a">'
    '<div style="max-width:640px">{body}</div></body></html>'
)


@dataclass(frozen=True)
class Written:
    """A message as it goes out; ``html`` for mail only, ``inner`` what was written of it by hand."""

    subject: str
    text: str
    html: str | None = None
    inner: str | None = None


class _Flat(NodeTransformer):
    """Makes one plain name of every path, so that nothing compiled ever looks into a value; a row of a list becomes as many names as it has paths."""

    def __init__(self, parsed: Parsed) -> None:
        self._parsed = parsed

    def visit_For(self, node: nodes.For, *_args: Any, **_more: Any) -> nodes.Node:  # noqa: N802
        """Replace the name of a row."""
        assert isinstance(node.iter, nodes.Name)
        assert isinstance(node.target, nodes.Name)
        names = [key_of(path, node.target.name) for path in self._parsed.lists[node.iter.name]]
        node.target = nodes.Tuple([nodes.Name(name, "store") for name in names or [_NOTHING]], "store")
        return self.generic_visit(node)

    def visit_Getattr(self, node: nodes.Getattr, *_args: Any, **_more: Any) -> nodes.Node:  # noqa: N802
        """Replace a path."""
        steps: list[str] = []
        near: nodes.Node = node
        while isinstance(near, nodes.Getattr):
            steps.append(near.attr)
            near = near.node
        assert isinstance(near, nodes.Name)
        return nodes.Name(key_of(".".join(reversed(steps)), near.name), "load", lineno=node.lineno)


def key_of(path: str, name: str = RECORD) -> str:
    """Return the plain name of a path of the record, or of a row; capitals are in no name of a field, so no two paths have the same."""
    return f"{name}_X{path.replace('.', '_X')}" if path else name


def paths_of(body: MessageKind, language: str) -> set[str]:
    """Return the paths that a message reads in a language. Raises Invalid for a template that is not allowed."""
    texts = (body.subject.show(language) if body.subject else "", body.body.show(language))
    return {path for text in texts for path in parse(text).paths}


def lists_of(body: MessageKind, language: str) -> dict[str, set[str]]:
    """Return the lists that a message goes over in a language, each with the paths it reads of their rows. Raises Invalid."""
    found: dict[str, set[str]] = {}
    for text in (body.subject.show(language) if body.subject else "", body.body.show(language)):
        for name, paths in parse(text).lists.items():
            found.setdefault(name, set()).update(paths)
    return found


def write(
    body: MessageKind, values: Mapping[str, Shown], formats: Formats, *, recipient: str = "", link: str = "", leave: str = "",
    lists: Mapping[str, Sequence[Mapping[str, Shown]]] | None = None,
) -> Written:  # fmt: skip
    """Write a message in the language of the formats; ``values`` are those of the record by path, ``lists`` the rows of its lists. Raises Invalid.

    Mail with an address to ``leave`` at ends with it, unless its text has it somewhere else.
    """
    language = formats.language
    is_named = "unsubscribe" in parse(body.body.show(language)).names
    word = LEAVE.show(language)
    given: dict[str, Any] = {key_of(path): value for path, value in values.items()}
    given |= {"recipient": Shown(recipient, recipient), "link": Shown(link, link), "unsubscribe": Shown(leave, leave), _FORMATS: formats}
    given[_ROWS] = lists or {}
    given["today"] = Shown(formats.today(), formats.date(formats.today()))
    subject = " ".join(render(body.subject.show(language) if body.subject else "", given).split())[:LONGEST_SUBJECT]
    if body.channel == "email" and body.style == "html":
        markup = render(body.body.show(language), given, is_html=True)
        foot = f'<hr><p><a href="{html.escape(leave)}">{word}</a></p>' if leave and not is_named else ""
        inner = nh3.clean(markup + foot, tags=_TAGS, attributes={"a": {"href", "title"}}, link_rel="noopener noreferrer")
        text = text_of_html(markup) + _foot(word, leave, is_named)
        return Written(subject, text, _page(inner, subject, language), inner)
    text = render(body.body.show(language), given) + _foot(word, leave, is_named)
    return Written(subject, text, _page(_paragraphs(text), subject, language) if body.channel == "email" else None)


def _foot(word: str, leave: str, is_named: bool) -> str:
    return f"\n\n{word}: {leave}" if leave and not is_named else ""


def render(text: str, values: Mapping[str, Any], *, is_html: bool = False) -> str:
    """Return a template with values put in, escaped for HTML if it is that. Raises Invalid for what is not allowed or too long."""
    parts, length = [], 0
    rows: Mapping[str, Sequence[Mapping[str, Shown]]] = values.get(_ROWS, {})
    given = {name: value for name, value in values.items() if name != _ROWS}
    for name, paths in parse(text).lists.items():
        given[name] = [tuple(row.get(path, EMPTY) for path in paths) or (EMPTY,) for row in rows.get(name, ())]
    for part in _compiled(text, is_html).generate(given):
        length += len(part)
        if length > LONGEST:
            message = say("The message is longer than {n} characters.", "消息超过 {n} 个字符。", n=LONGEST)
            raise Invalid(Problem("", "over_limit", message, say("Put fewer or shorter values into it.", "请减少或缩短其中的值。")))
        parts.append(part)
    return "".join(parts)


@lru_cache(maxsize=256)
def _compiled(text: str, is_html: bool) -> Template:
    environment = _MARKUP if is_html else _PLAIN
    tree = _Flat(parse(text)).visit(ENVIRONMENT.parse(text))
    return Template.from_code(environment, environment.compile(tree), {})


def _page(inner: str, title: str, language: str) -> str:
    head, tail = _PAGE.split("{body}")
    return head.replace("{language}", language).replace("{title}", html.escape(title)) + inner + tail


def _paragraphs(text: str) -> str:
    """Return a text as HTML: paragraphs, lines, and addresses that can be followed."""
    parts = [part for part in re.split(r"\n\s*\n", text.strip()) if part.strip()]
    return "".join(f"<p>{_linked(part)}</p>" for part in parts)


def _linked(text: str) -> str:
    pieces, at = [], 0
    for found in _LINK.finditer(text):
        address = html.escape(found[0])
        pieces += [html.escape(text[at : found.start()]), f'<a href="{address}">{address}</a>']
        at = found.end()
    return "".join([*pieces, html.escape(text[at:])]).replace("\n", "<br>")


def _date(running: Running, value: Any) -> str:
    raw = value.raw if isinstance(value, Shown) else None
    if not isinstance(raw, date):
        return str(value)
    formats: Formats = running[_FORMATS]
    return formats.long_date(raw.astimezone(formats.zone) if isinstance(raw, datetime) else raw)


def _rounded(running: Running, value: Any, scale: int | None = None) -> str:
    raw = value.raw if isinstance(value, Shown) else value
    formats: Formats = running[_FORMATS]
    return formats.number(Decimal(str(raw)), scale) if isinstance(raw, Decimal | int | float) and not isinstance(raw, bool) else str(value)


def _shortened(value: Any, length: int) -> str:
    text = str(value)
    return text if len(text) <= length else f"{text[: max(0, length - 1)]}…"


_DOING: dict[str, Callable[..., Any]] = {
    "upper": lambda value: str(value).upper(), "lower": lambda value: str(value).lower(), "trim": lambda value: str(value).strip(),
    "default": lambda value, other: value if str(value) else other, "truncate": _shortened,
    "date": pass_context(_date), "number": pass_context(_rounded),
}  # fmt: skip
assert _DOING.keys() == FILTERS.keys()


def _environment(*, is_html: bool) -> ImmutableSandboxedEnvironment:
    made = ImmutableSandboxedEnvironment(autoescape=is_html, cache_size=0, keep_trailing_newline=True, finalize=lambda value: EMPTY if value is None else value)
    made.globals.clear()
    made.filters = dict(_DOING)
    made.tests.clear()
    return made


_PLAIN, _MARKUP = _environment(is_html=False), _environment(is_html=True)
