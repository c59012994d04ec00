"""The step parallel: several paths at the same time; it goes on when all have ended, or the first."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from tenon.metamodel.item import Label
from tenon.metamodel.labels import Text, say
from tenon.metamodel.steps.base import FlowItem, FlowStep, Steps


class ParallelPath(FlowItem):
    """A path that runs beside the others."""

    label: Label | None = None
    steps: Steps = Field(default=[])


class Parallel(FlowStep):
    """Several paths at the same time; it goes on when all have ended, or the first (the others are then given up)."""

    type: Literal["parallel"]
    label: Label | None = None
    paths: list[ParallelPath] = Field(min_length=1, max_length=20)
    wait: Literal["all", "any"] = "all"

    LABEL: ClassVar[Text] = say("Side by side", "并行")
    ICON: ClassVar[str] = "rows-2"
