"""The trigger band_changed: a record changed its band of a score; never one that became or ceased to be "insufficient data"."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from tenon.metamodel.item import OptionName
from tenon.metamodel.labels import Text, say
from tenon.metamodel.marks import Ref
from tenon.metamodel.triggers.base import Trigger


class BandChanged(Trigger):
    """A record changed its band of a score; never one that became or ceased to be "insufficient data"."""

    type: Literal["band_changed"]
    score: Annotated[str, Ref("score")]
    from_: list[OptionName] = Field(default=[], max_length=20, alias="from")
    to: list[OptionName] = Field(default=[], max_length=20)
    direction: Literal["up", "down"] | None = None

    LABEL: ClassVar[Text] = say("A band changes", "等级变化时")
