"""The step task: a person does something and says how it went; each outcome may have steps of its own."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from tenon.metamodel.item import Label, NamedItem
from tenon.metamodel.labels import Text, say
from tenon.metamodel.marks import Ref
from tenon.metamodel.steps.base import FlowStep, StepId, Steps
from tenon.metamodel.steps.due import WithDue
from tenon.metamodel.whom import AnyWhom


class Outcome(NamedItem):
    """How a task may go, and what is done then."""

    id: StepId | None = None
    steps: Steps = Field(default=[])


class Task(WithDue, FlowStep):
    """A person does something and says how it went; each outcome may have steps of its own."""

    type: Literal["task"]
    label: Label | None = None
    title: Label
    description: Label | None = None
    assign_to: AnyWhom
    form: Annotated[str, Ref("form")] | None = None
    outcomes: list[Outcome] = Field(default=[], max_length=20)

    LABEL: ClassVar[Text] = say("A person's task", "人工任务")
    ICON: ClassVar[str] = "user-check"
