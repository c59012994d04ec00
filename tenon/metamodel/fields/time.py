"""A time of day."""

from __future__ import annotations

from datetime import time
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from tenon.metamodel.errors import Problem
from tenon.metamodel.fields._moments import parse_time, show_time
from tenon.metamodel.fields.base import BadValue, FieldSpec, Place, wrong_type
from tenon.metamodel.labels import Text, say
from tenon.metamodel.storage import Storage
from tenon.metamodel.types import TIME, Type

ClockText = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$", examples=["09:30"])]


class TimeSpec(FieldSpec):
    """A time of day without a zone, to the second."""

    type: Literal["time"]
    min: ClockText | None = None
    max: ClockText | None = None

    input: ClassVar[str] = "time"
    icon: ClassVar[str] = "clock"
    type_label: ClassVar[Text] = say("Time of day", "时间")
    type_help: ClassVar[Text] = say("A time of day, such as an opening hour.", "一天中的时刻，例如营业时间。")
    example: ClassVar[Text] = say("09:30", "09:30")

    def value_type(self) -> Type:
        """Return a time."""
        return TIME

    def storage(self) -> Storage:
        """Return a time."""
        return Storage("time")

    def read(self, raw: Any, place: Place) -> time:
        """Return the time of ``09:30`` or ``09:30:15``."""
        if not isinstance(raw, str):
            raise wrong_type("a time such as 09:30", "时间，例如 09:30")
        value = parse_time(raw)
        if value is None:
            raise BadValue(
                "bad_format", say("This is not a time of day.", "这不是有效的时间。"), say("Write it like 09:30.", "例如 09:30。")
            )
        if (self.min and value < time.fromisoformat(self.min)) or (self.max and value > time.fromisoformat(self.max)):
            message = say(
                "This must be from {low} to {high}.",
                "此处须在 {low} 到 {high} 之间。",
                low=self.min or "00:00",
                high=self.max or "23:59:59",
            )
            raise BadValue("out_of_range", message, say("Choose a time inside the bounds.", "请选择范围内的时间。"))
        return value

    def show(self, value: time | None) -> str | None:
        """Return ``09:30``, with seconds only when there are any."""
        return None if value is None else show_time(value)

    def check_spec(self) -> list[Problem]:
        """Return what is wrong with the bounds."""
        problems = super().check_spec()
        if self.min and self.max and time.fromisoformat(self.min) > time.fromisoformat(self.max):
            message = say("The earliest time is after the latest.", "最早时间晚于最晚时间。")
            problems.append(Problem("/min", "out_of_range", message, say("Exchange min and max.", "请交换最小值与最大值。")))
        return problems
