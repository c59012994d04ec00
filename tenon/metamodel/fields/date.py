"""A calendar day."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, ClassVar, Literal

from tenon.metamodel.fields._moments import parse_day
from tenon.metamodel.fields.base import BadValue, FieldSpec, Place, wrong_type
from tenon.metamodel.labels import Text, say
from tenon.metamodel.marks import Expr
from tenon.metamodel.storage import Storage
from tenon.metamodel.types import DATE, Type

DayExpr = Annotated[str, Expr("date", of="document", use="default")]


class DateSpec(FieldSpec):
    """A calendar day without a time; ``min`` and ``max`` are expressions that the record writer checks."""

    type: Literal["date"]
    min: DayExpr | None = None
    max: DayExpr | None = None

    input: ClassVar[str] = "date"
    icon: ClassVar[str] = "calendar"
    type_label: ClassVar[Text] = say("Date", "日期")
    type_help: ClassVar[Text] = say("A calendar day without a time.", "不含时间的日期。")
    example: ClassVar[Text] = say("2026-01-31", "2026-01-31")

    def value_type(self) -> Type:
        """Return a date."""
        return DATE

    def storage(self) -> Storage:
        """Return a date."""
        return Storage("date")

    def read(self, raw: Any, place: Place) -> date:
        """Return the day of ``2026-01-31``."""
        if not isinstance(raw, str):
            raise wrong_type("a date such as 2026-01-31", "日期，例如 2026-01-31")
        day = parse_day(raw)
        if day is None:
            message = say("This is not a date of the calendar.", "这不是有效的日期。")
            raise BadValue("bad_format", message, say("Write it like 2026-01-31.", "例如 2026-01-31。"))
        return day

    def show(self, value: date | None) -> str | None:
        """Return ``2026-01-31``."""
        return None if value is None else value.isoformat()
