"""The action exit_workflow: what runs of a workflow for the record is given up."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from tenon.metamodel.actions.base import Action
from tenon.metamodel.labels import Text, say
from tenon.metamodel.marks import Ref


class ExitWorkflow(Action):
    """What runs of a workflow for the record is given up."""

    type: Literal["exit_workflow"]
    workflow: Annotated[str, Ref("workflow")]

    LABEL: ClassVar[Text] = say("Leave a workflow", "退出流程")
