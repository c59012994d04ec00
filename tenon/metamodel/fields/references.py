"""References to many records of an entity."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from tenon.metamodel.fields._choices import read_list
from tenon.metamodel.fields._references import PointingSpec, read_reference
from tenon.metamodel.fields.base import Lookup, Place
from tenon.metamodel.labels import Text, say
from tenon.metamodel.storage import Storage
from tenon.metamodel.types import Type

MAX_REFERENCES = 1000


class ReferencesSpec(PointingSpec):
    """References to many records of an entity, in an order; both sides are to-many."""

    type: Literal["references"]

    input: ClassVar[str] = "references"
    icon: ClassVar[str] = "waypoints"
    type_label: ClassVar[Text] = say("Several references", "多条关联")
    type_help: ClassVar[Text] = say("Any number of records of another entity.", "关联另一对象的若干条记录。")
    example: ClassVar[Text] = say('[{"code": "C-1"}, {"code": "C-2"}]', '[{"code": "C-1"}, {"code": "C-2"}]')
    is_to_many: ClassVar[bool] = True
    is_sortable: ClassVar[bool] = False
    may_be_unique: ClassVar[bool] = False

    def value_type(self) -> Type:
        """Return references to the far entity."""
        return Type("references", entity=self.entity)

    def storage(self) -> Storage:
        """Return a table of links."""
        return Storage("links")

    def read(self, raw: Any, place: Place) -> tuple[str | Lookup, ...] | None:
        """Return the ids and look-ups once each, in the order given; an empty list is empty."""
        return tuple(dict.fromkeys(read_reference(entry) for entry in read_list(raw, MAX_REFERENCES))) or None

    def show(self, value: tuple[str, ...] | None) -> list[str] | None:
        """Return a list of ids."""
        return None if value is None else list(value)
