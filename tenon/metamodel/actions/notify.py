"""The action notify: people read about it in the product."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from tenon.metamodel.actions.base import Action
from tenon.metamodel.item import Label
from tenon.metamodel.labels import Text, say
from tenon.metamodel.whom import AnyWhom


class Notify(Action):
    """People read about it in the product."""

    type: Literal["notify"]
    to: list[AnyWhom] = Field(min_length=1, max_length=20)
    title: Label
    text: Label | None = None
    level: Literal["info", "warning", "urgent"] = "info"

    LABEL: ClassVar[Text] = say("Notify people", "通知人员")
