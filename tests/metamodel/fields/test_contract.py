"""The contract of the whole family of field types."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, get_args

import pytest
from hypothesis import example, given, strategies as st
from pydantic import TypeAdapter, ValidationError

from tenon.metamodel.fields import FIELD_TYPES, AnyField
from tenon.metamodel.fields.base import BadValue, FieldSpec, Lookup
from tests.metamodel.fields.contract import EXAMPLES, PLACE, clean, faults, make, refusal

NAMES = [
    *("text", "long_text", "rich_text", "email", "phone", "url", "integer", "decimal", "money", "percent", "rating", "boolean", "choice"),
    *("choices", "tags", "date", "datetime", "time", "duration", "user", "unit", "reference", "references", "any_reference", "file"),
    *("image", "region", "address", "autonumber", "stage", "formula", "json"),
]
VALUES = [(name, raw) for name, (_, raws) in EXAMPLES.items() for raw in raws]
CHINESE = re.compile("[\u4e00-\u9fff]")
STORED = {
    "text": str, "id": str, "exact": Decimal, "integer": int, "boolean": bool, "date": date, "datetime": datetime, "time": time,
    "pair": tuple, "links": tuple,
}  # fmt: skip
MATCHING = {
    "number": {"exact", "integer"}, "text": {"text"}, "choice": {"text"}, "choices": {"json"}, "json": {"json"}, "boolean": {"boolean"},
    "date": {"date"}, "datetime": {"datetime"}, "time": {"time"}, "duration": {"integer"}, "reference": {"id", "pair"},
    "references": {"links"}, "file": {"id"},
}  # fmt: skip


def a_field(name: str, **options: Any) -> FieldSpec:
    return make(name, **{**({"expr": "1"} if name == "formula" else {}), **options})


def test_every_type_is_there_and_has_examples() -> None:
    assert sorted(FIELD_TYPES) == sorted(NAMES)
    assert sorted(EXAMPLES) == sorted(set(NAMES) - {"formula"})


@pytest.mark.parametrize("name", NAMES)
def test_a_type_introduces_itself_in_both_languages(name: str) -> None:
    spec = FIELD_TYPES[name]
    assert get_args(spec.model_fields["type"].annotation) == (name,)
    assert spec.type_label.en
    assert CHINESE.search(spec.type_label.zh or "") or name == "json"
    assert spec.type_help.en
    assert CHINESE.search(spec.type_help.zh or "")
    assert spec.example.en
    assert spec.example.zh
    assert re.fullmatch("[a-z0-9-]+", spec.icon)
    assert re.fullmatch("[a-z_]+", spec.input)


@pytest.mark.parametrize("name", NAMES)
def test_unknown_options_are_refused(name: str) -> None:
    with pytest.raises(ValidationError, match="colour_of_the_moon"):
        a_field(name, colour_of_the_moon="red")


@pytest.mark.parametrize("name", NAMES)
def test_a_plain_field_is_right_and_has_a_matching_column(name: str) -> None:
    spec = a_field(name)
    assert faults(spec) == []
    assert spec.storage().kind in MATCHING[spec.value_type().kind]
    assert spec.value_type().scale == (spec.storage().scale if spec.storage().kind in ("exact", "integer") else None)
    assert spec.value_type().length == (spec.storage().length if spec.storage().kind == "text" else None)
    assert not (spec.storage().sort_key and not spec.is_sortable)
    assert spec.is_to_many == (spec.storage().kind == "links")


@pytest.mark.parametrize("name", NAMES)
def test_unique_is_refused_where_it_makes_no_sense(name: str) -> None:
    allowed = {
        *("text", "email", "phone", "url", "integer", "decimal", "money", "percent", "rating", "choice", "date", "datetime", "time"),
        *("duration", "user", "unit", "reference", "region", "autonumber", "stage"),
    }
    assert faults(a_field(name, unique=True)) == ([] if name in allowed else [("/unique", "refused")])


def test_lists_sort_by_plain_values_only() -> None:
    unsorted = {"long_text", "rich_text", "choices", "tags", "references", "any_reference", "file", "image", "address", "json"}
    assert {name for name, spec in FIELD_TYPES.items() if not spec.is_sortable} == unsorted
    assert {name for name, spec in FIELD_TYPES.items() if spec.is_searchable} == {
        "text",
        "long_text",
        "email",
        "phone",
        "url",
        "autonumber",
    }


@pytest.mark.parametrize("name", sorted(EXAMPLES))
@pytest.mark.parametrize("raw", [None, "", "   ", "\n\t　"])
def test_blank_is_empty(name: str, raw: Any) -> None:
    assert clean(make(name), raw) is None


@pytest.mark.parametrize("name", NAMES)
def test_empty_is_shown_as_null(name: str) -> None:
    assert a_field(name).show(None) is None


@pytest.mark.parametrize(("name", "raw"), VALUES)
def test_what_is_shown_can_be_sent_again(name: str, raw: Any) -> None:
    spec = make(name)
    value = clean(spec, raw)
    assert value == clean(spec, spec.show(value))
    expected = STORED.get(spec.storage().kind)
    assert expected is None or type(value) is expected


@pytest.mark.parametrize("name", sorted(set(EXAMPLES) - {"json"}))
@pytest.mark.parametrize("raw", ["a\0b", "\ud800", "\x1b[31m"])
def test_what_is_not_text_is_refused(name: str, raw: str) -> None:
    assert refusal(make(name), raw) in ("bad_format", "wrong_type", "bad_choice")


@pytest.mark.parametrize("name", sorted(set(EXAMPLES) - {"json"}))
@pytest.mark.parametrize(
    "raw",
    [b"x", object(), {1: 2}, [[]], [{}], {"x": {}}, float("nan"), float("inf"), "x" * 100_001, [None], 10**400],
    ids=["bytes", "object", "key", "list", "dict", "nested", "nan", "infinity", "long", "null", "huge"],
)
def test_strange_values_are_refused_with_a_message(name: str, raw: Any) -> None:
    assert refusal(make(name), raw) in ("wrong_type", "bad_format", "bad_choice", "too_long", "out_of_range", "unknown_field")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def to_send(shown: Any) -> Any:
    """Return what is shown as a caller would send it: a look-up is no stored value, it goes back as the field and value it came as."""
    match shown:
        case Lookup(field, value):
            return {field: value}
        case list():
            return [to_send(entry) for entry in shown]
        case {"id": Lookup() as lookup, **rest}:
            return {**rest, **to_send(lookup)}
    return shown


@pytest.mark.parametrize("name", sorted(EXAMPLES))
@given(raw=JSON)
@example(raw={"a": 0})
@example(raw=[{"a": 0}, {"a": " x\u3000"}])
@example(raw={"entity": "customer", "a": "x"})
def test_any_json_is_read_or_refused_and_reading_is_stable(name: str, raw: Any) -> None:
    spec = make(name)
    try:
        value = spec.clean(raw, PLACE)
    except BadValue:
        return
    assert spec.clean(to_send(spec.show(value)), PLACE) == value


def test_the_schema_tells_the_types_apart() -> None:
    schema = TypeAdapter(AnyField).json_schema()
    assert len(schema["oneOf"]) == len(FIELD_TYPES)
    assert set(schema["discriminator"]["mapping"]) == set(FIELD_TYPES)
    for name, ref in schema["discriminator"]["mapping"].items():
        definition = schema["$defs"][ref.removeprefix("#/$defs/")]
        assert definition["properties"]["type"]["const"] == name
        assert definition["additionalProperties"] is False
        assert {"type", "name"} <= set(definition["required"])


def test_an_unknown_type_is_refused() -> None:
    with pytest.raises(ValidationError, match="expected tags"):
        TypeAdapter(AnyField).validate_python({"type": "colour", "name": "a"})
