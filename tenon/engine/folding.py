"""Folded forms of text: what search looks into and what lists sort by; Chinese by pinyin, Latin without accents."""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from typing import Any

from opencc import OpenCC
from pypinyin.constants import PINYIN_DICT

MAX_SEARCHED = 2_000
MAX_KEY = 200


@cache
def _simplifier() -> Any:
    return OpenCC("t2s")


def fold(text: str) -> str:
    """Return the form in which texts are compared when searching: half width, lower case, simplified, blanks joined."""
    if text.isascii():
        return " ".join(text.lower().split())
    folded = unicodedata.normalize("NFKC", text).lower()
    if any("\u3400" <= c <= "\u9fff" for c in folded):
        folded = _simplifier().convert(folded)
    return " ".join(_plain(folded).split())


def searched(text: str) -> str:
    """Return what search looks into for a text: the folded text, and under it the pinyin initials of a Chinese one."""
    folded = fold(text[:MAX_SEARCHED])
    if folded.isascii():
        return folded
    return folded + "\n" + "".join(_syllable(c)[:1] if "\u3400" <= c <= "\u9fff" else c for c in folded)


def sort_key(text: str) -> str:
    """Return the key that lists sort by: pinyin for Chinese, folded Latin otherwise; equal texts have equal keys."""
    text = text[:MAX_KEY]
    if text.isascii():
        return text.lower()
    return "".join(_syllable(c) if "\u3400" <= c <= "\u9fff" else c for c in _plain(unicodedata.normalize("NFKC", text).lower()))


def _plain(text: str) -> str:
    """Return the text without accents."""
    if text.isascii():
        return text
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


@lru_cache(maxsize=8192)
def _syllable(character: str) -> str:
    """Return the commonest reading of a character, without its tone; the character itself when it has none."""
    readings = PINYIN_DICT.get(ord(character), "")
    return _plain(unicodedata.normalize("NFC", readings.split(",")[0])) or character
