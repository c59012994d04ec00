"""The whole document: every call, what it takes and gives, and the schemas of the entities a person may see."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import tenon
from tenon.engine.access.rights import Rights
from tenon.metamodel.errors import Conflict, Forbidden, Invalid, Malformed, NotFound, TenonError, TooMany, Unauthenticated
from tenon.metamodel.labels import Text
from tenon.metamodel.model import Entity, Model
from tenon.platform.openapi.calls import API_CALLS, PARAMS, ROOT_CALLS
from tenon.platform.openapi.described import Described
from tenon.platform.openapi.entities import entity_calls, entity_schemas, filter_help
from tenon.platform.openapi.shapes import JOB, PROBLEM, TEXT, Schema

VERSION = "3.1.0"
REFUSALS: tuple[type[TenonError], ...] = (Malformed, Unauthenticated, Forbidden, NotFound, Conflict, Invalid, TooMany)
KEYED = ("POST",)
VERSIONED = re.compile(r"/records/[^/]+/\{id\}$|/metadata/\{kind\}/\{name\}$")


def describe(model: Model, rights: Rights, language: str, base_url: str, routes: Iterable[tuple[str, str]], prefix: str) -> dict[str, Any]:
    """Return the document; ``routes`` are the method and path of every call there is: only these are described."""
    there = set(routes)
    table = {_key(call, prefix): described for call, described in API_CALLS.items()} | {_key(c, ""): d for c, d in ROOT_CALLS.items()}
    paths: dict[str, Any] = {}
    for method, path in sorted(there, key=lambda each: (each[1], each[0])):
        described = table.get((method, path), Described(Text(path, path)))
        paths.setdefault(path, {})[method.lower()] = _operation(method, path, described, language)
    schemas: dict[str, Schema] = {"Problem": PROBLEM}
    for entity in sorted((e for e in model.entities.values() if not e.is_system and rights.may(e, "read")), key=lambda e: e.name):
        schemas[f"{entity.name}_record"], schemas[f"{entity.name}_values"] = entity_schemas(rights, entity, language)
        _add_entity(paths, there, rights, entity, language, prefix)
    return {
        "openapi": VERSION,
        "info": {"title": "Tenon", "version": tenon.__version__, "description": Text("The HTTP API of this workspace.", "本工作区的 HTTP 接口。").show(language)},
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "servers": [{"url": base_url}],
        "security": [{"token": []}, {"session": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}, "session": {"type": "apiKey", "in": "cookie", "name": "tenon_session"}},
        },
    }


def _add_entity(paths: dict[str, Any], there: set[tuple[str, str]], rights: Rights, entity: Entity, language: str, prefix: str) -> None:
    for call, described in entity_calls(rights, entity):
        method, path = _key(call, prefix)
        general = path.replace(f"/records/{entity.name}", "/records/{entity}")
        if (method, general) not in there:
            continue
        operation = _operation(method, path, described, language)
        for parameter in operation["parameters"]:
            if parameter["name"] == "filter":
                parameter["description"] = filter_help(rights, entity).show(language)
        paths.setdefault(path, {})[method.lower()] = operation


def _key(call: str, prefix: str) -> tuple[str, str]:
    method, _, path = call.partition(" ")
    return method, prefix + path


def _operation(method: str, path: str, described: Described, language: str) -> dict[str, Any]:
    parameters = [{"name": name, "in": "path", "required": True, "schema": TEXT} for name in re.findall(r"\{(\w+)\}", path)]
    for param in described.params:
        name = param.removesuffix("!")
        schema = PARAMS.get(name, TEXT)
        style = {"style": "deepObject", "explode": True} if schema.get("type") == "object" else {}
        parameters.append({"name": name, "in": "query", "required": param.endswith("!"), "schema": schema, **style})
    if method in KEYED and not described.is_public:
        parameters.append({"name": "Idempotency-Key", "in": "header", "required": False, "schema": {"type": "string", "minLength": 1, "maxLength": 255}})
    if method in ("PUT", "PATCH", "DELETE") and VERSIONED.search(path):
        parameters.append({"name": "If-Match", "in": "header", "required": False, "schema": TEXT})
    operation: dict[str, Any] = {
        "summary": described.summary.show(language),
        "operationId": re.sub(r"\W+", "_", f"{method.lower()}{path}").strip("_"),
        "tags": list(described.tags or (re.sub(r"^/api/v1", "", path).strip("/").split("/")[0],)),
        "parameters": parameters,
        "responses": _responses(described, language),
    }
    if described.body is not None:
        operation["requestBody"] = {"required": bool(described.body.get("required")), "content": {described.body_media: {"schema": described.body}}}
    if described.is_public:
        operation["security"] = []
    return operation


def _responses(described: Described, language: str) -> dict[str, Any]:
    done: dict[str, Any] = {"description": Text("Done", "成功").show(language)}
    if described.answer is not None:
        done["content"] = {described.media: {"schema": described.answer}}
    elif described.status == 200:
        done["content"] = {described.media: {}}
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    refused = {str(each.status): {"description": each.title.show(language), "content": problem} for each in REFUSALS}
    rest = {"default": {"description": Text("Another refusal", "其他拒绝").show(language), "content": problem}}
    later = {"202": {"description": Text("Done by a job", "由任务完成").show(language), "content": {"application/json": {"schema": JOB}}}} if described.may_be_job else {}
    return {str(described.status): done, **later, **refused, **rest}
