"""Several of several options."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from tenon.metamodel.fields._choices import MAX_OPTIONS, OptionsSpec, read_list, read_option
from tenon.metamodel.fields.base import Place
from tenon.metamodel.labels import Text, say
from tenon.metamodel.storage import Storage
from tenon.metamodel.types import Type


class ChoicesSpec(OptionsSpec):
    """Any number of several options, kept by their names."""

    type: Literal["choices"]

    input: ClassVar[str] = "multiselect"
    icon: ClassVar[str] = "list-checks"
    type_label: ClassVar[Text] = say("Several choices", "多选")
    type_help: ClassVar[Text] = say("Any number of several options.", "从多个选项中选若干个。")
    example: ClassVar[Text] = say('["email", "phone"]', '["email", "phone"]')
    is_sortable: ClassVar[bool] = False
    may_be_unique: ClassVar[bool] = False

    def value_type(self) -> Type:
        """Return choices with their options in their order."""
        return Type("choices", options=self.option_names(), source=self.id)

    def storage(self) -> Storage:
        """Return a JSON list of names."""
        return Storage("json")

    def read(self, raw: Any, place: Place) -> tuple[str, ...] | None:
        """Return the names once each, in the order given; an empty list is empty."""
        names = (read_option(entry, self.options) for entry in read_list(raw, MAX_OPTIONS))
        return tuple(dict.fromkeys(names)) or None

    def show(self, value: tuple[str, ...] | None) -> list[str] | None:
        """Return a list of names."""
        return None if value is None else list(value)
