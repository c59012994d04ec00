"""Words that stand for nothing, yes or no in people's files."""

from __future__ import annotations

import unicodedata
from typing import Any

EMPTY_WORDS = frozenset(
    (
        "n/a",
        "na",
        "null",
        "none",
        "nil",
        "nan",
        "-",
        "--",
        "—",
        "——",
        "–",
        "/",
        "\\",
        "无",
        "空",
        "暂无",
        "未填",
        "未填写",
        "#n/a",
        "#null!",
        "\\n",
        "(null)",
        "<null>",
        "(空)",
        "(blank)",
    )
)
TRUE_WORDS = frozenset(("yes", "y", "true", "t", "on", "是", "真", "对", "有", "√", "✓", "✔", "已", "启用"))
FALSE_WORDS = frozenset(("no", "n", "false", "f", "off", "否", "假", "错", "没有", "×", "✗", "✘", "未", "停用"))
BOOLEAN_DIGITS = {"1": True, "0": False}


def fold(text: str) -> str:
    """Return a text as it is compared: half width, lower case, single blanks."""
    if text.isascii():
        return " ".join(text.lower().split())
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def is_empty_word(value: Any) -> bool:
    """Say whether a cell is empty or holds one of the words for nothing."""
    if value is None:
        return True
    return isinstance(value, str) and len(value) <= 12 and (fold(value) in EMPTY_WORDS or not value.strip())


def read_boolean(text: str) -> bool | None:
    """Return what a word says, or None when it says neither yes nor no."""
    word = fold(text)
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    return BOOLEAN_DIGITS.get(word)
