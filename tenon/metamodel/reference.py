"""The reference pages of kinds and field types, and their JSON Schemas in words, made from the models."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from tenon.metamodel.fields import FIELD_TYPES
from tenon.metamodel.fields.base import FieldSpec
from tenon.metamodel.item import Part
from tenon.metamodel.kinds import KINDS
from tenon.metamodel.labels import Text
from tenon.metamodel.reference_words import PARTS, WORDS
from tenon.metamodel.schemas import schema_of
from tenon.metamodel.steps import FLOW_STEPS

_COLUMNS = Text("| attribute | type | default | description |\n|---|---|---|---|", "| 属性 | 类型 | 默认值 | 说明 |\n|---|---|---|---|")
_NEEDED = Text("**needed**", "**必填**")
_ENVELOPE = ("kind", "name", "id", "app", "label", "description", "format")
_KINDS = Text(
    "# Kinds of documents\n\nMade from the models; run `script/generate-docs` after changing them. Unknown keys are errors.",
    "# 文档种类\n\n由模型生成；修改后请运行 `script/generate-docs`。未知的键会报错。",
)
_FIELDS = Text(
    "# Field types\n\nMade from the models; run `script/generate-docs` after changing them.",
    "# 字段类型\n\n由模型生成；修改后请运行 `script/generate-docs`。",
)
_EVERY = Text("## Every document", "## 所有文档共有")
_COMMON = Text("## Every field", "## 所有字段共有")
_MARKS = {"ref": Text("name of a {kind}", "{kind} 的名称"), "path": Text("field path", "字段路径"), "label": Text("text in two languages", "双语文本")}
_TYPES = {
    "string": Text("text", "文本"), "number": Text("number", "数字"), "integer": Text("whole number", "整数"), "boolean": Text("true or false", "true 或 false"),
    "object": Text("object", "JSON 对象"), "array": Text("list", "列表"),
}  # fmt: skip
_LIST = Text("list of {what}", "列表：{what}")
_EXPRESSION = Text("expression", "表达式")
_EXPECTING = Text("expression → {what}", "表达式 → {what}")


def kinds_page(language: str) -> str:
    """Return the page of all kinds with their parts as Markdown."""
    name, first = next(iter(KINDS.items()))
    envelope = _table(first, language, only=_ENVELOPE).replace(f'`{name}` | `"{name}"`', f"{' '.join(f'`{k}`' for k in KINDS)} | {_NEEDED.show(language)}")
    blocks = [_KINDS.show(language), _EVERY.show(language), envelope]
    for name, kind in KINDS.items():
        schema = kind.model_json_schema(by_alias=True)
        blocks += [f"## {name}", _about(kind, language), _table(kind, language, without=_ENVELOPE)]
        for part in sorted(set(schema.get("$defs", {})) & set(_parts_of(kind))):
            blocks += [f"### {name}: {part}", _about(_parts_of(kind)[part], language), _table(_parts_of(kind)[part], language, without=("id",))]
    return "\n\n".join(blocks) + "\n"


def fields_page(language: str) -> str:
    """Return the page of all field types as Markdown."""
    common = tuple(info.alias or name for name, info in FieldSpec.model_fields.items())
    blocks = [_FIELDS.show(language), _COMMON.show(language), _table(FIELD_TYPES["text"], language, only=common)]
    for name, spec in FIELD_TYPES.items():
        blocks += [f"## {name}", f"{spec.type_label.show(language)}: {spec.type_help.show(language)} `{spec.example.show(language)}`"]
        if set(spec.model_fields) - set(FieldSpec.model_fields):
            blocks.append(_table(spec, language, without=common))
        for part, model in sorted(_parts_of(spec).items()):
            blocks += [f"### {name}: {part}", _about(model, language), _table(model, language, without=("id",))]
    return "\n\n".join(blocks) + "\n"


def _about(part: type[Part], language: str) -> str:
    if issubclass(part, FieldSpec):
        return part.type_help.show(language)
    label = getattr(part, "LABEL", None)
    if isinstance(label, Text) and language.startswith("zh"):
        return label.show(language)
    return PARTS[part.__name__] if language.startswith("zh") else (part.__doc__ or "").split("\n")[0]


def _parts_of(model: type[Part]) -> dict[str, type[Part]]:
    """Return the parts inside a kind or a field type, fields left out, by name."""
    found: dict[str, type[Part]] = {}
    waiting: list[Any] = [info.annotation for info in model.model_fields.values()]
    while waiting:
        annotation = waiting.pop()
        if isinstance(annotation, type) and issubclass(annotation, Part):
            if annotation.__name__ not in found and not issubclass(annotation, FieldSpec):
                found[annotation.__name__] = annotation
                waiting += [info.annotation for info in annotation.model_fields.values()]
        else:
            waiting += getattr(annotation, "__args__", ())
    return found


def _table(model: type[Part], language: str, *, only: tuple[str, ...] = (), without: tuple[str, ...] = ()) -> str:
    schema = model.model_json_schema(by_alias=True)
    if "properties" not in schema:  # a part that may stand inside itself
        schema = schema["$defs"][schema["$ref"].rsplit("/", 1)[-1]]
    rows = [
        f"| `{name}` | {_type(inner, language)} | {_default(inner, language, is_needed=name in schema.get('required', ()))} "
        f"| {describe(model.__name__, name, language)} |"
        for name, inner in schema["properties"].items()
        if name not in without and (not only or name in only)
    ]
    return "\n".join([_COLUMNS.show(language), *rows])


class _InEnglish(GenerateJsonSchema):
    """A schema that says what each attribute is for."""

    language = "en"

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        """Describe a part, and each of its attributes."""
        made = super().model_schema(schema)
        made["description"] = _about(schema["cls"], self.language)
        for name, inner in made.get("properties", {}).items():
            inner.setdefault("description", describe(schema["cls"].__name__, name, self.language))
        return made


class _InChinese(_InEnglish):
    language = "zh-CN"


def described_schema(kind: str, language: str) -> dict[str, Any]:
    """Return the JSON Schema of a kind with what each of its attributes is for."""
    return schema_of(kind, _InChinese if language.startswith("zh") else _InEnglish)


def describe(part: str, attribute: str, language: str) -> str:
    """Return what an attribute is for; raises KeyError when nobody has said it."""
    en, zh = WORDS.get(f"{part}.{attribute}") or WORDS[attribute]
    return zh if language.startswith("zh") else en


def _default(schema: dict[str, Any], language: str, *, is_needed: bool) -> str:
    if is_needed or schema.get("default") is None:
        return _NEEDED.show(language) if is_needed else ""
    return f"`{json.dumps(schema['default'], ensure_ascii=False)}`"


def _type(schema: dict[str, Any], language: str) -> str:
    return " / ".join(dict.fromkeys(_types(schema, language))) or "JSON"


def _types(schema: dict[str, Any], language: str) -> Iterator[str]:
    """Yield the names of the types that a schema takes."""
    mark = schema.get("x-tenon", {})
    if "discriminator" in schema and set(FLOW_STEPS) <= set(schema["discriminator"]["mapping"]):
        yield "[step](#workflow)" if language == "en" else "[步骤](#workflow)"
    elif "discriminator" in schema and set(schema["discriminator"]["mapping"]) != set(FIELD_TYPES):
        yield from (ref.rsplit("/", 1)[-1] for ref in schema["discriminator"]["mapping"].values())
    elif "discriminator" in schema:
        yield "[field](fields.md)" if language == "en" else "[字段](fields.zh.md)"
    elif mark.get("mark") == "expr":
        yield (_EXPECTING if mark.get("expect") else _EXPRESSION).show(language).replace("{what}", str(mark.get("expect")))
    elif mark.get("mark") in _MARKS and schema.get("type") != "array":
        yield _MARKS[mark["mark"]].show(language).replace("{kind}", str(mark.get("kind")))
    elif "$ref" in schema:
        yield str(schema["$ref"]).rsplit("/", 1)[-1]
    elif "const" in schema or "enum" in schema:
        yield " ".join(f"`{value}`" for value in schema.get("enum", [schema.get("const")]))
    elif "anyOf" in schema or "oneOf" in schema:
        for inner in schema.get("anyOf", schema.get("oneOf", ())):
            yield from _types(inner, language)
    elif schema.get("type") == "array":
        yield _LIST.show(language).replace("{what}", _type(schema.get("items", {}), language))
    elif schema.get("type") in _TYPES:
        yield _TYPES[schema["type"]].show(language)
