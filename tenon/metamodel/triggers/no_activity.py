"""The trigger no_activity: nothing came for a record for so many days; once, and again only after something came."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from tenon.metamodel.item import ClockTime
from tenon.metamodel.labels import Text, say
from tenon.metamodel.marks import Path
from tenon.metamodel.triggers.base import Trigger


class NoActivity(Trigger):
    """Nothing came for a record for so many days, by the records of a relation or a usage event; once, and again only after something came."""

    type: Literal["no_activity"]
    days: int = Field(ge=1, le=3650)
    relation: Annotated[str, Path(of="document", many=True)] | None = None
    event: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    at: ClockTime = "09:00"

    LABEL: ClassVar[Text] = say("Nothing happens for days", "多日无活动时")
    IS_ENTRY: ClassVar[bool] = True
