"""The step approval: people decide; it goes on when they approve, and ends or goes back when they reject."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from tenon.metamodel.item import Exact, Label
from tenon.metamodel.labels import Text, say
from tenon.metamodel.marks import Path, Ref
from tenon.metamodel.steps.base import FlowStep, Steps
from tenon.metamodel.steps.due import WithDue
from tenon.metamodel.whom import AnyWhom


class Approval(WithDue, FlowStep):
    """People decide: any of them, all, a share of them, or one after the other; it goes on when they approve, and ends or goes back when they reject."""

    type: Literal["approval"]
    label: Label | None = None
    title: Label | None = None
    approvers: AnyWhom | Annotated[list[AnyWhom], Field(min_length=1, max_length=20)]
    mode: Literal["any", "all", "vote", "sequence"] = "any"
    share: Exact | None = Field(default=None, gt=0, le=1)
    """Of a vote: which share of them has to approve; left out, more than half."""
    form: Annotated[str, Ref("form")] | None = None
    editable: list[Annotated[str, Path(of="document")]] = Field(default=[], max_length=100)
    reject: Annotated[str, Field(pattern=r"^(end|back_to:[a-z0-9_-]{1,40})$", examples=["end", "back_to:draft"])] = "end"
    rejected: Steps = Field(default=[])
    """What is done when they reject, before it ends or goes back."""
    cc: list[AnyWhom] = Field(default=[], max_length=20)

    LABEL: ClassVar[Text] = say("Approval", "审批")
    ICON: ClassVar[str] = "stamp"
