"""The trigger event: a usage event of that name came, about a record or one that it belongs to."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from tenon.metamodel.labels import Text, say
from tenon.metamodel.marks import Expr
from tenon.metamodel.triggers.base import Trigger

USAGE = "usage_event"


class Event(Trigger):
    """A usage event of that name came, about a record or one that it belongs to."""

    type: Literal["event"]
    event: Annotated[str, Field(min_length=1, max_length=100)]
    where: Annotated[str, Expr("boolean", of="none", entity=USAGE)] | None = None

    LABEL: ClassVar[Text] = say("A usage event comes", "发生使用事件时")
    HEARS: ClassVar[tuple[str, ...]] = (USAGE,)
