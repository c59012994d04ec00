"""Links."""

from __future__ import annotations

import pytest

from tests.metamodel.fields.contract import clean, make, refusal


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("https://example.com/a?b=c#d", "https://example.com/a?b=c#d"),
        (" HTTPS://example.com ", "https://example.com"),
        ("http://[::1]:8080/", "http://[::1]:8080/"),
        ("https://例子.中国/路径", "https://例子.中国/路径"),
        ("mailto:li@example.com", "mailto:li@example.com"),
        ("tel:+8613800138000", "tel:+8613800138000"),
    ],
)
def test_an_address_is_kept(raw: str, value: str) -> None:
    assert clean(make("url"), raw) == value


@pytest.mark.parametrize(
    "raw",
    [
        *("javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "file:///etc/passwd", "ftp://example.com", "//example.com"),
        *("example.com", "https://", "https:example.com", "http:///x", "https://a b.com", "https://[x", "https://example.com:99999"),
        *('https://example.com/"onload=', "https:\\\\example.com", "java\nscript:x", "mailto:", "http"),
    ],
)
def test_anything_else_is_refused(raw: str) -> None:
    assert refusal(make("url"), raw) == "bad_format"


def test_limits_and_types() -> None:
    assert refusal(make("url"), "https://example.com/" + "a" * 2000) == "too_long"
    assert refusal(make("url"), 5) == "wrong_type"
