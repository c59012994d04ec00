"""One of several options."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from tenon.metamodel.fields._choices import OptionsSpec, read_option
from tenon.metamodel.fields.base import Place
from tenon.metamodel.labels import Text, say
from tenon.metamodel.storage import Storage
from tenon.metamodel.types import Type


class ChoiceSpec(OptionsSpec):
    """One of several options, kept by its name."""

    type: Literal["choice"]

    input: ClassVar[str] = "select"
    icon: ClassVar[str] = "circle-dot"
    type_label: ClassVar[Text] = say("Choice", "单选")
    type_help: ClassVar[Text] = say("One of several options.", "从多个选项中选一个。")
    example: ClassVar[Text] = say("saas", "saas")

    def value_type(self) -> Type:
        """Return a choice with its options in their order."""
        return Type("choice", options=self.option_names(), source=self.id)

    def storage(self) -> Storage:
        """Return a text: the option's name."""
        return Storage("text")

    def read(self, raw: Any, place: Place) -> str:
        """Return the name of an option that is not retired."""
        return read_option(raw, self.options)
