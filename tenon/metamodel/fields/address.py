"""A postal address."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from tenon.metamodel.fields._texts import quote, read_text
from tenon.metamodel.fields.base import BadValue, FieldSpec, Place, wrong_type
from tenon.metamodel.labels import Text, say
from tenon.metamodel.storage import Storage
from tenon.metamodel.types import JSON, Type

PARTS = ("country", "region", "city", "street", "postcode")
MAX_LENGTH = 300


class AddressSpec(FieldSpec):
    """A postal address in five texts: country, region, city, street, postcode."""

    type: Literal["address"]

    input: ClassVar[str] = "address"
    icon: ClassVar[str] = "map-pin"
    type_label: ClassVar[Text] = say("Address", "地址")
    type_help: ClassVar[Text] = say("A postal address.", "邮寄地址。")
    example: ClassVar[Text] = say('{"city": "Shanghai", "street": "1 Century Avenue"}', '{"city": "上海", "street": "世纪大道1号"}')
    is_sortable: ClassVar[bool] = False
    may_be_unique: ClassVar[bool] = False

    def value_type(self) -> Type:
        """Return JSON."""
        return JSON

    def storage(self) -> Storage:
        """Return a JSON object."""
        return Storage("json")

    def read(self, raw: Any, place: Place) -> dict[str, str] | None:
        """Return the parts that are not blank; an address without any is empty."""
        if not isinstance(raw, dict):
            raise wrong_type("an object with country, region, city, street, postcode", "含 country、region、city、street、postcode 的 JSON 对象")
        unknown = next((key for key in raw if key not in PARTS), None)
        if unknown is not None:
            hint = say("Use country, region, city, street, postcode.", "请使用 country、region、city、street、postcode。")
            raise BadValue("unknown_field", say("An address has no {part}.", "地址没有 {part} 这一项。", part=quote(str(unknown))), hint)
        parts = {part: raw[part] for part in PARTS if raw.get(part) is not None}
        return {part: read_text(text, MAX_LENGTH) for part, text in parts.items() if not isinstance(text, str) or text.strip()} or None

    def show(self, value: dict[str, str] | None) -> dict[str, str | None] | None:
        """Return all five parts, those left out as null."""
        return None if value is None else {part: value.get(part) for part in PARTS}
