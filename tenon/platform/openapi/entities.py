"""Published entities as OpenAPI: the record schema a person may read and write, filters, examples."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tenon.engine.access.rights import Rights
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity, Field
from tenon.platform.openapi.calls import LIST_PARAMS
from tenon.platform.openapi.described import Described
from tenon.platform.openapi.shapes import ANY, FILE, ID, LINK, MOMENT, NUMBER, TEXT, TEXTS, WHOLE, Schema, nullable, page, shown, thing

DAY: Schema = {"type": "string", "format": "date"}
EXAMPLES: dict[str, Any] = {
    "email": "ann@example.com", "phone": "+86 138 0013 8000", "url": "https://example.com", "integer": 3, "rating": 4, "decimal": 1.5, "money": 1200,
    "percent": 0.3, "boolean": True, "date": "2026-01-31", "datetime": "2026-01-31T09:00:00Z", "time": "09:30", "duration": 3600, "tags": ["new"],
    "region": "CN-31", "json": {}, "address": {"country": "CN", "city": "上海"},
}
READ: dict[str, Schema] = {
    "integer": WHOLE, "rating": WHOLE, "duration": WHOLE, "decimal": NUMBER, "money": NUMBER, "percent": NUMBER, "boolean": {"type": "boolean"}, "date": DAY,
    "datetime": MOMENT, "time": TEXT, "tags": TEXTS, "json": ANY, "file": FILE, "image": FILE, "user": LINK, "unit": LINK, "reference": LINK,
    "references": {"type": "array", "items": LINK}, "any_reference": shown(entity=TEXT, id=ID, title=TEXT), "region": shown(code=TEXT, name=TEXT),
    "address": {"type": "object"},
}
_POINT: Schema = {"anyOf": [TEXT, {"type": "object"}]}
WRITE: dict[str, Schema] = {
    **READ, "integer": {"type": ["integer", "string"]}, "rating": {"type": ["integer", "string"]}, "duration": {"type": ["integer", "string"]},
    "datetime": TEXT, "file": _POINT, "image": _POINT, "user": _POINT, "unit": _POINT, "reference": _POINT, "references": {"type": "array", "items": _POINT},
    "any_reference": {"type": "object"}, "region": _POINT,
}
BY_KIND: dict[str, Schema] = {
    "number": NUMBER, "boolean": {"type": "boolean"}, "date": DAY, "datetime": MOMENT, "duration": WHOLE, "choice": TEXT, "choices": TEXTS, "text": TEXT,
    "reference": LINK, "time": TEXT,
}


def entity_schemas(rights: Rights, entity: Entity, language: str) -> tuple[Schema, Schema]:
    """Return the schemas of a record as it is read and as it is written by one person."""
    read, write = {}, {}
    for field in entity.fields.values():
        state = rights.state(entity, field)
        if state != "hidden" and field.name not in ("deleted_at", "source"):
            read[field.name] = _labelled(_read_schema(field), field, language, is_masked=state == "masked")
        if field.is_written and (rights.may_write(entity, field, "create") or rights.may_write(entity, field, "update")):
            write[field.name] = _labelled(_write_schema(field), field, language, is_masked=False)
    title = entity.label.show(language)
    return {**thing(read, "id", "version", is_open=True), "title": title}, {**thing(write), "title": title}


def entity_calls(rights: Rights, entity: Entity) -> Iterator[tuple[str, Described]]:
    """Yield the calls of one entity that a person may make, as ``METHOD /path`` and what it takes and gives."""
    name, read, write = entity.name, _ref(f"{entity.name}_record"), _ref(f"{entity.name}_values")
    tags, words = (entity.name,), {"entity": entity.plural}
    place = f"/records/{name}"
    if rights.may(entity, "read"):
        yield f"GET {place}", Described(say("List: {entity}", "列表：{entity}", **words), LIST_PARAMS, answer=page("records", read), tags=tags)
        yield f"GET {place}/{{id}}", Described(say("Get one: {entity}", "查看：{entity}", **words), ("fields",), answer=read, tags=tags)
    if rights.may(entity, "create"):
        yield f"POST {place}", Described(say("Make: {entity}", "新建：{entity}", **words), body=write, answer=read, status=201, tags=tags)
    if rights.may(entity, "update") and not entity.is_append_only:
        yield f"PATCH {place}/{{id}}", Described(say("Change: {entity}", "修改：{entity}", **words), body=write, answer=read, tags=tags)
    if rights.may(entity, "delete"):
        yield f"DELETE {place}/{{id}}", Described(say("Delete: {entity}", "删除：{entity}", **words), status=204, tags=tags)


def filter_help(rights: Rights, entity: Entity) -> Text:
    """Return what a filter of this entity may name, with an example."""
    names = [f.name for f in entity.fields.values() if rights.may_read(entity, f)]
    return say(
        "An expression over: {names}. Such as `{example}`.", "可用字段的表达式：{names}。例如 `{example}`。", names=", ".join(names),
        example="created_at >= days_ago(30)",
    )


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _read_schema(field: Field) -> Schema:
    found = READ.get(field.spec.type) or BY_KIND.get(field.type.kind, TEXT)
    if field.name in ("created_by", "updated_by", "owner", "unit"):
        found = LINK
    return found if field.name in ("id", "version") else nullable(found)


def _write_schema(field: Field) -> Schema:
    found = dict(WRITE.get(field.spec.type) or BY_KIND.get(field.type.kind, TEXT))
    options = list(field.type.options)
    if options and field.type.kind == "choice":
        found = {"type": "string", "enum": options}
    if field.type.kind == "text" and field.type.length and found.get("type") == "string":
        found["maxLength"] = field.type.length
    example = options[0] if options and field.type.kind == "choice" else [options[0]] if options else EXAMPLES.get(field.spec.type)
    found = nullable(found)
    return {**found, "examples": [example]} if example is not None and "anyOf" not in found else found


def _labelled(schema: Schema, field: Field, language: str, *, is_masked: bool) -> Schema:
    label = field.label.show(language)
    return {**schema, "title": label, **({"description": say("masked", "掩码显示").show(language)} if is_masked else {})}
