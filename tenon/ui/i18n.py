"""Languages of the pages: catalogues read from .po files at start; the English text is the key."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po

from tenon.metamodel.labels import LANGUAGES, beside, pick_language
from tenon.ui.modules import of_designers

LOCALE = Path(__file__).parent / "locale"
SCRIPTS = Path(__file__).parent / "static" / "js"
TAGS = {"en": "en", "zh": "zh-CN"}
NAMES = {"en": "English", "zh": "中文"}
_PLACE = re.compile(r"%\((\w+)\)s")
_SCRIPT_WORD = re.compile(r'\bword\("([^"]+)"\)')


@dataclass(frozen=True)
class Translations:
    """The texts of one language; a text without translation is shown in English."""

    language: str
    texts: dict[str, str]

    @property
    def tag(self) -> str:
        """The language tag for ``<html lang>``."""
        return TAGS[self.language]

    def gettext(self, text: str) -> str:
        """Return the text in this language."""
        return self.texts.get(text) or text

    def beside(self, text: str, values: dict[str, Any]) -> dict[str, Any]:
        """Return values for the places of a text of this language, with a space where Chinese and Latin letters would touch."""
        if self.language == "en":
            return values
        spaced = {m[1]: beside(text[: m.start()], str(values[m[1]]), text[m.end() :]) for m in _PLACE.finditer(text) if isinstance(values.get(m[1]), str)}
        return {name: type(values[name])(value) for name, value in spaced.items()} | {k: v for k, v in values.items() if k not in spaced}

    def ngettext(self, one: str, many: str, number: int) -> str:
        """Return the singular or plural text; Chinese has one form, kept under the plural."""
        if self.language == "en":
            return one if number == 1 else many
        return self.gettext(many)


def read_translations(language: str) -> Translations:
    """Read the catalogues of a language, one file an area of the pages; English needs none."""
    texts: dict[str, str] = {}
    for path in sorted((LOCALE / language / "LC_MESSAGES").glob("*.po")):
        with path.open("rb") as stream:
            catalogue = read_po(stream, locale=language)
        texts |= {m.id: str(m.string) for m in catalogue if isinstance(m.id, str) and m.id and m.string}
    return Translations(language, texts)


@cache
def read_all() -> dict[str, Translations]:
    """Read the catalogues of all languages."""
    return {language: read_translations(language) for language in LANGUAGES}


@cache
def script_words(*, designing: bool = False) -> list[str]:
    """Return the texts that the browser modules say, found as ``word("…")`` in them; or those of the designers' modules only."""
    paths = [path for path in SCRIPTS.glob("*.js") if not designing or path.name in of_designers()]
    return sorted({word for path in paths for word in _SCRIPT_WORD.findall(path.read_text("utf-8"))})


def choose_language(cookie: str | None, account: str | None, accepted: str | None, default: str = "en") -> str:
    """Return the language to speak: of this browser, of the account, of the request's header, of the workspace."""
    for known in (cookie, account):
        if known in LANGUAGES:
            return str(known)
    for part in (accepted or "").split(","):
        tag = part.split(";")[0].strip().lower()
        if tag.startswith(("zh", "en")):
            return pick_language(tag)
    return default
