"""Yes or no."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from tenon.metamodel.fields.base import FieldSpec, Place, wrong_type
from tenon.metamodel.labels import Text, say
from tenon.metamodel.storage import Storage
from tenon.metamodel.types import BOOLEAN, Type


class BooleanSpec(FieldSpec):
    """Yes or no, or empty while nobody has said."""

    type: Literal["boolean"]

    input: ClassVar[str] = "checkbox"
    icon: ClassVar[str] = "square-check-big"
    type_label: ClassVar[Text] = say("Yes or no", "是否")
    type_help: ClassVar[Text] = say("Yes or no, as a box to tick.", "是或否，显示为勾选框。")
    example: ClassVar[Text] = say("true", "true")
    may_be_unique: ClassVar[bool] = False

    def value_type(self) -> Type:
        """Return a boolean."""
        return BOOLEAN

    def storage(self) -> Storage:
        """Return a boolean."""
        return Storage("boolean")

    def read(self, raw: Any, place: Place) -> bool:
        """Return true or false; only these two, neither 1 nor "yes"."""
        if not isinstance(raw, bool):
            raise wrong_type("true or false", "true 或 false")
        return raw
