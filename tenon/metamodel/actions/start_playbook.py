"""The action start_playbook: the tasks of a playbook begin for the record; open ones of another that began for it are taken away."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from tenon.metamodel.actions.base import Action
from tenon.metamodel.labels import Text, say
from tenon.metamodel.marks import Ref


class StartPlaybook(Action):
    """The tasks of a playbook begin for the record; open ones of another that began for it are taken away."""

    type: Literal["start_playbook"]
    playbook: Annotated[str, Ref("playbook")]

    LABEL: ClassVar[Text] = say("Begin a playbook", "启动行动手册")
