"""The step wait: so long, until a time, or until a condition holds or an event comes; with a way out when that takes too long."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from tenon.metamodel.item import Label
from tenon.metamodel.labels import Text, say
from tenon.metamodel.marks import Expr
from tenon.metamodel.steps.base import Duration, FlowStep
from tenon.metamodel.steps.or_after import AnyOrAfter


class Wait(FlowStep):
    """So long, until a time, or until a condition holds or an event comes; ``or_after`` is the way out when that takes too long."""

    type: Literal["wait"]
    label: Label | None = None
    for_: Duration | None = Field(default=None, alias="for")
    business_hours: bool = False
    until: Annotated[str, Expr(of="document", use="rule")] | None = None
    when: Annotated[str, Expr("boolean", of="document", use="rule")] | None = None
    event: str | None = Field(default=None, min_length=1, max_length=200)
    or_after: AnyOrAfter | None = None

    LABEL: ClassVar[Text] = say("Wait", "等待")
    ICON: ClassVar[str] = "hourglass"
