"""A person who uses the workspace."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from tenon.metamodel.fields._references import read_reference
from tenon.metamodel.fields.base import FieldSpec, Lookup, Place
from tenon.metamodel.labels import Text, say
from tenon.metamodel.storage import Storage
from tenon.metamodel.types import USER, Type


class UserSpec(FieldSpec):
    """A person who uses the workspace."""

    type: Literal["user"]

    input: ClassVar[str] = "user"
    icon: ClassVar[str] = "user-round"
    type_label: ClassVar[Text] = say("Person", "人员")
    type_help: ClassVar[Text] = say("A person who uses the workspace.", "工作区中的人员。")
    example: ClassVar[Text] = say('{"email": "li.na@example.com"}', '{"email": "li.na@example.com"}')

    def value_type(self) -> Type:
        """Return a reference to a person."""
        return USER

    def storage(self) -> Storage:
        """Return an id."""
        return Storage("id")

    def read(self, raw: Any, place: Place) -> str | Lookup:
        """Return the id, or the look-up that names the person."""
        return read_reference(raw)
