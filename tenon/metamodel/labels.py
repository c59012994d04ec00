"""Texts in several languages: labels, messages and help."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

LANGUAGES = ("en", "zh")
_PLACEHOLDER = re.compile(r"\{([a-z_]+)(?::([^{}|]*)\|([^{}|]*))?\}")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]")


def pick_language(tag: str | None) -> str:
    """Return "zh" or "en" for a language tag such as ``zh-CN``."""
    return "zh" if (tag or "").lower().startswith("zh") else "en"


@dataclass(frozen=True, slots=True)
class Text:
    """One text in English and Chinese; a missing one falls back to the other."""

    en: str | None = None
    zh: str | None = None

    def show(self, language: str = "en") -> str:
        """Return the text in that language, or in the other one, or ''."""
        first, second = (self.zh, self.en) if language.startswith("zh") else (self.en, self.zh)
        return first or second or ""

    def to_json(self) -> dict[str, str]:
        """Return the languages that are there, as documents hold them."""
        return {key: value for key, value in (("en", self.en), ("zh", self.zh)) if value is not None}

    @classmethod
    def of(cls, value: Text | dict[str, Any] | str | None) -> Text:
        """Read a text from a document: a dict by language, or one string for both."""
        if isinstance(value, Text):
            return value
        if isinstance(value, dict):
            return cls(value.get("en"), value.get("zh"))
        return cls(value, value)


def sentences(language: str, said: Iterable[str]) -> str:
    """Return sentences one after the other; Chinese ones stand without a space."""
    return ("" if language == "zh" else " ").join(text for text in said if text)


def fill(template: str, values: dict[str, Any]) -> str:
    """Put values into ``{name}`` places by plain look-up; nothing in a value is interpreted.

    ``{name:record|records}`` is the first word where the value is one, else the second.
    """
    return _PLACEHOLDER.sub(lambda m: beside(template[: m.start()], _placed(m, values), template[m.end() :]), template)


def _placed(found: re.Match[str], values: dict[str, Any]) -> str:
    value = values.get(found[1], found[0])
    return _show(value) if found[2] is None else found[2] if str(value) == "1" else found[3]


def beside(before: str, value: str, after: str) -> str:
    """Return a text for a place between two others, with a space where Chinese and Latin letters would touch: 新建 KPI 记录."""
    start = " " if _HAN.match(before[-1:]) and _LATIN.match(value[:1]) else ""
    end = " " if _LATIN.match(value[-1:]) and _HAN.match(after[:1]) else ""
    return f"{start}{value}{end}"


def _show(value: Any) -> str:
    return value if isinstance(value, str) else str(value)


def listed(names: Iterable[str], language: str) -> str:
    """Return names one after the other as a language writes them."""
    return ("、" if language == "zh" else ", ").join(names)


def say(en: str, zh: str, **values: Any) -> Text:
    """Build a message in both languages; a value that is a `Text` is shown in each one's language."""
    by_language = {
        language: {k: v.show(language) if isinstance(v, Text) else v for k, v in values.items()} for language in LANGUAGES
    }
    return Text(fill(en, by_language["en"]), fill(zh, by_language["zh"]))
