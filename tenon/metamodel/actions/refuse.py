"""The action refuse: the record is not stored, or not given to somebody who has enough; whoever writes it reads why."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from tenon.metamodel.actions.base import Action
from tenon.metamodel.item import Label
from tenon.metamodel.labels import Text, say
from tenon.metamodel.marks import Expr, Path


class Refuse(Action):
    """The record is not stored; whoever writes it reads why. With a ``capacity`` only where somebody has that many others already."""

    type: Literal["refuse"]
    message: Label
    fields: list[Annotated[str, Path(of="document")]] = Field(default=[], max_length=20)
    capacity: int | None = Field(default=None, ge=1, le=1_000_000)
    held_by: Annotated[str, Path(of="document")] | None = None
    """The field that holds whose the record is; needed with ``capacity``."""
    open_when: Annotated[str, Expr("boolean", of="document", use="access")] | None = None
    """Which records count as somebody's load; without it all that are theirs."""

    LABEL: ClassVar[Text] = say("Refuse", "拒绝保存")
    BEFORE: ClassVar[bool] = True
    AFTER: ClassVar[bool] = False
