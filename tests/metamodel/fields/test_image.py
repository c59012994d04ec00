"""Uploaded pictures."""

from __future__ import annotations

from typing import Any

import pytest

from tenon.metamodel.fields.base import BadValue
from tests.metamodel.fields.contract import ID, clean, make, refusal


def test_the_id_of_an_upload() -> None:
    assert clean(make("image"), ID) == ID
    assert refusal(make("image"), "data:image/png;base64,AAAA") == "bad_format"
    assert make("image").value_type().kind == "file"


def test_pictures_that_hold_no_programs_unless_said_otherwise() -> None:
    spec: Any = make("image")
    spec.check_file("a.png", "image/png", 10)
    for name, media_type in (("a.svg", "image/svg+xml"), ("a.pdf", "application/pdf")):
        with pytest.raises(BadValue):
            spec.check_file(name, media_type, 10)
    narrow: Any = make("image", types=["image/png"])
    with pytest.raises(BadValue):
        narrow.check_file("a.jpg", "image/jpeg", 10)
