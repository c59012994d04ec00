"""The step form: a person fills in a form of the record."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from tenon.metamodel.item import Label
from tenon.metamodel.labels import Text, say
from tenon.metamodel.marks import Ref
from tenon.metamodel.steps.base import FlowStep
from tenon.metamodel.steps.due import WithDue
from tenon.metamodel.whom import AnyWhom


class Form(WithDue, FlowStep):
    """A person fills in a form of the record."""

    type: Literal["form"]
    label: Label | None = None
    title: Label | None = None
    form: Annotated[str, Ref("form")]
    assign_to: AnyWhom

    LABEL: ClassVar[Text] = say("Fill in a form", "填写表单")
    ICON: ClassVar[str] = "clipboard-list"
