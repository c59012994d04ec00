"""The generated pages say what the models say, and nothing of them is left unsaid."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tenon.metamodel.app_reference import HEADS
from tenon.metamodel.fields import FIELD_TYPES
from tenon.metamodel.kinds import KINDS
from tenon.metamodel.reference import fields_page, kinds_page
from tenon.metamodel.reference_words import WORDS

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.mark.parametrize(("write", "name"), [(kinds_page, "kinds"), (fields_page, "fields")])
@pytest.mark.parametrize(("language", "ending"), [("en", ".md"), ("zh", ".zh.md")])
def test_the_pages_are_not_stale(write: Callable[[str], str], name: str, language: str, ending: str) -> None:
    assert (DOCS / (name + ending)).read_text("utf-8") == write(language), "run script/generate-docs"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_everything_has_a_place(language: str) -> None:
    kinds, fields = kinds_page(language), fields_page(language)
    assert all(f"\n## {name}\n" in kinds for name in KINDS)
    assert all(f"\n## {name}\n" in fields for name in FIELD_TYPES)


def test_the_guide_of_an_app_has_a_place_for_every_kind() -> None:
    assert set(HEADS) == set(KINDS) - {"app"}


def test_every_word_is_in_both_languages() -> None:
    assert all((en.isascii() and en and zh and not zh.isascii()) or zh == "JSON" for en, zh in WORDS.values())
