"""Uploaded files."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from tenon.metamodel.fields.base import BadValue
from tests.metamodel.fields.contract import ID, clean, make, refusal

MEGABYTE = 1024 * 1024


def is_taken(spec: Any, name: str, media_type: str, size: int = 10) -> bool:
    try:
        spec.check_file(name, media_type, size)
    except BadValue:
        return False
    return True


def test_the_id_of_an_upload() -> None:
    assert clean(make("file"), ID) == ID
    assert clean(make("file"), {"id": ID, "name": "a.pdf"}) == ID
    for raw, code in (("a.pdf", "bad_format"), (5, "wrong_type"), ({"name": "a.pdf"}, "wrong_type"), ([ID], "wrong_type")):
        assert refusal(make("file"), raw) == code


def test_size_and_types() -> None:
    assert is_taken(make("file"), "a.exe", "application/octet-stream", 20 * MEGABYTE)
    assert not is_taken(make("file"), "a.txt", "text/plain", 20 * MEGABYTE + 1)
    assert is_taken(make("file", max_mb=30), "a.txt", "text/plain", 30 * MEGABYTE)
    spec = make("file", types=["pdf", ".docx", "image/*", "text/csv"])
    assert is_taken(spec, "A.PDF", "application/octet-stream")
    assert is_taken(spec, "a.docx", "x/y")
    assert is_taken(spec, "a", "image/png")
    assert is_taken(spec, "a", "TEXT/CSV; charset=utf-8")
    assert not is_taken(spec, "pdf", "application/octet-stream")
    assert not is_taken(spec, "a.pdf.exe", "application/octet-stream")
    assert not is_taken(spec, "a", "imagex/png")


@pytest.mark.parametrize("options", [{"max_mb": 0}, {"max_mb": 1001}, {"types": ["*"]}, {"types": ["a b"]}, {"types": "pdf"}])
def test_options_have_a_form(options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        make("file", **options)
