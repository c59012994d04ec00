"""Computed fields."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, get_args

import pytest
from pydantic import ValidationError

from tenon.metamodel.types import KindName, Type
from tests.metamodel.fields.contract import faults, make, refusal


def a_formula(**options: Any) -> Any:
    return make("formula", **{"expr": "sum(orders.amount)", **options})


@pytest.mark.parametrize(
    ("found", "scale"),
    [
        (Type("number"), 6),
        (Type("number", scale=0), 0),
        (Type("number", scale=4), 4),
        (Type("number", scale=8), 6),
        (Type("number", scale=6, currency="CNY"), 2),
        (Type("number", currency="CNY"), 2),
        (Type("number", scale=0, currency="JPY"), 0),
    ],
)
def test_a_number_gets_a_fixed_scale(found: Type, scale: int) -> None:
    type_, storage = a_formula().settle(found)
    assert (type_.scale, type_.currency) == (scale, found.currency)
    assert (storage.kind, storage.scale) == ("exact", scale)
    assert a_formula(scale=3).settle(found)[1].scale == 3


@pytest.mark.parametrize("kind", get_args(KindName))
def test_every_kind_of_value_has_a_column(kind: KindName) -> None:
    type_, storage = a_formula().settle(Type(kind))
    assert storage.kind not in ("links", "score")
    assert type_.kind == ("text" if kind == "empty" else kind)


def test_kinds_keep_what_is_known_of_them() -> None:
    choice = Type("choice", options=("a", "b"), source="x")
    assert a_formula().settle(choice)[0] == choice
    assert a_formula().settle(Type("reference", entity="customer"))[1].kind == "id"
    assert a_formula().settle(Type("reference"))[1].kind == "pair"
    text = a_formula().settle(Type("text", length=40))[1]
    assert (text.length, text.sort_key) == (40, True)
    assert a_formula().settle(Type("duration"))[0].scale == 0


def test_nobody_writes_a_formula() -> None:
    assert refusal(a_formula(), 5) == "read_only"
    assert refusal(a_formula(), None) == "read_only"
    assert a_formula().is_computed
    assert faults(a_formula(required=True, default="1")) == [("/required", "refused"), ("/default", "refused")]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Decimal("1.50"), Decimal("1.5")),
        (datetime(2026, 1, 31, 1, 30, tzinfo=UTC), "2026-01-31T01:30:00Z"),
        (date(2026, 1, 31), "2026-01-31"),
        (time(9, 30), "09:30"),
        (("a", "b"), ["a", "b"]),
        (True, True),
    ],
)
def test_values_are_shown_by_their_kind(value: Any, shown: Any) -> None:
    assert a_formula().show(value) == shown


@pytest.mark.parametrize("options", [{"expr": ""}, {"expr": None}, {"scale": 9}, {"scale": -1}, {"expr": "x" * 10_001}])
def test_options_have_bounds(options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        a_formula(**options)


def test_a_share_is_read_as_a_percentage() -> None:
    assert a_formula(shown_as="percent").is_share
    assert not a_formula().is_share
    with pytest.raises(ValidationError):
        a_formula(shown_as="thousands")
