"""The action raise_alert: an alert about the record; where one of its type is open already, that one becomes more urgent."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from tenon.metamodel.actions.base import Action
from tenon.metamodel.item import DueHours, Item, Label, OptionName
from tenon.metamodel.labels import Text, say
from tenon.metamodel.marks import Expr, Path, Ref
from tenon.metamodel.whom import AnyWhom


class Escalation(Item):
    """Who is told of an alert that nobody has taken up after so many hours since it was raised; business hours are those of a calendar."""

    after_hours: DueHours
    to: AnyWhom
    business_hours: bool = False
    calendar: Annotated[str, Ref("calendar")] | None = None


class RaiseAlert(Action):
    """An alert about the record; where one of its type is open already, that one becomes more urgent."""

    type: Literal["raise_alert"]
    about: Annotated[str, Path(of="document", fits="record")] | None = None
    """The record that it is about, where that is not the one of the rule: each of these is then a cause of its own."""
    alert: OptionName = "threshold"
    level: Literal["yellow", "red"]
    reason: Label | None = None
    assign_to: AnyWhom | None = None
    value_at_risk: Annotated[str, Expr("number", of="document", use="rule")] | None = None
    escalate: list[Escalation] = Field(default=[], max_length=10)

    LABEL: ClassVar[Text] = say("Raise an alert", "发出预警")
