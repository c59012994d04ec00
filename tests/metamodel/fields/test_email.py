"""E-mail addresses."""

from __future__ import annotations

import pytest

from tests.metamodel.fields.contract import clean, make, refusal


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("Li.Na@Example.COM", "Li.Na@example.com"),
        ("  li@example.com ", "li@example.com"),
        ("a+b@sub.example.cn", "a+b@sub.example.cn"),
        ("li@firm.test", "li@firm.test"),
        ("张三@例子.中国", "张三@例子.中国"),
    ],
)
def test_the_domain_is_in_lower_case(raw: str, value: str) -> None:
    assert clean(make("email"), raw) == value


@pytest.mark.parametrize(
    "raw", ["li", "li@", "@example.com", "li@gmail", "li@test", "li@@example.com", "Li <li@example.com>", "a b@example.com", "a@b..com"]
)
def test_what_is_not_an_address_is_refused(raw: str) -> None:
    assert refusal(make("email"), raw) == "bad_format"


def test_limits_and_types() -> None:
    assert refusal(make("email"), "a" * 250 + "@example.com") == "too_long"
    assert refusal(make("email"), ["li@example.com"]) == "wrong_type"
    assert refusal(make("email"), "li\n@example.com") == "bad_format"
