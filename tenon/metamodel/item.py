"""The base of everything described: frozen values with a stable id, unknown keys refused."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema

from tenon.metamodel.labels import Text
from tenon.metamodel.names import NAME_PATTERN

Name = Annotated[str, Field(pattern=NAME_PATTERN, max_length=40)]
ItemId = Annotated[str, Field(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")]
TEXT_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"en": {"type": "string", "maxLength": 10_000}, "zh": {"type": "string", "maxLength": 10_000}},
    "additionalProperties": False,
    "minProperties": 1,
    "x-tenon": {"mark": "label"},
}
Label = Annotated[
    Text, BeforeValidator(Text.of), PlainSerializer(lambda text: text.to_json(), return_type=dict), WithJsonSchema(TEXT_SCHEMA)
]


class Part(BaseModel):
    """A value inside a document that has no identity of its own."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True, use_attribute_docstrings=True)


class Item(Part):
    """A value inside a document with a stable id; it stays itself whatever its name becomes."""

    id: ItemId | None = None


class NamedItem(Item):
    """An item with an API name and a label; a label left out shows the name."""

    name: Name
    label: Label | None = None

    def title(self) -> Text:
        """Return the label, or the name in both languages."""
        return self.label or Text(self.name, self.name)


Colour = Annotated[str, Field(pattern="^(red|amber|green|blue|grey|teal|vermilion|sky|mauve)$")]


class Option(NamedItem):
    """One option of a choice; a retired one stays readable and can no longer be chosen."""

    colour: Colour | None = None
    retired: bool = False
