"""The action create_task: a task about the record, for somebody, with a time by which it is to be done."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from tenon.metamodel.actions.base import Action
from tenon.metamodel.item import DueHours, Label, OptionName
from tenon.metamodel.labels import Text, say
from tenon.metamodel.marks import Expr, Ref
from tenon.metamodel.whom import AnyWhom


class CreateTask(Action):
    """A task about the record, for somebody, due at a time, or after hours, which may be those in which people work."""

    type: Literal["create_task"]
    title: Label
    description: Label | None = None
    assign_to: AnyWhom | None = None
    due: Annotated[str, Expr("datetime", of="document", use="rule")] | None = None
    due_hours: DueHours | None = None
    business_hours: bool = False
    calendar: Annotated[str, Ref("calendar")] | None = None
    priority: OptionName | None = None

    LABEL: ClassVar[Text] = say("Create a task", "创建任务")
