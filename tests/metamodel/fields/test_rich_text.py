"""Formatted texts."""

from __future__ import annotations

import pytest

from tests.metamodel.fields.contract import clean, make, refusal


@pytest.mark.parametrize(
    "raw",
    [
        "<script>alert(1)</script>hello",
        "<p onclick='x()'>hello</p>",
        "<a href='javascript:alert(1)'>hello</a>",
        "<a href='data:text/html,x'>hello</a>",
        "<iframe src='https://example.com'></iframe>hello",
        "<img src=x onerror=alert(1)>hello",
        "<svg><script>x</script></svg>hello",
        "<p style='position:fixed'>hello</p>",
        "<form action='/x'><input name=a></form>hello",
        "<!-- x -->hello",
    ],
)
def test_nothing_that_acts_survives(raw: str) -> None:
    value = clean(make("rich_text"), raw)
    assert "hello" in value
    for part in ("script", "onclick", "onerror", "javascript", "data:", "iframe", "style", "svg", "form", "input", "<!--", "<img"):
        assert part not in value


def test_formatting_stays_and_links_tell_nothing_to_their_target() -> None:
    assert clean(make("rich_text"), "<h2>A</h2><ul><li><b>b</b></li></ul>") == "<h2>A</h2><ul><li><b>b</b></li></ul>"
    assert 'rel="noopener noreferrer"' in clean(make("rich_text"), '<a href="https://example.com">x</a>')


@pytest.mark.parametrize("raw", ["<p></p>", "<p>&nbsp;</p>", "<p> <br></p>", "<script>x</script>", "<!-- x -->"])
def test_markup_around_nothing_is_empty(raw: str) -> None:
    assert clean(make("rich_text"), raw) is None


def test_limits_and_types() -> None:
    assert refusal(make("rich_text", max_length=10), "<p>hello</p>") == "too_long"
    assert refusal(make("rich_text", max_length=10), "&" * 9) == "too_long"
    assert refusal(make("rich_text"), {"html": "x"}) == "wrong_type"
    assert refusal(make("rich_text"), "a\0b") == "bad_format"
