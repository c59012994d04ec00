"""A length of time."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from tenon.metamodel.errors import Problem
from tenon.metamodel.fields._numbers import BoundedSpec, check_bounds, read_exact
from tenon.metamodel.fields.base import Place
from tenon.metamodel.labels import Text, say
from tenon.metamodel.storage import Storage
from tenon.metamodel.types import Type


class DurationSpec(BoundedSpec):
    """A length of time in whole seconds; ``min`` and ``max`` are seconds too."""

    type: Literal["duration"]

    input: ClassVar[str] = "duration"
    icon: ClassVar[str] = "timer"
    type_label: ClassVar[Text] = say("Duration", "时长")
    type_help: ClassVar[Text] = say("A length of time, in seconds.", "一段时间的长度，以秒计。")
    example: ClassVar[Text] = say("5400", "5400")

    def value_type(self) -> Type:
        """Return a duration in whole seconds."""
        return Type("duration", scale=0, low=self.min, high=self.max)

    def storage(self) -> Storage:
        """Return a 64-bit integer: the seconds."""
        return Storage("integer")

    def read(self, raw: Any, place: Place) -> int:
        """Return the seconds."""
        return int(read_exact(raw, 0, self.min, self.max))

    def check_spec(self) -> list[Problem]:
        """Return what is wrong with the bounds."""
        return [*super().check_spec(), *check_bounds(self.min, self.max, 0)]
