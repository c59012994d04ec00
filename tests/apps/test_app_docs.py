"""The guides of ready apps hold what their documents say, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from tenon.engine.apps import find_app
from tenon.metamodel.app_reference import MARK, app_page

DOCS = Path(__file__).resolve().parents[2] / "docs" / "apps"


@pytest.mark.parametrize("name", ["core", "chm"])
@pytest.mark.parametrize(("language", "ending"), [("en", ".md"), ("zh", ".zh.md")])
def test_guides_are_those_of_the_documents(name: str, language: str, ending: str) -> None:
    documents = find_app(name).documents
    by_hand, _, made = (DOCS / f"{name}{ending}").read_text("utf-8").partition(MARK)
    assert made.strip() == app_page(documents, language).strip(), "run script/generate-docs"
    assert by_hand.startswith("# ")
    for document in documents:
        if document.kind in ("entity", "score", "dashboard", "role"):
            assert f"`{document.name}`" in made
