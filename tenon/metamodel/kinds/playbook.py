"""The kind playbook: what is to be done about an alert, in a stage, or whenever somebody begins it; tasks in their order."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from tenon.metamodel.document import Kind
from tenon.metamodel.item import DueHours, Item, Label, OptionName, Part
from tenon.metamodel.marks import Expr, Path, Ref
from tenon.metamodel.whom import AnyWhom


class InStage(Part):
    """A field of the record and the options with which the playbook begins: a stage of its life."""

    field: Annotated[str, Path(of="document")]
    options: list[OptionName] = Field(min_length=1, max_length=50)


class PlaybookFor(Part):
    """What it begins for by itself: alerts of some types, a stage. By hand it can always be begun."""

    alert: list[OptionName] = Field(default=[], max_length=50)
    stage: InStage | None = None


class PlaybookStep(Item):
    """A task: what, for whom, by when after it began, and under which condition; one that is not required may be skipped."""

    title: Label
    description: Label | None = None
    assign_to: AnyWhom | None = None
    due_hours: DueHours | None = None
    business_hours: bool = False
    when: Annotated[str, Expr("boolean", of="document", use="access")] | None = None
    required: bool = True


class PlaybookKind(Kind):
    """Ordered tasks about a record, a customer unless it says otherwise; business hours are those of its calendar."""

    kind: Literal["playbook"] = "playbook"
    entity: Annotated[str, Ref("entity")] = "customer"
    for_: PlaybookFor = Field(default=PlaybookFor(), alias="for")
    calendar: Annotated[str, Ref("calendar")] | None = None
    steps: list[PlaybookStep] = Field(min_length=1, max_length=50)

    FILLED: ClassVar[dict[str, Any]] = {"entity": "customer"}
