"""The step end: the workflow is over, whatever else of it runs."""

from __future__ import annotations

from typing import ClassVar, Literal

from tenon.metamodel.item import Label
from tenon.metamodel.labels import Text, say
from tenon.metamodel.steps.base import FlowStep


class End(FlowStep):
    """The workflow is over, whatever else of it runs."""

    type: Literal["end"]
    label: Label | None = None

    LABEL: ClassVar[Text] = say("End", "结束")
    ICON: ClassVar[str] = "circle-stop"
