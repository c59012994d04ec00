"""Every kind of input has its control, and what it sends is read back."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from starlette.datastructures import FormData

from tenon.engine.formats import Formats
from tenon.metamodel.fields import base
from tenon.ui.inputs import read_values
from tenon.ui.render import Templates
from tenon.ui.shapes import Choice, Field, FileMark, Link
from tenon.ui.work import Form, FormField, FormSection

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
OPTIONS = (Choice("a", "Option A"), Choice("b", "Option B"))
TEMPLATES = Templates("UTC", lambda: NOW)
MACRO = '{% from "parts/inputs.html" import field_row %}{{ field_row(field, (), "customer") }}'
VALUES: dict[str, Any] = {
    "multiselect": ("a",),
    "tags": ("a", "b"),
    "reference": Link("1", "One"),
    "user": Link("1", "One"),
    "unit": Link("1", "One"),
    "references": (Link("1", "One"),),
    "any_reference": Link("1", "One", "order"),
    "file": FileMark("1", "a.pdf", 10, "application/pdf", "/files/1"),
    "image": None,
    "address": {"city": "上海"},
    "checkbox": True,
    "json": {"a": 1},
    "rating": 3,
}


def kinds_of_inputs(spec: type[base.FieldSpec] = base.FieldSpec) -> set[str]:
    """Return the kinds of inputs that field types name."""
    return {spec.input}.union(*(kinds_of_inputs(child) for child in spec.__subclasses__()))


def form_of(field: FormField) -> Form:
    return Form("customer", "Customer", "Customers", "building-2", (FormSection(None, (field,)),))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_input_of_a_field_type_has_a_control(language: str) -> None:
    template = TEMPLATES.environment(language).from_string(MACRO)
    assert len(kinds_of_inputs()) > 20
    for kind in sorted(kinds_of_inputs()):
        field = FormField("thing", "Thing", kind, VALUES.get(kind, "a"), options=OPTIONS, field=Field("thing", "Thing"))
        text = template.render(field=field)
        assert ("<output" if field.is_shown_only else 'name="thing') in text, kind
        assert ">Thing" in text, kind


@pytest.mark.parametrize(
    ("kind", "sent", "value"),
    [
        ("text", [("x", " a ")], "a"),
        ("text", [("x", "")], None),
        ("checkbox", [("x", "on"), ("x.shown", "1")], True),
        ("checkbox", [("x.shown", "1")], False),
        ("multiselect", [("x", "a"), ("x", "b")], ["a", "b"]),
        ("multiselect", [("x.shown", "1")], []),
        ("references", [("x", "1")], ["1"]),
        ("tags", [("x", "a, b，c,,")], ["a", "b", "c"]),
        ("duration", [("x", "1:30")], 5400),
        ("duration", [("x", "15")], 900),
        ("duration", [("x", "soon")], "soon"),
        ("any_reference", [("x", "order:1")], {"entity": "order", "id": "1"}),
        ("json", [("x", '{"a": 1}')], {"a": 1}),
        ("json", [("x", "{")], "{"),
        ("address", [("x.city", "上海"), ("x.street", "")], {"city": "上海"}),
        ("reference", [("x.shown", "1")], None),
    ],
)
def test_values_are_read(kind: str, sent: list[tuple[str, str]], value: Any) -> None:
    assert read_values(form_of(FormField("x", "X", kind)), FormData(sent)) == {"x": value}


def test_what_was_not_on_the_page_is_left_out() -> None:
    assert read_values(form_of(FormField("x", "X", "checkbox")), FormData([("other", "1")])) == {}
    assert read_values(form_of(FormField("x", "X", "computed")), FormData([("x", "1")])) == {}


def test_money_with_a_scale() -> None:
    assert Formats("zh", "UTC", lambda: NOW).money(Decimal("0.125"), "CNY", 3) == "¥0.125"
