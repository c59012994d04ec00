"""The kind workflow: steps that a record goes through, over days if need be, with people in between."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from tenon.metamodel.document import Kind
from tenon.metamodel.item import Part, ShortForm
from tenon.metamodel.kinds.rule import Quiet, RunAs
from tenon.metamodel.marks import Expr, Ref
from tenon.metamodel.steps import AnyStep
from tenon.metamodel.triggers import AnyTrigger


class Enrol(Part):
    """Whom a journey takes by itself: who comes into a segment; with ``existing`` also those who are in it when it is published."""

    segment: Annotated[str, Ref("segment")]
    existing: bool = True


class FlowCap(Part):
    """How often a record may be reached within some days, over all journeys."""

    times: int = Field(ge=1, le=1_000)
    days: int = Field(ge=1, le=400)


class WorkflowKind(Kind):
    """What starts it, its steps, and when it is given up. A journey takes a record once at a time, by itself if it is told whom."""

    kind: Literal["workflow"] = "workflow"
    entity: Annotated[str, Ref("entity")]
    type: Literal["process", "approval", "journey"] = "process"
    start: AnyTrigger | None = None
    steps: list[AnyStep] = Field(default=[], max_length=100)
    exit_when: Annotated[str, Expr("boolean", of="document", use="rule")] | None = None
    enrol: Annotated[Enrol, ShortForm("segment")] | None = None
    calendar: Annotated[str, Ref("calendar", soft=True)] | None = None
    quiet_hours: Quiet | None = None
    cap: FlowCap | None = None
    run_as: RunAs = "system"
    role: Annotated[str, Ref("role")] | None = None
    state: Literal["active", "paused"] = "active"

    ADMIN_ONLY: ClassVar[tuple[str, ...] | None] = ("run_as", "role")
