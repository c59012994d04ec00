"""The kind rule: when something happens and a condition holds, something is done."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from tenon.metamodel.actions import AnyAction
from tenon.metamodel.document import Kind
from tenon.metamodel.item import ClockTime, Part
from tenon.metamodel.marks import Expr, Ref
from tenon.metamodel.triggers import AnyTrigger

State = Literal["active", "log_only", "paused"]
RunAs = Literal["system", "person", "owner", "role"]


class Quiet(Part):
    """Hours of the day, in the zone of the workspace, in which nothing is done; it is done when they end."""

    start: ClockTime = Field(alias="from")
    end: ClockTime = Field(alias="to")


class Limits(Part):
    """How often a rule may act: once for a record, once each time its condition becomes true, once a day; not again for some hours; not in quiet hours; only in the hours of a calendar."""

    once_per: Literal["record", "entry", "day"] | None = None
    cooldown_hours: int | None = Field(default=None, ge=1, le=24 * 400)
    quiet_hours: Quiet | None = None
    calendar: Annotated[str, Ref("calendar")] | None = None


class RuleKind(Kind):
    """What wakes it, for which records, and what it does."""

    kind: Literal["rule"] = "rule"
    entity: Annotated[str, Ref("entity")]
    trigger: AnyTrigger
    timing: Literal["before", "after"] = "after"
    condition: Annotated[str, Expr("boolean", of="document", use="rule")] | None = None
    actions: list[AnyAction] = Field(min_length=1, max_length=50)
    limits: Limits = Limits()
    run_as: RunAs = "system"
    role: Annotated[str, Ref("role")] | None = None
    order: int = Field(default=100, ge=0, le=10_000)
    state: State = "active"

    ADMIN_ONLY: ClassVar[tuple[str, ...] | None] = ("run_as", "role")
