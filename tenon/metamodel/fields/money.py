"""An amount of money in one currency."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal

from babel.core import get_global
from pydantic import Field

from tenon.metamodel.errors import Problem
from tenon.metamodel.fields._numbers import BoundedSpec, check_bounds, read_exact
from tenon.metamodel.fields.base import Place
from tenon.metamodel.labels import Text, say
from tenon.metamodel.storage import Storage
from tenon.metamodel.types import Type

Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$", examples=["CNY", "EUR"])]
"""A currency by its three letters (ISO 4217)."""


class MoneySpec(BoundedSpec):
    """An exact amount; all amounts of one field have the same currency."""

    type: Literal["money"]
    currency: Currency = "CNY"
    scale: Annotated[int, Field(ge=0, le=6)] = 2

    input: ClassVar[str] = "money"
    icon: ClassVar[str] = "banknote"
    type_label: ClassVar[Text] = say("Money", "金额")
    type_help: ClassVar[Text] = say("An exact amount in one currency.", "单一币种的精确金额。")
    example: ClassVar[Text] = say("99900.00", "99900.00")

    def value_type(self) -> Type:
        """Return an exact number that knows its currency."""
        return Type("number", scale=self.scale, low=self.min, high=self.max, currency=self.currency)

    def storage(self) -> Storage:
        """Return an exact column."""
        return Storage("exact", scale=self.scale)

    def read(self, raw: Any, place: Place) -> Decimal:
        """Return the amount with exactly that many decimals."""
        return read_exact(raw, self.scale, self.min, self.max)

    def check_spec(self) -> list[Problem]:
        """Return what is wrong with the bounds and the currency."""
        problems = [*super().check_spec(), *check_bounds(self.min, self.max, self.scale)]
        if self.currency not in get_global("all_currencies"):
            message = say("{currency} is not a currency.", "{currency} 不是币种代码。", currency=self.currency)
            problems.append(
                Problem("/currency", "bad_choice", message, say("Use three letters such as CNY.", "请使用三位字母代码，例如 CNY。"))
            )
        return problems
