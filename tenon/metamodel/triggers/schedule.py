"""The trigger schedule: a time of the clock, in the zone of the workspace; the rule then looks at every record, or acts once for all."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from tenon.metamodel.labels import Text, say
from tenon.metamodel.triggers.base import Trigger


class Schedule(Trigger):
    """A time of the clock, in the zone of the workspace; the rule then looks at every record."""

    type: Literal["schedule"]
    cron: Annotated[str, Field(max_length=100, examples=["0 9 * * 1"])]
    once: bool = False
    """It acts once at each time, for the first record for which the condition holds, not for every one."""

    LABEL: ClassVar[Text] = say("At set times", "定时")
