"""JSON as a value."""

from __future__ import annotations

from typing import Any

import pytest

from tests.metamodel.fields.contract import clean, faults, make, refusal


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize("raw", [{"a": [1, {"b": None}]}, [], {}, 0, False, "text", 1.5, {"": "a\nb"}])
def test_json_is_kept_as_it_is(raw: Any) -> None:
    assert clean(make("json"), raw) == raw


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        *((raw, "bad_format") for raw in ("a\0", ["\ud800"], {"a\0": 1})),
        *((raw, "out_of_range") for raw in (float("nan"), [float("inf")], 2**53 + 1, [10**5000])),
        *((raw, "over_limit") for raw in (nested(21), nested(100_000), "x" * 100_001, ["客" * 40_000])),
        *((raw, "wrong_type") for raw in (b"x", {1: 2}, {"a": {1, 2}}, [object()])),
    ],
    ids=lambda value: value if value in ("bad_format", "out_of_range", "over_limit", "wrong_type") else "",
)
def test_what_cannot_be_kept_is_refused(raw: Any, code: str) -> None:
    assert refusal(make("json"), raw) == code


def test_the_limits_are_inside() -> None:
    assert clean(make("json"), nested(20)) == nested(20)
    assert clean(make("json"), "x" * 99_998) == "x" * 99_998


def test_a_schema_is_followed() -> None:
    schema = {
        "type": "object",
        "required": ["seats"],
        "properties": {"seats": {"type": "integer", "minimum": 1}},
        "additionalProperties": False,
    }
    spec = make("json", schema=schema)
    assert faults(spec) == []
    assert clean(spec, {"seats": 20}) == {"seats": 20}
    refused: list[Any] = [{}, {"seats": 0}, {"seats": "20"}, {"seats": 1, "x": 2}, []]
    for raw in refused:
        assert refusal(spec, raw) == "bad_format"
    assert refusal(make("json", schema=False), 1) == "bad_format"
    assert clean(make("json", schema=True), 1) == 1


def test_patterns_and_repeats_run_in_linear_time() -> None:
    spec = make("json", schema={"items": {"pattern": "^(a+)+$"}, "uniqueItems": True})
    assert faults(spec) == []
    assert refusal(spec, ["a" * 50_000 + "b"]) == "bad_format"
    assert clean(spec, [{"n": n} for n in range(8000)])
    assert clean(make("json", schema={"uniqueItems": True}), [1, True, "1", [1], {"a": 1}])
    for repeated in ([1, 1.0], [{"a": 1, "b": 2}, {"b": 2, "a": 1}], ["aa", "aa"], [[1], [1]], [None, None]):
        assert refusal(spec, repeated) == "bad_format"


@pytest.mark.parametrize(
    ("schema", "path", "code"),
    [
        ({"type": "objekt"}, "/schema", "bad_format"),
        ({"$ref": "https://example.com/x.json"}, "/schema/$ref", "refused"),
        ({"properties": {"a": {"$ref": "#"}}}, "/schema/properties/a/$ref", "refused"),
        ({"allOf": [{"$dynamicRef": "#a"}]}, "/schema/allOf/0/$dynamicRef", "refused"),
        ({"patternProperties": {"^a": {}}}, "/schema/patternProperties", "refused"),
        ({"pattern": "(?=a)"}, "/schema", "bad_format"),
        ({"enum": ["x" * 20_000]}, "/schema", "over_limit"),
        ({"enum": [nested(30)]}, "/schema", "over_limit"),
    ],
)
def test_schemas_that_reach_out_or_never_end_are_refused(schema: Any, path: str, code: str) -> None:
    assert faults(make("json", schema=schema)) == [(path, code)]
