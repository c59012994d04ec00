"""A share: 30 % is 0.3."""

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


class PercentSpec(BoundedSpec):
    """An exact share, shown with a percent sign; 30 % is 0.3."""

    type: Literal["percent"]
    scale: Annotated[int, Field(ge=0, le=6)] = 4

    input: ClassVar[str] = "percent"
    icon: ClassVar[str] = "percent"
    type_label: ClassVar[Text] = say("Percent", "百分比")
    type_help: ClassVar[Text] = say("A share, shown with a percent sign; 30 % is 0.3.", "比例，显示为百分数；30% 即 0.3。")
    example: ClassVar[Text] = say("0.3", "0.3")

    @property
    def is_share(self) -> bool:
        """Return that it is."""
        return True

    def value_type(self) -> Type:
        """Return an exact number with that scale."""
        return Type("number", scale=self.scale, low=self.min, high=self.max)

    def storage(self) -> Storage:
        """Return an exact column."""
        return Storage("exact", scale=self.scale)

    def read(self, raw: Any, place: Place) -> Decimal:
        """Return the share with exactly that many decimals."""
        return read_exact(raw, self.scale, self.min, self.max)

    def check_spec(self) -> list[Problem]:
        """Return what is wrong with the bounds."""
        return [*super().check_spec(), *check_bounds(self.min, self.max, self.scale)]
