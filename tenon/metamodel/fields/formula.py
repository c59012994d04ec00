"""A value computed from others, stored and kept fresh."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from tenon.metamodel.fields._moments import show_moment, show_time
from tenon.metamodel.fields.base import BadValue, FieldSpec, Place
from tenon.metamodel.labels import Text, say
from tenon.metamodel.marks import Expr
from tenon.metamodel.storage import Storage
from tenon.metamodel.types import TEXT, Type

SCALE = 6
MONEY_SCALE = 2
_STORAGE = {
    "boolean": Storage("boolean"),
    "date": Storage("date"),
    "datetime": Storage("datetime"),
    "time": Storage("time"),
    "duration": Storage("integer"),
    "choice": Storage("text"),
    "choices": Storage("json"),
    "references": Storage("json"),
    "list": Storage("json"),
    "json": Storage("json"),
    "file": Storage("id"),
}


class FormulaSpec(FieldSpec):
    """A value computed from others by an expression; roll-ups and look-ups are formulas too."""

    type: Literal["formula"]
    expr: Annotated[str, Expr(of="document", use="formula"), Field(min_length=1, max_length=10_000)]
    scale: Annotated[int, Field(ge=0, le=8)] | None = None
    """Decimals of the stored number; left out, those of the value, at most 6 (money 2)."""

    shown_as: Literal["percent", "numbers"] | None = None
    """How the value is read: ``percent`` 0.3 with a percent sign, ``numbers`` a text whose numbers are written as the reader writes them."""

    input: ClassVar[str] = "computed"
    icon: ClassVar[str] = "sigma"
    type_label: ClassVar[Text] = say("Formula", "公式")
    type_help: ClassVar[Text] = say("A value computed from others, kept up to date.", "由其他数据计算得出并自动更新的值。")
    example: ClassVar[Text] = say("sum(orders.amount)", "sum(orders.amount)")
    is_computed: ClassVar[bool] = True
    may_be_unique: ClassVar[bool] = False

    @property
    def is_share(self) -> bool:
        """Return whether its number is shown as a percentage."""
        return self.shown_as == "percent"

    @property
    def has_numbers(self) -> bool:
        """Return whether the numbers in its text are written as the reader writes them."""
        return self.shown_as == "numbers"

    def settle(self, found: Type) -> tuple[Type, Storage]:
        """Return the type and column of the stored value of an expression of that type; numbers get a fixed scale."""
        if found.kind == "number":
            scale = self._scale(found)
            return replace(found, scale=scale), Storage("exact", scale=scale)
        if found.kind == "duration":
            return replace(found, scale=0), Storage("integer")
        if found.kind == "empty":
            return TEXT, Storage("text", sort_key=True)
        if found.kind == "text":
            return found, Storage("text", length=found.length, sort_key=True)
        if found.kind == "reference":
            return found, Storage("id" if found.entity else "pair")
        return found, _STORAGE[found.kind]

    def value_type(self) -> Type:
        """Return a number, the stand-in until the model builder settles the true type."""
        return self.settle(Type("number"))[0]

    def storage(self) -> Storage:
        """Return an exact column, the stand-in until the model builder settles the true one."""
        return self.settle(Type("number"))[1]

    def clean(self, raw: Any, place: Place) -> Any:
        """Refuse every value: a formula is never written."""
        message = say("This is computed and cannot be written.", "该值由公式计算，不能填写。")
        raise BadValue("read_only", message, say("Leave it out.", "请勿提交该字段。"))

    def show(self, value: Any) -> Any:
        """Return the JSON form by the kind of value."""
        if isinstance(value, datetime):
            return show_moment(value)
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, time):
            return show_time(value)
        return list(value) if isinstance(value, tuple) else value

    def _scale(self, found: Type) -> int:
        if self.scale is not None:
            return self.scale
        most = MONEY_SCALE if found.currency else SCALE
        return most if found.scale is None else min(found.scale, most)
