"""A rating in stars."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from tenon.metamodel.errors import Problem
from tenon.metamodel.fields._numbers import check_bounds, read_exact
from tenon.metamodel.fields.base import FieldSpec, Place
from tenon.metamodel.labels import Text, say
from tenon.metamodel.storage import Storage
from tenon.metamodel.types import Type


class RatingSpec(FieldSpec):
    """A whole number of stars from ``min`` (0) to ``max`` (5)."""

    type: Literal["rating"]
    min: Annotated[int, Field(ge=0, le=100)] = 0
    max: Annotated[int, Field(ge=1, le=100)] = 5

    input: ClassVar[str] = "rating"
    icon: ClassVar[str] = "star"
    type_label: ClassVar[Text] = say("Rating", "评分")
    type_help: ClassVar[Text] = say("A number of stars.", "星级评分。")
    example: ClassVar[Text] = say("4", "4")

    def value_type(self) -> Type:
        """Return an exact number without decimals, with its bounds."""
        return Type("number", scale=0, low=Decimal(self.min), high=Decimal(self.max))

    def storage(self) -> Storage:
        """Return a 64-bit integer."""
        return Storage("integer")

    def read(self, raw: Any, place: Place) -> int:
        """Return the number of stars."""
        return int(read_exact(raw, 0, Decimal(self.min), Decimal(self.max)))

    def check_spec(self) -> list[Problem]:
        """Return what is wrong with the bounds."""
        return [*super().check_spec(), *check_bounds(Decimal(self.min), Decimal(self.max), 0)]
