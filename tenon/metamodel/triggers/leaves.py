"""The trigger leaves: a condition ceased to be true for a record."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from tenon.metamodel.labels import Text, say
from tenon.metamodel.marks import Expr
from tenon.metamodel.triggers.base import Trigger


class Leaves(Trigger):
    """A condition ceased to be true for a record."""

    type: Literal["leaves"]
    when: Annotated[str, Expr("boolean", of="document")]

    LABEL: ClassVar[Text] = say("A condition stops being true", "条件不再成立时")
    IS_ENTRY: ClassVar[bool] = True
