"""The reference pages say what the table of functions says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tenon.metamodel.expressions.functions import ALIASES, FUNCTIONS
from tenon.metamodel.expressions.reference import page
from tenon.metamodel.names import RESERVED

DOCS = Path(__file__).resolve().parents[3] / "docs"


@pytest.mark.parametrize(("language", "file"), [("en", "expressions.md"), ("zh", "expressions.zh.md")])
def test_the_pages_are_not_stale(language: str, file: str) -> None:
    assert (DOCS / file).read_text("utf-8") == page(language)


def test_every_function_has_an_alias_help_and_example() -> None:
    assert len(ALIASES) == len(FUNCTIONS)
    for function in FUNCTIONS.values():
        assert function.alias.isidentifier()
        assert function.help.en
        assert function.help.zh
        assert function.name in function.example
        assert function.name not in RESERVED
