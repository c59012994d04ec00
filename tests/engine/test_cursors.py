"""Cursors: a place and back, and texts that are none."""

from __future__ import annotations

import base64

import pytest

from tenon.engine.cursors import read_cursor, write_cursor


@pytest.mark.parametrize("place", [["digest", ["a", 1, None]], "客户/1", {"a": []}, [1, "\\u", "x" * 300]])
def test_a_place_comes_back(place: object) -> None:
    cursor = write_cursor(place)
    assert read_cursor(cursor) == place
    assert cursor.replace("-", "").replace("_", "").isalnum()


@pytest.mark.parametrize("text", ["", "é", "a", "%%", base64.urlsafe_b64encode(b'["\xff"]').decode(), write_cursor(["a\x00b"]), base64.urlsafe_b64encode(rb'["\ud800"]').decode()])
def test_what_is_none_says_nothing(text: str) -> None:
    assert read_cursor(text) is None
