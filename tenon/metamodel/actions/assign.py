"""The action assign: the record gets an owner: in turn, who has the least of them, or the one in a field; nobody above their capacity."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from tenon.metamodel.actions.base import Action
from tenon.metamodel.labels import Text, say
from tenon.metamodel.marks import Expr, Path
from tenon.metamodel.whom import AnyWhom


class Assign(Action):
    """The record gets an owner: in turn, who has the least of them, or the one in a field; nobody above their capacity."""

    type: Literal["assign"]
    to: AnyWhom
    how: Literal["round_robin", "least_load", "first"] = "first"
    field: Annotated[str, Path(of="document")] = "owner"
    open_when: Annotated[str, Expr("boolean", of="document", use="access")] | None = None
    """Which records count as somebody's load; without it all that are theirs."""
    capacity: int | None = Field(default=None, ge=1, le=1_000_000)

    LABEL: ClassVar[Text] = say("Assign", "分派")
