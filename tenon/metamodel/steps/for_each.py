"""The step for_each: the same steps for each record of a relation, at the same time; it goes on when all have ended."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from tenon.metamodel.item import Label
from tenon.metamodel.labels import Text, say
from tenon.metamodel.marks import Expr, Far, Path
from tenon.metamodel.steps.base import FlowStep, Steps


class ForEach(FlowStep):
    """The same steps for each record of a relation, at the same time; it goes on when all have ended.

    What the steps say is read in the record of the relation.
    """

    type: Literal["for_each"]
    label: Label | None = None
    relation: Annotated[str, Path(of="document", many=True)]
    where: Annotated[str, Expr("boolean", of="relation", use="rule")] | None = None
    steps: Annotated[Steps, Far()] = Field(default=[])

    LABEL: ClassVar[Text] = say("For each", "逐条执行")
    ICON: ClassVar[str] = "repeat"
