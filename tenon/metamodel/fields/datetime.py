"""A moment: a day with a time."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal

from tenon.metamodel.fields._moments import parse_moment, show_moment
from tenon.metamodel.fields.base import BadValue, FieldSpec, Place, wrong_type
from tenon.metamodel.labels import Text, say
from tenon.metamodel.marks import Expr
from tenon.metamodel.storage import Storage
from tenon.metamodel.types import DATETIME, Type

MomentExpr = Annotated[str, Expr("datetime", of="document", use="default")]


class DatetimeSpec(FieldSpec):
    """A moment, kept in UTC; ``min`` and ``max`` are expressions that the record writer checks."""

    type: Literal["datetime"]
    min: MomentExpr | None = None
    max: MomentExpr | None = None

    input: ClassVar[str] = "datetime"
    icon: ClassVar[str] = "calendar-clock"
    type_label: ClassVar[Text] = say("Date and time", "日期时间")
    type_help: ClassVar[Text] = say("A day with a time.", "带时间的日期。")
    example: ClassVar[Text] = say("2026-01-31T09:30:00Z", "2026-01-31T09:30:00Z")

    def value_type(self) -> Type:
        """Return a datetime."""
        return DATETIME

    def storage(self) -> Storage:
        """Return a moment in UTC."""
        return Storage("datetime")

    def read(self, raw: Any, place: Place) -> datetime:
        """Return the moment in UTC; a time without an offset is in the workspace's zone."""
        if not isinstance(raw, str):
            raise wrong_type("a date and time such as 2026-01-31T09:30", "日期时间，例如 2026-01-31T09:30")
        try:
            moment = parse_moment(raw, place.timezone)
        except OverflowError as error:
            message = say("This moment is outside the years 1 to 9999.", "该时间超出公元 1 年至 9999 年。")
            raise BadValue("out_of_range", message, say("Choose a day inside these years.", "请选择该范围内的日期。")) from error
        if moment is None:
            message = say("This is not a date with a time.", "这不是有效的日期时间。")
            raise BadValue("bad_format", message, say("Write it like 2026-01-31T09:30.", "例如 2026-01-31T09:30。"))
        return moment

    def show(self, value: datetime | None) -> str | None:
        """Return ``2026-01-31T01:30:00Z``."""
        return None if value is None else show_moment(value)
