"""The action refuse: the record is not stored; whoever writes it reads why."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from tenon.metamodel.actions.base import Action
from tenon.metamodel.item import Label
from tenon.metamodel.labels import Text, say
from tenon.metamodel.marks import Path


class Refuse(Action):
    """The record is not stored; whoever writes it reads why."""

    type: Literal["refuse"]
    message: Label
    fields: list[Annotated[str, Path(of="document")]] = Field(default=[], max_length=20)

    LABEL: ClassVar[Text] = say("Refuse", "拒绝保存")
    BEFORE: ClassVar[bool] = True
    AFTER: ClassVar[bool] = False
