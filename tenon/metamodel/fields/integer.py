"""A whole number."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from tenon.metamodel.errors import Problem
from tenon.metamodel.fields._numbers import BoundedSpec, check_bounds, read_exact
from tenon.metamodel.fields.base import Place
from tenon.metamodel.labels import Text, say
from tenon.metamodel.storage import Storage
from tenon.metamodel.types import Type


class IntegerSpec(BoundedSpec):
    """A whole number of at most 15 digits."""

    type: Literal["integer"]

    input: ClassVar[str] = "number"
    icon: ClassVar[str] = "hash"
    type_label: ClassVar[Text] = say("Whole number", "整数")
    type_help: ClassVar[Text] = say("A number without decimals, such as a count.", "不带小数的数字，例如数量。")
    example: ClassVar[Text] = say("42", "42")

    def value_type(self) -> Type:
        """Return an exact number without decimals."""
        return Type("number", scale=0, low=self.min, high=self.max)

    def storage(self) -> Storage:
        """Return a 64-bit integer."""
        return Storage("integer")

    def read(self, raw: Any, place: Place) -> int:
        """Return the whole number."""
        return int(read_exact(raw, 0, self.min, self.max))

    def check_spec(self) -> list[Problem]:
        """Return what is wrong with the bounds."""
        return [*super().check_spec(), *check_bounds(self.min, self.max, 0)]
