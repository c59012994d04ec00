"""A unit of the organisation."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from tenon.metamodel.fields._references import read_reference
from tenon.metamodel.fields.base import FieldSpec, Lookup, Place
from tenon.metamodel.labels import Text, say
from tenon.metamodel.storage import Storage
from tenon.metamodel.types import UNIT, Type


class UnitSpec(FieldSpec):
    """A unit of the organisation."""

    type: Literal["unit"]

    input: ClassVar[str] = "unit"
    icon: ClassVar[str] = "network"
    type_label: ClassVar[Text] = say("Unit", "部门")
    type_help: ClassVar[Text] = say("A unit of the organisation.", "组织中的部门。")
    example: ClassVar[Text] = say('{"name": "Sales East"}', '{"name": "华东销售部"}')

    def value_type(self) -> Type:
        """Return a reference to a unit."""
        return UNIT

    def storage(self) -> Storage:
        """Return an id."""
        return Storage("id")

    def read(self, raw: Any, place: Place) -> str | Lookup:
        """Return the id, or the look-up that names the unit."""
        return read_reference(raw)
