"""Telephone numbers."""

from __future__ import annotations

import pytest

from tests.metamodel.fields.contract import clean, make, refusal


@pytest.mark.parametrize(
    "raw",
    [
        "13800138000",
        "138 0013 8000",
        "138-0013-8000",
        "+86 13800138000",
        "0086 138 0013 8000",
        "１３８００１３８０００",
        "＋8613800138000",
        " (138)00138000 ",
    ],
)
def test_one_number_has_one_form(raw: str) -> None:
    assert clean(make("phone"), raw) == "+8613800138000"


@pytest.mark.parametrize(
    ("raw", "value"), [("010-12345678", "+861012345678"), ("400-800-1234", "+864008001234"), ("+44 20 7946 0018", "+442079460018")]
)
def test_landlines_services_and_other_countries(raw: str, value: str) -> None:
    assert clean(make("phone"), raw) == value


@pytest.mark.parametrize(
    "raw", ["12", "call me", "call 13800138000", "1-800-FLOWERS", "+999 1", "+", "13800138000 ext. 5", "1380013800013800", "1;2"]
)
def test_what_is_not_a_number_is_refused(raw: str) -> None:
    assert refusal(make("phone"), raw) == "bad_format"


def test_limits_and_types() -> None:
    assert refusal(make("phone"), 13800138000) == "wrong_type"
    assert refusal(make("phone"), "1" * 61) == "too_long"
