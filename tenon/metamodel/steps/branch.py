"""The step branch: of several paths the first whose condition holds; where none does, it goes on."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from tenon.metamodel.item import Label
from tenon.metamodel.labels import Text, say
from tenon.metamodel.marks import Expr
from tenon.metamodel.steps.base import FlowItem, FlowStep, Steps


class BranchPath(FlowItem):
    """A path of a branch; without a condition it is taken whenever those before it are not."""

    label: Label | None = None
    when: Annotated[str, Expr("boolean", of="document", use="rule")] | None = None
    steps: Steps = Field(default=[])


class Branch(FlowStep):
    """Of several paths the first whose condition holds; where none does, it goes on."""

    type: Literal["branch"]
    label: Label | None = None
    paths: list[BranchPath] = Field(min_length=1, max_length=20)

    LABEL: ClassVar[Text] = say("Branch", "条件分支")
    ICON: ClassVar[str] = "split"
