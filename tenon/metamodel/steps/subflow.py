"""The step subflow: another workflow of the same entity; it goes on when that has ended, or at once."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from tenon.metamodel.item import Label
from tenon.metamodel.labels import Text, say
from tenon.metamodel.marks import Ref
from tenon.metamodel.steps.base import FlowStep


class Subflow(FlowStep):
    """Another workflow about the record; it goes on when that has ended, or at once."""

    type: Literal["subflow"]
    label: Label | None = None
    workflow: Annotated[str, Ref("workflow")]
    wait: bool = True

    LABEL: ClassVar[Text] = say("Another workflow", "子流程")
    ICON: ClassVar[str] = "workflow"
