"""The action close_alert: the open alerts about the record are closed with an outcome."""

from __future__ import annotations

from typing import ClassVar, Literal

from tenon.metamodel.actions.base import Action
from tenon.metamodel.item import OptionName
from tenon.metamodel.labels import Text, say


class CloseAlert(Action):
    """The open alerts about the record are closed with an outcome."""

    type: Literal["close_alert"]
    alert: OptionName | None = None
    outcome: OptionName | None = None
    cause: OptionName | None = None

    LABEL: ClassVar[Text] = say("Close alerts", "关闭预警")
