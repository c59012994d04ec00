"""Patterns of autonumbers, such as ``C-{yyyy}-{00001}``: reading them and making numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.labels import Text, say

MAX_PATTERN = 40
MAX_LENGTH = 60
_TOKEN = re.compile(r"\{([^{}]*)\}")
_COUNTER = re.compile(r"0{0,14}1\Z")
_DATE_PARTS = ("yyyy", "yy", "mm", "dd")
_HINT = say("Write it like C-{yyyy}-{00001}.", "例如：C-{yyyy}-{00001}。")


@dataclass(frozen=True, slots=True)
class AutonumberPattern:
    """A pattern in pieces: literal texts, date parts and one counter, each as (kind, content)."""

    pieces: tuple[tuple[str, str], ...]

    def period(self, day: date) -> str:
        """Return the key of the counter: the date parts of the day that the pattern shows, or ''."""
        return "-".join(_show_part(content, day) for kind, content in self.pieces if kind == "date")

    def format(self, day: date, number: int) -> str:
        """Return the autonumber of a day (or moment in the workspace's zone) and a count from 1."""
        return "".join(self._show(kind, content, day, number) for kind, content in self.pieces)

    def read(self, text: str) -> tuple[str, int] | None:
        """Return the period and the count of an autonumber of this pattern, or None."""
        found = re.match("".join(_expression(kind, content) for kind, content in self.pieces) + r"\Z", text)
        if not found:
            return None
        groups = [kind for kind, _ in self.pieces if kind != "text"]
        shown = list(zip(groups, found.groups(), strict=True))
        return "-".join(value for kind, value in shown if kind == "date"), next(int(value) for kind, value in shown if kind == "counter")

    @staticmethod
    def _show(kind: str, content: str, day: date, number: int) -> str:
        if kind == "counter":
            return str(number).zfill(len(content))
        return _show_part(content, day) if kind == "date" else content


@lru_cache(maxsize=1000)
def parse(pattern: str) -> AutonumberPattern:
    """Return the pattern of ``C-{yyyy}-{00001}``. Raises Invalid with a problem without a path."""
    if not pattern or len(pattern) > MAX_PATTERN:
        raise _bad(say("A pattern has 1 to {max} characters.", "编号格式须为 1 到 {max} 个字符。", max=MAX_PATTERN))
    pieces, end = [], 0
    for token in _TOKEN.finditer(pattern):
        pieces.append(("text", pattern[end : token.start()]))
        pieces.append((_kind(token[1]), token[1]))
        end = token.end()
    pieces.append(("text", pattern[end:]))
    literal = "".join(content for kind, content in pieces if kind == "text")
    if "{" in literal or "}" in literal or not literal.isprintable():
        raise _bad(say("A brace is not closed, or a character cannot be shown.", "大括号不成对，或含有无法显示的字符。"))
    if sum(kind == "counter" for kind, _ in pieces) != 1:
        raise _bad(
            say(
                "A pattern has exactly one counter, such as {counter}.", "编号格式须有且只有一个流水号，例如 {counter}。", counter="{00001}"
            )
        )
    return AutonumberPattern(tuple(piece for piece in pieces if piece[1]))


def _kind(content: str) -> str:
    if content in _DATE_PARTS:
        return "date"
    if _COUNTER.match(content):
        return "counter"
    raise _bad(say("{part} is not a part of a date or a counter.", "{part} 不是日期部分或流水号。", part="{" + content[:20] + "}"))


def _bad(message: Text) -> Invalid:
    return Invalid(Problem("", "bad_format", message, _HINT))


def _show_part(part: str, day: date) -> str:
    return {"yyyy": f"{day.year:04}", "yy": f"{day.year % 100:02}", "mm": f"{day.month:02}", "dd": f"{day.day:02}"}[part]


def _expression(kind: str, content: str) -> str:
    if kind == "text":
        return re.escape(content)
    return rf"([0-9]{{{len(content)}}})" if kind == "date" else rf"([0-9]{{{len(content)},15}})"
