"""The base of everything described: frozen values with a stable id, unknown keys refused."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PlainSerializer,
    WithJsonSchema,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from tenon.metamodel.labels import Text
from tenon.metamodel.names import NAME_PATTERN, OPTION_PATTERN

Name = Annotated[str, Field(pattern=NAME_PATTERN, max_length=40)]
OptionName = Annotated[str, Field(pattern=OPTION_PATTERN, max_length=60)]
"""The name of an option or a band: what cells hold; letters, digits, ``_`` and ``-``."""
ID_PATTERN = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
ItemId = Annotated[str, Field(pattern=ID_PATTERN)]
ClockTime = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", examples=["09:00"])]
Exact = Annotated[Decimal, Field(max_digits=28, decimal_places=16)]
"""An exact number in a document, written as a number or a text; of a size that can be computed with."""
DueHours = Annotated[Decimal, Field(ge=0, le=24 * 400, max_digits=8, decimal_places=4)]
"""After how many hours something is due."""
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

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


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


Icon = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,60}$", examples=["building-2"])]
Colour = Annotated[str, Field(pattern="^(red|amber|green|blue|grey|teal|vermilion|sky|mauve)$", examples=["red", "amber", "green", "blue", "grey", "teal", "vermilion", "sky", "mauve"])]


@dataclass(frozen=True)
class ShortForm:
    """A part that may be written as one text: that of its attribute ``name``."""

    name: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Read the short form as the long one."""
        return core_schema.no_info_before_validator_function(lambda value: {self.name: value} if isinstance(value, str) else value, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Describe both forms."""
        return {"anyOf": [handler(schema), {"type": "string", "maxLength": 300}]}


class Option(NamedItem):
    """One option of a choice; a retired one stays readable and can no longer be chosen."""

    name: OptionName
    colour: Colour | None = None
    retired: bool = False
