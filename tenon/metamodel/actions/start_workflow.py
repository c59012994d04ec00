"""The action start_workflow: a workflow begins for the record."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from tenon.metamodel.actions.base import Action
from tenon.metamodel.labels import Text, say
from tenon.metamodel.marks import Ref


class StartWorkflow(Action):
    """A workflow begins for the record; a journey only where the record is not on it already."""

    type: Literal["start_workflow"]
    workflow: Annotated[str, Ref("workflow")]

    LABEL: ClassVar[Text] = say("Start a workflow", "启动流程")
