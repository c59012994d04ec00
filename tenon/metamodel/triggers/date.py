"""The trigger date: the day of a field comes, or came or will come so many days ago or ahead; once for a record and a day."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from tenon.metamodel.item import ClockTime
from tenon.metamodel.labels import Text, say
from tenon.metamodel.marks import Path
from tenon.metamodel.triggers.base import Trigger


class Date(Trigger):
    """The day of a field comes, or came or will come so many days ago or ahead; once for a record and a day."""

    type: Literal["date"]
    field: Annotated[str, Path(of="document", fits="day")]
    offset_days: int = Field(default=0, ge=-3650, le=3650)
    at: ClockTime = "09:00"

    LABEL: ClassVar[Text] = say("A date comes", "到达日期时")
