"""The trigger button: somebody pressed its button on the page of a record."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from tenon.metamodel.item import Label
from tenon.metamodel.labels import Text, say
from tenon.metamodel.marks import Expr
from tenon.metamodel.triggers.base import Trigger


class Button(Trigger):
    """Somebody pressed its button on the page of a record."""

    type: Literal["button"]
    label: Label
    when: Annotated[str, Expr("boolean", of="document", use="access")] | None = None
    confirm: Label | None = None

    LABEL: ClassVar[Text] = say("A button is pressed", "点击按钮时")
