"""A reference to one record of an entity."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from tenon.metamodel.fields._references import PointingSpec, read_reference
from tenon.metamodel.fields.base import Lookup, Place
from tenon.metamodel.labels import Text, say
from tenon.metamodel.storage import Storage
from tenon.metamodel.types import Type


class ReferenceSpec(PointingSpec):
    """A reference to one record of an entity; ``reverse`` names the to-many side."""

    type: Literal["reference"]

    input: ClassVar[str] = "reference"
    icon: ClassVar[str] = "link-2"
    type_label: ClassVar[Text] = say("Reference", "关联")
    type_help: ClassVar[Text] = say("One record of another entity.", "关联另一对象的一条记录。")
    example: ClassVar[Text] = say('{"code": "C-2026-00001"}', '{"code": "C-2026-00001"}')

    def value_type(self) -> Type:
        """Return a reference to the far entity."""
        return Type("reference", entity=self.entity)

    def storage(self) -> Storage:
        """Return an id."""
        return Storage("id")

    def read(self, raw: Any, place: Place) -> str | Lookup:
        """Return the id, or the look-up that names the record."""
        return read_reference(raw)
