"""The contract of the whole family of kinds."""

from __future__ import annotations

import re
import socket
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tenon.metamodel.document import FORMAT
from tenon.metamodel.errors import Invalid
from tenon.metamodel.kinds import KINDS
from tenon.metamodel.naming import to_shown
from tenon.metamodel.parse import read_document
from tenon.metamodel.schemas import DIALECT, check_schema, schema_of
from tenon.metamodel.walk import walk
from tests.metamodel.kinds.contract import EXAMPLES, found, read, refused, with_world, without_ids, world, written_out

NAMES = [
    "app", "calendar", "connector",
    "dashboard", "entity", "extension", "form", "matching", "message", "page", "playbook", "role", "rule", "scenario", "score", "segment", "view", "widget", "workflow",
]
FREE = re.compile(r"/(people|records|set|add)($|/)")


def test_every_kind_is_there_and_has_an_example() -> None:
    assert sorted(KINDS) == NAMES
    assert sorted(EXAMPLES) == NAMES


def test_the_examples_make_a_whole_world() -> None:
    assert found(world()) == []


@pytest.mark.parametrize("kind", NAMES)
def test_the_envelope(kind: str) -> None:
    raw = EXAMPLES[kind]
    document = read(raw, app="chm", description={"en": "What it is for"})
    assert (document.kind, document.name, document.app, document.json["format"]) == (kind, raw["name"], "chm", FORMAT)
    assert document.body.description.show("zh") == "What it is for"


@pytest.mark.parametrize("kind", NAMES)
def test_labels_fall_back(kind: str) -> None:
    raw = {key: value for key, value in EXAMPLES[kind].items() if key != "label"}
    assert read(raw).label.show("zh") == raw["name"]
    assert read(raw, label={"zh": "标签"}).label.show("en") == "标签"
    assert read(raw, label={"en": "Label"}).label.show("zh-CN") == "Label"


@pytest.mark.parametrize("kind", NAMES)
def test_the_schema_is_a_schema_and_carries_the_marks(kind: str) -> None:
    schema = schema_of(kind)
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == DIALECT
    assert schema["properties"]["kind"] == {"const": kind}
    assert schema["additionalProperties"] is False
    assert {"kind", "name"} <= set(schema["required"])
    marks = {inner["x-tenon"]["mark"] for inner in _objects(schema) if "x-tenon" in inner}
    special = {
        "app": set(), "message": {"template", "expr", "path"}, "connector": {"expr", "keyed", "path"}, "dashboard": {"path"}, "matching": {"path"},
        "scenario": {"path", "keyed", "expr"}, "score": {"expr"}, "segment": {"expr"}, "rule": {"path", "expr", "assign"},
        "workflow": {"path", "expr", "assign", "far"},
    }
    marked = special.get(kind, {"path", "expr"})
    assert marks == ({"label"} if kind == "calendar" else {"label", "ref"} | marked)
    for inner in _objects(schema):
        assert inner.get("$ref", "#/").startswith("#/"), inner


@pytest.mark.parametrize("kind", NAMES)
def test_every_object_of_a_schema_is_closed(kind: str) -> None:
    for inner in _objects(schema_of(kind)):
        if "properties" in inner and "discriminator" not in inner and inner.get("type") == "object":
            assert inner.get("additionalProperties") is False, inner


@pytest.mark.parametrize("kind", NAMES)
def test_unknown_keys_are_refused_everywhere(kind: str) -> None:
    for path, place in _places(EXAMPLES[kind]):
        if path.endswith("/options") and kind == "widget":
            continue  # what a chart is told is the chart's own
        if kind == "scenario" and FREE.search(path):
            continue  # names of entities, records and people: whether they are there is checked
        if (kind, path.rpartition("/")[2]) in (("workflow", "fields"), ("connector", "mapping")):
            continue  # names of fields, likewise
        place["colour_of_the_moon"] = 1
        problems = refused(EXAMPLES[kind])
        del place["colour_of_the_moon"]
        codes = {code for _, code in problems}
        if path.endswith("/keep"):
            assert codes <= {"wrong_type"}, problems
        else:
            assert "unknown_field" in codes, (path, problems)
            assert problems[0][0].startswith(path), (path, problems)


@pytest.mark.parametrize("kind", NAMES)
def test_what_was_meant_is_said(kind: str) -> None:
    problem = check_schema(kind, {**EXAMPLES[kind], "lable": {"en": "x"}})[0]
    assert (problem.path, problem.code) == ("/lable", "unknown_field")
    assert problem.hint is not None
    assert "label" in (problem.hint.en or "")
    assert "label" in (problem.hint.zh or "")


@pytest.mark.parametrize("kind", NAMES)
def test_the_way_there_and_back(kind: str) -> None:
    model = world()
    stored = model.get(kind, EXAMPLES[kind]["name"])
    shown = to_shown(stored, model)
    assert without_ids(shown) == without_ids(written_out(EXAMPLES[kind]))
    assert shown["format"] == FORMAT
    assert all("id" in place for path, place in _places(shown) if path == "" or (path[-1].isdigit() and not FREE.search(path)))
    again = with_world(shown, base=model).get(kind, EXAMPLES[kind]["name"])
    assert again.json == stored.json


@pytest.mark.parametrize("kind", NAMES)
def test_stored_documents_hold_no_names(kind: str) -> None:
    model = world()
    for place in walk(model.get(kind, EXAMPLES[kind]["name"]).json, model.get(kind, EXAMPLES[kind]["name"]).body):
        assert place.text not in ("customer", "health", "name", "arr", "stage", "orders"), place
        assert not place.text.startswith(("stage ", "arr ", "health_", "count(tickets")), place


@pytest.mark.parametrize("kind", NAMES)
def test_references_of_schemas_are_refused_and_never_fetched(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("something was fetched")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr("urllib.request.urlopen", refuse)
    for target in ("http://127.0.0.1:9/schema.json", "file:///etc/passwd", "#/$defs/Nothing"):
        assert ("/$ref", "unknown_field") in refused({**EXAMPLES[kind], "$ref": target})
        assert refused({"$ref": target, "kind": kind})
        assert ("/$schema", "unknown_field") in refused({**EXAMPLES[kind], "$schema": target})


@pytest.mark.parametrize("kind", NAMES)
@pytest.mark.parametrize("wrong", [None, 1, True, "text", [], [[]], {"a": 1}, "\0", "x" * 70_000])
def test_any_attribute_may_be_wrong(kind: str, wrong: Any) -> None:
    for key in schema_of(kind)["properties"]:
        if key in ("kind", "format"):
            continue
        try:
            read_document({**EXAMPLES[kind], key: wrong})
        except Invalid:
            refused({**EXAMPLES[kind], key: wrong})


def _objects(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, dict):
        return [value, *(each for inner in value.values() for each in _objects(inner))]
    return [each for inner in value for each in _objects(inner)] if isinstance(value, list) else []


def _places(value: Any, path: str = "") -> list[tuple[str, dict[str, Any]]]:
    """Return every object of a document but the texts in several languages."""
    if isinstance(value, dict):
        inside = [each for key, inner in value.items() for each in _places(inner, f"{path}/{key}")]
        return inside if set(value) <= {"en", "zh"} and value else [(path, value), *inside]
    if isinstance(value, list):
        return [each for index, inner in enumerate(value) for each in _places(inner, f"{path}/{index}")]
    return []
