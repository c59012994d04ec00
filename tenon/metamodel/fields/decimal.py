"""An exact number with decimals."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from tenon.metamodel.errors import Problem
from tenon.metamodel.fields._numbers import BoundedSpec, check_bounds, read_exact
from tenon.metamodel.fields.base import Place
from tenon.metamodel.labels import Text, say
from tenon.metamodel.storage import Storage
from tenon.metamodel.types import Type


class DecimalSpec(BoundedSpec):
    """An exact number with a fixed count of decimals."""

    type: Literal["decimal"]
    scale: Annotated[int, Field(ge=0, le=6)] = 2

    input: ClassVar[str] = "number"
    icon: ClassVar[str] = "calculator"
    type_label: ClassVar[Text] = say("Number", "小数")
    type_help: ClassVar[Text] = say("An exact number with decimals.", "带小数的精确数字。")
    example: ClassVar[Text] = say("12.50", "12.50")

    def value_type(self) -> Type:
        """Return an exact number with that scale."""
        return Type("number", scale=self.scale, low=self.min, high=self.max)

    def storage(self) -> Storage:
        """Return an exact column."""
        return Storage("exact", scale=self.scale)

    def read(self, raw: Any, place: Place) -> Decimal:
        """Return the number with exactly that many decimals."""
        return read_exact(raw, self.scale, self.min, self.max)

    def check_spec(self) -> list[Problem]:
        """Return what is wrong with the bounds."""
        return [*super().check_spec(), *check_bounds(self.min, self.max, self.scale)]
