"""API names: their form, the reserved words, and a name made from a label."""

from __future__ import annotations

import keyword
import re
import unicodedata
import uuid
from difflib import get_close_matches
from functools import lru_cache

from pypinyin import lazy_pinyin

from tenon.metamodel.errors import Problem
from tenon.metamodel.labels import say

MAX_GUESSED = 100
"""Names are guessed from this many characters: comparing longer ones takes long and finds nothing."""
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")
TOKEN = re.compile(r"(?<!\w)_[0-9a-f]{32}(?!\w)")
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff]")
NAME_PATTERN = r"^[a-z][a-z0-9_]{0,39}$"
OPTION_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,59}$"
SYSTEM_FIELDS = ("id", "created_at", "created_by", "updated_at", "updated_by", "owner", "unit", "source", "version", "deleted_at")
GRAMMAR_WORDS = ("this", "old", "user", "record", "where", "true", "false", "none", "null")
PEOPLE = ("user", "unit")
"""Entities that every workspace has; documents cannot declare them."""
BUILT_IN_ROLES = ("admin", "builder")
"""Roles that every workspace has; documents cannot declare them."""
RESERVED = frozenset(SYSTEM_FIELDS) | frozenset(GRAMMAR_WORDS) | frozenset(word.lower() for word in keyword.kwlist)

NAME_RULE = say(
    "A name starts with a letter a-z and holds at most 40 of a-z, 0-9 and _.",
    "名称须以小写字母 a-z 开头，只能包含 a-z、0-9 和 _，最多 40 个字符。",
)


def check_name(name: str, path: str, *, is_field: bool = False) -> list[Problem]:
    """Return what is wrong with an API name; fields and relations may not be reserved words."""
    if not NAME.match(name):
        hint = say("Try {name}.", "可以改用 {name}。", name=propose_name(name))
        return [Problem(path, "bad_format", NAME_RULE, hint)]
    if is_field and name in RESERVED:
        message = say("{name} is a reserved word.", "{name} 是保留字。", name=name)
        return [Problem(path, "bad_format", message, say("Try {name}.", "可以改用 {name}。", name=f"{name[:38]}_1"))]
    return []


def propose_name(label: str, taken: frozenset[str] | set[str] = frozenset()) -> str:
    """Return a free API name made from a label: pinyin for Chinese, folded Latin otherwise."""
    parts = lazy_pinyin(label[:120], errors=lambda rest: [rest])  # type: ignore[arg-type,return-value]
    folded = unicodedata.normalize("NFKD", "_".join(parts)).encode("ascii", "ignore").decode()
    snake = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", folded).lower()
    name = re.sub(r"[^a-z0-9]+", "_", snake).strip("_")
    name = (name if name[:1].isalpha() else f"f_{name}" if name else "item")[:40].rstrip("_")
    candidate, number = name, 2
    while candidate in taken or candidate in RESERVED:
        candidate = f"{name[:36]}_{number}"
        number += 1
    return candidate


def find_no_text(value: str) -> str | None:
    """Return the first character that is not text: a control character, or half of a surrogate pair; None when all are."""
    found = _NO_TEXT.search(value)
    return found[0] if found else None


def suggest(name: str, known: list[str]) -> str | None:
    """Return the known name that the typed one most likely meant, or None."""
    close = get_close_matches(name[:MAX_GUESSED], known, n=1, cutoff=0.6)
    return close[0] if close else None


@lru_cache(maxsize=65_536)
def short(item_id: str) -> str:
    """Return the part of an id that names tables and columns: its 32 hex digits."""
    return uuid.UUID(item_id).hex


def token(item_id: str) -> str:
    """Return how stored expressions and paths write an item: ``_`` and its 32 hex digits; other ids stay."""
    return f"_{item_id.replace('-', '')}" if len(item_id) == 36 else item_id


def untoken(text: str) -> str | None:
    """Return the id that a token stands for, or None when it is none."""
    return f"{text[1:9]}-{text[9:13]}-{text[13:17]}-{text[17:21]}-{text[21:]}" if TOKEN.fullmatch(text) else None
