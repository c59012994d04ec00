"""Postal addresses."""

from __future__ import annotations

from typing import Any

import pytest

from tests.metamodel.fields.contract import clean, make, refusal


def test_parts_that_are_blank_are_left_out() -> None:
    value = clean(make("address"), {"street": "世纪大道1号", "city": "上海", "postcode": " ", "region": None})
    assert value == {"city": "上海", "street": "世纪大道1号"}
    assert list(value) == ["city", "street"]
    assert make("address").show(value) == {"country": None, "region": None, "city": "上海", "street": "世纪大道1号", "postcode": None}


@pytest.mark.parametrize("raw", [{}, {"city": ""}, {"city": None, "street": " "}])
def test_an_address_without_parts_is_empty(raw: Any) -> None:
    assert clean(make("address"), raw) is None


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        *(("Shanghai", "wrong_type"), (["Shanghai"], "wrong_type"), ({"city": 5}, "wrong_type"), ({"city": ["a"]}, "wrong_type")),
        *(
            ({"town": "a"}, "unknown_field"),
            ({"city": "a\nb"}, "bad_format"),
            ({"city": "a" * 301}, "too_long"),
            ({5: "a"}, "unknown_field"),
        ),
    ],
)
def test_bad_input(raw: Any, code: str) -> None:
    assert refusal(make("address"), raw) == code
