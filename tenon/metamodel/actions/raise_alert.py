"""The action raise_alert: an alert about the record; where one of its type is open already, that one becomes more urgent."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from tenon.metamodel.actions.base import Action
from tenon.metamodel.item import Label, OptionName
from tenon.metamodel.labels import Text, say
from tenon.metamodel.marks import Expr
from tenon.metamodel.whom import AnyWhom


class RaiseAlert(Action):
    """An alert about the record; where one of its type is open already, that one becomes more urgent."""

    type: Literal["raise_alert"]
    alert: OptionName = "threshold"
    level: Literal["yellow", "red"]
    reason: Label | None = None
    assign_to: AnyWhom | None = None
    value_at_risk: Annotated[str, Expr(of="document", use="rule")] | None = None

    LABEL: ClassVar[Text] = say("Raise an alert", "发出告警")
