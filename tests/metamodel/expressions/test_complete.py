"""What completion offers at a position."""

from __future__ import annotations

import pytest

from tenon.metamodel.expressions.complete import complete
from tenon.metamodel.model import Entity, Field
from tests.metamodel.expressions.models import scope


def offered(text: str, use: str = "value") -> list[str]:
    """Return what would be inserted at the end of a text."""
    return [entry["insert"] for entry in complete(text, len(text), scope(use), "en")]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("ar", "arr"), ("arr + se", "seats"), ("owner.na", "name"), ("sum(orders.am", "amount"), ("count(orders, where=am", "amount"),
        ("count(orders, where=amount > this.ar", "arr"), ("stage == 'w", "'won'"), ("stage in ['new', 'l", "'lost'"), ("rou", "round("),
        ("record.crea", "created_at"), ("user.ro", "roles"), ("count(orders) + ar", "arr"),
        ("count(orders, where=status == 'p", "'paid'"), ("tod", "today()"),
    ],
)  # fmt: skip
def test_the_best_offer_comes_first(text: str, first: str) -> None:
    assert offered(text)[0] == first


def test_nothing_inside_of_a_text() -> None:
    assert offered("name == 'ar") == []


def test_places_offer_what_they_take() -> None:
    assert "old." in offered("ol", "rule")
    assert "old." not in offered("ol")
    assert "has_role(" not in offered("has", "formula")
    assert "percent_rank(" in offered("perc", "score")
    assert offered("user.", "formula") == []


def test_hidden_fields_are_not_offered() -> None:
    def may_read(_: Entity, field: Field) -> bool:
        return field.name != "arr"

    assert "arr" not in [e["insert"] for e in complete("ar", 2, scope(may_read=may_read), "en")]


def test_entries_speak_the_language() -> None:
    entry = next(e for e in complete("round", 5, scope(), "zh") if e["insert"] == "round(")
    assert "四舍五入" in entry["label"]
    assert entry["help"].startswith("保留")
    assert entry["kind"] == "function"
