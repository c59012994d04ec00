"""Reading text: what every type that holds text refuses, and the length of it."""

from __future__ import annotations

import unicodedata
from typing import Any

from tenon.metamodel.fields.base import BadValue, wrong_type
from tenon.metamodel.labels import say


def read_text(raw: Any, max_length: int, allow: str = "") -> str:
    """Return a text unchanged; refuses other types, control characters but those in ``allow``, and too many characters."""
    if not isinstance(raw, str):
        raise wrong_type("a text", "文本")
    if len(raw) > max_length:
        raise too_long(len(raw), max_length)
    if raw.isprintable():
        return raw
    for place, character in enumerate(raw, start=1):
        if unicodedata.category(character) in ("Cc", "Cs") and character not in allow:
            raise bad_character(place, character)
    return raw


def quote(raw: str) -> str:
    """Return the beginning of a text as a message can hold it."""
    return raw[:60].encode("utf-8", "replace").decode().replace("\0", "?")


def too_long(length: int, max_length: int) -> BadValue:
    """Return the refusal of a text with too many characters."""
    return BadValue(
        "too_long",
        say(
            "This has {length} characters; at most {max} are allowed.",
            "此处有 {length} 个字符，最多允许 {max} 个。",
            length=length,
            max=max_length,
        ),
        say("Shorten the text.", "请缩短内容。"),
    )


def bad_character(place: int, character: str) -> BadValue:
    """Return the refusal of a character that is not text."""
    return BadValue(
        "bad_format",
        say(
            "Character {place} (U+{code}) is not text.",
            "第 {place} 个字符 (U+{code}) 不是有效的文字。",
            place=place,
            code=f"{ord(character):04X}",
        ),
        say("Remove control characters and line breaks.", "请删除控制字符与换行。"),
    )
