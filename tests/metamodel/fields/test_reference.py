"""References to one record."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from tenon.metamodel.fields.base import Lookup
from tests.metamodel.fields.contract import ID, clean, make, refusal


def test_an_id_has_one_form() -> None:
    assert clean(make("reference"), ID.upper()) == ID
    assert clean(make("reference"), {"id": ID}) == ID
    assert clean(make("reference"), {"id": ID, "title": "Chuangke"}) == ID


@pytest.mark.parametrize("value", ["C-2026-00001", " padded ", 17])
def test_a_unique_field_names_the_record(value: Any) -> None:
    assert clean(make("reference"), {"code": value}) == Lookup("code", value)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        *(("C-1", "bad_format"), (ID[:-1], "bad_format"), (ID.replace("-", ""), "bad_format"), ("{" + ID[1:-1] + "}", "bad_format")),
        *(
            (17, "wrong_type"),
            (True, "wrong_type"),
            ([ID], "wrong_type"),
            ({}, "wrong_type"),
            ({"id": None}, "wrong_type"),
            ({"id": 5}, "wrong_type"),
        ),
        *(({"id": ID, "code": "C-1"}, "wrong_type"), ({"code": "a", "name": "b"}, "wrong_type"), ({"id": "x"}, "bad_format")),
        *(({"code": v}, "wrong_type") for v in (None, "", "  ", True, 1.5, ["a"], {"a": 1})),
        *(
            ({"Code": "a"}, "unknown_field"),
            ({"a.b": "a"}, "unknown_field"),
            ({"code": "a\0"}, "bad_format"),
            ({"code": "x" * 2001}, "too_long"),
        ),
    ],
)
def test_bad_input(raw: Any, code: str) -> None:
    assert refusal(make("reference"), raw) == code


def test_options() -> None:
    reverse = {"name": "subsidiaries", "label": {"en": "Subsidiaries", "zh": "下属公司"}}
    spec: Any = make("reference", on_delete="cascade", reverse=reverse, where="stage == 'active'")
    assert (spec.targets, spec.value_type().entity, spec.storage().kind) == (("customer",), "customer", "id")
    assert spec.reverse.title().zh == "下属公司"
    plain: Any = make("reference")
    assert (plain.on_delete, plain.reverse, plain.where) == ("restrict", None, None)
    for bad in ({"on_delete": "ignore"}, {"entity": None}, {"reverse": {"label": {"en": "x"}}}, {"reverse": {"name": "a", "on": 1}}):
        with pytest.raises(ValidationError):
            make("reference", **bad)
