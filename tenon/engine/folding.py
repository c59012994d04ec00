"""Folded forms of text: what search looks into and what lists sort by; Chinese by pinyin, Latin without accents."""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from typing import Any

from opencc import OpenCC
from pypinyin.constants import PINYIN_DICT

MAX_SEARCHED = 2_000
MAX_SPELT = 100
MAX_WORD = 60
MOST_SPELLINGS = 8
SYLLABLE = "\x1e"
"""Stands before each syllable of pinyin, so that a spelling is found where a syllable begins and nowhere else."""
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
    """Return what search looks into for a text: the folded text, and under it the pinyin of a Chinese one, initials and syllables."""
    folded = fold(text[:MAX_SEARCHED])
    if folded.isascii():
        return folded
    spelt = [_syllable(c) if "\u3400" <= c <= "\u9fff" else "" for c in folded]
    initials = "".join(s[:1] or c for s, c in zip(spelt, folded, strict=True))
    syllables = "".join(SYLLABLE + s if s else c for s, c in zip(spelt[:MAX_SPELT], folded, strict=False))
    return f"{folded}\n{initials}\n{syllables}"


def spellings(word: str) -> list[str]:
    """Return the ways to read a folded word as pinyin, as `searched` writes syllables; the last one may be begun only."""
    if not (2 <= len(word) <= MAX_WORD and word.isascii() and word.isalpha()):
        return []
    whole, begun = _syllables()
    text = word.replace("v", "u")
    found: list[str] = []
    waiting: list[tuple[int, tuple[str, ...]]] = [(0, ())]
    while waiting and len(found) < MOST_SPELLINGS:
        start, parts = waiting.pop()
        if text[start:] in begun:
            found.append("".join(SYLLABLE + p for p in (*parts, text[start:])))
        for end in range(start + 1, min(start + 6, len(text) - 1) + 1):
            if text[start:end] in whole:
                waiting.append((end, (*parts, text[start:end])))
    return found


@cache
def _syllables() -> tuple[frozenset[str], frozenset[str]]:
    """Return the syllables of pinyin, and everything that one begins with."""
    found = {s for code in PINYIN_DICT if 0x4E00 <= code <= 0x9FFF and (s := _syllable(chr(code))).isascii() and s.isalpha()}
    return frozenset(found), frozenset(s[:n] for s in found for n in range(1, len(s) + 1))


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
